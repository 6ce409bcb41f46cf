// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training of a network under way.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/detail/backward_pass.hpp>
#include <boltz/training/detail/training_loop.hpp>
#include <boltz/training/detail/update.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/training/training_info.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace boltz {

namespace detail {

/// A training of a network by any optimizer, which is known when the program runs.
template <std::floating_point T>
class NetworkTraining {
  public:
    NetworkTraining(MLP<T>& network, Dropout dropout, std::unique_ptr<OptimizerSession<T>> optimizer)
        : network_{&network}, packed_{network}, dropout_{std::move(dropout)}, optimizer_{std::move(optimizer)} {}

    [[nodiscard]] MLP<T> const& network() const noexcept { return *network_; }
    [[nodiscard]] Clock const& clock() const noexcept { return loop_.clock(); }
    [[nodiscard]] OptimizerSession<T> const& optimizer() const noexcept { return *optimizer_; }
    /// As `BackpropagationSession::fit`; `state` says what a checkpoint must keep.
    FitReport run(TrainingData<T> const& data, FitOptions const& options, Random& random, StateVisit state,
                  Callbacks callbacks);
    void archive(Archive& archive);

  private:
    // What only a training under way needs beside its state. It is given back in the end.
    struct Workspace {
        explicit Workspace(MLP<T>& network) : update{network} {}

        Update<T> update;
        BackwardPass<T> pass;
        std::array<OuterProducts<T>, 1> terms;
    };
    struct GiveBack {
        NetworkTraining& training;
        ~GiveBack();
    };

    // The sum of the epoch so far, as a metric.
    struct TellLoss final : AnyCallback {
        double& loss;
        explicit TellLoss(double& sum) : loss{sum} {}
        void on_train_begin(TrainingInfo const&) override {}
        Stop on_batch_end(TrainingInfo const&) override { return Stop::no; }
        Stop on_epoch_end(TrainingInfo const& info) override;
        void on_train_end(TrainingInfo const&) override {}
        [[nodiscard]] bool remembers() const noexcept override { return false; }
        void archive(Archive&) override {}
    };

    // One that searches along lines needs the loss of a chunk of cases as a function of the parameters; the others
    // its gradient, once.
    InferenceReport step(TrainingData<T> const& data, std::span<std::size_t const> indices, Executor& executor);
    // The mean loss of the cases, and its gradient.
    double chunk(TrainingData<T> const& data, std::span<std::size_t const> indices, DroppedShares const& dropped,
                 Draws const& draws, Executor& executor, ParameterSet<T>& gradient);
    // What the last pass adds to the gradient of all parameters but the weights, `factor` times.
    void add_but_weights(ParameterSet<T>& gradient, double factor, double keep);

    MLP<T>* network_;
    PackedParameters<T> packed_;
    Dropout dropout_;
    std::unique_ptr<OptimizerSession<T>> optimizer_;
    std::optional<Workspace> work_; // while it runs
    TrainingLoop loop_;
    double loss_ = 0;
};

} // namespace detail

/// A training of a network under way: the network, what the optimizer keeps of it, and a clock.
/// `Backpropagation::bind` makes one. As `TrainingSession`: `fit` goes on from where it stands, to the bit after a
/// resume too; it refers to the network, which must outlive it.
template <std::floating_point T, class Optimization>
class BackpropagationSession {
    using Optimizer = decltype(std::declval<Optimization const&>().bind(std::declval<MLP<T> const&>()));

  public:
    BackpropagationSession(MLP<T>& network, Optimization const& optimization, Dropout dropout)
        : training_{network, std::move(dropout),
                    std::make_unique<Optimizer>(optimization.bind(std::as_const(network)))} {}

    [[nodiscard]] MLP<T> const& model() const noexcept { return training_.network(); }
    [[nodiscard]] Clock const& clock() const noexcept { return training_.clock(); }
    /// What the optimizer keeps: velocities, averages.
    [[nodiscard]] Optimizer const& optimizer() const noexcept {
        return static_cast<Optimizer const&>(training_.optimizer());
    }

    /// Trains until `options.epochs` epochs are done or a callback asks to stop. Callbacks find
    /// "training_cross_entropy", the mean of -log p(target | input) over the epoch's cases as they were presented, in
    /// nats: before the update that they lead to, with line searches after it.
    ///
    /// `random` is advanced by one call. After the first batch nothing is allocated but by callbacks and inside
    /// oneDNN. `Precision::automatic` is float32 here.
    /// @throws ShapeError if the data does not fit the network; ValueError if it is empty or holds impossible values,
    /// an option is out of range or the network is not finite; all before anything is changed.
    template <class Data, class... Callbacks>
        requires(concepts::Callback<std::remove_reference_t<Callbacks>, MLP<T>>&&...)
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        return run(
            data, options, random, [this](Archive& archive) { this->archive(archive); }, callbacks...);
    }
    /// The same, with another idea of what a checkpoint must keep: for trainings that are part of a larger one.
    template <class Data, class... Callbacks>
    FitReport run(Data const& data, FitOptions const& options, Random& random, StateVisit state,
                  Callbacks&... callbacks) {
        static_assert(
            requires { requires std::same_as<typename Data::layers, std::index_sequence<0, 1>>; },
            "boltz: a network learns from inputs and targets: on_layers<0, 1>(inputs, OneHot{labels, classes})");
        detail::TrainingData<T> const cases{data};
        return detail::with_callbacks(
            model(),
            [&](detail::Callbacks list) { return training_.run(cases, options, random, std::move(state), list); },
            callbacks...);
    }
    /// Visits everything that the future of the training depends on.
    void archive(Archive& archive) { training_.archive(archive); }

  private:
    detail::NetworkTraining<T> training_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/backpropagation_session.hpp>
#endif
