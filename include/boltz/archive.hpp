// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Named arrays: how parameters and the state of a training leave memory and come back.

#include <boltz/error.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// One array of any rank: what a `.npy` file holds.
struct Array {
    std::string dtype;              ///< NumPy's name: "<f4", "<f8", "<i4", "<i8", "<u8" or "|u1"
    std::vector<std::size_t> shape; ///< empty for a scalar
    std::vector<std::byte> bytes;   ///< row-major
};

/// Arrays by name: what an `.npz` file holds.
using Arrays = std::map<std::string, Array, std::less<>>;

/// Visits the state of a model or of a session, to save it, to check a file against it, or to load it.
///
/// A class offers `void archive(Archive& a) { a("velocity", velocity_); }` and never learns which of the three is
/// going on. Shapes belong to the one who visits: an array of another shape is refused. Loading runs the
/// visit twice, first checking everything and only then changing anything, so a failed load changes nothing.
/// Names of nested visits are joined with '/'.
class Archive {
  public:
    enum class Mode { saving, checking, loading };

    /// An archive that collects what it visits.
    Archive() = default;

    /// An archive that checks or overwrites what it visits from these arrays.
    Archive(Arrays arrays, Mode mode) : arrays_{std::move(arrays)}, mode_{mode} {}

    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    [[nodiscard]] Arrays const& arrays() const noexcept { return arrays_; }
    [[nodiscard]] Arrays take() && noexcept { return std::move(arrays_); }

    template <std::floating_point T>
    void operator()(std::string_view name, Matrix<T>& matrix) {
        visit(name, type_of<T>(), {matrix.shape(0), matrix.shape(1)}, matrix.data(), matrix.size() * sizeof(T));
    }
    template <std::floating_point T>
    void operator()(std::string_view name, Vector<T>& vector) {
        visit(name, type_of<T>(), {vector.shape(0)}, vector.data(), vector.size() * sizeof(T));
    }
    /// All rows of a block, as a matrix.
    template <std::floating_point T>
    void operator()(std::string_view name, Block<T> block) {
        Matrix<T> copy = zero_matrix<T>(block.rows, block.columns);
        if (mode_ == Mode::saving) boltz::copy<T>(block, Block{copy});
        (*this)(name, copy);
        if (mode_ == Mode::loading) boltz::copy<T>(copy, block);
    }
    template <std::floating_point T>
    void operator()(std::string_view name, std::span<T> numbers) {
        visit(name, type_of<T>(), {numbers.size()}, numbers.data(), numbers.size_bytes());
    }
    void operator()(std::string_view name, double& value) { visit(name, "<f8", {}, &value, sizeof value); }
    void operator()(std::string_view name, std::uint64_t& value) { visit(name, "<u8", {}, &value, sizeof value); }

    /// The stored value of a number that is checked or loaded, for an object that must judge it before it is changed.
    /// @throws FormatError if there is none.
    [[nodiscard]] std::uint64_t stored(std::string_view name) {
        std::uint64_t value = 0;
        visit(name, "<u8", {}, &value, sizeof value, Mode::loading);
        return value;
    }

    /// Visits what `part` holds, its names preceded by `name` and a '/'.
    template <class Part>
    void nested(std::string_view name, Part& part) {
        std::string const outer = prefix_;
        prefix_ += std::string{name} + '/';
        part.archive(*this);
        prefix_ = outer;
    }

  private:
    template <class T>
    static constexpr char const* type_of() {
        static_assert(std::same_as<T, float> || std::same_as<T, double>);
        return std::same_as<T, float> ? "<f4" : "<f8";
    }

    static std::string text(std::string const& dtype, std::vector<std::size_t> const& shape) {
        std::string result = dtype + " (";
        for (std::size_t const extent : shape) result += std::to_string(extent) + ",";
        return result + ")";
    }

    void visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape, void* data,
               std::size_t bytes) {
        visit(name, dtype, shape, data, bytes, mode_);
    }

    void visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape, void* data,
               std::size_t bytes, Mode mode) {
        std::string const key = prefix_ + std::string{name};
        if (mode == Mode::saving) {
            Array array{dtype, shape, std::vector<std::byte>(bytes)};
            if (bytes > 0) std::memcpy(array.bytes.data(), data, bytes);
            arrays_.insert_or_assign(key, std::move(array));
            return;
        }
        auto const found = arrays_.find(key);
        if (found == arrays_.end()) detail::fail<FormatError>("Archive: there is no array '", key, "'");
        Array const& array = found->second;
        if (array.dtype != dtype || array.shape != shape || array.bytes.size() != bytes)
            detail::fail<FormatError>("Archive: array '", key, "' is ", text(array.dtype, array.shape), ", but ",
                                      text(dtype, shape), " is expected");
        if (mode == Mode::loading && bytes > 0) std::memcpy(data, array.bytes.data(), bytes);
    }

    Arrays arrays_;
    Mode mode_ = Mode::saving;
    std::string prefix_;
};

/// Everything that `object` visits, as arrays. Takes a copy of the state; `object` itself is not changed, as an
/// archive that saves only reads what it visits.
template <class Object>
[[nodiscard]] Arrays to_arrays(Object const& object) {
    Archive archive;
    const_cast<Object&>(object).archive(archive);
    return std::move(archive).take();
}

/// Overwrites the state of `object`; all or nothing.
/// @throws FormatError if an array is missing or has another type or shape; `object` is then unchanged.
template <class Object>
void from_arrays(Arrays arrays, Object& object) {
    Archive checking{std::move(arrays), Archive::Mode::checking};
    object.archive(checking);
    Archive loading{std::move(checking).take(), Archive::Mode::loading};
    object.archive(loading);
}

} // namespace boltz
