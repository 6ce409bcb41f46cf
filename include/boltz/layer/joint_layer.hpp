// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Several layers side by side, used as one.

#include <boltz/concepts.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/unit/joint.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <tuple>
#include <utility>

namespace boltz {

/// Several layers side by side, used as one: features and a label, pixels and text, many softmax groups.
///
/// `JointLayer{StochasticLayer<Bernoulli>{500}, StochasticLayer<Multinomial>{10}}` is a layer of 510 units whose
/// states are the parts' states one after another, whose bias is the parts' biases one after another.
template <concepts::Layer First, concepts::Layer... Rest>
    requires(sizeof...(Rest) >= 1)
&&(std::same_as<typename First::value_type, typename Rest::value_type>&&...) class JointLayer
    : public StochasticLayer<JointUnit<typename First::unit_type, typename Rest::unit_type...>,
                             typename First::value_type> {
    using Unit = JointUnit<typename First::unit_type, typename Rest::unit_type...>;
    using Base = StochasticLayer<Unit, typename First::value_type>;

  public:
    using part_types = std::tuple<First, Rest...>;

    explicit JointLayer(First const& first, Rest const&... rest)
        : Base{joined(first, rest...), Unit{{first.size(), rest.size()...}, first.unit(), rest.unit()...}} {}

    /// A joint layer from the bias of the whole and its unit, as a part of another joint layer is made.
    /// @throws ShapeError if the parts of `unit` do not add up to the size of `bias`.
    JointLayer(Vector<typename First::value_type> bias, Unit unit) : Base{std::move(bias), std::move(unit)} {}

    /// Part `P` as a layer of its own, with its own share of the bias: a copy.
    template <std::size_t P>
    [[nodiscard]] std::tuple_element_t<P, part_types> part() const {
        Vector<typename First::value_type> bias = zero_vector<typename First::value_type>(this->unit().sizes()[P]);
        std::copy_n(this->bias().data() + this->unit().offset(P), bias.size(), bias.data());
        return {std::move(bias), this->unit().template part<P>()};
    }

    [[nodiscard]] std::unique_ptr<AnyLayer<typename First::value_type>> clone() const override {
        return std::make_unique<JointLayer>(*this);
    }

  private:
    static Vector<typename First::value_type> joined(First const& first, Rest const&... rest) {
        Vector<typename First::value_type> bias =
            zero_vector<typename First::value_type>((first.size() + ... + rest.size()));
        auto* next = bias.data();
        auto const append = [&](auto const& part) { next = std::copy(part.begin(), part.end(), next); };
        append(first.bias());
        (append(rest.bias()), ...);
        return bias;
    }
};

} // namespace boltz
