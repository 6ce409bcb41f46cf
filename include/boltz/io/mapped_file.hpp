// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Files that are read where they lie, page by page, as their bytes are used.

#include <boltz/version.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

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
    explicit MappedFile(std::filesystem::path const& path);
    MappedFile(MappedFile&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    /// The whole file.
    [[nodiscard]] std::span<std::byte const> bytes() const noexcept { return bytes_; }

  private:
    std::span<std::byte const> bytes_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/mapped_file.hpp>
#endif
