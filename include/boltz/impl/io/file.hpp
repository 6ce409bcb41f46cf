// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/file.hpp>

#include <boltz/error.hpp>
#include <boltz/version.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE void fail_file(char const* function, char const* what, std::filesystem::path const& path, int error) {
    fail<FileError>(function, ": cannot ", what, " ", path.string(), ": ",
                    std::error_code{error, std::generic_category()}.message());
}

BOLTZ_INLINE int Descriptor::close() noexcept {
    int const number = std::exchange(number_, -1);
    return number < 0 || ::close(number) == 0 ? 0 : errno;
}

BOLTZ_INLINE AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

BOLTZ_INLINE void AtomicFile::write(std::span<std::byte const> bytes) {
    while (!bytes.empty()) {
        auto const count = ::write(file_.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_file(function, "write", path_, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

BOLTZ_INLINE void AtomicFile::commit() {
    // Pseudo-files (EINVAL) have nothing to sync.
    if (::fsync(file_.get()) != 0 && errno != EINVAL) fail_file(function, "write", path_, errno);
    if (int const error = file_.close(); error != 0) fail_file(function, "write", path_, error);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail_file(function, "write", path_, errno);
    temporary_.clear();
    // The rename itself survives a power cut only once the folder is on the disk; some file systems cannot do
    // that, and the new file is in place either way.
    auto const folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path{"."};
    Descriptor const parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (parent.get() >= 0) ::fsync(parent.get());
}

BOLTZ_INLINE int AtomicFile::open() {
    if (path_.filename().empty()) fail_file(function, "write", path_, EISDIR);
    // A rename would put a plain file in the place of a device or a pipe.
    struct stat old {};
    if (::stat(path_.c_str(), &old) == 0 && !S_ISREG(old.st_mode))
        fail<FileError>(function, ": cannot write ", path_.string(), ": it is not a plain file");
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::filesystem::path name = path_;
        name += ".writing-" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
        int const opened = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (opened >= 0) {
            temporary_ = std::move(name);
            return opened;
        }
        if (errno != EEXIST) fail_file(function, "write", path_, errno);
    }
    fail_file(function, "write", path_, EEXIST);
}

} // namespace detail

BOLTZ_INLINE void write_file_atomically(std::filesystem::path const& path, std::span<std::byte const> bytes) {
    detail::AtomicFile file{path};
    file.write(bytes);
    file.commit();
}

} // namespace boltz
