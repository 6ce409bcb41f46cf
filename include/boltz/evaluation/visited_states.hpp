// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the states that some chains have visited prove of log Z.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/row_code.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/evaluation/running_log_sum.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/sampling/gibbs.hpp>
#include <boltz/states.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace boltz {
namespace detail {

/// Whether all layers of one parity have states that can be listed: each state weighs something by itself.
template <concepts::Field F, std::size_t Parity>
constexpr bool listable() {
    bool result = true;
    for_each_index<F::depth>([&](auto l) {
        if constexpr (l % 2 == Parity) result = result && CountsStates<UnitOf<F, l>>;
    });
    return result;
}

} // namespace detail

/// A lower bound on log Z that has no error bar: the states of every second layer that were seen, each counted once.
///
/// For any set S of distinct states of the layers of one parity
///     log Z >= log sum_{s in S} exp(-F(s)),
/// where F sums (or integrates) the layers of the other parity in closed form. Both parities are kept, where their
/// layers have states that can be listed (binary, multinomial and joints of these), and the larger sum is the bound.
/// It is tight where chains do not mix: a chain that cannot leave a mode visits most of what it weighs. What the
/// model's number type may round off, 8 times its relative precision, is taken off the sum.
class VisitedStates {
  public:
    /// Adds the rows of `states`, in which all layers are read. Rows with numbers that are no states are left out.
    /// Two products a pair of layers; allocates.
    template <concepts::Field F>
    void add(F const& field, StateBlocks<typename F::value_type, F::depth> const& states) {
        precision_ =
            std::max(precision_, static_cast<double>(std::numeric_limits<typename F::value_type>::epsilon()));
        add_parity<0>(field, states);
        add_parity<1>(field, states);
    }

    /// The bound in nats; -infinity if there is none.
    [[nodiscard]] double log_sum() const {
        double result = -std::numeric_limits<double>::infinity();
        for (auto const& list : lists_)
            if (!list.codes.empty()) result = std::max(result, list.sum.log());
        return std::isfinite(result) ? result - 8 * precision_ * std::max(1.0, std::abs(result)) : result;
    }

    /// How many states the larger sum has.
    [[nodiscard]] std::size_t count() const {
        auto const& [even, odd] = lists_;
        if (even.codes.empty()) return odd.codes.size();
        if (odd.codes.empty()) return even.codes.size();
        return even.sum.log() > odd.sum.log() ? even.codes.size() : odd.codes.size();
    }

  private:
    struct List {
        std::unordered_set<std::uint64_t> codes{};
        detail::RunningLogSum sum{};
    };

    template <std::size_t Parity, concepts::Field F>
    void add_parity(F const& field, StateBlocks<typename F::value_type, F::depth> const& states) {
        using T = typename F::value_type;
        if constexpr (detail::listable<F, Parity>()) {
            std::vector<double> const weights = log_marginal<1 - Parity>(field, states);
            for (std::size_t i = 0; i < weights.size(); ++i) {
                std::uint64_t code = 0;
                bool listed = std::isfinite(weights[i]);
                for (std::size_t l = Parity; l < F::depth; l += 2) {
                    std::span<T const> const row = states[l].row(i);
                    listed = listed && detail::whole_numbers(row);
                    code = detail::row_code(row, code + l + 1);
                }
                if (listed && lists_[Parity].codes.insert(code).second) lists_[Parity].sum.add(weights[i]);
            }
        }
    }

    std::array<List, 2> lists_{};
    double precision_ = 0; // of the least precise model, relative
};

/// Adds what Gibbs chains visit in `sweeps` sweeps that begin at `chains`, each sweep as gibbs_sweeps makes it.
template <concepts::Field F>
void visit(F const& field, States<typename F::value_type, F::depth>& chains, std::size_t sweeps, Draws const& draws,
           Executor& executor, VisitedStates& visited) {
    for (std::size_t k = 0; k < sweeps; ++k) {
        gibbs_sweeps(field, chains.blocks(), 1, draws.stream(k), executor);
        visited.add(field, chains.blocks());
    }
}

} // namespace boltz
