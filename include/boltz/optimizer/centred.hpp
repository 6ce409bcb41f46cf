// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Centring.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/linalg.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/adaptor.hpp>
#include <boltz/schedule.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace boltz {

/// Another optimizer, along the gradient of a centred machine: one whose energy sees s_l - mu_l in place of s_l
/// (Montavon & Mueller 2012; Melchior, Fischer & Wiskott 2016).
///
/// It is the same machine with other biases, so the model stays plain and only its update changes:
/// W_l moves along <(s_l - mu_l)(s_{l+1} - mu_{l+1})'>_data - <...>_model, and b_l along <s_l>_data - <s_l>_model
/// less (move of W_{l-1})' mu_{l-1} + (move of W_l) mu_{l+1}. The offsets mu are running means over the data and the
/// means inferred from it. The move of W is what the inner optimizer has made of it, with momentum, decay and rates
/// of layers, and a frozen layer keeps its biases; so a training ends where the plain gradient vanishes. A `Sparse`
/// goes around this one, not into it. The update does not depend on which of two states is called 1, learning is
/// faster where units are mostly on or mostly off, and deep machines learn without pretraining. For Boltzmann
/// machines, of any depth. A few passes over W an update, which allocates nothing; the session holds a copy of the
/// weights.
template <class Optimization>
struct Centred {
    Optimization optimizer{};
    Schedule offset_rate =
        0.01; ///< share of a batch in the offsets, in (0, 1]; they begin at the first batch's means

    template <concepts::Model M>
    class Session;

    /// @throws ValueError if `offset_rate` does not begin in (0, 1], or as the inner optimizer's `bind`.
    template <concepts::Model M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (double const rate = offset_rate(Clock{}); !(rate > 0 && rate <= 1))
            detail::fail<ValueError>("Centred: offset_rate starts at ", rate, ", but must lie in (0, 1]");
        return Session<M>{*this, model};
    }
};

template <class Optimization>
Centred(Optimization) -> Centred<Optimization>;
template <class Optimization>
Centred(Optimization, Schedule) -> Centred<Optimization>;

/// The inner optimizer's session, and the offsets.
template <class Optimization>
template <concepts::Model M>
class Centred<Optimization>::Session : public detail::OptimizerWrapper<Optimization, M> {
    using Wrapper = detail::OptimizerWrapper<Optimization, M>;
    using Wrapper::inner_;
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

  public:
    Session(Centred const& policy, M const& model) : Wrapper{policy.optimizer, model}, rate_{policy.offset_rate} {
        auto const sizes = model.sizes();
        for (std::size_t l = 0; l < depth; ++l) offsets_[l] = xt::zeros<T>({sizes[l]});
        for (std::size_t l = 0; l + 1 < depth; ++l) before_[l] = model.weights(l);
    }

    /// Lets the offsets follow the data.
    void observe(Phase<T, depth> const& data, Clock const& clock) {
        this->let_inner_observe(data, clock);
        double const rate = started_ == 0 ? 1.0 : rate_(clock);
        started_ = 1;
        for (std::size_t l = 0; l < depth; ++l)
            detail::accumulate_rows<T>(offsets_[l], data.states[l], rate / static_cast<double>(data.states[l].rows),
                                       1 - rate);
    }

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        // The covariances: W_l - mu_l g_{l+1}' - g_l mu_{l+1}', g being the gradient of the biases that can make up
        // for a move of W.
        for (std::size_t l = 0; l + 1 < depth; ++l) {
            Block<T> const slope{gradient.weights[l]};
            auto const& above = gradient.biases[l + 1];
            bool const free_below = !this->frozen(l, clock);
            bool const free_above = !this->frozen(l + 1, clock);
            executor.for_each_block(slope.rows, 128, [&](std::size_t first, std::size_t count) {
                for (std::size_t i = first; i < first + count; ++i) {
                    T* const row = slope.row(i).data();
                    if (free_above) detail::axpy(row, above.data(), slope.columns, -offsets_[l](i));
                    if (free_below) detail::axpy(row, offsets_[l + 1].data(), slope.columns, -gradient.biases[l](i));
                }
            });
        }
        for_each_share(executor, model,
                       [](T* before, T const* weights, std::size_t n) { std::copy_n(weights, n, before); });
        inner_.step(model, gradient, clock, executor);
        for_each_share(executor, model,
                       [](T* before, T const* weights, std::size_t n) { detail::axpy(before, weights, n, T{-1}); });
        detail::for_each_index<depth>([&](auto l) {
            if (this->frozen(l, clock)) return;
            Block<T> const bias = as_row(model.template layer<l>().bias());
            if constexpr (l > 0)
                detail::gemm(as_row(offsets_[l - 1]), detail::Op::none, before_[l - 1], detail::Op::none, bias, T{1},
                             T{1});
            if constexpr (l + 1 < depth)
                detail::gemm(as_row(offsets_[l + 1]), detail::Op::none, before_[l], detail::Op::transpose, bias, T{1},
                             T{1});
        });
    }

    /// mu_l, one number a unit.
    [[nodiscard]] Vector<T> const& offsets(std::size_t l) const { return offsets_.at(l); }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("inner", inner_);
        for (std::size_t l = 0; l < depth; ++l) archive("offsets_" + std::to_string(l), offsets_[l]);
        archive("started", started_);
    }

  private:
    static Block<T> as_row(Vector<T>& vector) { return {vector.data(), 1, vector.size(), vector.size()}; }

    // f(numbers of before_, weights, count) for parts of all weights, by several threads at once.
    template <class F>
    void for_each_share(Executor& executor, M const& model, F const& f) {
        for (std::size_t l = 0; l + 1 < depth; ++l)
            executor.for_each_block(before_[l].size(), 65536, [&](std::size_t first, std::size_t count) {
                f(before_[l].data() + first, model.weights(l).data() + first, count);
            });
    }

    Schedule rate_;
    std::array<Vector<T>, depth> offsets_{};
    std::array<Matrix<T>, depth - 1> before_{}; // the weights before a step; then, how much they were larger
    std::uint64_t started_ = 0;
};

} // namespace boltz
