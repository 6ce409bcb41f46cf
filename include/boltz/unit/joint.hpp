// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Units of several kinds side by side in one layer.

#include <boltz/archive.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/unit.hpp>

#include <array>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// Several units side by side, each on its own range of columns; given its natural parameters they are independent.
///
/// A, A* and e are the sums over the parts. Part p draws from stream p. It satisfies `Unit`, so that a joint layer is
/// used wherever a layer is.
template <class... Units>
    requires(sizeof...(Units) >= 2)
class JointUnit {
  public:
    static constexpr std::string_view name = "joint";
    static constexpr std::size_t parts = sizeof...(Units);

    JointUnit(std::array<std::size_t, parts> const& sizes, Units... units)
        : sizes_{sizes}, units_{std::move(units)...} {}

    template <std::size_t P>
    [[nodiscard]] auto const& part() const noexcept {
        return std::get<P>(units_);
    }
    template <std::size_t P>
    [[nodiscard]] auto& part() noexcept {
        return std::get<P>(units_);
    }
    [[nodiscard]] std::array<std::size_t, parts> const& sizes() const noexcept { return sizes_; }

    /// The first column of part `p`.
    [[nodiscard]] std::size_t offset(std::size_t p) const noexcept {
        return std::accumulate(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(p), std::size_t{0});
    }
    /// The columns of part `p` of a block of the whole layer.
    template <class T>
    [[nodiscard]] Block<T> columns(Block<T> whole, std::size_t p) const noexcept {
        return whole.column_range(offset(p), sizes_[p]);
    }

    /// @throws ShapeError if the parts do not add up to the size of the layer.
    void prepare(std::size_t size) {
        if (offset(parts) != size)
            detail::fail<ShapeError>("JointUnit: the parts have ", offset(parts), " units, but the layer has ", size);
        each([&](auto& unit, std::size_t p) { detail::prepare(unit, sizes_[p]); });
    }

    /// Checks the parts that know their size.
    void check_size(std::size_t) const {
        each([&](auto const& unit, std::size_t p) { detail::check_size(unit, sizes_[p]); });
    }

    template <class T>
    void mean(Block<T> x) const {
        each([&](auto const& unit, std::size_t p) { unit.mean(columns(x, p)); });
    }
    template <class T>
    void sample(Block<T> x, Draws const& draws) const {
        each([&](auto const& unit, std::size_t p) { unit.sample(columns(x, p), draws.stream(p)); });
    }
    template <class T>
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const {
        each([&](auto const& unit, std::size_t p) {
            detail::mean_and_sample(unit, columns(x, p), columns(state, p), draws.stream(p));
        });
    }
    template <class T>
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const
        requires(detail::DrawsFromMean<Units, T>&&...) {
        each([&](auto const& unit, std::size_t p) {
            unit.draw(columns(mean, p), columns(state, p), draws.stream(p));
        });
    }
    template <class T>
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const {
        each([&](auto const& unit, std::size_t p) {
            detail::mean_given(unit, columns(x, p), columns(clamped, p), columns(state, p));
        });
    }
    template <class T>
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const {
        each([&](auto const& unit, std::size_t p) {
            detail::sample_given(unit, columns(x, p), columns(clamped, p), columns(state, p), draws.stream(p));
        });
    }
    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const {
        each([&](auto const& unit, std::size_t p) { unit.add_log_partition(columns(x, p), out); });
    }
    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const {
        each([&](auto const& unit, std::size_t p) { unit.add_conjugate(columns(mean, p), out); });
    }
    template <class T>
    void add_self_energy(Block<T const> states, std::span<double> out) const {
        each([&](auto const& unit, std::size_t p) { unit.add_self_energy(columns(states, p), out); });
    }
    template <class T>
    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const {
        each([&](auto const& unit, std::size_t p) {
            detail::validate(unit, columns(states, p), std::string{argument} + ", part " + std::to_string(p) + ",",
                             first_row);
        });
    }

    /// The natural parameter of the unit in `column`, by the part it belongs to.
    [[nodiscard]] double natural_parameter(double mean, double smoothing, std::size_t column) const
        requires(detail::HasNaturalParameter<Units>&&...) {
        double result = -1;
        each([&](auto const& unit, std::size_t p) {
            if (column >= offset(p) && column < offset(p) + sizes_[p])
                result = unit.natural_parameter(mean, smoothing, column - offset(p));
        });
        return result;
    }

    /// The product of the parts' counts.
    [[nodiscard]] double state_count(std::size_t) const requires(detail::CountsStates<Units>&&...) {
        double count = 1;
        each([&](auto const& unit, std::size_t p) { count *= unit.state_count(sizes_[p]); });
        return count;
    }
    /// The parts as digits of a mixed-radix number, the first part the lowest.
    template <class T>
    void write_state(std::size_t index, std::span<T> out) const requires(detail::CountsStates<Units>&&...) {
        each([&](auto const& unit, std::size_t p) {
            auto const count = static_cast<std::size_t>(unit.state_count(sizes_[p]));
            unit.write_state(index % count, out.subspan(offset(p), sizes_[p]));
            index /= count;
        });
    }

    /// The precision of the unit in `column`, by the part it belongs to; negative where it has none.
    [[nodiscard]] double precision(std::size_t column) const {
        double result = -1;
        each([&](auto const& unit, std::size_t p) {
            if (column >= offset(p) && column < offset(p) + sizes_[p])
                result = detail::precision(unit, column - offset(p));
        });
        return result;
    }
    /// The variables of all parts.
    void add_variables(std::size_t first, std::size_t, std::vector<VariableGroup>& groups) const
        requires(detail::MadeOfVariables<Units>&&...) {
        each([&](auto const& unit, std::size_t p) { unit.add_variables(first + offset(p), sizes_[p], groups); });
    }
    /// Averages the precisions of each part that has them with another joint unit's.
    void average_with(JointUnit const& other) {
        detail::for_each_index<parts>(
            [&](auto p) { detail::average_units(std::get<p>(units_), std::get<p>(other.units_)); });
    }

    void archive(Archive& archive) {
        each([&](auto& unit, std::size_t p) { detail::archive_unit(archive, "part_" + std::to_string(p), unit); });
    }

    /// `f(unit, part)` for every part.
    template <class F>
    void each(F&& f) {
        detail::for_each_index<parts>([&](auto p) { f(std::get<p>(units_), std::size_t{p}); });
    }
    template <class F>
    void each(F&& f) const {
        detail::for_each_index<parts>([&](auto p) { f(std::get<p>(units_), std::size_t{p}); });
    }

  private:
    std::array<std::size_t, parts> sizes_;
    std::tuple<Units...> units_;
};

} // namespace boltz
