// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whole files in and out: reading all bytes, and replacing a file so that no reader ever gets half of it.

#include <boltz/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace boltz {

/// The size beyond which what a compressed file holds is refused, unless the caller says otherwise: 4 GiB.
inline constexpr std::uint64_t default_decompressed_limit = std::uint64_t{1} << 32;

namespace detail {

// The caller's errno, before anything else can change it, as text.
[[noreturn, gnu::cold]] inline void fail_file(char const* function, char const* what,
                                              std::filesystem::path const& path, int error) {
    fail<FileError>(function, ": cannot ", what, " ", path.string(), ": ",
                    std::error_code{error, std::generic_category()}.message());
}

// A file descriptor that is closed on the way out.
class Descriptor {
  public:
    explicit Descriptor(int number) noexcept : number_{number} {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const noexcept { return number_; }

    // 0 or errno: network file systems report a failed write only here.
    int close() noexcept {
        int const number = std::exchange(number_, -1);
        return number < 0 || ::close(number) == 0 ? 0 : errno;
    }

  private:
    int number_;
};

} // namespace detail

/// All bytes of a file, as std::byte or std::uint8_t.
///
/// Memory: what was really read; a size that the file system claims is only a first guess, so pipes work too.
/// @throws FileError if the file cannot be opened or read (a directory, for instance).
template <class Byte = std::byte>
    requires(sizeof(Byte) == 1)
[[nodiscard]] std::vector<Byte> read_file(std::filesystem::path const& path) {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    detail::Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) detail::fail_file("read_file", "open", path, errno);
    std::vector<Byte> bytes;
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode))
        bytes.reserve(static_cast<std::size_t>(status.st_size) + chunk);
    std::size_t size = 0;
    for (;;) {
        bytes.resize(size + chunk);
        auto const count = ::read(file.get(), bytes.data() + size, chunk);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) detail::fail_file("read_file", "read", path, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    bytes.resize(size);
    return bytes;
}

namespace detail {

/// A file under way that replaces another one, or none, once it is whole: at no moment does that hold anything in
/// between.
///
/// The bytes go to a temporary file in the same folder, which is synced to the disk and then renamed; the folder is
/// synced last. If anything fails, or the object ends before that, the old file stays as it was and the temporary
/// file is removed.
class AtomicFile {
  public:
    /// @throws FileError as `write_file_atomically`.
    explicit AtomicFile(std::filesystem::path path) : path_{std::move(path)}, file_{open()} {}
    AtomicFile(AtomicFile const&) = delete;
    AtomicFile& operator=(AtomicFile const&) = delete;
    ~AtomicFile() {
        if (!temporary_.empty()) ::unlink(temporary_.c_str());
    }

    /// Appends bytes.
    void write(std::span<std::byte const> bytes) {
        while (!bytes.empty()) {
            auto const count = ::write(file_.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail_file(function, "write", path_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }
    /// Puts the file in its place. Nothing can be written after that.
    void commit() {
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

  private:
    static constexpr char const* function = "write_file_atomically";

    int open() {
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

    std::filesystem::path path_;
    std::filesystem::path temporary_{}; // empty once it is in its place
    Descriptor file_;
};

} // namespace detail

/// Replaces a file, or makes it: afterwards it holds exactly `bytes`, and at no moment anything in between.
///
/// The bytes go to a temporary file in the same folder, which is synced to the disk and then renamed; the folder is
/// synced last. If anything fails, the old file stays as it was and the temporary file is removed.
/// @throws FileError if the folder does not exist or cannot be written, the disk is full, or
///         `path` is a folder, a device or a pipe.
inline void write_file_atomically(std::filesystem::path const& path, std::span<std::byte const> bytes) {
    detail::AtomicFile file{path};
    file.write(bytes);
    file.commit();
}

} // namespace boltz
