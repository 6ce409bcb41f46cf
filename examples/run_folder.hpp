// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files that a program writes after long work: whether they can be written is asked before, and a folder has one
/// writer at a time.

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>

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
        boltz::detail::fail<boltz::FileError>("cannot write ", path.string(), ": ", why);
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
///
/// The lock belongs to the open file `.lock`, so that it ends with the process, however that dies. Who holds it may
/// remove what writers left that died while they wrote a file.
class FolderLock {
  public:
    /// @throws boltz::FileError if the folder is held already, or cannot be written.
    explicit FolderLock(std::filesystem::path const& folder)
        : file_{::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)} {
        std::string const name = (folder / ".lock").string();
        if (file_.get() < 0) boltz::detail::fail_file("FolderLock", "open", name, errno);
        if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) boltz::detail::fail_file("FolderLock", "lock", name, errno);
            boltz::detail::fail<boltz::FileError>("another process is writing to ", folder.string(),
                                                  ": wait until it has ended, or choose another --out");
        }
        remove_half_written(folder);
    }

  private:
    /// Removes the temporary files of `boltz::write_file_atomically`.
    static void remove_half_written(std::filesystem::path const& folder) {
        std::vector<std::filesystem::path> found;
        for (auto const& entry : std::filesystem::recursive_directory_iterator{folder}) {
            std::string const name = entry.path().filename().string();
            std::string const mark = ".writing-";
            std::size_t const at = name.rfind(mark);
            if (at == std::string::npos || !entry.is_regular_file()) continue;
            if (name.find_first_not_of("0123456789-", at + mark.size()) == std::string::npos)
                found.push_back(entry.path());
        }
        std::error_code ignored;
        for (auto const& file : found) std::filesystem::remove(file, ignored);
    }

    boltz::detail::Descriptor file_;
};
