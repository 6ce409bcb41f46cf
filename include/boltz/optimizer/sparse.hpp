// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Targets for the activity of hidden units.

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/adaptor.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace boltz {

/// How active the units of one layer should be.
struct SparsityTarget {
    std::size_t layer = 1; ///< a hidden one, from 1 on
    double target = 0.1;   ///< the mean activity wanted, as a probability
    double cost = 0.001;   ///< the weight of deviations from it
};

/// Another optimizer, with a pull of hidden units towards target activities (Lee, Ekanadham & Ng 2008; in the form of
/// Salakhutdinov's code for deep Boltzmann machines).
///
/// q_j, the mean activity of unit j given the data, is followed by q = damping q + (1 - damping) mean over the batch;
/// then b_j moves along its gradient less cost (q_j - target), and the weights that feed j from unit i of the layer
/// below along theirs less cost (q_j - target) <s_i>. That is the gradient of -cost/2 (q_j - target)^2 with dq_j/dx_j
/// left out, so that units that are always on or always off are pulled too. It does not keep
/// the upper layer of a deep machine from falling silent in a long training; `Centred` does. One pass over the
/// weights of a layer with a target, none without targets; nothing is allocated.
template <class Optimization>
struct Sparse {
    Optimization optimizer{};
    std::vector<SparsityTarget> targets{{}}; ///< one for each layer that has one
    double damping = 0.9;                    ///< in [0, 1)

    template <concepts::Model M>
    class Session;

    /// @throws ValueError if a field is out of range or there is no such hidden layer, or as the inner `bind`.
    template <concepts::Model M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (!(damping >= 0 && damping < 1))
            detail::fail<ValueError>("Sparse: damping is ", damping, ", but must lie in [0, 1)");
        for (SparsityTarget const& one : targets) {
            if (std::count_if(targets.begin(), targets.end(),
                              [&](auto const& other) { return other.layer == one.layer; }) > 1)
                detail::fail<ValueError>("Sparse: layer ", one.layer, " has more than one target");
            if (one.layer < 1 || one.layer >= M::depth)
                detail::fail<ValueError>("Sparse: a target is for layer ", one.layer, ", but hidden layers are 1 .. ",
                                         M::depth - 1);
            if (!(one.target >= 0 && one.target <= 1))
                detail::fail<ValueError>("Sparse: the target of layer ", one.layer, " is ", one.target,
                                         ", but must lie in [0, 1]");
            if (!(one.cost >= 0 && std::isfinite(one.cost)))
                detail::fail<ValueError>("Sparse: the cost of layer ", one.layer, " is ", one.cost,
                                         ", but must be finite and not negative");
        }
        return Session<M>{*this, model};
    }
};

template <class Optimization>
Sparse(Optimization) -> Sparse<Optimization>;
template <class Optimization>
Sparse(Optimization, std::vector<SparsityTarget>) -> Sparse<Optimization>;
template <class Optimization>
Sparse(Optimization, std::vector<SparsityTarget>, double) -> Sparse<Optimization>;

/// The inner optimizer's session, and the activities.
template <class Optimization>
template <concepts::Model M>
class Sparse<Optimization>::Session : public detail::OptimizerAdaptor<Optimization, M> {
    using Adaptor = detail::OptimizerAdaptor<Optimization, M>;
    using Adaptor::inner_;
    using typename Adaptor::Inner;
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

  public:
    Session(Sparse const& policy, M const& model)
        : Adaptor{policy.optimizer, model}, targets_{policy.targets}, damping_{policy.damping} {
        auto const sizes = model.sizes();
        for (std::size_t l = 0; l < depth; ++l)
            for (auto* const set : {&activities_, &batch_, &pull_}) (*set)[l] = xt::zeros<T>({sizes[l]});
    }

    /// Follows the activities, and knows from them how hard each unit is pulled.
    void observe(Phase<T, depth> const& data, Clock const& clock) {
        this->let_inner_observe(data, clock);
        if (targets_.empty()) return;
        double const keep = started_ == 0 ? 0.0 : damping_;
        started_ = 1;
        for (std::size_t l = 0; l < depth; ++l) {
            detail::accumulate_rows<T>(batch_[l], data.states[l], 1 / static_cast<double>(data.states[l].rows), 0);
            T* const q = activities_[l].data();
            detail::weighted_sum<T>(q, static_cast<T>(keep), batch_[l].data(), static_cast<T>(1 - keep), q,
                                    batch_[l].size());
        }
        for (SparsityTarget const& one : targets_)
            for (std::size_t j = 0; j < pull_[one.layer].size(); ++j)
                pull_[one.layer](j) =
                    static_cast<T>(one.cost * (one.target - static_cast<double>(activities_[one.layer](j))));
    }

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        for (std::size_t l = 0; l + 1 < depth; ++l)
            executor.for_each_block(gradient.weights[l].shape(0), 128, [&](std::size_t first, std::size_t count) {
                pull_weights(gradient, {.pair = l, .first = first, .count = count});
            });
        pull_biases(gradient);
        inner_.step(model, gradient, clock, executor);
    }

    void step_weights(M& model, typename M::Gradient& gradient, Clock const& clock, WeightRows const& rows) requires
        requires(Inner& inner) {
        inner.step_weights(model, gradient, clock, rows);
    }
    {
        pull_weights(gradient, rows);
        inner_.step_weights(model, gradient, clock, rows);
    }

    void step_but_weights(M& model, typename M::Gradient& gradient, Clock const& clock) requires
        requires(Inner& inner) {
        inner.step_but_weights(model, gradient, clock);
    }
    {
        pull_biases(gradient);
        inner_.step_but_weights(model, gradient, clock);
    }

    bool finish_step(M& model, Clock const& clock, Executor& executor) {
        return this->finish_inner(model, clock, executor);
    }

    /// q of layer l, one number a unit.
    [[nodiscard]] Vector<T> const& activities(std::size_t l) const { return activities_.at(l); }

    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("inner", inner_);
        for (std::size_t l = 0; l < depth; ++l) archive("activities_" + std::to_string(l), activities_[l]);
        archive("started", started_);
    }

  private:
    void pull_weights(typename M::Gradient& gradient, WeightRows const& rows) const {
        for (SparsityTarget const& one : targets_) {
            if (one.layer != rows.pair + 1) continue;
            Block<T> const slope{gradient.weights[rows.pair]};
            for (std::size_t i = rows.first; i < rows.first + rows.count; ++i)
                detail::axpy(slope.row(i).data(), pull_[one.layer].data(), slope.columns, batch_[rows.pair](i));
        }
    }

    void pull_biases(typename M::Gradient& gradient) const {
        for (SparsityTarget const& one : targets_)
            detail::axpy(gradient.biases[one.layer].data(), pull_[one.layer].data(), pull_[one.layer].size(), T{1});
    }

    std::vector<SparsityTarget> targets_;
    double damping_;
    std::array<Vector<T>, depth> activities_{};
    std::array<Vector<T>, depth> batch_{}; // means of the batch at hand
    std::array<Vector<T>, depth> pull_{};
    std::uint64_t started_ = 0;
};

} // namespace boltz
