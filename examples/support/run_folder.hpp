// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files that a program writes after long work: whether they can be written is asked before, and a folder has one
/// writer at a time.

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/// Refuses a path that `boltz::write_file_atomically` could not write, as far as can be known without writing.
/// @throws boltz::FileError
inline void check_writable(std::filesystem::path const& path) {
    auto const refuse = [&](std::string const& why) {
        boltz::fail<boltz::FileError>("cannot write ", path.string(), ": ", why);
    };
    auto const reason = [](int error) { return std::error_code{error, std::generic_category()}.message(); };
    if (path.filename().empty()) refuse("it does not name a file");
    struct stat old {};
    if (::stat(path.c_str(), &old) == 0) {
        if (S_ISDIR(old.st_mode)) refuse("it is a folder");
        if (!S_ISREG(old.st_mode)) refuse("it is not a plain file");
    } else if (errno != ENOENT) {
        refuse(reason(errno));
    }
    auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
    struct stat parent {};
    if (::stat(folder.c_str(), &parent) != 0) refuse("folder " + folder.string() + ": " + reason(errno));
    if (!S_ISDIR(parent.st_mode)) refuse(folder.string() + " is not a folder");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse("folder " + folder.string() + ": " + reason(errno));
}

/// Holds a folder for this process until the end of its life: of two that write to one folder the later is refused.
/// The folder is made if it is not there, and such a one removed at the end if nothing has come into it.
///
/// The lock belongs to the open file `.lock`, so that it ends with the process, however that dies. Who holds it may
/// remove what writers left that died while they wrote a file.
class FolderLock {
  public:
    /// @throws boltz::FileError if the folder is held already, or cannot be made or written.
    explicit FolderLock(std::filesystem::path folder)
        : folder_{std::move(folder)}, made_{make(folder_)}, file_{opened(folder_)} {
        std::string const name = (folder_ / ".lock").string();
        if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) boltz::detail::fail_file("FolderLock", "lock", name, errno);
            refuse();
        }
        struct stat locked {};
        if (::fstat(file_.get(), &locked) != 0 || locked.st_nlink == 0) refuse(); // another one has just removed it
        remove_half_written(folder_);
    }
    FolderLock(FolderLock const&) = delete;
    FolderLock& operator=(FolderLock const&) = delete;
    ~FolderLock() {
        std::error_code ignored;
        std::filesystem::remove(folder_ / ".lock", ignored);
        if (made_) std::filesystem::remove(folder_, ignored); // which only an empty one lets happen
    }

  private:
    static bool make(std::filesystem::path const& folder) {
        std::error_code problem;
        bool const is_new = std::filesystem::create_directories(folder, problem);
        if (problem)
            boltz::fail<boltz::FileError>("cannot create the folder ", folder.string(), ": ", problem.message());
        return is_new;
    }
    static boltz::detail::Descriptor opened(std::filesystem::path const& folder) {
        int const file = ::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) boltz::detail::fail_file("FolderLock", "open", (folder / ".lock").string(), errno);
        return boltz::detail::Descriptor{file};
    }
    [[noreturn]] void refuse() const {
        boltz::fail<boltz::FileError>("another process is writing to ", folder_.string(),
                                      ": wait until it has ended, or choose another --out");
    }

    /// Removes the temporary files of `boltz::write_file_atomically`; other folders in this one have locks of their
    /// own.
    static void remove_half_written(std::filesystem::path const& folder) {
        std::vector<std::filesystem::path> found;
        for (auto const& entry : std::filesystem::directory_iterator{folder}) {
            std::string const name = entry.path().filename().string();
            std::string const mark = ".writing-";
            std::size_t const at = name.rfind(mark);
            if (at == std::string::npos || !entry.is_regular_file()) continue;
            std::string const numbers = name.substr(at + mark.size()); // PROCESS-COUNT
            if (numbers.find_first_not_of("0123456789-") == std::string::npos &&
                std::count(numbers.begin(), numbers.end(), '-') == 1)
                found.push_back(entry.path());
        }
        std::error_code ignored;
        for (auto const& file : found) std::filesystem::remove(file, ignored);
    }

    std::filesystem::path folder_;
    bool made_;
    boltz::detail::Descriptor file_;
};
