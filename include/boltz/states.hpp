// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The states of all layers for a number of cases.

#include <boltz/archive.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace boltz {

/// What the numbers of a block are: a state of the units (data, a draw) or the mean of their distribution.
/// First moments are the same for both; second moments (a learned precision needs them) are not.
enum class Moment { state, mean };

/// One block a layer, where the number of layers is known: `StateBlocks<float, 2>{visible, hidden}` is taken wherever
/// a `StatesView` is. A layer that is not needed may be `{}`.
template <class T, std::size_t Layers>
using StateBlocks = std::array<Block<T>, Layers>;

/// A flag a layer, where the number of layers is known; taken wherever a `LayerSet` is.
template <std::size_t Layers>
using Observed = std::array<bool, Layers>;

/// The states of all layers for some cases, owned by somebody else: a block a layer, seen through a window of rows.
///
/// `view[l]` is the block of layer l. `StatesView<T const>` only reads. Copying a view copies no numbers; nothing is
/// allocated.
template <class T>
    requires std::floating_point<std::remove_const_t<T>>
class StatesView {
  public:
    using value_type = std::remove_const_t<T>;

    StatesView() = default;
    /// Rows `first` .. `first` + `rows` - 1 of these blocks, one a layer.
    StatesView(std::span<Block<value_type> const> blocks, std::size_t first, std::size_t rows) noexcept
        : blocks_{blocks.data()}, layers_{blocks.size()}, first_{first}, rows_{rows} {}
    /// All rows of blocks that stand in an array, which must outlive the view.
    template <std::size_t N>
    StatesView(std::array<Block<value_type>, N> const& blocks) noexcept : blocks_{blocks.data()}, layers_{N} {
        for (auto const& block : blocks) rows_ = std::max(rows_, block.rows);
    }
    /// A view for writing where only reading is asked for.
    template <std::same_as<value_type> U>
        requires std::is_const_v<T> StatesView(StatesView<U> const& other)
    noexcept : blocks_{other.blocks_}, layers_{other.layers_}, first_{other.first_}, rows_{other.rows_} {}

    [[nodiscard]] std::size_t layers() const noexcept { return layers_; }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] Block<T> operator[](std::size_t layer) const noexcept {
        return blocks_[layer].row_range(first_, rows_);
    }
    /// Rows first .. first + count - 1 of every layer.
    [[nodiscard]] StatesView row_range(std::size_t first, std::size_t count) const noexcept {
        StatesView result = *this;
        result.first_ += first;
        result.rows_ = count;
        return result;
    }
    /// Rows that the block of a layer has from the first one of the window on; fewer than `rows()` in blocks that do
    /// not fit each other.
    [[nodiscard]] std::size_t rows_of(std::size_t layer) const noexcept {
        return std::min(rows_, blocks_[layer].rows - std::min(first_, blocks_[layer].rows));
    }

  private:
    template <class U>
        requires std::floating_point<std::remove_const_t<U>>
    friend class StatesView;

    Block<value_type> const* blocks_ = nullptr;
    std::size_t layers_ = 0;
    std::size_t first_ = 0;
    std::size_t rows_ = 0;
};

namespace detail {

/// a * b, the rows of states that are about to be made for layers of these sizes.
/// @throws ValueError if a layer would have more numbers than memory can hold; it names a and b.
[[nodiscard]] std::size_t rows_of_states(std::string_view function, NamedSize a, NamedSize b,
                                         std::span<std::size_t const> sizes);

/// Numbers that may only be read, as a block for a `StatesView<T const>`, which does not write to it.
template <std::floating_point T>
[[nodiscard]] Block<T> for_reading(Block<T const> block) noexcept;

} // namespace detail

/// The states of all layers of a model, owned: one matrix a layer, rows = cases.
///
/// `require(rows)` allocates only when more rows are asked for than ever before.
template <std::floating_point T>
class States {
  public:
    using value_type = T;

    States() = default;
    /// Zeros, for layers of these sizes.
    /// @throws ValueError if a layer has more numbers than memory can hold.
    States(std::size_t rows, std::span<std::size_t const> sizes) { require(rows, sizes); }
    States(States const& other) : layers_{other.layers_}, rows_{other.rows_} { refer(); }
    States(States&&) noexcept = default;
    States& operator=(States other) noexcept;
    ~States() = default;

    /// Makes room for `rows` cases; when a layer must grow, its contents become zeros.
    /// @throws ValueError if a layer has more numbers than memory can hold.
    void require(std::size_t rows, std::span<std::size_t const> sizes);
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t layers() const noexcept { return layers_.size(); }
    [[nodiscard]] Block<T> operator[](std::size_t layer) noexcept { return blocks_[layer].row_range(0, rows_); }
    [[nodiscard]] Block<T const> operator[](std::size_t layer) const noexcept {
        return blocks_[layer].row_range(0, rows_);
    }
    /// All layers, for the functions of a field.
    [[nodiscard]] StatesView<T> blocks() noexcept { return {blocks_, 0, rows_}; }
    [[nodiscard]] StatesView<T const> blocks() const noexcept { return {blocks_, 0, rows_}; }
    operator StatesView<T>() noexcept { return blocks(); }
    operator StatesView<T const>() const noexcept { return blocks(); }
    void archive(Archive& archive);

  private:
    void refer();

    std::vector<Matrix<T>> layers_;
    std::vector<Block<T>> blocks_; // of all rows that there is room for
    std::size_t rows_ = 0;
};

/// Statistics of one phase of learning: a block of states a layer, and what its numbers are. Refers to the blocks.
template <std::floating_point T>
struct Phase {
    std::vector<Block<T>> blocks;
    std::vector<Moment> moments;
    std::size_t rows = 0;

    [[nodiscard]] StatesView<T const> states() const noexcept { return StatesView<T>{blocks, 0, rows}; }
    /// Refers to all blocks of `states`, whose numbers are `moment` in every layer. Allocates only when there are
    /// more layers than before.
    void refer(StatesView<T> states, Moment moment);
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/states.hpp>
#endif
