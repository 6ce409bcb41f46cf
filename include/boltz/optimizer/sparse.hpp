// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Targets for the activity of hidden units.

#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>
#include <boltz/types.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace boltz {

/// How active the units of one layer should be.
struct SparsityTarget {
    std::size_t layer = 1; ///< a hidden one: the upper layer of a connection
    double target = 0.1;   ///< the mean activity wanted, as a probability
    double cost = 0.001;   ///< the weight of deviations from it
};

template <std::floating_point T>
class SparseSession;

/// Another optimizer, with a pull of hidden units towards target activities (Lee, Ekanadham & Ng 2008; in the form of
/// Salakhutdinov's code for deep Boltzmann machines).
///
/// q_j, the mean activity of unit j given the data, is followed by q = damping q + (1 - damping) mean over the batch;
/// then b_j moves along its gradient less cost (q_j - target), and the weights that feed j from unit i of the layer
/// below along theirs less cost (q_j - target) <s_i>. That is the gradient of -cost/2 (q_j - target)^2 with dq_j/dx_j
/// left out, so that units that are always on or always off are pulled too. It does not keep the upper layer of a
/// deep machine from becoming inactive in a long training; `Centred` does. The weights that feed a layer are those of
/// all connections whose upper layer it is. One pass over the weights of a layer with a target, none without targets;
/// nothing is allocated.
template <class Optimization>
struct Sparse {
    Optimization optimizer{};
    std::vector<SparsityTarget> targets{{}}; ///< one for each layer that has one
    double damping = 0.9;                    ///< in [0, 1)

    /// @throws ValueError if a field is out of range, there is no such hidden layer or the model's weights are not
    /// those of its graph, or as the inner `bind`.
    template <concepts::Model M>
        requires concepts::Optimizer<Optimization, M>
    [[nodiscard]] SparseSession<typename M::value_type> bind(M const& model) const {
        validate(model.graph());
        detail::check_weights_of_graph<typename M::value_type>("Sparse", model);
        return {detail::bind_inner("Sparse", optimizer, model), targets, damping, model.graph()};
    }

    /// @throws ValueError if a field is out of range or the graph has no such hidden layer.
    void validate(LayerGraph const& graph) const {
        if (!(damping >= 0 && damping < 1))
            detail::fail<ValueError>("Sparse: damping is ", damping, ", but must lie in [0, 1)");
        for (SparsityTarget const& one : targets) {
            if (std::count_if(targets.begin(), targets.end(),
                              [&](auto const& other) { return other.layer == one.layer; }) > 1)
                detail::fail<ValueError>("Sparse: layer ", one.layer, " has more than one target");
            if (one.layer >= graph.layers())
                detail::fail<ValueError>("Sparse: a target is for layer ", one.layer, ", but hidden layers are 1 .. ",
                                         graph.layers() - 1);
            if (std::none_of(graph.connections().begin(), graph.connections().end(),
                             [&](Connection const& connection) { return connection.upper == one.layer; }))
                detail::fail<ValueError>("Sparse: a target is for layer ", one.layer,
                                         ", but must be for the upper layer of a connection");
            if (!(one.target >= 0 && one.target <= 1))
                detail::fail<ValueError>("Sparse: the target of layer ", one.layer, " is ", one.target,
                                         ", but must lie in [0, 1]");
            if (!(one.cost >= 0 && std::isfinite(one.cost)))
                detail::fail<ValueError>("Sparse: the cost of layer ", one.layer, " is ", one.cost,
                                         ", but must be finite and not negative");
        }
    }
};

template <class Optimization>
Sparse(Optimization) -> Sparse<Optimization>;
template <class Optimization>
Sparse(Optimization, std::vector<SparsityTarget>) -> Sparse<Optimization>;
template <class Optimization>
Sparse(Optimization, std::vector<SparsityTarget>, double) -> Sparse<Optimization>;

/// The inner optimizer's session, and the activities.
template <std::floating_point T>
class SparseSession final : public detail::OptimizerAdaptor<T> {
  public:
    SparseSession(std::unique_ptr<OptimizerSession<T>> inner, std::vector<SparsityTarget> targets, double damping,
                  LayerGraph const& graph);

    /// Updates the activities by the means of the data phase, and from them the pull of each unit.
    void observe(Phase<T> const& data, Clock const& clock) override;

    void step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock, Executor& executor) override;
    void step_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                      WeightRows const& rows) override;
    void step_but_weights(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock) override;

    /// q of layer l, one number a unit.
    [[nodiscard]] Vector<T> const& activities(std::size_t l) const { return activities_.at(l); }

    void archive(Archive& archive) override;

  private:
    void pull_weights(AnyParametric<T> const& model, ParameterSet<T>& gradient, WeightRows const& rows) const;

    void pull_biases(ParameterSet<T>& gradient) const;

    std::vector<SparsityTarget> targets_;
    double damping_;
    std::vector<Vector<T>> activities_;
    std::vector<Vector<T>> batch_; // means of the batch at hand
    std::vector<Vector<T>> pull_;
    std::uint64_t started_ = 0;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/optimizer/sparse.hpp>
#endif
