// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files that are read where they lie, page by page, as their bytes are used.

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>

namespace boltz {

/// A plain file mapped into memory, read only.
///
/// Opening it reads nothing and takes no memory, whatever its size. Pages come from the disk when they are first
/// looked at, some of their neighbours with them, and the system takes them back when memory is short; until then
/// they count as resident. A file that is replaced, as `write_file_atomically` does it, stays what it was here; one
/// that is cut short while it is mapped ends the process on the next look at what is gone.
class MappedFile {
  public:
    /// @throws FileError if the file cannot be opened or mapped, or is not a plain file.
    explicit MappedFile(std::filesystem::path const& path) {
        constexpr char const* function = "MappedFile";
        detail::Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
        if (file.get() < 0) detail::fail_file(function, "open", path, errno);
        struct stat status {};
        if (::fstat(file.get(), &status) != 0) detail::fail_file(function, "open", path, errno);
        if (!S_ISREG(status.st_mode))
            detail::fail<FileError>(function, ": cannot map ", path.string(), ": it is not a plain file");
        auto const size = static_cast<std::size_t>(status.st_size);
        if (size == 0) return; // nothing, which cannot be mapped
        void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
        if (begin == MAP_FAILED) detail::fail_file(function, "map", path, errno);
        bytes_ = {static_cast<std::byte const*>(begin), size};
    }
    MappedFile(MappedFile&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
    MappedFile& operator=(MappedFile&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MappedFile() {
        // The interface predates const.
        if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    }

    /// The whole file.
    [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return bytes_; }

  private:
    std::span<std::byte const> bytes_;
};

} // namespace boltz
