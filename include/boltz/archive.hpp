// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Named arrays: how parameters and the state of a training leave memory and come back.

#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
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

/// One array whose numbers are somebody else's, as `Array` for the time of a call.
struct ArrayView {
    std::string_view dtype;
    std::vector<std::size_t> shape;
    std::span<std::byte const> bytes;

    ArrayView(std::string_view type, std::vector<std::size_t> extents, std::span<std::byte const> numbers)
        : dtype{type}, shape{std::move(extents)}, bytes{numbers} {}
    ArrayView(Array const& array) : ArrayView{array.dtype, array.shape, array.bytes} {}
};

/// Where an archive that saves puts what it visits, array by array, such as a file.
class ArraySink {
  public:
    virtual ~ArraySink() = default;
    /// Takes an array. Its numbers are there for the time of the call only.
    virtual void put(std::string const& name, ArrayView const& array) = 0;

  protected:
    ArraySink() = default;
    ArraySink(ArraySink const&) = default;
    ArraySink& operator=(ArraySink const&) = default;
};

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

    /// An archive that hands what it visits to a sink and keeps nothing: memory for a whole state is not needed.
    explicit Archive(ArraySink& sink) noexcept : sink_{&sink} {}

    /// An archive that checks or overwrites what it visits from these arrays.
    Archive(Arrays arrays, Mode mode) : arrays_{std::move(arrays)}, mode_{mode} {}

    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    [[nodiscard]] Arrays const& arrays() const noexcept { return arrays_; }
    [[nodiscard]] Arrays take() && noexcept { return std::move(arrays_); }

    template <std::floating_point T>
    void operator()(std::string_view name, Matrix<T>& matrix);
    template <std::floating_point T>
    void operator()(std::string_view name, Vector<T>& vector);
    /// All rows of a block, as a matrix.
    template <std::floating_point T>
    void operator()(std::string_view name, Block<T> block);
    template <std::floating_point T>
    void operator()(std::string_view name, std::span<T> numbers);
    void operator()(std::string_view name, double& value) { visit(name, "<f8", {}, &value, sizeof value); }
    void operator()(std::string_view name, std::uint64_t& value) { visit(name, "<u8", {}, &value, sizeof value); }

    /// Saves an array that is one already, under this name.
    void put(std::string_view name, ArrayView const& array);

    /// The stored value of a number that is checked or loaded, for an object that must judge it before it is changed.
    /// @throws FormatError if there is none.
    [[nodiscard]] std::uint64_t stored(std::string_view name);

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

    static std::string text(std::string const& dtype, std::vector<std::size_t> const& shape);

    void visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape, void* data,
               std::size_t bytes);

    void visit(std::string_view name, char const* dtype, std::vector<std::size_t> const& shape, void* data,
               std::size_t bytes, Mode mode);

    ArraySink* sink_ = nullptr; // in place of the arrays, where there is one
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

/// The state of one or several objects, as a function that lets an archive visit them to save it. Refers to what the
/// function refers to.
///
///     StateVisit const state{[&](Archive& archive) {
///         archive.nested("first", first);
///         archive.nested("second", second);
///     }};
class StateVisit {
  public:
    /// No state.
    StateVisit() = default;
    template <std::invocable<Archive&> Visit>
        requires(!std::same_as<std::remove_cvref_t<Visit>, StateVisit>)
    StateVisit(Visit&& visit) : visit_{std::forward<Visit>(visit)} {}

    void archive(Archive& archive) const;
    /// The state as arrays: a copy of it.
    [[nodiscard]] Arrays operator()() const { return to_arrays(*this); }

  private:
    std::function<void(Archive&)> visit_;
};

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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/archive.hpp>
#endif
