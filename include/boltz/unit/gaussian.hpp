// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Real-valued units.

#include <boltz/archive.hpp>
#include <boltz/draws.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace boltz {

/// Real-valued units with a precision p each: s | x is normal with mean x / p and variance 1 / p.
///
/// e(s) = p s^2 / 2, A(x) = x^2 / (2 p) - log(p) / 2 + log(2 pi) / 2, A*(m) = p m^2 / 2 + log(p) / 2 - log(2 pi) / 2.
/// Precisions are 1 and fixed by default; `Gaussian::learned()` learns them as log p, whose gradient is -p/2
/// (E_data[s^2] - E_model[s^2]). Krizhevsky's energy (v - a)^2 / (2 sigma^2) - (v / sigma) W h is this one with p = 1
/// / sigma^2, bias a p and weights W / sigma; Cho's, with v / sigma^2, has bias a p and weights W p. Nothing here
/// allocates except `prepare`.
class Gaussian {
  public:
    static constexpr std::string_view name = "gaussian";

    /// Unit precision, fixed.
    Gaussian() = default;

    /// Fixed precisions, one a unit.
    /// @throws ValueError if one is not positive and finite.
    [[nodiscard]] static Gaussian with_precision(Vector<double> precision);

    /// Precisions that are learned, from 1 on.
    [[nodiscard]] static Gaussian learned();

    /// log p of each unit.
    [[nodiscard]] Vector<double> const& log_precision() const noexcept { return log_precision_; }

    /// p of unit `column`.
    [[nodiscard]] double precision(std::size_t column) const noexcept { return std::exp(log_precision_(column)); }

    /// Gives every unit its precision once the size of the layer is known.
    /// @throws ShapeError if precisions were given for another number of units.
    void prepare(std::size_t size);

    /// @throws ShapeError if the unit has not been prepared for this size, as after `layer.unit() =
    /// Gaussian::learned()`.
    void check_size(std::size_t size) const;

    template <class T>
    void mean(Block<T> x) const noexcept;

    template <class T>
    void sample(Block<T> x, Draws const& draws) const noexcept;

    /// x becomes the mean and `state` a draw.
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const noexcept;

    /// `state` becomes a draw from units with these means; both may be the same block.
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const noexcept;

    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const noexcept;

    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const noexcept;

    template <class T>
    void add_self_energy(Block<T const> states, std::span<double> out) const noexcept;

    /// gradient *= d mean / d x = 1 / (p keep), linear units; 0 where dropout left the unit out, which is where the
    /// mean is 0. See `concepts::Activation`.
    template <class T>
    void times_slope(Block<T const> mean, Block<T> gradient, std::type_identity_t<T> keep) const noexcept;

    /// @throws ValueError if a value is not finite.
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const;

    /// The natural parameter of unit `column` with this mean; nothing needs smoothing.
    [[nodiscard]] double natural_parameter(double mean, double, std::size_t column) const noexcept {
        return mean * std::exp(log_precision_(column));
    }

    /// What is learned: log p of every unit, or nothing.
    [[nodiscard]] std::span<double> parameters() noexcept;

    /// How many parameters are learned.
    [[nodiscard]] std::size_t learned_count() const noexcept { return learns_ ? log_precision_.size() : 0; }

    /// out[j] += factor * sum over rows of -(p_j / 2) E[s_j^2]; a mean m stands for E[s^2] = m^2 + 1 / p.
    template <class T>
    void add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                std::span<double> out) const noexcept;

    /// Takes the mean of its own precisions and another unit's: how a layer that two models share is composed.
    void average_with(Gaussian const& other);

    void archive(Archive& archive);

  private:
    static constexpr double log_two_pi = 1.8378770664093454836;
    static constexpr std::size_t strip = 64;

    // A strip of columns at a time, so that the coefficients of its units stay on the stack.
    template <class T, class Coefficient, class Apply>
    void by_columns(Block<T> block, Coefficient coefficient, Apply apply) const noexcept {
        std::array<T, strip> values;
        for (std::size_t first = 0; first < block.columns; first += strip) {
            std::size_t const count = std::min(strip, block.columns - first);
            for (std::size_t j = 0; j < count; ++j)
                values[j] = static_cast<T>(coefficient(std::exp(log_precision_(first + j))));
            for (std::size_t i = 0; i < block.rows; ++i)
                for (std::size_t j = 0; j < count; ++j) apply(block(i, first + j), values[j]);
        }
    }

    template <class T, class Coefficient, class Constant>
    void add_quadratic(Block<T const> block, std::span<double> out, Coefficient coefficient,
                       Constant constant) const noexcept {
        for (std::size_t j = 0; j < block.columns; ++j) {
            double const c = coefficient(std::exp(log_precision_(j)));
            double const d = constant(log_precision_(j));
            for (std::size_t i = 0; i < block.rows; ++i) out[i] += c * double(block(i, j)) * double(block(i, j)) + d;
        }
    }

    Vector<double> log_precision_ = zero_vector<double>(0);
    bool learns_ = false;
};

} // namespace boltz

#ifdef BOLTZ_COMPILED
#include <boltz/unit/any_unit.hpp>

namespace boltz {

extern template class UnitAdapter<Gaussian, float>;
extern template class UnitAdapter<Gaussian, double>;
extern template class ActivationAdapter<Gaussian, float>;
extern template class ActivationAdapter<Gaussian, double>;

} // namespace boltz
#else
#include <boltz/impl/unit/gaussian.hpp>
#endif
