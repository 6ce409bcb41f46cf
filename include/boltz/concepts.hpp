// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What layers, fields, models, data and policies must offer, as concepts.

#include <boltz/draws.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>

namespace boltz {

template <std::floating_point T>
class AnyLayer;
template <std::floating_point T>
class AnyField;
template <std::floating_point T>
class AnyModel;
template <std::floating_point T>
class AnyParametric;
template <std::floating_point T>
class InferenceSession;
template <std::floating_point T>
class NegativePhaseSession;
template <std::floating_point T>
class OptimizerSession;

/// The concepts stand in a namespace of their own, so that a program can name its `Layer` or `Model` beside `using
/// namespace boltz`.
namespace concepts {

/// A layer whose kind of units is known when the program is compiled, such as `StochasticLayer`.
template <class L>
concept Layer = std::copyable<L> && std::derived_from<L, AnyLayer<typename L::value_type>> &&
    concepts::Unit<typename L::unit_type, typename L::value_type>;

/// What inference and samplers see of a model, see `boltz::AnyField`.
template <class F>
concept Field = std::derived_from<F, boltz::AnyField<typename F::value_type>>;

/// Parameters with an energy, see `boltz::AnyModel`.
template <class M>
concept Model = std::derived_from<M, boltz::AnyModel<typename M::value_type>>;

/// What an optimizer moves, see `boltz::AnyParametric`: models and networks.
template <class M>
concept Parametric = std::derived_from<M, boltz::AnyParametric<typename M::value_type>>;

/// A field of two layers, or one whose number of layers is known only when the program runs.
template <class F>
concept MaybeTwoLayers = concepts::Field<F> && !requires {
    requires F::depth != 2;
};

/// A supply of cases for one layer: `load(indices, out, draws)` writes case indices[i] to row i of `out`.
///
/// It is called by several threads at once, on different rows. `draws` serve sources that draw at each presentation
/// (stochastic binarisation); the others ignore them. Optional, found when present: `load_means`, the same without
/// what is drawn afresh; `binarisation()`, the protocol of the pixels.
template <class S>
concept DataSource = requires(S const source, std::span<std::size_t const> indices, Block<float> narrow,
                              Block<double> wide, Draws const& draws) {
    { source.rows() } -> std::convertible_to<std::size_t>;
    { source.columns() } -> std::convertible_to<std::size_t>;
    source.load(indices, narrow, draws);
    source.load(indices, wide, draws);
};

/// Finds the distribution of the unobserved layers given the observed ones: `bind(field)` gives an
/// `InferenceSession`.
template <class P, class F>
concept InferencePolicy = concepts::Field<F> && std::copyable<P> && requires(P const policy, F const& field) {
    { policy.bind(field) } -> std::derived_from<InferenceSession<typename F::value_type>>;
};

/// Draws the statistics of the model: `bind(field)` gives a `NegativePhaseSession`.
template <class P, class F>
concept NegativePhase = concepts::Field<F> && std::copyable<P> && requires(P const policy, F const& field) {
    { policy.bind(field) } -> std::derived_from<NegativePhaseSession<typename F::value_type>>;
};

/// A negative phase that compares energies of states, as swaps between temperatures do, and has a static constant
/// `swaps_by_energy` that is true. A field with unequal factors has no energy, so a pretraining with
/// doubled inputs refuses such a policy.
template <class P>
concept SwapsByEnergy = requires {
    requires P::swaps_by_energy;
};

/// Moves parameters along a gradient: `bind(model)` gives an `OptimizerSession`.
template <class O, class M>
concept Optimizer = concepts::Parametric<M> && std::copyable<O> && requires(O const optimizer, M const& model) {
    { optimizer.bind(model) } -> std::derived_from<OptimizerSession<typename M::value_type>>;
};

} // namespace concepts

namespace detail {

/// Whether a field has a layer with this number, as far as that is known when the program is compiled.
template <class F, std::size_t L>
concept MayHaveLayer = !requires {
    requires(L >= F::depth);
};

/// The number of layers of a field where it is known when the program is compiled, else `otherwise`.
template <class F>
[[nodiscard]] constexpr std::size_t depth_or(std::size_t otherwise) {
    if constexpr (requires { F::depth; })
        return F::depth;
    else
        return otherwise;
}

} // namespace detail

} // namespace boltz
