// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Hidden units of networks, of any kind, behind one interface.

#include <boltz/archive.hpp>
#include <boltz/detail/unit_operations.hpp>
#include <boltz/types.hpp>
#include <boltz/unit/unit.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace boltz {

/// The units of a hidden layer of a network, known when the program runs. Its functions are those of
/// `concepts::Activation`; they are called once a block of rows.
///
/// `ActivationAdapter` makes one of any kind.
template <std::floating_point T>
class AnyActivation {
  public:
    using value_type = T;

    virtual ~AnyActivation() = default;
    [[nodiscard]] virtual std::unique_ptr<AnyActivation> clone() const = 0;
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// @throws ShapeError if the units were made for another size.
    virtual void prepare(std::size_t size) = 0;
    /// x becomes the mean.
    virtual void mean(Block<T> x) const = 0;
    /// gradient *= d mean / d x, where `mean` has f(x) / keep for the units that dropout kept and 0 for the others.
    virtual void times_slope(Block<T const> mean, Block<T> gradient, T keep) const = 0;
    /// Visits what the units keep of their own under `name`, if they keep anything.
    virtual void archive(Archive& archive, std::string_view name) = 0;

  protected:
    AnyActivation() = default;
    AnyActivation(AnyActivation const&) = default;
    AnyActivation& operator=(AnyActivation const&) = default;
};

/// Units of kind `U` as an `AnyActivation`.
template <class U, std::floating_point T>
    requires concepts::Activation<U, T>
class ActivationAdapter final : public AnyActivation<T> {
  public:
    U unit;

    explicit ActivationAdapter(U kind) : unit{std::move(kind)} {}
    [[nodiscard]] std::unique_ptr<AnyActivation<T>> clone() const override {
        return std::make_unique<ActivationAdapter>(*this);
    }
    [[nodiscard]] std::string_view name() const noexcept override { return U::name; }
    void prepare(std::size_t size) override { detail::prepare(unit, size); }
    void mean(Block<T> x) const override { unit.mean(x); }
    void times_slope(Block<T const> mean, Block<T> gradient, T keep) const override {
        unit.times_slope(mean, gradient, keep);
    }
    void archive(Archive& archive, std::string_view name) override { detail::archive_unit(archive, name, unit); }
};

} // namespace boltz
