// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Deep Boltzmann machines of any depth and any mix of units.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/model/parameter_set.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace boltz {

/// A deep Boltzmann machine: layers s_0 (visible) .. s_L with weights between neighbours,
/// E(s) = sum_l [e_l(s_l) - b_l' s_l] - sum_l s_l' W_l s_{l+1}  (Salakhutdinov & Hinton 2009, eq. 9, for any units).
///
/// It holds parameters only: no random state, no chains, no rates, no scratch. Weights start at 0 (see `initialise`).
/// Layers are deduced: `DBM{StochasticLayer<Bernoulli>{784}, StochasticLayer<Bernoulli>{500},
/// StochasticLayer<Bernoulli>{1000}}`.
template <concepts::Layer First, concepts::Layer... Rest>
    requires(sizeof...(Rest) >= 1)
&&(std::same_as<typename First::value_type, typename Rest::value_type>&&...) class DBM {
  public:
    static constexpr std::size_t depth = 1 + sizeof...(Rest);
    using value_type = typename First::value_type;
    using Gradient = ParameterSet<value_type, depth>;
    template <std::size_t I>
    using layer_type = std::tuple_element_t<I, std::tuple<First, Rest...>>;

    /// @throws ValueError if the weights are more than memory can hold.
    explicit DBM(First first, Rest... rest) : layers_{std::move(first), std::move(rest)...} {
        auto const n = sizes();
        for (std::size_t l = 0; l + 1 < depth; ++l) {
            static_cast<void>(detail::product_of("DBM", {{n[l], "units of a layer"}, {n[l + 1], "units above"}}));
            weights_[l] = xt::zeros<value_type>({n[l], n[l + 1]});
        }
    }

    template <std::size_t I>
    [[nodiscard]] auto& layer() noexcept {
        return std::get<I>(layers_);
    }
    template <std::size_t I>
    [[nodiscard]] auto const& layer() const noexcept {
        return std::get<I>(layers_);
    }
    /// W_l, between layers l and l + 1: size of l rows, size of l + 1 columns. Replace its values, not its shape.
    [[nodiscard]] Matrix<value_type>& weights(std::size_t l = 0) { return weights_.at(l); }
    [[nodiscard]] Matrix<value_type> const& weights(std::size_t l = 0) const { return weights_.at(l); }

    /// The number of units of each layer.
    [[nodiscard]] std::array<std::size_t, depth> sizes() const noexcept {
        return std::apply([](auto const&... layer) { return std::array<std::size_t, depth>{layer.size()...}; },
                          layers_);
    }

    /// The natural parameters of layer I for a block of rows, with `factors`:
    /// out = keep * out + bias * b_I + below * s_{I-1} W_{I-1} + above * s_{I+1} W_I'.
    ///
    /// Reads the neighbours of layer I in `states`, which must have as many rows as `out`. One product a neighbour,
    /// by `products`; nothing is allocated.
    /// @throws ShapeError if a shape does not fit.
    template <std::size_t I, class Products = detail::PlainProducts>
    void input(StateBlocks<value_type, depth> const& states, Block<value_type> out, Factors factors = {},
               Products const& products = {}) const {
        auto const& bias = layer<I>().bias();
        if (out.columns != bias.size())
            detail::fail<ShapeError>("DBM::input: out has ", out.columns, " columns, but the layer has ", bias.size(),
                                     " units");
        // The first product can begin at the bias, which saves a pass over the output.
        bool fresh = factors.keep == 0 && factors.bias == 1;
        auto const add = [&](std::size_t pair, detail::Pass pass, Block<value_type> neighbour, double factor) {
            if (factor == 0) return;
            if (fresh && factor == 1)
                products.add_to_bias(pair, weights_[pair], pass, neighbour, bias, out);
            else
                products.add(pair, weights_[pair], pass, neighbour, static_cast<value_type>(factor), out);
            fresh = false;
        };
        bool const plain = (I > 0 && factors.below == 1) || ((I == 0 || factors.below == 0) && factors.above == 1);
        if (!(fresh && plain)) start(bias, out, factors);
        if constexpr (I > 0) add(I - 1, detail::Pass::up, states[I - 1], factors.below);
        if constexpr (I + 1 < depth) add(I, detail::Pass::down, states[I + 1], factors.above);
    }

    /// Room for a gradient of this model, zeros.
    [[nodiscard]] Gradient make_gradient() const {
        Gradient gradient;
        detail::for_each_index<depth>([&](auto l) {
            if constexpr (l + 1 < depth) gradient.weights[l] = xt::zeros<value_type>(weights_[l].shape());
            gradient.biases[l] = xt::zeros<value_type>({layer<l>().size()});
            std::size_t count = 0;
            detail::for_each_parametric<value_type>(
                layer<l>().unit(), 0, layer<l>().size(),
                [&](auto const& unit, std::size_t, std::size_t) { count += unit.learned_count(); });
            gradient.of_units[l] = xt::zeros<double>({count});
        });
        return gradient;
    }

    /// gradient = keep * gradient + factor * sum over rows of -dE/d(parameter): s_l s_{l+1}' for weights, s_l for
    /// biases.
    ///
    /// One product a pair of layers, cut by rows of W among the workers; nothing is allocated.
    void accumulate(Phase<value_type, depth> const& phase, Accumulation how, Gradient& gradient,
                    Executor& executor) const {
        for (std::size_t l = 0; l + 1 < depth; ++l)
            detail::accumulate_outer_products<value_type>(phase.states[l], phase.states[l + 1], how.factor, how.keep,
                                                          gradient.weights[l], executor);
        accumulate_but_weights(phase, how, gradient);
    }

    /// What `accumulate` does for all parameters but the weights.
    void accumulate_but_weights(Phase<value_type, depth> const& phase, Accumulation how, Gradient& gradient) const {
        detail::for_each_index<depth>([&](auto l) {
            detail::accumulate_rows<value_type>(gradient.biases[l], phase.states[l], how.factor, how.keep);
            accumulate_units<l>(phase, how, gradient.of_units[l]);
        });
    }

    /// Walks over all parameters together with sets shaped like them: `f(kind, values, set values...)`, all spans of
    /// one length.
    template <class F, class... Sets>
    void for_each_parameter(F&& f, Sets&... sets) {
        for (std::size_t l = 0; l + 1 < depth; ++l)
            for_each_weight({.pair = l, .first = 0, .count = weights_[l].shape(0)}, f, sets...);
        for_each_but_weights(f, sets...);
    }

    /// The same for some rows of one weight matrix only.
    template <class F, class... Sets>
    void for_each_weight(WeightRows const& rows, F&& f, Sets&... sets) {
        auto const part = [&](auto& matrix) {
            return span(matrix).subspan(rows.first * matrix.shape(1), rows.count * matrix.shape(1));
        };
        f(Parameter{ParameterKind::weight, rows.pair + 1}, part(weights_[rows.pair]),
          part(sets.weights[rows.pair])...);
    }

    /// The same for all parameters but the weights.
    template <class F, class... Sets>
    void for_each_but_weights(F&& f, Sets&... sets) {
        detail::for_each_index<depth>([&](auto l) {
            f(Parameter{ParameterKind::bias, l}, span(layer<l>().bias()), span(sets.biases[l])...);
            std::size_t offset = 0;
            detail::for_each_parametric<value_type>(
                layer<l>().unit(), 0, layer<l>().size(), [&](auto& unit, std::size_t, std::size_t) {
                    auto const values = unit.parameters();
                    if (!values.empty())
                        f(Parameter{ParameterKind::of_unit, l}, values,
                          span(sets.of_units[l]).subspan(offset, values.size())...);
                    offset += values.size();
                });
        });
    }

    /// Visits `weights_0`, ..., `bias_0`, ..., and what units keep of their own.
    template <class Archive>
    void archive(Archive& archive) {
        for (std::size_t l = 0; l + 1 < depth; ++l) archive("weights_" + std::to_string(l), weights_[l]);
        detail::for_each_index<depth>([&](auto l) {
            archive("bias_" + std::to_string(l), layer<l>().bias());
            detail::archive_unit(archive, "unit_" + std::to_string(l), layer<l>().unit());
        });
    }

  private:
    template <class Values>
    static auto span(Values& values) {
        return std::span{values.data(), values.size()};
    }

    // out = keep * out + bias * b
    static void start(Vector<value_type> const& bias, Block<value_type> out, Factors const& factors) {
        auto const keep = static_cast<value_type>(factors.keep);
        auto const factor = static_cast<value_type>(factors.bias);
        for (std::size_t i = 0; i < out.rows; ++i) {
            value_type* const row = out.row(i).data();
            if (keep == 0)
                std::fill_n(row, out.columns, value_type{0});
            else if (keep != 1)
                detail::scale(row, out.columns, keep);
            if (factor != 0) detail::axpy(row, bias.data(), out.columns, factor);
        }
    }

    template <std::size_t L>
    void accumulate_units(Phase<value_type, depth> const& phase, Accumulation how, Vector<double>& out) const {
        if (out.size() == 0) return;
        for (double& value : out) value = how.keep == 0 ? 0 : how.keep * value; // 0 NaN is NaN
        std::size_t offset = 0;
        detail::for_each_parametric<value_type>(
            layer<L>().unit(), 0, layer<L>().size(), [&](auto const& unit, std::size_t first, std::size_t columns) {
                auto const values = unit.learned_count();
                unit.add_parameter_gradient(Block<value_type const>{phase.states[L].column_range(first, columns)},
                                            phase.moments[L], how.factor, span(out).subspan(offset, values));
                offset += values;
            });
    }

    std::tuple<First, Rest...> layers_;
    std::array<Matrix<value_type>, depth - 1> weights_{};
};

template <class... Layers>
DBM(Layers...) -> DBM<Layers...>;

} // namespace boltz
