// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training under way: all its state, and the loop.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/random.hpp>
#include <boltz/sampling/negative_phase.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/detail/training_loop.hpp>
#include <boltz/training/detail/update.hpp>
#include <boltz/training/training_info.hpp>

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
    Training(AnyModel<T>& model, LayerFactors factors);
    [[nodiscard]] AnyField<T> const& field() const noexcept;
    [[nodiscard]] AnyModel<T>& model() const noexcept { return *model_; }
    [[nodiscard]] Clock const& clock() const noexcept { return loop_.clock(); }
    /// The policies' sessions, bound to `field()` and `model()`.
    void take(std::unique_ptr<NegativePhaseSession<T>> negative_phase, std::unique_ptr<OptimizerSession<T>> optimizer,
              std::unique_ptr<InferenceSession<T>> inference);
    [[nodiscard]] NegativePhaseSession<T> const& negative_phase() const noexcept { return *negative_phase_; }
    [[nodiscard]] OptimizerSession<T> const& optimizer() const noexcept { return *optimizer_; }

    /// As `TrainingSession::fit`; `state` says what a checkpoint must keep.
    FitReport run(TrainingData<T> const& data, FitOptions const& options, Random& random, StateVisit state,
                  Callbacks callbacks);
    void archive(Archive& archive);

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
        ~GiveBack();
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

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/training_session.hpp>
#endif
