// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Units of several kinds side by side, known when the program runs.

#include <boltz/unit/any_unit.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace boltz {

/// Several units side by side, each on its own range of columns: a `JointUnit` whose parts are known when the program
/// runs, as those of a file are. A, A* and e are the sums over the parts. Part p draws from stream p.
template <std::floating_point T>
class AnyJointUnit final : public AnyUnit<T> {
  public:
    /// @throws ShapeError if there is not one size a part.
    AnyJointUnit(std::vector<std::unique_ptr<AnyUnit<T>>> parts, std::vector<std::size_t> sizes);
    AnyJointUnit(AnyJointUnit const& other);

    [[nodiscard]] std::unique_ptr<AnyUnit<T>> clone() const override { return std::make_unique<AnyJointUnit>(*this); }
    void assign(AnyUnit<T> const& other) override;
    [[nodiscard]] std::string_view name() const noexcept override { return "joint"; }
    [[nodiscard]] UnitDescription describe(std::size_t size) const override;
    [[nodiscard]] std::size_t parts() const noexcept override { return parts_.size(); }
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> part(std::size_t index) const override {
        return parts_[index]->clone();
    }
    void prepare(std::size_t size) override;
    void check_size(std::size_t) const override;

    void mean(Block<T> x) const override;
    void sample(Block<T> x, Draws const& draws) const override;
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const override;
    [[nodiscard]] bool draws_from_mean() const noexcept override;
    void draw(Block<T const> mean, Block<T> state, Draws const& draws) const override;
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const override;
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const override;
    void add_log_partition(Block<T const> x, std::span<double> out) const override;
    void add_conjugate(Block<T const> mean, std::span<double> out) const override;
    void add_self_energy(Block<T const> states, std::span<double> out) const override;

    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const override;
    [[nodiscard]] bool lies_between_states(std::span<T const> row) const override;
    [[nodiscard]] double natural_parameter(double mean, double smoothing, std::size_t column) const override;
    [[nodiscard]] double state_count(std::size_t) const override;
    [[nodiscard]] bool countable() const noexcept override;
    /// The parts as digits of a mixed-radix number, the first part the lowest.
    void write_state(std::size_t index, std::span<T> out) const override;
    [[nodiscard]] double precision(std::size_t column) const override;
    bool add_variables(std::size_t first, std::size_t, std::vector<VariableGroup>& groups) const override;

    [[nodiscard]] std::size_t learned_count() const override;
    void for_each_parameters(detail::FunctionRef<void(std::span<double>, std::size_t)> f) override;
    void add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                std::span<double> out) const override;
    void average_with(AnyUnit<T> const& other) override;
    void archive(Archive& archive, std::string_view name) override;

  private:
    template <class N>
    [[nodiscard]] Block<N> columns(Block<N> whole, std::size_t p) const noexcept {
        return whole.column_range(first_[p], sizes_[p]);
    }
    [[nodiscard]] std::size_t part_of(std::size_t column) const noexcept {
        return static_cast<std::size_t>(std::upper_bound(first_.begin(), first_.end(), column) - first_.begin()) - 1;
    }
    void check_parts(AnyUnit<T> const& other) const;

    std::vector<std::unique_ptr<AnyUnit<T>>> parts_;
    std::vector<std::size_t> sizes_;
    std::vector<std::size_t> first_; // column of each part
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/unit/any_joint_unit.hpp>
#endif
