// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a kind of unit must offer, and what it may offer, as concepts.

#include <boltz/draws.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

namespace boltz {

/// Units of a layer, a block of its columns, that are made of variables with few values: what pseudo-likelihoods
/// change one at a time.
struct VariableGroup {
    std::size_t first = 0;
    std::size_t columns = 0;
    /// 0: every column is a variable with the values 0 and 1; else as many variables, each of which adds 1 to one of
    /// the columns.
    std::size_t trials = 0;
};

namespace concepts {

/// A kind of stochastic unit, defined by its natural parameter x = bias + input:
/// p(s | x) = exp(x s - e(s) - A(x)).
///
/// - `mean(x)`: x becomes A'(x), the mean, in place;
/// - `sample(x, draws)`: x becomes a draw from p(s | x), in place; row i uses row i of `draws`;
/// - `add_log_partition(x, out)`: out[i] += sum over the units of row i of A(x), in nats;
/// - `add_conjugate(mean, out)`: out[i] += A*(mean) = x mean - A(x) at the x that has this mean;
/// - `add_self_energy(states, out)`: out[i] += e(s).
///
/// Optional, found when present:
///
/// - `mean_and_sample(x, state, draws)`: both in one pass;
/// - `draw(mean, state, draws)`: a draw where only the mean is at hand; without it the natural parameter is computed
///   again;
/// - `mean_given(x, clamped, state)` and `sample_given(x, clamped, state, draws)`, for units that are not independent
///   given x, as the counts of a multinomial group: from the natural parameters x, the means and a draw of the units
///   whose `clamped` is 0 given the values in `state` of those whose `clamped` is 1; the means go to x together with
///   those values, the draw to `state`; without them free units are drawn as if nothing were clamped;
/// - `validate(states, argument)` or `validate(states, argument, first_row)`: throws ValueError for impossible
///   states; without it any finite value is possible;
/// - `prepare(size)`: called once with the size of the layer; `check_size(size)`: throws where the unit was made for
///   another size;
/// - `natural_parameter(mean, smoothing, column)`: for `initialise_biases`;
/// - `average_with(other)`: for layers that two RBMs of a stack share; without it the lower RBM's unit is kept;
/// - `state_count(size)` and `write_state(index, out)`: units with finitely many states, for enumeration;
/// - `precision(column)`: units with real values, e(s) = precision s^2 / 2 at least for large s;
/// - `times_slope(mean, gradient, keep)`: units that hidden layers of networks can have, see `concepts::Activation`;
/// - `takes_means`, a static constant that is true: data between the states are means;
/// - `add_variables(first, columns, groups)`: units that are made of variables with few values, see `VariableGroup`;
/// - `parameters()`, `learned_count()` and `add_parameter_gradient(states, moment, factor, out)`: learned parameters
///   of the unit itself;
/// - `archive(archive)`: what is kept in files.
template <class U, class T>
concept Unit = std::floating_point<T> && std::copyable<U> &&
    requires(U const unit, Block<T> inout, Block<T const> in, std::span<double> out, Draws const& draws) {
    { U::name } -> std::convertible_to<std::string_view>;
    unit.mean(inout);
    unit.sample(inout, draws);
    unit.add_log_partition(in, out);
    unit.add_conjugate(in, out);
    unit.add_self_energy(in, out);
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

/// What a hidden layer of a network can be made of: units that give on their mean f(x), each a function of its own
/// input.
///
/// - `mean(x)`: x becomes f(x), in place;
/// - `times_slope(mean, gradient, keep)`: gradient *= d mean / d x, elementwise, from the mean alone: `mean` has
///   f(x) / keep for units that dropout kept, which is a share `keep` of them, and 0 for the others.
///
/// Many kinds of stochastic units are; so is `Rectified`, which has no states. Optional, as of `Unit`: `prepare` and
/// `archive`.
template <class U, class T>
concept Activation = std::floating_point<T> && std::copyable<U> &&
    requires(U const unit, Block<T> inout, Block<T const> in, T keep) {
    { U::name } -> std::convertible_to<std::string_view>;
    unit.mean(inout);
    unit.times_slope(in, inout, keep);
};

} // namespace concepts

} // namespace boltz
