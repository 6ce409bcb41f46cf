// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Many softmax groups in one layer.

#include <boltz/archive.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

/// Variables with K states each, one after another: a Potts model's sites, the residues of a protein, the answers of
/// a questionnaire. A layer of n K units holds n variables; of the K units of a variable one is 1 and the others are
/// 0.
///
/// Each group is a softmax unit: e(s) = 0, A(x) = sum over groups of log sum_k exp(x_k), mean softmax(x) within the
/// group, A*(m) = sum m log m. `StochasticLayer<Categorical>{21 * sites, Categorical{21}}`. Data may be probabilities
/// that add up to 1 in each group, which are then means. A draw takes one uniform number a variable; nothing
/// allocates.
class Categorical {
  public:
    static constexpr std::string_view name = "categorical";
    static constexpr bool takes_means = true; ///< probabilities of the states

    /// The number of states is not known yet: it is read from a file.
    Categorical() = default;
    /// @throws ValueError if there are fewer than 2 states.
    explicit Categorical(std::size_t states);
    /// K.
    [[nodiscard]] std::size_t states() const noexcept { return states_; }

    /// @throws ShapeError if the size of the layer is no multiple of the number of states.
    void prepare(std::size_t size);
    /// @throws ShapeError as `prepare`, or if the number of states is not known.
    void check_size(std::size_t size) const;

    template <class T>
    void mean(Block<T> x) const noexcept;
    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept;
    /// x becomes the mean and `state` a draw; both may be the same block, which then holds the draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept;
    /// `state` becomes a draw from variables with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;
    /// x becomes the probabilities of the free states given the clamped ones (`clamped` is 1), which stand there with
    /// their values: where a clamped state is 1 the others are 0; where it is 0 the rest share the probability.
    template <class T>
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const noexcept;
    /// The free states of each variable in `state` become a draw given the clamped ones, which stay; x is used up.
    template <class T>
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const noexcept;
    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept;
    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept;
    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const noexcept {}

    /// @throws ValueError if a value is negative or not a number, or a group does not add up to 1.
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const;
    /// log of the mean, mixed with `smoothing` of a uniform distribution.
    [[nodiscard]] double natural_parameter(double mean, double smoothing, std::size_t) const noexcept {
        return std::log((1 - smoothing) * mean + smoothing / static_cast<double>(states_));
    }
    /// Every group is a variable.
    void add_variables(std::size_t first, std::size_t columns, std::vector<VariableGroup>& groups) const;
    /// K to the power of the number of variables.
    [[nodiscard]] double state_count(std::size_t size) const noexcept {
        return std::pow(static_cast<double>(states_), static_cast<double>(size / states_));
    }
    /// State number `index`: its digits to the base K, the first variable the lowest.
    template <class T>
    void write_state(std::size_t index, std::span<T> out) const noexcept;
    void archive(Archive& archive);

  private:
    template <class T, class F>
    void for_each_group(Block<T> block, F const& f) const {
        for (std::size_t i = 0; i < block.rows; ++i)
            for (std::size_t first = 0; first + states_ <= block.columns; first += states_)
                f(block.row(i).subspan(first, states_), i, first / states_);
    }
    // The state at which the sum of the weights passes a uniform number times their total.
    template <class T>
    static std::size_t choose(std::span<T const> weights, double total, Draws const& draws, std::size_t row,
                              std::size_t number) noexcept;
    // x becomes the probabilities of the free states given the clamped ones, 0 for these. Returns what the clamped
    // states leave: 0 if one of them is 1, or all are clamped.
    template <class T>
    static double share_among_free(std::span<T> x, std::span<T const> clamped, std::span<T const> state) noexcept;

    std::size_t states_ = 0;
    std::size_t size_ = 0; // units of the layer, once it is known
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
#include <boltz/unit/any_unit.hpp>

namespace boltz {

extern template class UnitAdapter<Categorical, float>;
extern template class UnitAdapter<Categorical, double>;

} // namespace boltz
#else
#include <boltz/impl/unit/categorical.hpp>
#endif
