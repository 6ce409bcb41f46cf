// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training under way: all its state, and the loop.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/detail/tell_faults.hpp>
#include <boltz/training/detail/training_loop.hpp>
#include <boltz/training/detail/update.hpp>
#include <boltz/training/training_info.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

/// A training of any model by any policies, which are known when the program runs.
template <std::floating_point T>
class Training {
  public:
    /// The field as the policies see it: the model prepared for its products, and, where there are `factors`, through
    /// these.
    Training(AnyModel<T>& model, LayerFactors factors)
        : model_{&model}, prepared_{std::make_unique<Prepared<T>>(model)} {
        if (!factors.empty()) scaled_ = std::make_unique<Scaled<T>>(*prepared_, std::move(factors));
    }
    [[nodiscard]] AnyField<T> const& field() const noexcept {
        if (scaled_ != nullptr) return *scaled_;
        return *prepared_;
    }
    [[nodiscard]] AnyModel<T>& model() const noexcept { return *model_; }
    [[nodiscard]] Clock const& clock() const noexcept { return loop_.clock(); }
    /// The policies' sessions, bound to `field()` and `model()`.
    void take(std::unique_ptr<NegativePhaseSession<T>> negative_phase, std::unique_ptr<OptimizerSession<T>> optimizer,
              std::unique_ptr<InferenceSession<T>> inference) {
        negative_phase_ = std::move(negative_phase);
        optimizer_ = std::move(optimizer);
        inference_ = std::move(inference);
    }
    [[nodiscard]] NegativePhaseSession<T> const& negative_phase() const noexcept { return *negative_phase_; }
    [[nodiscard]] OptimizerSession<T> const& optimizer() const noexcept { return *optimizer_; }

    /// As `TrainingSession::fit`; `state` says what a checkpoint must keep.
    FitReport run(TrainingData<T> const& data, FitOptions const& options, Random& random, StateVisit state,
                  Callbacks callbacks);
    void archive(Archive& archive) {
        archive.nested("model", *model_);
        archive.nested("sampler", *negative_phase_);
        archive.nested("optimizer", *optimizer_);
        loop_.archive(archive);
    }

  private:
    // What only a training under way needs beside its state. It is given back in the end, so that a program of
    // several trainings has the memory for one at a time.
    struct Workspace {
        explicit Workspace(AnyModel<T>& model) : update{model} {}

        Update<T> update;
        States<T> posterior;
        Phase<T> data_phase;
        LayerSet observed;
    };
    struct GiveBack {
        Training& training;
        ~GiveBack() {
            training.work_.reset();
            training.prepared_->release();
        }
    };

    InferenceReport step(TrainingData<T> const& data, std::span<std::size_t const> indices, Executor& executor);
    // Hidden layers that are the same whatever the case, in the last batch.
    std::vector<std::string> silent_layers() const;

    AnyModel<T>* model_;
    std::unique_ptr<Prepared<T>> prepared_;
    std::unique_ptr<Scaled<T>> scaled_; // null where there are no factors
    std::unique_ptr<NegativePhaseSession<T>> negative_phase_;
    std::unique_ptr<OptimizerSession<T>> optimizer_;
    std::unique_ptr<InferenceSession<T>> inference_;
    std::optional<Workspace> work_; // while it runs
    TrainingLoop loop_;
};

template <std::floating_point T>
FitReport Training<T>::run(TrainingData<T> const& data, FitOptions const& options, Random& random, StateVisit state,
                           Callbacks callbacks) {
    TrainingLoop::check(options, "Trainer::fit");
    Random advanced = random;
    Draws const own = advanced.split();
    Executor executor{options.compute};
    data.check(*model_, "Trainer::fit", own);
    check_bounded_energy<T>(*model_, "Trainer::fit");
    GiveBack const in_the_end{*this};
    work_.emplace(*model_);
    prepared_->choose(options.compute.precision);
    prepared_->refresh(executor);
    random = advanced;
    loop_.start(own);
    auto const more = [this] { return silent_layers(); };
    TellFaults<T> tell{*model_, true, more};
    std::vector<AnyCallback*> all{callbacks.begin(), callbacks.end()};
    all.push_back(&tell);
    return loop_.run(
        data.rows(),
        TrainingLoop::describe(data.binarisation(), prepared_->description(), std::move(state), *optimizer_), options,
        [&](std::span<std::size_t const> indices) { return step(data, indices, executor); }, all);
}

template <std::floating_point T>
InferenceReport Training<T>::step(TrainingData<T> const& data, std::span<std::size_t const> indices,
                                  Executor& executor) {
    Draws const draws = loop_.draws();
    auto& [update, states, data_phase, observed] = *work_;
    states.require(indices.size(), model_->sizes());
    auto const posterior = states.blocks();
    executor.for_each_block(indices.size(), [&](std::size_t first, std::size_t count) {
        data.load(indices.subspan(first, count), posterior.row_range(first, count), draws.stream(0).from_row(first));
    });
    observed = data.observed();
    InferenceReport const report = inference_->infer(field(), posterior, observed, executor);
    data_phase.refer(posterior, Moment::mean);
    for (std::size_t l = 0; l < posterior.layers(); ++l)
        if (observed[l]) data_phase.moments[l] = Moment::state;
    Phase<T> const& model_phase =
        negative_phase_->sample(field(), posterior, observed, draws.stream(1), clock(), executor);
    update.apply(data_phase, model_phase, *model_, prepared_->packed(), *optimizer_, clock(), executor);
    return report;
}

template <std::floating_point T>
std::vector<std::string> Training<T>::silent_layers() const {
    auto const& posterior = work_->posterior;
    LayerSet const observed = work_->observed;
    constexpr T tolerance = static_cast<T>(1e-6);
    auto const constant = [&](std::size_t l) {
        Block<T const> const states = posterior[l];
        for (std::size_t j = 0; j < states.columns; ++j)
            for (std::size_t i = 1; i < states.rows; ++i)
                if (!(std::abs(states(i, j) - states(0, j)) <= tolerance * std::max(T{1}, std::abs(states(0, j)))))
                    return false;
        return true;
    };
    std::vector<std::string> result;
    bool cases_differ = false;
    for (std::size_t l = 0; l < posterior.layers(); ++l) cases_differ = cases_differ || (observed[l] && !constant(l));
    for (std::size_t l = 0; cases_differ && l < posterior.layers(); ++l)
        if (!observed[l] && constant(l))
            result.push_back("all units of layer " + std::to_string(l) +
                             " have the same mean for every case of the last batch, so the layer says nothing of the "
                             "data: a lower rate or other first weights (initialise_weights) may help");
    return result;
}

} // namespace detail

/// A training under way: a model, what the policies keep of it, and a clock. `Trainer::bind` makes one.
///
/// `fit` goes on from where the session stands up to the given number of epochs, so a session that was archived in
/// one process and restored in another continues as if nothing had happened, to the bit. Refers to the model, which
/// must outlive it. Policies see the model prepared for its products, and through `factors` where there are any.
template <concepts::Model M, class Sampling, class Optimization, class Inference>
class TrainingSession {
    using T = typename M::value_type;
    using Sampler = decltype(std::declval<Sampling const&>().bind(std::declval<AnyField<T> const&>()));
    using Optimizer = decltype(std::declval<Optimization const&>().bind(std::declval<AnyModel<T> const&>()));
    using Inferrer = decltype(std::declval<Inference const&>().bind(std::declval<AnyField<T> const&>()));

  public:
    TrainingSession(M& model, Sampling const& sampling, Optimization const& optimization, Inference const& inference,
                    LayerFactors factors = {})
        : model_{&model}, training_{model, std::move(factors)} {
        AnyModel<T> const& core = model;
        training_.take(std::make_unique<Sampler>(sampling.bind(training_.field())),
                       std::make_unique<Optimizer>(optimization.bind(core)),
                       std::make_unique<Inferrer>(inference.bind(training_.field())));
    }
    [[nodiscard]] M const& model() const noexcept { return *model_; }
    [[nodiscard]] Clock const& clock() const noexcept { return training_.clock(); }
    [[nodiscard]] Sampler const& sampler() const noexcept {
        return static_cast<Sampler const&>(training_.negative_phase());
    }
    /// What the optimizer keeps: velocities, averages.
    [[nodiscard]] Optimizer const& optimizer() const noexcept {
        return static_cast<Optimizer const&>(training_.optimizer());
    }

    /// Trains until `options.epochs` epochs are done or a callback asks to stop.
    ///
    /// The report says in words why it ended and what is wrong with the model (`parameter_faults`; hidden layers that
    /// are the same for all cases of the last batch); the former are remarks at the beginning too.
    ///
    /// `random` is advanced by one call whether the session is new or resumed. After the first batch nothing is
    /// allocated but by callbacks and inside oneDNN.
    /// @throws ShapeError if the data does not fit the model; ValueError if the data is empty or holds impossible
    /// values, an option is out of range or the model is not finite; all before anything is changed.
    template <class Data, class... Callbacks>
        requires(concepts::Callback<std::remove_reference_t<Callbacks>, M>&&...)
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        static_assert(detail::fits_layers<Data, M>, "data is given for a layer that the model does not have");
        detail::TrainingData<T> const cases{data};
        return detail::with_callbacks(
            *model_,
            [&](detail::Callbacks list) {
                return training_.run(
                    cases, options, random, [this](Archive& archive) { this->archive(archive); }, list);
            },
            callbacks...);
    }
    /// Visits everything that the future of the training depends on.
    void archive(Archive& archive) { training_.archive(archive); }

  private:
    M* model_;
    detail::Training<T> training_;
};

} // namespace boltz
