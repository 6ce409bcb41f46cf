// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Counts over categories; with one trial, a softmax unit.

#include <boltz/archive.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/draws.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

/// One group of K units, the layer's size, whose states are counts that add up to `trials`: n draws from softmax(x).
///
/// e(s) = -log(n! / prod_k s_k!), A(x) = n log sum_k exp(x_k), mean n softmax(x), A*(m) = sum_k m_k log(m_k / n).
/// n = 1 is a softmax (Potts, label) unit. Several groups side by side are a joint layer. A draw costs
/// O(K + n) and nothing allocates. Replicated softmax: Salakhutdinov & Hinton (2009), "Replicated softmax".
class Multinomial {
  public:
    static constexpr std::string_view name = "multinomial";
    static constexpr bool takes_means = true; ///< shares of the trials

    /// @throws ValueError if `trials` is 0 or above `most_trials`.
    explicit Multinomial(std::size_t trials = 1);

    /// Counts up to this are whole numbers in float.
    static constexpr std::size_t most_trials = 16'777'216;

    [[nodiscard]] std::size_t trials() const noexcept { return trials_; }

    template <class T>
    void mean(Block<T> x) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) {
            T* const row = x.row(i).data();
            double const sum = detail::exp_minus(row, x.columns, detail::maximum(row, x.columns));
            detail::scale(row, x.columns, static_cast<T>(static_cast<double>(trials_) / sum));
        }
    }

    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept {
        mean_and_sample(x, x, draws);
    }

    /// x becomes the mean and `state` a draw; both may be the same block, which then holds the draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept {
        mean(x);
        draw(Block<T const>{x}, state, draws);
    }

    /// `state` becomes a draw from units with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept {
        for (std::size_t i = 0; i < mean.rows; ++i) draw_row(mean.row(i), trials_, state.row(i), draws, i);
    }

    /// x becomes the counts of the clamped categories (`clamped` is 1) and the means of the free ones given them: the
    /// trials that are left fall to category k with probability exp(x_k) / sum over free j of exp(x_j).
    template <class T>
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) {
            share_among_free(x.row(i), clamped.row(i), left(clamped.row(i), state.row(i)));
            for (std::size_t k = 0; k < x.columns; ++k)
                if (clamped(i, k) != 0) x(i, k) = state(i, k);
        }
    }

    /// The free categories of `state` become a draw given the counts of the clamped ones, which stay; x is used up.
    template <class T>
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) {
            auto const trials = left<T>(clamped.row(i), state.row(i));
            share_among_free(x.row(i), clamped.row(i), trials);
            draw_row<T>(x.row(i), trials, x.row(i), draws, i);
            for (std::size_t k = 0; k < x.columns; ++k)
                if (clamped(i, k) == 0) state(i, k) = x(i, k);
        }
    }

    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < x.rows; ++i) {
            auto const row = x.row(i);
            double const top = static_cast<double>(detail::maximum(row.data(), row.size()));
            double sum = 0;
            for (T const value : row) sum += std::exp(static_cast<double>(value) - top);
            out[i] += static_cast<double>(trials_) * (top + std::log(sum));
        }
    }

    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept {
        auto const n = static_cast<double>(trials_);
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (T const value : mean.row(i))
                if (auto const m = static_cast<double>(value); m > 0) out[i] += m * std::log(m / n);
    }

    template <class T>
    void add_self_energy(Block<T const> states, std::span<double> out) const noexcept {
        if (trials_ == 1) return;
        double const whole = std::lgamma(static_cast<double>(trials_) + 1);
        for (std::size_t i = 0; i < states.rows; ++i) {
            double term = -whole;
            for (T const s : states.row(i)) term += std::lgamma(static_cast<double>(s) + 1);
            out[i] += term;
        }
    }

    /// Means are welcome as data too: values >= 0 that add up to the number of trials.
    /// @throws ValueError if a value is negative or not a number, or a row does not add up.
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const {
        for (std::size_t i = 0; i < states.rows; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < states.columns; ++j) {
                if (T const s = states(i, j); !(s >= 0))
                    detail::fail<ValueError>(argument, " holds ", s, " in row ", first_row + i, ", column ", j,
                                             ", but multinomial units take counts of 0 or more");
                sum += static_cast<double>(states(i, j));
            }
            // Room for the rounding of means, but never for a trial.
            auto const trials = static_cast<double>(trials_);
            if (!(std::abs(sum - trials) <= std::min(1e-3 * trials, 0.5)))
                detail::fail<ValueError>(argument, " adds up to ", sum, " in row ", first_row + i,
                                         ", but the multinomial unit has ", trials_, " trials");
        }
    }

    /// log of the share of the trials that falls to a category, mixed with `smoothing` of a uniform distribution.
    [[nodiscard]] double natural_parameter(double mean, double smoothing, std::size_t) const noexcept;

    /// Learns the number of categories, the size of the layer.
    void prepare(std::size_t size) noexcept { categories_ = size; }

    /// Every trial is a variable.
    void add_variables(std::size_t first, std::size_t columns, std::vector<VariableGroup>& groups) const;
    /// The number of ways to spread n trials over K categories: (n + K - 1 choose n).
    [[nodiscard]] double state_count(std::size_t size) const noexcept { return ways(trials_, size); }

    /// State number `index` in lexicographic order of the counts, the largest first count first.
    template <class T>
    void write_state(std::size_t index, std::span<T> out) const noexcept {
        auto left = static_cast<double>(index);
        std::size_t trials = trials_;
        for (std::size_t j = 0; j < out.size(); ++j) {
            std::size_t count = trials;
            if (j + 1 < out.size())
                for (double block = ways(trials - count, out.size() - j - 1); left >= block && count > 0;
                     block = ways(trials - count, out.size() - j - 1)) {
                    left -= block;
                    --count;
                }
            out[j] = static_cast<T>(count);
            trials -= count;
        }
    }

    void archive(Archive& archive);

  private:
    static double ways(std::size_t trials, std::size_t categories) noexcept;

    // The trials that the clamped categories leave, none if they have taken too many.
    template <class T>
    [[nodiscard]] std::size_t left(std::span<T const> clamped, std::span<T const> state) const noexcept {
        double taken = 0;
        for (std::size_t k = 0; k < state.size(); ++k)
            if (clamped[k] != 0) taken += static_cast<double>(state[k]);
        double const rest = std::round(static_cast<double>(trials_) - taken);
        return rest > 0 ? std::min(static_cast<std::size_t>(rest), trials_) : 0;
    }

    // x becomes `trials` times the softmax over the free categories, 0 for the others.
    template <class T>
    static void share_among_free(std::span<T> x, std::span<T const> clamped, std::size_t trials) noexcept {
        double top = -std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < x.size(); ++k)
            if (clamped[k] == 0) top = std::max(top, static_cast<double>(x[k]));
        double sum = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
            x[k] = clamped[k] == 0 ? static_cast<T>(std::exp(static_cast<double>(x[k]) - top)) : T{0};
            sum += static_cast<double>(x[k]);
        }
        for (T& value : x) value = static_cast<T>(static_cast<double>(value) * static_cast<double>(trials) / sum);
    }

    // The n uniform numbers are made in increasing order, as order statistics from the top down would be, so that one
    // walk over the categories places them all and nothing has to be stored.
    template <class T>
    void draw_row(std::span<T const> mean, std::size_t trials, std::span<T> state, Draws const& draws,
                  std::size_t row) const noexcept {
        auto const n = static_cast<double>(trials);
        double position = 0;
        double passed = 0;
        std::size_t placed = 0;
        auto const advance = [&] {
            double uniform = 0;
            draws.uniform(row, placed, std::span<double>{&uniform, 1});
            position = 1 - (1 - position) * std::pow(1 - uniform, 1 / static_cast<double>(trials - placed));
        };
        if (trials > 0) advance();
        std::size_t last = 0;
        for (std::size_t k = 0; k < mean.size(); ++k)
            if (mean[k] > 0) last = k;
        for (std::size_t k = 0; k < mean.size(); ++k) {
            passed += static_cast<double>(mean[k]) / n;
            std::size_t count = 0;
            while (placed < trials && (position < passed || k == last)) {
                ++count;
                if (++placed < trials) advance();
            }
            state[k] = static_cast<T>(count);
        }
    }

    std::size_t trials_;
    std::size_t categories_ = 0;
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
#include <boltz/unit/any_unit.hpp>

namespace boltz {

extern template class UnitAdapter<Multinomial, float>;
extern template class UnitAdapter<Multinomial, double>;

} // namespace boltz
#else
#include <boltz/impl/unit/multinomial.hpp>
#endif
