// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training of a network under way.

#include <boltz/archive.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/detail/backward_pass.hpp>
#include <boltz/training/detail/tell_faults.hpp>
#include <boltz/training/detail/training_loop.hpp>
#include <boltz/training/detail/update.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/gaussian.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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
    void archive(Archive& archive) {
        archive.nested("model", *network_);
        archive.nested("optimizer", *optimizer_);
        archive("loss", loss_);
        loop_.archive(archive);
    }

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
        ~GiveBack() {
            training.work_.reset();
            training.packed_.release();
        }
    };

    // The sum of the epoch so far, as a metric.
    struct TellLoss final : AnyCallback {
        double& loss;
        explicit TellLoss(double& sum) : loss{sum} {}
        void on_train_begin(TrainingInfo const&) override {}
        Stop on_batch_end(TrainingInfo const&) override { return Stop::no; }
        Stop on_epoch_end(TrainingInfo const& info) override {
            info.metrics->push_back({"training_cross_entropy", loss / static_cast<double>(info.cases)});
            loss = 0;
            return Stop::no;
        }
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

template <std::floating_point T>
FitReport NetworkTraining<T>::run(TrainingData<T> const& data, FitOptions const& options, Random& random,
                                  StateVisit state, Callbacks callbacks) {
    constexpr auto function = "Backpropagation::fit";
    TrainingLoop::check(options, function);
    Random advanced = random;
    Draws const own = advanced.split();
    Executor executor{options.compute};
    UnitAdapter<Gaussian, T> numbers{Gaussian{}}; // any finite ones
    numbers.prepare(network_->inputs());
    data.check_layer(0, numbers, network_->inputs(), function, own);
    data.check_layer(1, network_->output(), network_->outputs(), function, own);
    PackedParameters<T>::check(options.compute.precision);
    if (std::string const where = where_not_finite<T>(*network_); !where.empty())
        fail<ValueError>(function, ": ", where, " of the network are not all finite numbers");
    Precision const precision =
        options.compute.precision == Precision::bfloat16 ? Precision::bfloat16 : Precision::float32;
    GiveBack const in_the_end{*this};
    work_.emplace(*network_);
    for (std::size_t l = 0; l + 1 < network_->layers(); ++l) packed_.choose(l, precision);
    packed_.refresh(executor);
    random = advanced;
    loop_.start(own);
    TellLoss tell_loss{loss_};
    auto const nothing_more = [] { return std::vector<std::string>{}; };
    TellFaults<T> tell_faults{*network_, true, nothing_more};
    std::vector<AnyCallback*> all{&tell_loss};
    all.insert(all.end(), callbacks.begin(), callbacks.end());
    all.push_back(&tell_faults);
    return loop_.run(
        data.rows(),
        TrainingLoop::describe(data.binarisation(), packed_.description(), std::move(state), *optimizer_), options,
        [&](std::span<std::size_t const> indices) { return step(data, indices, executor); }, all);
}

template <std::floating_point T>
InferenceReport NetworkTraining<T>::step(TrainingData<T> const& data, std::span<std::size_t const> indices,
                                         Executor& executor) {
    Draws const draws = loop_.draws();
    DroppedShares const dropped = dropout_.at(clock());
    double const cases = static_cast<double>(indices.size());
    if (optimizer_->searches()) {
        auto const evaluate = [&](ParameterSet<T>& gradient) {
            return chunk(data, indices, dropped, draws, executor, gradient);
        };
        loss_ += cases * optimizer_->minimise(*network_, evaluate, clock(), executor);
        packed_.refresh(executor);
        return {};
    }
    loss_ += work_->pass.run(*network_, packed_.products(), data, indices, dropped, draws, executor);
    auto const states = work_->pass.states();
    auto const gradients = work_->pass.gradients();
    work_->terms[0].factor = 1 / cases;
    work_->terms[0].sides.clear();
    for (std::size_t l = 0; l + 1 < network_->layers(); ++l)
        work_->terms[0].sides.push_back({states[l], gradients[l + 1]});
    work_->update.apply(
        work_->terms, [&](ParameterSet<T>& gradient) { add_but_weights(gradient, 1 / cases, 0); }, *network_, packed_,
        *optimizer_, clock(), executor);
    return {};
}

template <std::floating_point T>
double NetworkTraining<T>::chunk(TrainingData<T> const& data, std::span<std::size_t const> indices,
                                 DroppedShares const& dropped, Draws const& draws, Executor& executor,
                                 ParameterSet<T>& gradient) {
    constexpr std::size_t portion = 1000; // keeps the activations of a large chunk small
    packed_.refresh(executor);
    double const factor = -1 / static_cast<double>(indices.size());
    double loss = 0;
    for (std::size_t first = 0; first < indices.size(); first += portion) {
        auto const part = indices.subspan(first, std::min(portion, indices.size() - first));
        double const keep = first == 0 ? 0 : 1;
        loss += work_->pass.run(*network_, packed_.products(), data, part, dropped, draws.from_row(first), executor);
        auto const states = work_->pass.states();
        auto const gradients = work_->pass.gradients();
        for (std::size_t l = 0; l + 1 < network_->layers(); ++l)
            accumulate_outer_products<T>(states[l], gradients[l + 1], factor, keep, gradient.weights[l], executor);
        add_but_weights(gradient, factor, keep);
    }
    return -factor * loss;
}

template <std::floating_point T>
void NetworkTraining<T>::add_but_weights(ParameterSet<T>& gradient, double factor, double keep) {
    auto const gradients = work_->pass.gradients();
    std::size_t const top = network_->layers() - 1;
    for (std::size_t l = 1; l <= top; ++l) accumulate_rows<T>(gradient.biases[l], gradients[l], factor, keep);
    Vector<double>& of_unit = gradient.of_units[top];
    if (of_unit.size() == 0) return;
    // Statistics of the targets minus those of p(target | input), as in any exponential family.
    for (double& value : of_unit) value = keep == 0 ? 0 : keep * value;
    std::span<double> const out{of_unit.data(), of_unit.size()};
    network_->output().add_parameter_gradient(work_->pass.targets(), Moment::state, factor, out);
    network_->output().add_parameter_gradient(work_->pass.states()[top], Moment::mean, -factor, out);
}

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
