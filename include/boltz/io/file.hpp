// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Whole files in and out: reading all bytes, and replacing a file so that no reader ever gets half of it.

#include <boltz/version.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// The size beyond which what a compressed file holds is refused, unless the caller says otherwise: 4 GiB.
inline constexpr std::uint64_t default_decompressed_limit = std::uint64_t{1} << 32;

namespace detail {

// The caller's errno, before anything else can change it, as text.
[[noreturn, gnu::cold]] void fail_file(char const* function, char const* what, std::filesystem::path const& path,
                                       int error);

// A file descriptor that is closed on the way out.
class Descriptor {
  public:
    explicit Descriptor(int number) noexcept : number_{number} {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() { close(); }

    [[nodiscard]] int get() const noexcept { return number_; }

    // 0 or errno: network file systems report a failed write only here.
    int close() noexcept;

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
    ~AtomicFile();

    /// Appends bytes.
    void write(std::span<std::byte const> bytes);
    /// Puts the file in its place. Nothing can be written after that.
    void commit();

  private:
    static constexpr char const* function = "write_file_atomically";

    int open();

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
void write_file_atomically(std::filesystem::path const& path, std::span<std::byte const> bytes);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/file.hpp>
#endif
