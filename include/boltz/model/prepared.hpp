// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A model whose weights are packed for their products.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/boltzmann_machine.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>

namespace boltz {

/// A field whose weights have been rearranged once for the many products that inference and sampling make of them.
///
/// It is a field like the machine itself, so samplers and inference take either. `Prepared prepared{machine,
/// compute}` packs the weights in the precision of `compute`; `refresh` must be called when the weights have changed.
/// Trainings, features and `sample` prepare their models by themselves. Without a library of packed products
/// (boltz::onednn), for machines in double, and for fields that are no machine, it is the field as it is and costs
/// nothing. Refers to the field, which must outlive it.
template <std::floating_point T>
class Prepared final : public AnyField<T> {
  public:
    /// The field as it is; nothing is packed until `choose`.
    explicit Prepared(AnyField<T> const& field);
    /// Packs the weights: two copies of each, in the precision asked for. `automatic` is float32 here.
    /// @throws ValueError if bfloat16 is asked for and cannot be had; the message says why.
    Prepared(AnyField<T> const& field, Compute const& compute);
    /// Refuses a precision that cannot be had.
    /// @throws ValueError if bfloat16 is asked for; the message says why it cannot be had.
    static void check(AnyField<T> const& field, Precision precision);
    /// Decides in which precision to multiply; `automatic` is what a training takes: bfloat16 for the weights between
    /// layers whose states can be counted, if it `gains` time. The packed weights are undefined until `refresh`.
    /// @throws ValueError as the constructor, before anything is changed.
    void choose(Precision precision, bool gains = detail::gains_by_bfloat16());
    /// Takes over the weights of the machine; the workers share the work.
    void refresh(Executor& executor);
    /// Takes over some rows of one weight matrix, from a multiple of `strip` on to another or the end; several
    /// threads may do so at once, for different rows.
    void refresh(WeightRows const& rows);
    /// Gives the memory of the packed weights back: the field as it is, until `choose`.
    void release() noexcept;
    static constexpr std::size_t strip = detail::PackedParameters<T>::strip; ///< rows that are taken over together

    [[nodiscard]] LayerGraph const& graph() const noexcept override { return field_->graph(); }
    [[nodiscard]] AnyUnit<T> const& unit(std::size_t layer) const override { return field_->unit(layer); }
    /// The natural parameters of a layer, as the field's own `input`.
    void input(std::size_t layer, StatesView<T const> states, Block<T> out,
               Factors const& factors = {}) const override;
    /// The products, for the statistics of an update.
    [[nodiscard]] detail::PackedParameters<T>* packed() noexcept { return packed_ ? &*packed_ : nullptr; }
    /// What multiplies, as a text for reports: "float32 by OpenBLAS for SkylakeX", "bfloat16 by oneDNN 2.6.3".
    [[nodiscard]] std::string description() const override {
        return packed_ ? packed_->description() : field_->description();
    }

  private:
    AnyField<T> const* field_;
    BoltzmannMachine<T> const* machine_;
    std::optional<detail::PackedParameters<T>> packed_;
};

template <class F>
Prepared(F const&) -> Prepared<typename F::value_type>;
template <class F>
Prepared(F const&, Compute) -> Prepared<typename F::value_type>;

namespace detail {

/// Refuses a precision that cannot be had for a model; a view of one multiplies as it is.
/// @throws ValueError
template <std::floating_point T>
void check_products(AnyField<T> const& field, Compute const& compute);

/// A machine prepared for a call; a view of one, or a model of one's own, as it is.
template <std::floating_point T>
class PreparedForCall {
  public:
    PreparedForCall(AnyField<T> const& field, Compute const& compute);
    PreparedForCall(PreparedForCall const&) = delete;
    PreparedForCall& operator=(PreparedForCall const&) = delete;
    [[nodiscard]] AnyField<T> const& operator*() const noexcept { return *field_; }

  private:
    std::optional<Prepared<T>> prepared_;
    AnyField<T> const* field_;
};

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/model/prepared.hpp>
#endif
