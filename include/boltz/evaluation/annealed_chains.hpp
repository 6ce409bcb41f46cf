// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Chains that are taken from one temperature to another.

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/model/tempered.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace boltz::detail {

/// In which order the layers that are not summed out are drawn: one is the time reversal of the other.
enum class Order { up, down };

/// A block of chains on the path p_beta of `Tempered`, some layers observed and some summed out.
///
/// A state is that of the remaining, kept layers K, and its weight is
/// f_beta(K) = log sum exp(-E_beta) = (1 - beta) L_base(K) + beta L_model(K) + sum_{l summed} A_l(x_l) - e(K)
/// with L(K) = sum_{l kept} b_l' s_l + sum_{pairs kept} s_l' W_l s_{l+1} and x linear in beta. So the inputs of base
/// and model are computed once for a state and A at any beta follows from them. Kept layers have no own terms in
/// differences of f. What observed layers say is a bias to their neighbours and computed once.
template <concepts::Field F, class Base>
class AnnealedChains {
    using T = typename F::value_type;
    static constexpr std::size_t depth = F::depth;
    static constexpr bool base_has_weights = concepts::Field<Base>;

  public:
    AnnealedChains(F const& field, Base const& base, Observed<depth> const& observed,
                   std::array<bool, depth> const& summed, std::size_t rows)
        : field_{&field}, base_{&base}, observed_{observed}, summed_{summed}, states_{rows, field.sizes()},
          biases_{rows, field.sizes()}, base_biases_{rows, field.sizes()}, inputs_{rows, field.sizes()},
          base_inputs_{base_has_weights ? rows : 0, field.sizes()}, linear_(rows), before_(rows), after_(rows) {}

    [[nodiscard]] std::size_t rows() const noexcept { return states_.rows(); }
    /// The states; those of summed layers mean nothing between calls.
    [[nodiscard]] StateBlocks<T, depth> states() noexcept { return states_.blocks(); }

    /// Takes over the observed states: to be called once they are written, before anything else.
    void condition() {
        auto const states = states_.blocks();
        for_each_index<depth>([&](auto l) {
            if (observed_[l]) return;
            Factors const heard = from(l, Neighbours::observed, 1, 0);
            field_->template input<l>(states, biases_[l], heard);
            base_->template input<l>(states, base_biases_[l], heard);
        });
    }

    /// out[i] += the log of the sum of exp(-E_0) over what is not observed, for a base without weights, less what the
    /// base says of observed layers, plus what the model says of them: what the log-weights are relative to.
    void add_base_sum(std::span<double> out) {
        auto const states = states_.blocks();
        std::vector<double> own(rows(), 0.0);
        for_each_index<depth>([&](auto l) {
            auto const& unit = field_->template layer<l>().unit();
            if (!observed_[l]) {
                unit.add_log_partition(Block<T const>{base_biases_[l]}, out);
                return;
            }
            bool const pair = l > 0 && observed_[l > 0 ? l - 1 : 0];
            field_->template input<l>(states, inputs_[l], {.below = pair ? 1.0 : 0.0, .above = 0});
            add_dots(states[l], inputs_[l], 1, out);
            unit.add_own_term(Block<T const>{states[l]}, std::span{own});
        });
        for (std::size_t i = 0; i < rows(); ++i) out[i] -= own[i];
    }

    /// Draws all kept layers from a base without weights.
    void draw_from_base(Draws const& draws) requires(!base_has_weights) {
        for_each_index<depth>([&](auto l) {
            if (observed_[l] || summed_[l]) return;
            copy(base_biases_[l], states_[l]);
            field_->template layer<l>().unit().sample(states_[l], draws.stream(l));
        });
        hear();
    }

    /// Computes what a state says to the layers that are summed out: to be called when kept layers have been written.
    void hear() {
        auto const states = states_.blocks();
        mixed_at_ = none;
        std::fill(linear_.begin(), linear_.end(), 0.0);
        for_each_index<depth>([&](auto l) {
            if (observed_[l]) return;
            if (summed_[l]) {
                Factors const heard = from(l, Neighbours::free, 0, 1);
                copy(biases_[l], inputs_[l]);
                field_->template input<l>(states, inputs_[l], heard);
                if constexpr (base_has_weights) {
                    copy(base_biases_[l], base_inputs_[l]);
                    base_->template input<l>(states, base_inputs_[l], heard);
                }
                return;
            }
            add_dots(states[l], biases_[l], 1, linear_);
            add_dots(states[l], base_biases_[l], -1, linear_);
            if constexpr (l > 0) {
                if (observed_[l - 1] || summed_[l - 1]) return;
                field_->template input<l>(states, inputs_[l], {.above = 0, .bias = 0});
                if constexpr (base_has_weights)
                    base_->template input<l>(states, inputs_[l], {.below = -1, .above = 0, .bias = 0, .keep = 1});
                add_dots(states[l], inputs_[l], 1, linear_);
            }
        });
    }

    /// out[i] += f_there(K) - f_here(K) for the state of chain i. No product; allocates nothing.
    void add_difference(double here, double there, std::span<double> out) {
        std::fill(before_.begin(), before_.end(), 0.0);
        std::fill(after_.begin(), after_.end(), 0.0);
        mix(here);
        add_log_partitions(before_);
        mix(there);
        add_log_partitions(after_);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += (there - here) * linear_[i] + (after_[i] - before_[i]);
    }

    /// One Gibbs sweep at `beta`: summed layers given the kept ones, then each kept one given the rest. Leaves
    /// p_beta as it is; the other order is its time reversal. Two products a pair of layers, three if both are kept.
    void move(double beta, Order order, Draws const& draws) {
        mix(beta);
        for_each_index<depth>([&](auto l) {
            if (summed_[l]) field_->template layer<l>().unit().sample(states_[l], draws.stream(l));
        });
        Tempered<F, Base> const tempered{*field_, *base_, beta};
        for_each_index<depth>([&](auto number) {
            if (order == Order::up)
                draw_kept<number>(tempered, draws);
            else
                draw_kept<depth - 1 - number>(tempered, draws);
        });
        hear();
    }

  private:
    enum class Neighbours { observed, free };

    // The factors that let layer l hear only its neighbours of one kind.
    Factors from(std::size_t l, Neighbours which, double bias, double keep) const {
        auto const hears = [&](bool exists, std::size_t other) {
            return exists && observed_[exists ? other : l] == (which == Neighbours::observed) ? 1.0 : 0.0;
        };
        return {.below = hears(l > 0, l - 1), .above = hears(l + 1 < depth, l + 1), .bias = bias, .keep = keep};
    }

    static void add_dots(Block<T const> x, Block<T const> y, double sign, std::span<double> out) {
        for (std::size_t i = 0; i < x.rows; ++i) out[i] += sign * dot(x.row(i).data(), y.row(i).data(), x.columns);
    }

    // Puts the natural parameters of the summed layers at this temperature into their states.
    void mix(double beta) {
        if (beta == mixed_at_) return;
        mixed_at_ = beta;
        for (std::size_t l = 0; l < depth; ++l) {
            if (!summed_[l]) continue;
            Block<T> const base = base_has_weights ? base_inputs_[l] : base_biases_[l];
            blend(base, inputs_[l], beta, states_[l]);
        }
    }

    void add_log_partitions(std::span<double> out) {
        for_each_index<depth>([&](auto l) {
            if (summed_[l]) field_->template layer<l>().unit().add_log_partition(Block<T const>{states_[l]}, out);
        });
    }

    template <std::size_t L>
    void draw_kept(Tempered<F, Base> const& tempered, Draws const& draws) {
        if (observed_[L] || summed_[L]) return;
        blend(base_biases_[L], biases_[L], tempered.beta(), states_[L]);
        tempered.template input<L>(states_.blocks(), states_[L], from(L, Neighbours::free, 0, 1));
        field_->template layer<L>().unit().sample(states_[L], draws.stream(L));
    }

    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    F const* field_;
    Base const* base_;
    Observed<depth> observed_;
    std::array<bool, depth> summed_;
    States<T, depth> states_;
    States<T, depth> biases_;      // own and what observed neighbours say
    States<T, depth> base_biases_; // the same of the base
    States<T, depth> inputs_;
    States<T, depth> base_inputs_;
    std::vector<double> linear_; // L_model - L_base
    std::vector<double> before_;
    std::vector<double> after_;
    double mixed_at_ = none;
};

} // namespace boltz::detail
