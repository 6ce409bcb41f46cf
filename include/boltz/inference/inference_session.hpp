// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// An inference under way.

#include <boltz/any_field.hpp>
#include <boltz/executor.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

/// What an inference has done.
struct InferenceReport {
    std::size_t sweeps = 0; ///< sweeps of the block that needed most
    double residual = 0;    ///< largest change of a mean in the last sweep, over all blocks
    bool converged = true;  ///< whether the residual of every block fell below the tolerance
};

/// An inference under way, with its buffers: what `bind(field)` of an inference policy gives.
template <std::floating_point T>
class InferenceSession {
  public:
    virtual ~InferenceSession() = default;
    /// Overwrites the blocks of the layers that are not observed with the means of their distribution given the
    /// observed ones.
    virtual InferenceReport infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                                  Executor& executor) = 0;
};

} // namespace boltz
