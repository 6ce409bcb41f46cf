// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What units, layers, fields, models, data and policies must offer, as concepts.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/draws.hpp>
#include <boltz/executor.hpp>
#include <boltz/factors.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace boltz {

/// The concepts stand in a namespace of their own, so that a program can name its `Layer` or `Model` beside `using
/// namespace boltz`.
namespace concepts {

/// A kind of stochastic unit, defined by its natural parameter x = bias + input:
/// p(s | x) = exp(x s - e(s) - A(x)).
///
/// - `mean(x)`: x becomes A'(x), the mean, in place;
/// - `sample(x, draws)`: x becomes a draw from p(s | x), in place; row i uses row i of `draws`;
/// - `add_log_partition(x, out)`: out[i] += sum over the units of row i of A(x), in nats;
/// - `add_conjugate(mean, out)`: out[i] += A*(mean) = x mean - A(x) at the x that has this mean;
/// - `add_own_term(states, out)`: out[i] += e(s).
///
/// Optional, found when present: `mean_and_sample(x, state, draws)` (both in one pass), `draw(mean, state, draws)` (a
/// draw where only the mean is at hand; without it the natural parameter is computed again), `mean_given(x, clamped,
/// state)` and `sample_given(x, clamped, state, draws)` (for units that are not independent given x, as the counts of
/// a multinomial group: from the natural parameters x, the means and a draw of the units whose `clamped` is 0 given
/// the values in `state` of those whose `clamped` is 1; the means go to x together with those values, the draw to
/// `state`; without them free units are drawn as if nothing were clamped), `validate(states, argument)` (throws
/// ValueError for impossible states), `prepare(size)` (called once with the size of the layer), `check_size(size)`
/// (throws where the unit was made for another size), `natural_parameter(mean, smoothing, column)` (for
/// `initialise_biases`), `average_with(other)` (for layers that two RBMs of a stack share; without it the lower RBM's
/// unit is kept), `state_count(size)` and `write_state(index, out)` (units with finitely many states, for
/// enumeration), `parameters()` with `add_parameter_gradient` (learned parameters of the unit itself), `archive`.
template <class U, class T>
concept Unit = std::floating_point<T> && std::copyable<U> &&
    requires(U const unit, Block<T> inout, Block<T const> in, std::span<double> out, Draws const& draws) {
    { U::name } -> std::convertible_to<std::string_view>;
    unit.mean(inout);
    unit.sample(inout, draws);
    unit.add_log_partition(in, out);
    unit.add_conjugate(in, out);
    unit.add_own_term(in, out);
};

/// A unit whose states can be counted off, so that small models can be solved exactly.
template <class U, class T>
concept EnumerableUnit = concepts::Unit<U, T> && requires(U const unit, std::size_t size, std::span<T> out) {
    { unit.state_count(size) } -> std::convertible_to<double>;
    unit.write_state(size, out);
};

/// A unit with parameters of its own, such as a learned precision.
///
/// `parameters()` is empty while they are fixed; `add_parameter_gradient(states, moment, factor, out)` adds
/// factor * sum over rows of d(-e(s)) / d(parameter).
template <class U, class T>
concept ParametricUnit = concepts::Unit<U, T> &&
    requires(U unit, U const view, Block<T const> states, std::span<double> out) {
    { unit.parameters() } -> std::same_as<std::span<double>>;
    { view.learned_count() } -> std::same_as<std::size_t>;
    view.add_parameter_gradient(states, Moment::mean, 1.0, out);
};

/// A layer: a number of units of one kind (a joint unit has several) and a bias for each.
template <class L>
concept Layer = std::copyable<L> && concepts::Unit<typename L::unit_type, typename L::value_type> &&
    requires(L layer, L const view) {
    { view.size() } -> std::same_as<std::size_t>;
    { view.unit() } -> std::same_as<typename L::unit_type const&>;
    { layer.unit() } -> std::same_as<typename L::unit_type&>;
    { view.bias() } -> std::same_as<Vector<typename L::value_type> const&>;
    { layer.bias() } -> std::same_as<Vector<typename L::value_type>&>;
};

/// What inference and samplers see of a model: its layers, and the natural parameter of each given its neighbours.
///
/// `input<I>(states, out, factors)` computes the natural parameters of layer I for a block of rows, reading the
/// neighbours of layer I in `states`; it is called by several threads at once on different rows. A model is a field;
/// so is a model seen through other factors, or with its weights prepared for the products.
template <class F>
concept Field = std::floating_point<typename F::value_type> &&
    requires(F const field, StateBlocks<typename F::value_type, F::depth> const& states,
             Block<typename F::value_type> out) {
    { F::depth } -> std::convertible_to<std::size_t>;
    requires concepts::Layer<std::remove_cvref_t<decltype(field.template layer<0>())>>;
    field.template input<0>(states, out, Factors{});
    { field.sizes() } -> std::same_as<std::array<std::size_t, F::depth>>;
};

} // namespace concepts

namespace detail {

/// The kind of the units of layer L.
template <class F, std::size_t L>
using UnitOf = typename std::remove_cvref_t<decltype(std::declval<F const&>().template layer<L>())>::unit_type;

} // namespace detail

/// What an inference has done.
struct InferenceReport {
    std::size_t sweeps = 0; ///< sweeps of the block that needed most
    double residual = 0;    ///< largest change of a mean in the last sweep, over all blocks
    bool converged = true;  ///< whether the residual of every block fell below the tolerance
};

/// Statistics of one phase of learning: a block of states a layer, and what its numbers are.
template <std::floating_point T, std::size_t Depth>
struct Phase {
    StateBlocks<T, Depth> states{};
    std::array<Moment, Depth> moments{};
};

/// How statistics enter a gradient: gradient = keep * gradient + factor * sum over cases.
struct Accumulation {
    double factor = 1;
    double keep = 0;
};

namespace concepts {

/// Parameters with an energy: a field whose gradient can be accumulated and whose parameters can be moved.
template <class M>
concept Model = concepts::Field<M> && std::copyable<M> &&
    requires(M model, M const view, Phase<typename M::value_type, M::depth> const& phase,
             typename M::Gradient& gradient, Executor& executor, Archive& archive) {
    { view.make_gradient() } -> std::same_as<typename M::Gradient>;
    view.accumulate(phase, Accumulation{}, gradient, executor);
    model.archive(archive);
};

/// Something with parameters that can be walked over together with sets of numbers shaped like them: what an
/// optimizer moves. Models are; so are networks.
///
/// `for_each_parameter(f, sets...)` calls `f(parameter, values, set values...)`, spans of one length.
template <class M>
concept Parametric = std::floating_point<typename M::value_type> && std::copyable<M> &&
    requires(M model, M const view, typename M::Gradient& gradient, Archive& archive) {
    { view.make_gradient() } -> std::same_as<typename M::Gradient>;
    model.for_each_parameter([](auto, auto, auto) {}, gradient);
    model.archive(archive);
};

/// A supply of cases for one layer: `load(indices, out, draws)` writes case indices[i] to row i of `out`.
///
/// It is called by several threads at once, on different rows. `draws` serve sources that draw at each presentation
/// (stochastic binarisation); the others ignore them.
template <class S>
concept DataSource = requires(S const source, std::span<std::size_t const> indices, Block<float> narrow,
                              Block<double> wide, Draws const& draws) {
    { source.rows() } -> std::convertible_to<std::size_t>;
    { source.columns() } -> std::convertible_to<std::size_t>;
    source.load(indices, narrow, draws);
    source.load(indices, wide, draws);
};

/// Finds the distribution of the unobserved layers given the observed ones: `bind(field)` gives a session whose
/// `infer(field, states, observed, executor)` overwrites the unobserved blocks with means.
template <class P, class F>
concept InferencePolicy = concepts::Field<F> && std::copyable<P> &&
    requires(P const policy, F const& field, StateBlocks<typename F::value_type, F::depth> const& states,
             Observed<F::depth> const& observed, Executor& executor) {
    { policy.bind(field).infer(field, states, observed, executor) } -> std::same_as<InferenceReport>;
};

/// Draws from the model: `bind(field)` gives a session whose `sample(field, posterior, draws, clock, executor)`
/// returns a Phase. `posterior` holds the data and the inferred means of the batch.
template <class P, class F>
concept SamplingPolicy = concepts::Field<F> && std::copyable<P> &&
    requires(P const policy, F const& field, StateBlocks<typename F::value_type, F::depth> const& posterior,
             Draws const& draws, Clock const& clock, Executor& executor, Archive& archive) {
    {
        policy.bind(field).sample(field, posterior, draws, clock, executor)
        } -> std::same_as<Phase<typename F::value_type, F::depth>>;
    policy.bind(field).archive(archive);
};

/// Moves parameters along a gradient: `bind(model)` gives a session with `step(model, gradient, clock, executor)`.
///
/// Optional, for sessions that move each parameter by itself: `step_weights(model, gradient, clock, rows)` (some rows
/// of one weight matrix; several threads at once, for different rows) and `step_but_weights(model, gradient, clock)`.
/// A training then moves rows of the weights as soon as it has their gradient, while both are in cache, and at the
/// end calls `finish_step(model, clock, executor)`, if there is one, which returns whether it has changed weights.
/// `scale_rate(factor)` multiplies all rates from then on. `observe(data, clock)` sees the data phase of a Boltzmann
/// machine before each step.
template <class O, class M>
concept Optimizer = concepts::Parametric<M> && std::copyable<O> &&
    requires(O const optimizer, M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor,
             Archive& archive) {
    optimizer.bind(model).step(model, gradient, clock, executor);
    optimizer.bind(model).archive(archive);
};

} // namespace concepts
} // namespace boltz
