// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The posterior of a model with one hidden layer.

#include <boltz/any_field.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/inference/inference_session.hpp>

#include <concepts>
#include <cstddef>

namespace boltz {

/// The exact posterior of an RBM: given the visible layer the hidden units are independent, with means A'(W'v + b).
///
/// It exists for two layers only; deeper models do not compile with it and take `MeanField`. One product; nothing is
/// allocated.
struct ExactPosterior {
    template <std::floating_point T>
    class Session final : public InferenceSession<T> {
      public:
        InferenceReport infer(AnyField<T> const& field, StatesView<T> states, LayerSet observed,
                              Executor& executor) override;
    };

    /// @throws ValueError if a model whose depth is known only when the program runs does not have two layers.
    template <concepts::MaybeTwoLayers F>
    [[nodiscard]] Session<typename F::value_type> bind(F const& field) const {
        std::size_t const layers = static_cast<boltz::AnyField<typename F::value_type> const&>(field).layers();
        if (layers != 2)
            detail::fail<ValueError>("ExactPosterior: the model has ", layers,
                                     " layers, but its posterior is exact for 2 only; take MeanField");
        return {};
    }
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/inference/exact_posterior.hpp>
#endif
