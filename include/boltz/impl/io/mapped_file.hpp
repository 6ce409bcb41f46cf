// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/mapped_file.hpp>

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/version.hpp>

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <utility>

namespace boltz {

BOLTZ_INLINE MappedFile::MappedFile(std::filesystem::path const& path) {
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

BOLTZ_INLINE MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
}

BOLTZ_INLINE MappedFile::~MappedFile() {
    // The interface predates const.
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

} // namespace boltz
