// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What inference, samplers and evaluation see of a model.

#include <boltz/factors.hpp>
#include <boltz/graph.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

namespace boltz {

template <std::floating_point T>
class BoltzmannMachine;

/// What inference, samplers and evaluation see of a model: layers with their units, which of them have weights in
/// common, and the natural parameters of each layer given its neighbours.
///
/// A model is a field; so is a model seen through other factors (`Scaled`), at another temperature (`Tempered`), or
/// with its weights prepared for their products (`Prepared`). A model of one's own implements these functions and can
/// then be sampled and evaluated.
template <std::floating_point T>
class AnyField {
  public:
    using value_type = T;

    virtual ~AnyField() = default;
    /// The layers and their connections; they do not change.
    [[nodiscard]] virtual LayerGraph const& graph() const noexcept = 0;
    /// The units of a layer.
    [[nodiscard]] virtual AnyUnit<T> const& unit(std::size_t layer) const = 0;
    /// The natural parameters of a layer for a block of rows, with `factors`:
    /// out = keep * out + bias * b + below * (sum of s W over lower neighbours) + above * (sum of s W' over upper
    /// ones).
    ///
    /// Reads the neighbours of the layer in `states`, which must have as many rows as `out`. Called by several
    /// threads at once, on different rows.
    virtual void input(std::size_t layer, StatesView<T const> states, Block<T> out,
                       Factors const& factors = {}) const = 0;
    /// The machine that the field is, or null where it is something else: a view of one, or a model of one's own.
    [[nodiscard]] virtual BoltzmannMachine<T> const* machine() const noexcept { return nullptr; }
    /// What multiplies, as a text for reports: "float32 by OpenBLAS for SkylakeX".
    [[nodiscard]] virtual std::string description() const { return "the model's own products"; }

    /// How many layers there are.
    [[nodiscard]] std::size_t layers() const noexcept { return graph().layers(); }
    /// The number of units of each layer.
    [[nodiscard]] std::vector<std::size_t> const& sizes() const noexcept { return graph().sizes(); }

  protected:
    AnyField() = default;
    AnyField(AnyField const&) = default;
    AnyField(AnyField&&) = default;
    AnyField& operator=(AnyField const&) = default;
    AnyField& operator=(AnyField&&) = default;
};

} // namespace boltz
