// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Feed-forward networks with a softmax on top.

#include <boltz/detail/activations.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/detail/sizes.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/states.hpp>
#include <boltz/unit/multinomial.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

namespace boltz {

/// What a hidden layer makes of its input x.
enum class Activation {
    logistic, ///< 1 / (1 + exp(-x)), the mean of a binary unit
    rectified ///< max(0, x)
};

/// A multilayer perceptron, layers 0 (input) .. Depth - 1 (softmax over classes):
/// h_l = f([h_{l-1}, r_{l-1}] W_{l-1} + b_l), p(class) = softmax([h, r] W + b).
///
/// r_l is input that enters beside layer l, as the inferred means of the layer above do when a deep Boltzmann machine
/// is unrolled; most networks have none. A row of input is [v, r_0, r_1, ...]. `weights(l)` has a row for each number
/// of layer l and for each one beside it, and a column for each unit of layer l + 1. It holds parameters only; they
/// start at 0. `unroll` makes one from a Boltzmann machine, `Backpropagation` trains it.
template <std::size_t Depth, std::floating_point T = float>
    requires(Depth >= 2)
class MLP {
  public:
    static constexpr std::size_t depth = Depth;
    using value_type = T;
    using Gradient = ParameterSet<T, Depth>;
    using Sizes = std::array<std::size_t, Depth>;
    using Beside = std::array<std::size_t, Depth - 1>;

    /// @throws ValueError if a size is 0, or the weights are more than memory can hold.
    explicit MLP(Sizes const& sizes, Beside const& beside = {}, Activation hidden = Activation::logistic)
        : sizes_{sizes}, beside_{beside}, activation_{hidden} {
        for (std::size_t l = 0; l < Depth; ++l)
            if (sizes[l] == 0) detail::fail<ValueError>("MLP: layer ", l, " has 0 units, but needs at least 1");
        for (std::size_t l = 0; l + 1 < Depth; ++l)
            static_cast<void>(
                detail::product_of("MLP", {{widths()[l], "numbers of a layer"}, {sizes[l + 1], "units above"}}));
        parameters_ = make_gradient();
    }

    [[nodiscard]] Sizes const& sizes() const noexcept { return sizes_; }
    [[nodiscard]] Beside const& beside() const noexcept { return beside_; }
    [[nodiscard]] Activation activation() const noexcept { return activation_; }
    /// Numbers a row of input has, [v, r_0, r_1, ...].
    [[nodiscard]] std::size_t inputs() const noexcept {
        std::size_t count = sizes_[0];
        for (std::size_t const columns : beside_) count += columns;
        return count;
    }
    [[nodiscard]] std::size_t classes() const noexcept { return sizes_[Depth - 1]; }
    /// Columns of the blocks of each layer: its units and what enters beside them.
    [[nodiscard]] Sizes widths() const noexcept {
        Sizes result = sizes_;
        for (std::size_t l = 0; l + 1 < Depth; ++l) result[l] += beside_[l];
        return result;
    }

    /// The weights from layer l (and what is beside it) to layer l + 1. Replace values, not the shape.
    [[nodiscard]] Matrix<T>& weights(std::size_t l) { return parameters_.weights.at(l); }
    [[nodiscard]] Matrix<T> const& weights(std::size_t l) const { return parameters_.weights.at(l); }
    /// The biases of layer l; layer 0 has none.
    [[nodiscard]] Vector<T>& bias(std::size_t l) { return parameters_.biases.at(l); }
    [[nodiscard]] Vector<T> const& bias(std::size_t l) const { return parameters_.biases.at(l); }

    /// Hands rows of input out to the layers they enter, `widths()` wide. Allocates nothing.
    void place(Block<T const> input, StateBlocks<T, Depth> const& states) const noexcept {
        copy(input.column_range(0, sizes_[0]), states[0].column_range(0, sizes_[0]));
        std::size_t first = sizes_[0];
        for (std::size_t l = 0; l + 1 < Depth; ++l) {
            copy(input.column_range(first, beside_[l]), states[l].column_range(sizes_[l], beside_[l]));
            first += beside_[l];
        }
    }

    /// The units of layer l (from 1 on) from the layer below: activations, or natural parameters of the softmax.
    template <class Products = detail::PlainProducts>
    void feed(std::size_t l, StateBlocks<T, Depth> const& states, Products const& products = {}) const {
        Block<T> const out = states[l].column_range(0, sizes_[l]);
        products.add_to_bias(l - 1, parameters_.weights[l - 1], detail::Pass::up, states[l - 1],
                             parameters_.biases[l], out);
        if (l + 1 == Depth) return;
        for (std::size_t i = 0; i < out.rows; ++i)
            if (activation_ == Activation::logistic)
                detail::sigmoid(out.row(i).data(), out.columns);
            else
                detail::rectify(out.row(i).data(), out.columns);
    }

    /// One step back: slopes[l] = d(score) / d(input of layer l) from those of layer l + 1, for l from Depth - 2 down
    /// to 1. `states` hold what layer l gave on, that is f(x) / keep where a share `keep` of its units was kept and 0
    /// at the others. Columns beside the layer become scratch.
    template <class Products = detail::PlainProducts>
    void feed_back(std::size_t l, StateBlocks<T, Depth> const& states, StateBlocks<T, Depth> const& slopes, T keep,
                   Products const& products = {}) const {
        for (std::size_t i = 0; i < slopes[l].rows; ++i)
            std::fill_n(slopes[l].row(i).data(), slopes[l].columns, T{0});
        products.add(l, parameters_.weights[l], detail::Pass::down, slopes[l + 1].column_range(0, sizes_[l + 1]),
                     T{1}, slopes[l]);
        for (std::size_t i = 0; i < slopes[l].rows; ++i)
            if (activation_ == Activation::logistic)
                detail::times_logistic_slope(slopes[l].row(i).data(), states[l].row(i).data(), sizes_[l], keep);
            else
                detail::times_rectified_slope(slopes[l].row(i).data(), states[l].row(i).data(), sizes_[l], keep);
    }

    /// p(class | row) for a block of input; `out` has one column a class. Allocates the activations of the block.
    /// @throws ShapeError if a shape does not fit.
    void probabilities(Block<T const> input, Block<T> out) const {
        if (input.columns != inputs())
            detail::fail<ShapeError>("MLP::probabilities: input has ", input.columns,
                                     " columns, but the network takes ", inputs());
        if (out.columns != classes() || out.rows != input.rows)
            detail::fail<ShapeError>("MLP::probabilities: out is ", out.rows, " x ", out.columns, ", but must be ",
                                     input.rows, " x ", classes());
        States<T, Depth> buffers{input.rows, widths()};
        auto states = buffers.blocks();
        states[Depth - 1] = out;
        place(input, states);
        for (std::size_t l = 1; l < Depth; ++l) feed(l, states);
        Multinomial{}.mean(out);
    }

    /// Room for one number a parameter, zeros.
    [[nodiscard]] Gradient make_gradient() const {
        Gradient gradient;
        auto const widths_now = widths();
        for (std::size_t l = 0; l < Depth; ++l) {
            gradient.biases[l] = xt::zeros<T>({l == 0 ? std::size_t{0} : sizes_[l]});
            gradient.of_units[l] = xt::zeros<double>({std::size_t{0}});
            if (l + 1 < Depth) gradient.weights[l] = xt::zeros<T>({widths_now[l], sizes_[l + 1]});
        }
        return gradient;
    }

    /// Walks over all parameters together with sets shaped like them, as `DBM::for_each_parameter`.
    template <class F, class... Sets>
    void for_each_parameter(F&& f, Sets&... sets) {
        for (std::size_t l = 0; l + 1 < Depth; ++l)
            for_each_weight({.pair = l, .first = 0, .count = parameters_.weights[l].shape(0)}, f, sets...);
        for_each_but_weights(f, sets...);
    }

    /// The same for some rows of one weight matrix only.
    template <class F, class... Sets>
    void for_each_weight(WeightRows const& rows, F&& f, Sets&... sets) {
        auto const part = [&](auto& matrix) {
            return std::span{matrix.data(), matrix.size()}.subspan(rows.first * matrix.shape(1),
                                                                   rows.count * matrix.shape(1));
        };
        f(Parameter{ParameterKind::weight, rows.pair + 1}, part(parameters_.weights[rows.pair]),
          part(sets.weights[rows.pair])...);
    }

    /// The same for all parameters but the weights.
    template <class F, class... Sets>
    void for_each_but_weights(F&& f, Sets&... sets) {
        auto const all = [](auto& vector) { return std::span{vector.data(), vector.size()}; };
        for (std::size_t l = 1; l < Depth; ++l)
            f(Parameter{ParameterKind::bias, l}, all(parameters_.biases[l]), all(sets.biases[l])...);
    }

    /// Visits `weights_0`, ... and `bias_1`, ...
    template <class Archive>
    void archive(Archive& archive) {
        for (std::size_t l = 0; l + 1 < Depth; ++l) archive("weights_" + std::to_string(l), parameters_.weights[l]);
        for (std::size_t l = 1; l < Depth; ++l) archive("bias_" + std::to_string(l), parameters_.biases[l]);
    }

  private:
    Sizes sizes_;
    Beside beside_;
    Activation activation_;
    Gradient parameters_;
};

template <std::size_t Depth>
MLP(std::array<std::size_t, Depth>) -> MLP<Depth, float>;

} // namespace boltz
