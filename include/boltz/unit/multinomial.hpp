// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Counts over categories; with one trial, a softmax unit.

#include <boltz/archive.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <cstddef>
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
    void mean(Block<T> x) const noexcept;

    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept;

    /// x becomes the mean and `state` a draw; both may be the same block, which then holds the draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept;

    /// `state` becomes a draw from units with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;

    /// x becomes the counts of the clamped categories (`clamped` is 1) and the means of the free ones given them: the
    /// trials that are left fall to category k with probability exp(x_k) / sum over free j of exp(x_j).
    template <class T>
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const noexcept;

    /// The free categories of `state` become a draw given the counts of the clamped ones, which stay; x is used up.
    template <class T>
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const noexcept;

    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept;

    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept;

    template <class T>
    void add_self_energy(Block<T const> states, std::span<double> out) const noexcept;

    /// Means are welcome as data too: values >= 0 that add up to the number of trials.
    /// @throws ValueError if a value is negative or not a number, or a row does not add up.
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const;

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
    void write_state(std::size_t index, std::span<T> out) const noexcept;

    void archive(Archive& archive);

  private:
    static double ways(std::size_t trials, std::size_t categories) noexcept;

    // The trials that the clamped categories leave, none if they have taken too many.
    template <class T>
    [[nodiscard]] std::size_t left(std::span<T const> clamped, std::span<T const> state) const noexcept;

    // x becomes `trials` times the softmax over the free categories, 0 for the others.
    template <class T>
    static void share_among_free(std::span<T> x, std::span<T const> clamped, std::size_t trials) noexcept;

    // The n uniform numbers are made in increasing order, as order statistics from the top down would be, so that one
    // walk over the categories places them all and nothing has to be stored.
    template <class T>
    void draw_row(std::span<T const> mean, std::size_t trials, std::span<T> state, Draws const& draws,
                  std::size_t row) const noexcept;

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
