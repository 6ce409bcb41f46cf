// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What is known of some cases: values of any units of any layers.

#include <boltz/any_field.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

namespace boltz {

/// What is known of some cases: the values of any units of any layers, for each case.
///
/// `Given given{dbm, 20}` has 20 cases of which nothing is known; `given.clamp(0, images, mask)` says what some
/// pixels are, `given.clamp(2, labels)` what all units of layer 2 are. Known units are clamped at their values by
/// `sample_given` and `mean_given`. Values may be means (grey pixels of binary units), which then enter the natural
/// parameters of their neighbours as they are. Holds copies; memory for layers of which nothing is known is not
/// taken.
template <std::floating_point T>
class Given {
  public:
    /// Nothing is known yet of `cases` cases.
    /// @throws ValueError if `cases` is 0.
    Given(AnyField<T> const& field, std::size_t cases);

    /// All units of a layer are known.
    /// @throws ShapeError if `values` is not cases x units; ValueError if there is no such layer.
    Given& clamp(std::size_t layer, Block<T const> values);

    /// The units of a layer are known where `mask` is 1 and not where it is 0; the other values are not read.
    ///
    /// `mask` has a row for each case, or one row that holds for all.
    /// @throws ShapeError if `values` is not cases x units or the mask neither that nor 1 x units; ValueError if
    /// there is no such layer, or the mask holds another number.
    Given& clamp(std::size_t layer, Block<T const> values, Block<T const> mask);

    /// The units first .. first + values.columns - 1 of a layer are known, as a part of a joint layer is.
    /// @throws ShapeError if there are not as many units or cases; ValueError if there is no such layer.
    Given& clamp_columns(std::size_t layer, std::size_t first, Block<T const> values);

    /// Every case `copies` times, one after another.
    [[nodiscard]] Given repeated(std::size_t copies) const;

    [[nodiscard]] std::size_t cases() const noexcept { return cases_; }
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return sizes_; }

    /// Which units are known. Refers to this object.
    [[nodiscard]] Clamps<T> clamps() const;
    /// Writes the values of the known units into states of as many rows; the others stay as they are.
    void write(StatesView<T> states) const noexcept;

  private:
    void check_layer(std::size_t layer) const;
    void check(std::size_t layer, Block<T const> values, std::size_t rows) const;
    void require(std::size_t layer);
    void set(std::size_t layer, std::size_t row, std::size_t column, T value) noexcept;
    template <class Known>
    void for_each_unit(std::size_t layer, Block<T const> values, Known known) {
        require(layer);
        for (std::size_t i = 0; i < cases_; ++i)
            for (std::size_t j = 0; j < sizes_[layer]; ++j)
                if (known(i, j)) set(layer, i, j, values(i, j));
    }

    std::size_t cases_;
    std::vector<std::size_t> sizes_;
    std::vector<Matrix<T>> values_; // without rows for layers of which nothing is known
    std::vector<Matrix<T>> masks_;
};

template <class F>
Given(F const&, std::size_t) -> Given<typename F::value_type>;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/sampling/given.hpp>
#endif
