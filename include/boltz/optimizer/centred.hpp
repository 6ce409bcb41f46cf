// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Centring.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>
#include <boltz/schedule.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace boltz {

template <std::floating_point T>
class CentredSession;

/// Another optimizer, along the gradient of a centred machine: one whose energy has s_l - mu_l in place of s_l
/// (Montavon & Mueller 2012; Melchior, Fischer & Wiskott 2016).
///
/// It is the same machine with other biases, so the model stays plain and only its update changes: W between layers k
/// and l moves along <(s_k - mu_k)(s_l - mu_l)'>_data - <...>_model, and b_l along <s_l>_data - <s_l>_model less
/// (move of W)' mu_k summed over the lower neighbours k and (move of W) mu_m over the upper ones m. The offsets mu
/// are running means over the data and the means inferred from it. The move of W is what the inner optimizer has made
/// of it, with momentum, decay and rates of layers, and a frozen layer keeps its biases; so a training ends where the
/// plain gradient vanishes. A `Sparse` goes around this one, not into it. The update does not depend on which of two
/// states is called 1, learning is faster where units are mostly on or mostly off, and deep machines learn without
/// pretraining. For Boltzmann machines of any graph. A few passes over W an update, which allocates nothing; the
/// session holds a copy of the weights.
template <class Optimization>
struct Centred {
    Optimization optimizer{};
    Schedule offset_rate =
        0.01; ///< share of a batch in the offsets, in (0, 1]; they begin at the first batch's means

    /// @throws ValueError if `offset_rate` does not begin in (0, 1] or the model's weights are not those of its
    /// graph, or as the inner optimizer's `bind`.
    template <concepts::Model M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] CentredSession<typename M::value_type> bind(M const& model) const {
        if (double const rate = offset_rate(Clock{}); !(rate > 0 && rate <= 1))
            detail::fail<ValueError>("Centred: offset_rate starts at ", rate, ", but must lie in (0, 1]");
        detail::check_weights_of_graph<typename M::value_type>("Centred", model);
        return {detail::bind_inner("Centred", optimizer, model), offset_rate, model};
    }
};

template <class Optimization>
Centred(Optimization) -> Centred<Optimization>;
template <class Optimization>
Centred(Optimization, Schedule) -> Centred<Optimization>;

/// The inner optimizer's session, and the offsets.
template <std::floating_point T>
class CentredSession final : public detail::OptimizerWrapper<T> {
  public:
    CentredSession(std::unique_ptr<OptimizerSession<T>> inner, Schedule offset_rate, AnyModel<T> const& model);

    /// Updates the offsets by the means of the data phase.
    void observe(Phase<T> const& data, Clock const& clock) override;

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override;

    /// mu_l, one number a unit.
    [[nodiscard]] Vector<T> const& offsets(std::size_t l) const { return offsets_.at(l); }

    void archive(Archive& archive) override;

  private:
    static Block<T> as_row(std::span<T> numbers) { return {numbers.data(), 1, numbers.size(), numbers.size()}; }

    // f(numbers of before_, weights, count) for parts of all weights, by several threads at once.
    template <class F>
    void for_each_share(Executor& executor, AnyParametric<T> const& model, F const& f) {
        for (std::size_t c = 0; c < before_.size(); ++c) {
            T const* const weights = model.weight_block(c).data;
            executor.for_each_block(before_[c].size(), 65536, [&](std::size_t first, std::size_t count) {
                f(before_[c].data() + first, weights + first, count);
            });
        }
    }

    Schedule rate_;
    LayerGraph graph_;
    std::vector<Vector<T>> offsets_;
    std::vector<Matrix<T>> before_; // the weights before a step; then, how much they were larger
    std::uint64_t started_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/centred.hpp>
#endif
