// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A discriminative training under way.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/packed_model.hpp>
#include <boltz/model/softmax_regression.hpp>
#include <boltz/random.hpp>
#include <boltz/training/backward_pass.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/training/tell_faults.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/training/training_loop.hpp>
#include <boltz/training/update.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// A discriminative training under way: a network, what the optimizer keeps of it, and a clock.
/// `Backpropagation::bind` makes one. As `TrainingSession`: `fit` goes on from where it stands, to the bit after a
/// resume too; it refers to the network, which must outlive it.
template <class Network, class Optimization>
class BackpropagationSession {
    using T = typename Network::value_type;
    static constexpr std::size_t depth = Network::depth;
    using Optimizer = decltype(std::declval<Optimization const&>().bind(std::declval<Network const&>()));
    using Gradient = typename Network::Gradient;

  public:
    BackpropagationSession(Network& network, Optimization const& optimization, Dropout dropout)
        : network_{&network}, packed_{network}, dropout_{std::move(dropout)},
          optimizer_{optimization.bind(std::as_const(network))}, update_{network} {}

    [[nodiscard]] Network const& model() const noexcept { return *network_; }
    [[nodiscard]] Clock const& clock() const noexcept { return loop_.clock(); }
    /// What the optimizer keeps: velocities, averages.
    [[nodiscard]] Optimizer const& optimizer() const noexcept { return optimizer_; }

    /// Trains until `options.epochs` epochs are done or a callback asks to stop. Callbacks find
    /// "training_cross_entropy", the mean over the epoch's cases as they were presented, in nats: before the update
    /// that they lead to, with line searches after it.
    ///
    /// `random` is advanced by one call. After the first batch nothing is allocated but by callbacks and inside
    /// oneDNN. `Precision::automatic` is float32 here.
    /// @throws ShapeError if the data does not fit the network; ValueError if it is empty or holds impossible values,
    /// an option is out of range or the network is not finite; all before anything is changed.
    template <class Data, class... Callbacks>
        requires(concepts::Callback<std::remove_reference_t<Callbacks>, Network>&&...)
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        return run(
            data, options, random, [this] { return to_arrays(*this); }, callbacks...);
    }

    /// The same, with another idea of what a checkpoint must keep: for trainings that are part of a larger one.
    template <class Data, class... Callbacks>
    FitReport run(Data const& data, FitOptions const& options, Random& random, std::function<Arrays()> state,
                  Callbacks&... callbacks) {
        static_assert(
            requires { requires std::same_as<typename Data::layers, std::index_sequence<0, 1>>; },
            "boltz: a network learns from inputs and targets: on_layers<0, 1>(inputs, OneHot{labels, classes})");
        detail::TrainingLoop::check(options, "Backpropagation::fit");
        Random advanced = random;
        Draws const own = advanced.split();
        Executor executor{options.compute};
        // Inputs and targets are those of a softmax regression.
        data.check(SoftmaxRegression<T>{network_->inputs(), network_->classes()}, "Backpropagation::fit", own);
        detail::PackedModel<Network>::check(options.compute.precision);
        Precision const precision =
            options.compute.precision == Precision::bfloat16 ? Precision::bfloat16 : Precision::float32;
        for (std::size_t l = 0; l + 1 < depth; ++l) packed_.choose(l, precision);
        packed_.refresh(executor);
        random = advanced;
        loop_.start(own);
        if (std::string const where = where_not_finite(*network_); !where.empty())
            detail::fail<ValueError>("Backpropagation::fit: ", where, " of the network are not all finite numbers");
        TellLoss tell{this};
        detail::TellFaults tell_faults{true, [] { return std::vector<std::string>{}; }};
        return loop_.run(
            *network_, data, detail::TrainingLoop::describe(packed_.description(), std::move(state), optimizer_),
            options, [&](std::span<std::size_t const> indices) { return step(data, indices, executor); }, tell,
            callbacks..., tell_faults);
    }

    /// Visits everything that the future of the training depends on.
    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("model", *network_);
        archive.nested("optimizer", optimizer_);
        archive("loss", loss_);
        loop_.archive(archive);
    }

  private:
    // The sum of the epoch so far, as a metric.
    struct TellLoss {
        BackpropagationSession* session;
        void on_epoch_end(Network const&, TrainingInfo const& info) {
            info.metrics->push_back({"training_cross_entropy", session->loss_ / static_cast<double>(info.cases)});
            session->loss_ = 0;
        }
    };

    // One that searches along lines wants the loss of a chunk of cases as a function of the parameters; the others
    // its gradient, once.
    template <class Data>
    InferenceReport step(Data const& data, std::span<std::size_t const> indices, Executor& executor) {
        Draws const draws = loop_.draws();
        DroppedShares const dropped = dropout_.at(clock());
        double const cases = static_cast<double>(indices.size());
        auto const evaluate = [&](Gradient& slope) { return chunk(data, indices, dropped, draws, executor, slope); };
        if constexpr (requires { optimizer_.step(*network_, evaluate, clock(), executor); }) {
            loss_ += cases * optimizer_.step(*network_, evaluate, clock(), executor);
            packed_.refresh(executor);
        } else {
            loss_ += pass_.run(*network_, packed_.products(), data, indices, dropped, draws, executor);
            update_.apply(
                std::array<detail::OuterProducts<T, depth>, 1>{{{pass_.states(), pass_.slopes(), 1 / cases}}},
                [&](Gradient& gradient) { add_biases(gradient, 1 / cases, 0); }, *network_, packed_, optimizer_,
                clock(), executor);
        }
        return {};
    }

    // The mean cross-entropy of the cases, and its gradient.
    template <class Data>
    double chunk(Data const& data, std::span<std::size_t const> indices, DroppedShares const& dropped,
                 Draws const& draws, Executor& executor, Gradient& slope) {
        constexpr std::size_t portion = 1000; // keeps the activations of a large chunk small
        packed_.refresh(executor);
        double const factor = -1 / static_cast<double>(indices.size());
        double loss = 0;
        for (std::size_t first = 0; first < indices.size(); first += portion) {
            auto const part = indices.subspan(first, std::min(portion, indices.size() - first));
            double const keep = first == 0 ? 0 : 1;
            loss += pass_.run(*network_, packed_.products(), data, part, dropped, draws.from_row(first), executor);
            auto const states = pass_.states();
            auto const slopes = pass_.slopes();
            for (std::size_t l = 0; l + 1 < depth; ++l)
                detail::accumulate_outer_products<T>(states[l], slopes[l + 1], factor, keep, slope.weights[l],
                                                     executor);
            add_biases(slope, factor, keep);
        }
        return -factor * loss;
    }

    void add_biases(Gradient& gradient, double factor, double keep) {
        auto const slopes = pass_.slopes();
        for (std::size_t l = 1; l < depth; ++l)
            detail::accumulate_rows<T>(gradient.biases[l], slopes[l], factor, keep);
    }

    Network* network_;
    detail::PackedModel<Network> packed_;
    Dropout dropout_;
    Optimizer optimizer_;
    detail::Update<Network> update_;
    detail::BackwardPass<Network> pass_;
    detail::TrainingLoop loop_;
    double loss_ = 0;
};

} // namespace boltz
