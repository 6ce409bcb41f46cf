// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The RBMs that a deep Boltzmann machine is pretrained as, and how they become one model again.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/model/scaled.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace boltz {

/// The stack of RBMs of a deep model of type `M`: RBM i has layers i and i + 1. With labels on the top layer, the
/// last RBM has the labels beside the layer two below the top on its visible side and the layer between them on its
/// hidden side.
///
/// One rule puts the model together: the natural parameter of a layer is the mean over the RBMs that share it of what
/// each gives it, factors included. So doubled weights and biases enter as they are, biases adding up; plain ones
/// enter halved; precisions are averaged. Then p(h | neighbours) in the model is proportional to sqrt(p_below(h)
/// p_above(h)).
template <concepts::Model M, bool Labels>
class Stack {
    static constexpr std::size_t depth = M::depth;
    using T = typename M::value_type;
    static_assert(!Labels || depth >= 3, "labels on the top layer need a hidden layer between them and the data");

    template <std::size_t I>
    static auto make_rbm(M const& model) {
        if constexpr (Labels && I + 1 == count) {
            constexpr std::size_t hidden = depth - 2;
            RBM rbm{JointLayer{model.template layer<hidden - 1>(), model.template layer<depth - 1>()},
                    model.template layer<hidden>()};
            std::size_t const below = model.sizes()[hidden - 1];
            copy<T>(model.weights(hidden - 1), Block{rbm.weights()}.row_range(0, below));
            for (std::size_t i = 0; i < model.sizes()[depth - 1]; ++i)
                for (std::size_t j = 0; j < model.sizes()[hidden]; ++j)
                    rbm.weights()(below + i, j) = model.weights(hidden)(j, i);
            return rbm;
        } else {
            RBM rbm{model.template layer<I>(), model.template layer<I + 1>()};
            rbm.weights() = model.weights(I);
            return rbm;
        }
    }

    template <std::size_t... I>
    static auto make_all(M const& model, std::index_sequence<I...>) {
        return std::tuple{make_rbm<I>(model)...};
    }

  public:
    /// How many RBMs there are.
    static constexpr std::size_t count = Labels ? depth - 2 : depth - 1;

    /// RBMs that start from the parameters of the model.
    explicit Stack(M const& model) : rbms_{make_all(model, std::make_index_sequence<count>{})} {
        for (std::size_t i = 0; i < count; ++i) {
            double const up = i == 0 && count > 1 ? 2 : 1;
            double const down = i + 1 == count && count > 1 ? 2 : 1;
            factors_[i] = {{{down}, {up}}};
            if (Labels && i + 1 == count) factors_[i][0] = {down, 1};
        }
    }

    template <std::size_t I>
    [[nodiscard]] auto& rbm() noexcept {
        return std::get<I>(rbms_);
    }

    /// The factors with which RBM `i` is trained: those of its visible side (per part) and of its hidden side.
    [[nodiscard]] LayerFactors<2> const& factors(std::size_t i) const noexcept { return factors_[i]; }

    /// Writes the parameters of the stack into the model.
    void compose(M& model) const {
        detail::for_each_index<depth>([&](auto l) {
            for (T& b : model.template layer<l>().bias()) b = 0;
        });
        detail::for_each_index<count>([&](auto i) {
            auto const& rbm = std::get<i>(rbms_);
            double const up = factors_[i][1][0];
            double const down = factors_[i][0][0];
            bool const below_shared = i > 0;
            bool const above_shared = i + 1 < count;
            // Both sides ask for the same factor: 2 / 2 on a doubled side, 1 / 2 on both sides of an inner RBM, 1
            // where nothing is shared.
            double const factor = above_shared ? up / 2 : (below_shared ? down / 2 : 1);
            if constexpr (Labels && i + 1 == count) {
                constexpr std::size_t hidden = i + 1;
                std::size_t const below = model.sizes()[hidden - 1];
                for (std::size_t j = 0; j < model.sizes()[hidden]; ++j) {
                    for (std::size_t k = 0; k < below; ++k)
                        model.weights(hidden - 1)(k, j) = static_cast<T>(factor) * rbm.weights()(k, j);
                    for (std::size_t k = 0; k < model.sizes()[depth - 1]; ++k)
                        model.weights(hidden)(j, k) = rbm.weights()(below + k, j);
                }
                add_layer(model.template layer<hidden - 1>(), rbm.visible().template part<0>(),
                          below_shared ? down / 2 : 1, below_shared);
                add_layer(model.template layer<depth - 1>(), rbm.visible().template part<1>(), 1, false);
                add_layer(model.template layer<hidden>(), rbm.hidden(), 1, false);
            } else {
                for (std::size_t k = 0; k < rbm.weights().size(); ++k)
                    model.weights(i).data()[k] = static_cast<T>(factor) * rbm.weights().data()[k];
                add_layer(model.template layer<i>(), rbm.visible(), below_shared ? down / 2 : 1, below_shared);
                add_layer(model.template layer<i + 1>(), rbm.hidden(), above_shared ? up / 2 : 1, false);
            }
        });
    }

  private:
    // A layer comes first from the RBM below it, then, if it is shared, from the one above.
    template <class L>
    static void add_layer(L& layer, L const& from, double factor, bool already_there) {
        for (std::size_t j = 0; j < layer.size(); ++j) layer.bias()(j) += static_cast<T>(factor) * from.bias()(j);
        if (already_there)
            detail::average_units(layer.unit(), from.unit());
        else
            layer.unit() = from.unit();
    }

    decltype(make_all(std::declval<M const&>(), std::make_index_sequence<count>{})) rbms_;
    std::array<LayerFactors<2>, count> factors_{};
};

} // namespace boltz
