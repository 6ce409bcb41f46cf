// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The parameters of a model, and sets of numbers shaped like them.

#include <boltz/archive.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/graph.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace boltz {

/// One number for each parameter of a model: a gradient, a velocity, an average.
template <std::floating_point T>
struct ParameterSet {
    std::vector<Matrix<T>> weights;       ///< one matrix a connection; in a chain weights[l] lies between l and l + 1
    std::vector<Vector<T>> biases;        ///< one vector a layer, one number a unit
    std::vector<Vector<double>> of_units; ///< parameters of the units themselves, such as log precisions

    void archive(Archive& archive);
};

/// Some rows of one weight matrix.
struct WeightRows {
    std::size_t connection = 0; ///< whose weights
    std::size_t first = 0;      ///< the first row
    std::size_t count = 0;      ///< rows
};

/// What a parameter is; weight decay, for one, concerns weights only.
enum class ParameterKind { weight, bias, of_unit };

/// What a parameter is and the layer it belongs to; weights belong to the upper layer, which they feed.
struct Parameter {
    ParameterKind kind = ParameterKind::weight;
    std::size_t layer = 0; ///< 0 is the visible one
};

/// Something with parameters that can be walked over together with sets of numbers shaped like them: what an
/// optimizer moves. Machines are; so are networks, and models of one's own.
///
/// All parameters are seen as blocks and spans; how they are stored is left to the model.
template <std::floating_point T>
class AnyParametric {
  public:
    using value_type = T;

    virtual ~AnyParametric() = default;
    /// The layers that each weight matrix joins, in the order of the matrices.
    [[nodiscard]] virtual std::vector<Connection> const& weight_connections() const noexcept = 0;
    /// A whole weight matrix, its rows one after another: stride = columns.
    [[nodiscard]] virtual Block<T> weight_block(std::size_t connection) = 0;
    /// How many layers there are, with biases or without.
    [[nodiscard]] virtual std::size_t parameter_layers() const noexcept = 0;
    /// The biases of a layer; empty if it has none.
    [[nodiscard]] virtual std::span<T> bias_span(std::size_t layer) = 0;
    /// `f(parameters, first)` for what the units of a layer learn of their own, `first` of that layer come before it.
    virtual void for_each_unit_parameters(std::size_t layer,
                                          detail::FunctionRef<void(std::span<double>, std::size_t)> f);
    /// Visits all parameters, to save or to load them.
    virtual void archive(Archive& archive) = 0;

    /// The same for reading.
    [[nodiscard]] Block<T const> weight_block(std::size_t connection) const {
        return const_cast<AnyParametric*>(this)->weight_block(connection);
    }
    [[nodiscard]] std::span<T const> bias_span(std::size_t layer) const {
        return const_cast<AnyParametric*>(this)->bias_span(layer);
    }

    /// Room for one number a parameter, zeros.
    [[nodiscard]] ParameterSet<T> make_gradient() const;
    /// Walks over all parameters together with sets shaped like them: `f(parameter, values, set values...)`, all
    /// spans of one length; of `T`, or of double for what units learn.
    template <class F, class... Sets>
    void for_each_parameter(F&& f, Sets&... sets) {
        for (std::size_t c = 0; c < weight_connections().size(); ++c)
            for_each_weight({.connection = c, .first = 0, .count = weight_block(c).rows}, f, sets...);
        for_each_but_weights(f, sets...);
    }
    /// The same for some rows of one weight matrix only.
    template <class F, class... Sets>
    void for_each_weight(WeightRows const& rows, F&& f, Sets&... sets) {
        auto const part = [&](Block<T> matrix) {
            return std::span<T>{matrix.row(rows.first).data(), rows.count * matrix.columns};
        };
        f(Parameter{ParameterKind::weight, weight_connections()[rows.connection].upper},
          part(weight_block(rows.connection)), part(Block<T>{sets.weights[rows.connection]})...);
    }
    /// The same for all parameters but the weights.
    template <class F, class... Sets>
    void for_each_but_weights(F&& f, Sets&... sets) {
        auto const all = [](auto& vector) { return std::span{vector.data(), vector.size()}; };
        for (std::size_t l = 0; l < parameter_layers(); ++l) {
            if (std::span<T> const bias = bias_span(l); !bias.empty())
                f(Parameter{ParameterKind::bias, l}, bias, all(sets.biases[l])...);
            for_each_unit_parameters(l, [&](std::span<double> values, [[maybe_unused]] std::size_t first) {
                f(Parameter{ParameterKind::of_unit, l}, values,
                  all(sets.of_units[l]).subspan(first, values.size())...);
            });
        }
    }

  protected:
    AnyParametric() = default;
    AnyParametric(AnyParametric const&) = default;
    AnyParametric(AnyParametric&&) = default;
    AnyParametric& operator=(AnyParametric const&) = default;
    AnyParametric& operator=(AnyParametric&&) = default;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/parameter_set.hpp>
#endif
