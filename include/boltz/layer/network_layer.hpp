// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The layers that a network is made of.

#include <boltz/error.hpp>
#include <boltz/unit/any_activation.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace boltz {

/// The input of a network: how many numbers enter at layer 0, and how many enter beside layers 0, 1, ..., none where
/// the list ends. A number alone is such an input.
struct NetworkInput {
    std::size_t size;
    std::vector<std::size_t> beside;

    NetworkInput(std::size_t units, std::vector<std::size_t> beside_layers = {})
        : size{units}, beside{std::move(beside_layers)} {}
};

/// A hidden layer of a network whose kind of units is known when the program runs.
template <std::floating_point T>
class AnyHiddenLayer {
  public:
    using value_type = T;

    /// @throws ShapeError if the units were made for another size.
    AnyHiddenLayer(std::size_t size, std::unique_ptr<AnyActivation<T>> unit);
    AnyHiddenLayer(AnyHiddenLayer const& other) : size_{other.size_}, unit_{other.unit_->clone()} {}
    AnyHiddenLayer(AnyHiddenLayer&&) noexcept = default;
    AnyHiddenLayer& operator=(AnyHiddenLayer other) noexcept;
    ~AnyHiddenLayer() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] AnyActivation<T>& unit() noexcept { return *unit_; }
    [[nodiscard]] AnyActivation<T> const& unit() const noexcept { return *unit_; }

  private:
    std::size_t size_;
    std::unique_ptr<AnyActivation<T>> unit_;
};

/// A hidden layer of a network: `HiddenLayer<Bernoulli>{500}` has logistic units, `HiddenLayer<Rectified>` rectified
/// and `HiddenLayer<Gaussian>` linear ones; `HiddenLayer<Bernoulli, double>` is one of a network in double. Units of
/// one's own are used alike, see `concepts::Activation`.
template <class U, std::floating_point T = float>
    requires concepts::Activation<U, T>
class HiddenLayer : public AnyHiddenLayer<T> {
  public:
    /// @throws ShapeError if the units were made for another size; ValueError if they learn parameters of their own,
    /// which hidden units of a network cannot.
    explicit HiddenLayer(std::size_t size, U unit = U{})
        : AnyHiddenLayer<T>{size, std::make_unique<ActivationAdapter<U, T>>(checked(std::move(unit), size))} {}

  private:
    static U checked(U unit, std::size_t size) {
        detail::prepare(unit, size);
        if constexpr (requires { unit.learned_count(); })
            if (unit.learned_count() > 0)
                detail::fail<ValueError>(
                    "HiddenLayer: ", U::name, " units learn ", unit.learned_count(),
                    " parameters of their own, but those of hidden units of a network are fixed");
        return unit;
    }
};

/// The output layer of a network whose kind of units is known when the program runs.
template <std::floating_point T>
class AnyOutputLayer {
  public:
    using value_type = T;

    /// @throws ShapeError if the units were made for another size.
    AnyOutputLayer(std::size_t size, std::unique_ptr<AnyUnit<T>> unit);
    AnyOutputLayer(AnyOutputLayer const& other) : size_{other.size_}, unit_{other.unit_->clone()} {}
    AnyOutputLayer(AnyOutputLayer&&) noexcept = default;
    AnyOutputLayer& operator=(AnyOutputLayer other) noexcept;
    ~AnyOutputLayer() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] AnyUnit<T>& unit() noexcept { return *unit_; }
    [[nodiscard]] AnyUnit<T> const& unit() const noexcept { return *unit_; }

  private:
    std::size_t size_;
    std::unique_ptr<AnyUnit<T>> unit_;
};

/// The output layer of a network, any unit of a Boltzmann machine: `OutputLayer<Multinomial>{10}` gives probabilities
/// of 10 classes (softmax), `OutputLayer<Bernoulli>{784}` probabilities of 784 binary targets,
/// `OutputLayer<Gaussian>{3}` means of 3 numbers.
template <class U, std::floating_point T = float>
    requires concepts::Unit<U, T>
class OutputLayer : public AnyOutputLayer<T> {
  public:
    /// @throws ShapeError if the units were made for another size.
    explicit OutputLayer(std::size_t size, U unit = U{})
        : AnyOutputLayer<T>{size, std::make_unique<UnitAdapter<U, T>>(std::move(unit))} {}
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/layer/network_layer.hpp>
#endif
