// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A negative phase under way: the statistics of the model that a training needs.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>

namespace boltz {

/// A negative phase under way, with its chains and buffers: what `bind(field)` of a policy for it gives.
template <std::floating_point T>
class NegativePhaseSession {
  public:
    virtual ~NegativePhaseSession() = default;
    /// Draws from the model. `posterior` holds the data of the `observed` layers and the inferred means of the
    /// others, for the batch. The result is valid until the next call.
    virtual Phase<T> const& sample(AnyField<T> const& field, StatesView<T const> posterior, LayerSet observed,
                                   Draws const& draws, Clock const& clock, Executor& executor) = 0;
    /// Visits what later calls depend on; nothing, for chains that live for one batch.
    virtual void archive(Archive& archive) { static_cast<void>(archive); }
};

} // namespace boltz
