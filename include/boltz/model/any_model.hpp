// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a training sees of a model.

#include <boltz/any_field.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/states.hpp>

#include <concepts>

namespace boltz {

/// How statistics enter a gradient: gradient = keep * gradient + factor * sum over cases.
struct Accumulation {
    double factor = 1;
    double keep = 0;
};

/// Parameters with an energy: a field whose gradient can be accumulated and whose parameters can be moved.
///
/// A `BoltzmannMachine` is one. A model of one's own implements the functions of `AnyField` and `AnyParametric` and
/// this one; it can then be trained, evaluated and saved as any other.
template <std::floating_point T>
class AnyModel : public AnyField<T>, public AnyParametric<T> {
  public:
    using value_type = T;

    /// gradient = keep * gradient + factor * sum over rows of -dE/d(parameter).
    virtual void accumulate(Phase<T> const& phase, Accumulation how, ParameterSet<T>& gradient,
                            Executor& executor) const = 0;
};

} // namespace boltz
