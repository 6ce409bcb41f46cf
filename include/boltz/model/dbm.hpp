// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Deep Boltzmann machines of any depth and any mix of units.

#include <boltz/concepts.hpp>
#include <boltz/model/boltzmann_machine.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz {

/// A deep Boltzmann machine: layers s_0 (visible) .. s_L with weights between neighbours,
/// E(s) = sum_l [e_l(s_l) - b_l' s_l] - sum_l s_l' W_l s_{l+1}  (Salakhutdinov & Hinton 2009, eq. 9, for any units).
///
/// It is a `BoltzmannMachine` whose layers are known when the program is compiled: `layer<I>()` has the layer's own
/// type, and what does not fit its depth is refused by the compiler. Layers are deduced:
/// `DBM{StochasticLayer<Bernoulli>{784}, StochasticLayer<Bernoulli>{500}, StochasticLayer<Bernoulli>{1000}}`.
template <concepts::Layer First, concepts::Layer... Rest>
    requires(sizeof...(Rest) >= 1)
&&(std::same_as<typename First::value_type, typename Rest::value_type>&&...) class DBM
    : public BoltzmannMachine<typename First::value_type> {
    using Machine = BoltzmannMachine<typename First::value_type>;

  public:
    static constexpr std::size_t depth = 1 + sizeof...(Rest);
    using value_type = typename First::value_type;
    template <std::size_t I>
    using layer_type = std::tuple_element_t<I, std::tuple<First, Rest...>>;

    /// @throws ValueError if the weights are more than memory can hold.
    explicit DBM(First first, Rest... rest)
        : Machine{Machine::held(std::move(first), std::move(rest)...), chain(std::make_index_sequence<depth - 1>{})} {
    }

    using Machine::layer;
    template <std::size_t I>
        requires(I < depth)
    [[nodiscard]] layer_type<I>& layer() noexcept { return static_cast<layer_type<I>&>(this->layer(I)); }
    template <std::size_t I>
        requires(I < depth)
    [[nodiscard]] layer_type<I> const& layer() const noexcept {
        return static_cast<layer_type<I> const&>(this->layer(I));
    }
    /// The number of units of each layer.
    [[nodiscard]] std::array<std::size_t, depth> sizes() const noexcept {
        std::array<std::size_t, depth> result{};
        for (std::size_t l = 0; l < depth; ++l) result[l] = this->graph().size(l);
        return result;
    }
    using Machine::input;
    /// The natural parameters of layer I for a block of rows, as `AnyField::input`.
    template <std::size_t I>
        requires(I < depth)
    void input(StatesView<value_type const> states, Block<value_type> out, Factors const& factors = {}) const {
        this->input(I, states, out, factors);
    }

  private:
    template <std::size_t... L>
    static std::vector<Connection> chain(std::index_sequence<L...>) {
        return {Connection{L, L + 1}...};
    }
};

template <class... Layers>
DBM(Layers...) -> DBM<Layers...>;

} // namespace boltz
