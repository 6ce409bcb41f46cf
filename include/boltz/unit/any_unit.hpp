// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Units of any kind behind one interface.

#include <boltz/archive.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/error.hpp>
#include <boltz/unit/any_activation.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

/// What a unit is, for files and messages.
struct UnitDescription {
    std::string name;
    std::size_t size = 0;                 ///< units of the layer, or of the part
    std::vector<UnitDescription> parts{}; ///< of a joint unit, side by side
};

/// Units of any kind, known when the program runs: what algorithms see of a layer's units. Its functions are those of
/// `concepts::Unit`, with a default for each that a unit need not offer; they are called once a block of rows.
///
/// `UnitAdapter` makes one of any unit.
template <std::floating_point T>
class AnyUnit {
  public:
    using value_type = T;

    virtual ~AnyUnit() = default;
    [[nodiscard]] virtual std::unique_ptr<AnyUnit> clone() const = 0;
    /// Takes over what `other`, a unit of the same kind, is.
    /// @throws ValueError if it is of another kind.
    virtual void assign(AnyUnit const& other) = 0;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual UnitDescription describe(std::size_t size) const = 0;
    /// How many units of different kinds stand side by side; 1 for a unit that is not joint.
    [[nodiscard]] virtual std::size_t parts() const noexcept = 0;
    /// A copy of part `index` of a joint unit; of the unit itself if it is not joint.
    [[nodiscard]] virtual std::unique_ptr<AnyUnit> part(std::size_t index) const = 0;
    /// @throws ShapeError if the unit was made for another size.
    virtual void prepare(std::size_t size) = 0;
    virtual void check_size(std::size_t size) const = 0;

    virtual void mean(Block<T> x) const = 0;
    virtual void sample(Block<T> x, Draws const& draws) const = 0;
    /// x becomes the mean and `state`, another block, a draw.
    virtual void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const = 0;
    /// Whether there is `draw`.
    [[nodiscard]] virtual bool draws_from_mean() const noexcept = 0;
    /// `state` becomes a draw from units with these means; both may be the same block.
    virtual void draw(Block<T const> mean, Block<T> state, Draws const& draws) const = 0;
    virtual void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const = 0;
    virtual void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const = 0;
    virtual void add_log_partition(Block<T const> x, std::span<double> out) const = 0;
    virtual void add_conjugate(Block<T const> mean, std::span<double> out) const = 0;
    virtual void add_self_energy(Block<T const> states, std::span<double> out) const = 0;

    /// Throws ValueError if the unit cannot have these states. Messages count the rows from `first_row` on.
    virtual void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const = 0;
    /// Whether a row of data lies between the states of a unit that takes means for data.
    [[nodiscard]] virtual bool lies_between_states(std::span<T const> row) const = 0;
    /// The natural parameter at which the unit in `column` alone has this mean.
    /// @throws ValueError if units of this kind have no `natural_parameter`.
    [[nodiscard]] virtual double natural_parameter(double mean, double smoothing, std::size_t column) const = 0;
    /// How many states there are; infinity if they cannot be counted off.
    [[nodiscard]] virtual double state_count(std::size_t size) const = 0;
    /// Whether the states can be counted off.
    [[nodiscard]] virtual bool countable() const noexcept = 0;
    virtual void write_state(std::size_t index, std::span<T> out) const = 0;
    /// The precision of the unit in `column` where its values are real; negative where it has none.
    [[nodiscard]] virtual double precision(std::size_t column) const = 0;
    /// Adds the variables that the unit is made of; whether it is made of such. Adds none if a part is not.
    virtual bool add_variables(std::size_t first, std::size_t columns, std::vector<VariableGroup>& groups) const = 0;

    /// The unit as hidden units of a network; null if it cannot be.
    [[nodiscard]] virtual std::unique_ptr<AnyActivation<T>> activation() const { return nullptr; }

    /// How many parameters of its own the unit learns.
    [[nodiscard]] virtual std::size_t learned_count() const = 0;
    /// `f(parameters, first)` for the learned parameters of each part, `first` of all come before them.
    virtual void for_each_parameters(detail::FunctionRef<void(std::span<double>, std::size_t)> f) = 0;
    /// out += factor * sum over rows of d(-e(s)) / d(parameter), `learned_count()` numbers.
    virtual void add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                        std::span<double> out) const = 0;
    /// Takes the mean of its own parameters and those of a unit of the same kind.
    virtual void average_with(AnyUnit const& other) = 0;
    /// Visits what the unit keeps of its own under `name`, if it keeps anything.
    virtual void archive(Archive& archive, std::string_view name) = 0;

  protected:
    AnyUnit() = default;
    AnyUnit(AnyUnit const&) = default;
    AnyUnit& operator=(AnyUnit const&) = default;
};

/// A unit of kind `U` as an `AnyUnit`: the one place where it is found out what `U` offers beyond `concepts::Unit`.
template <class U, std::floating_point T>
    requires concepts::Unit<U, T>
class UnitAdapter final : public AnyUnit<T> {
  public:
    U unit;

    explicit UnitAdapter(U kind) : unit{std::move(kind)} {}
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> clone() const override { return std::make_unique<UnitAdapter>(*this); }
    void assign(AnyUnit<T> const& other) override { unit = same_kind(other); }
    [[nodiscard]] std::string_view name() const noexcept override { return U::name; }
    [[nodiscard]] UnitDescription describe(std::size_t size) const override { return describe(unit, size); }
    [[nodiscard]] std::size_t parts() const noexcept override {
        if constexpr (requires { U::parts; }) return U::parts;
        return 1;
    }
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> part([[maybe_unused]] std::size_t index) const override {
        if constexpr (requires { U::parts; }) {
            std::unique_ptr<AnyUnit<T>> result;
            unit.each([&]<class Part>(Part const& part, std::size_t p) {
                if (p == index) result = std::make_unique<UnitAdapter<Part, T>>(part);
            });
            return result;
        } else {
            return clone();
        }
    }
    void prepare(std::size_t size) override { detail::prepare(unit, size); }
    void check_size(std::size_t size) const override { detail::check_size(unit, size); }

    void mean(Block<T> x) const override { unit.mean(x); }
    void sample(Block<T> x, Draws const& draws) const override { unit.sample(x, draws); }
    void mean_and_sample(Block<T> x, Block<T> state, Draws const& draws) const override {
        detail::mean_and_sample(unit, x, state, draws);
    }
    [[nodiscard]] bool draws_from_mean() const noexcept override { return detail::DrawsFromMean<U, T>; }
    void draw([[maybe_unused]] Block<T const> mean, [[maybe_unused]] Block<T> state,
              [[maybe_unused]] Draws const& draws) const override {
        if constexpr (detail::DrawsFromMean<U, T>)
            unit.draw(mean, state, draws);
        else
            detail::fail<ValueError>("draw: ", U::name, " units cannot draw from their means");
    }
    void mean_given(Block<T> x, Block<T const> clamped, Block<T const> state) const override {
        detail::mean_given(unit, x, clamped, state);
    }
    void sample_given(Block<T> x, Block<T const> clamped, Block<T> state, Draws const& draws) const override {
        detail::sample_given(unit, x, clamped, state, draws);
    }
    void add_log_partition(Block<T const> x, std::span<double> out) const override { unit.add_log_partition(x, out); }
    void add_conjugate(Block<T const> mean, std::span<double> out) const override { unit.add_conjugate(mean, out); }
    void add_self_energy(Block<T const> states, std::span<double> out) const override {
        unit.add_self_energy(states, out);
    }

    void validate(Block<T const> states, std::string_view argument, std::size_t first_row = 0) const override {
        detail::validate(unit, states, argument, first_row);
    }
    [[nodiscard]] bool lies_between_states(std::span<T const> row) const override {
        return detail::lies_between_states(unit, row);
    }
    [[nodiscard]] double natural_parameter([[maybe_unused]] double mean, [[maybe_unused]] double smoothing,
                                           [[maybe_unused]] std::size_t column) const override {
        if constexpr (detail::HasNaturalParameter<U>)
            return unit.natural_parameter(mean, smoothing, column);
        else
            detail::fail<ValueError>("natural_parameter: ", U::name,
                                     " units do not say at which natural parameter they have a mean");
    }
    [[nodiscard]] double state_count([[maybe_unused]] std::size_t size) const override {
        if constexpr (concepts::EnumerableUnit<U, T>)
            return unit.state_count(size);
        else
            return std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] bool countable() const noexcept override { return concepts::EnumerableUnit<U, T>; }
    void write_state([[maybe_unused]] std::size_t index, [[maybe_unused]] std::span<T> out) const override {
        if constexpr (concepts::EnumerableUnit<U, T>)
            unit.write_state(index, out);
        else
            detail::fail<ValueError>("write_state: the states of ", U::name, " units cannot be counted off");
    }
    [[nodiscard]] double precision(std::size_t column) const override { return detail::precision(unit, column); }
    bool add_variables([[maybe_unused]] std::size_t first, [[maybe_unused]] std::size_t columns,
                       [[maybe_unused]] std::vector<VariableGroup>& groups) const override {
        if constexpr (detail::MadeOfVariables<U>) unit.add_variables(first, columns, groups);
        return detail::MadeOfVariables<U>;
    }

    [[nodiscard]] std::unique_ptr<AnyActivation<T>> activation() const override {
        if constexpr (concepts::Activation<U, T>) return std::make_unique<ActivationAdapter<U, T>>(unit);
        return nullptr;
    }

    [[nodiscard]] std::size_t learned_count() const override {
        std::size_t count = 0;
        detail::for_each_parametric<T>(
            unit, 0, 0, [&](auto const& part, std::size_t, std::size_t) { count += part.learned_count(); });
        return count;
    }
    void for_each_parameters(detail::FunctionRef<void(std::span<double>, std::size_t)> f) override {
        std::size_t first = 0;
        detail::for_each_parametric<T>(unit, 0, 0, [&](auto& part, std::size_t, std::size_t) {
            std::span<double> const values = part.parameters();
            if (!values.empty()) f(values, first);
            first += values.size();
        });
    }
    void add_parameter_gradient(Block<T const> states, Moment moment, double factor,
                                std::span<double> out) const override {
        std::size_t offset = 0;
        detail::for_each_parametric<T>(unit, 0, states.columns,
                                       [&](auto const& part, std::size_t first, std::size_t columns) {
                                           std::size_t const count = part.learned_count();
                                           part.add_parameter_gradient(states.column_range(first, columns), moment,
                                                                       factor, out.subspan(offset, count));
                                           offset += count;
                                       });
    }
    void average_with(AnyUnit<T> const& other) override { detail::average_units(unit, same_kind(other)); }
    void archive(Archive& archive, std::string_view name) override { detail::archive_unit(archive, name, unit); }

  private:
    U const& same_kind(AnyUnit<T> const& other) const {
        auto const* const same = dynamic_cast<UnitAdapter const*>(&other);
        if (same == nullptr)
            detail::fail<ValueError>("a layer of ", U::name, " units cannot take over ", other.name(), " units");
        return same->unit;
    }
    template <class Kind>
    static UnitDescription describe(Kind const& kind, std::size_t size) {
        UnitDescription result{std::string{Kind::name}, size};
        if constexpr (requires { Kind::parts; })
            kind.each(
                [&](auto const& part, std::size_t p) { result.parts.push_back(describe(part, kind.sizes()[p])); });
        return result;
    }
};

namespace detail {

/// Whether these units are a label: one group, of which one unit is 1 and all others 0.
template <std::floating_point T>
[[nodiscard]] bool is_label(AnyUnit<T> const& unit, std::size_t size);

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/unit/any_unit.hpp>
#endif
