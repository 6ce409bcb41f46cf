// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Targets for the activity of hidden units.

#include <boltz/concepts.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/adaptor.hpp>
#include <boltz/types.hpp>

#include <xtensor/xbuilder.hpp>

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
/// left out, so that units that are always on or always off are pulled too. One pass over the weights of a layer with
/// a target; nothing is allocated.
template <class Optimization>
struct Sparse {
    Optimization optimizer{};
    std::vector<SparsityTarget> targets{{}}; ///< one for each layer that has one
    double damping = 0.9;                    ///< in [0, 1)

    template <Model M>
    class Session;

    /// @throws ValueError if a field is out of range or there is no such hidden layer, or as the inner `bind`.
    template <Model M>
    [[nodiscard]] Session<M> bind(M const& model) const {
        if (!(damping >= 0 && damping < 1))
            detail::fail<ValueError>("Sparse: damping is ", damping, ", but must lie in [0, 1)");
        for (SparsityTarget const& one : targets) {
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
template <Model M>
class Sparse<Optimization>::Session : public detail::OptimizerWrapper<Optimization, M> {
    using Wrapper = detail::OptimizerWrapper<Optimization, M>;
    using Wrapper::inner_;
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

  public:
    Session(Sparse const& policy, M const& model)
        : Wrapper{policy.optimizer, model}, targets_{policy.targets}, damping_{policy.damping} {
        auto const sizes = model.sizes();
        for (std::size_t l = 0; l < depth; ++l)
            for (auto* const set : {&activities_, &batch_, &pull_}) (*set)[l] = xt::zeros<T>({sizes[l]});
    }

    /// Follows the activities.
    void observe(Phase<T, depth> const& data, Clock const& clock) {
        this->let_inner_observe(data, clock);
        double const keep = started_ == 0 ? 0.0 : damping_;
        started_ = 1;
        for (std::size_t l = 0; l < depth; ++l) {
            detail::scale(batch_[l].data(), batch_[l].size(), T{0});
            detail::add_rows<T>(batch_[l].data(), data.states[l],
                                static_cast<T>(1 / static_cast<double>(data.states[l].rows)));
            detail::scale(activities_[l].data(), activities_[l].size(), static_cast<T>(keep));
            detail::axpy(activities_[l].data(), batch_[l].data(), batch_[l].size(), static_cast<T>(1 - keep));
        }
    }

    void step(M& model, typename M::Gradient& gradient, Clock const& clock, Executor& executor) {
        for (SparsityTarget const& one : targets_) {
            std::size_t const l = one.layer;
            for (std::size_t j = 0; j < pull_[l].size(); ++j)
                pull_[l](j) = static_cast<T>(one.cost * (one.target - static_cast<double>(activities_[l](j))));
            detail::axpy(gradient.biases[l].data(), pull_[l].data(), pull_[l].size(), T{1});
            Block<T> const slope{gradient.weights[l - 1]};
            executor.for_each_block(slope.rows, 128, [&](std::size_t first, std::size_t count) {
                for (std::size_t i = first; i < first + count; ++i)
                    detail::axpy(slope.row(i).data(), pull_[l].data(), slope.columns, batch_[l - 1](i));
            });
        }
        inner_.step(model, gradient, clock, executor);
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
    std::vector<SparsityTarget> targets_;
    double damping_;
    std::array<Vector<T>, depth> activities_{};
    std::array<Vector<T>, depth> batch_{}; // means of the batch at hand
    std::array<Vector<T>, depth> pull_{};
    std::uint64_t started_ = 0;
};

} // namespace boltz
