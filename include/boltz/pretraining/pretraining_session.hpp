// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Pretrainings under way.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/pretraining/chain_rbms.hpp>
#include <boltz/pretraining/compose.hpp>
#include <boltz/pretraining/greedy_training.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_info.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace boltz {

/// The training of a stack under way. `GreedyPretraining::bind` makes one.
///
/// `fit` goes on from where it stands, so a session that was archived and restored continues to the bit. Memory
/// beside the RBMs: the hidden means of the RBM below, for all cases, in 16 bits a number (`CompactMatrix`). Refers
/// to the stack.
template <std::floating_point T>
class GreedySession {
  public:
    /// @throws ValueError as `GreedyPretraining::bind`.
    template <class Recipe>
    GreedySession(Stack<T>& stack, Recipe const& recipe)
        : stack_{&stack}, training_{stack, recipe.scaling, recipe.input, recipe.monitored_cases} {
        training_.take(recipe.sampling, recipe.optimizer, recipe.stages, "GreedyPretraining");
    }
    GreedySession(GreedySession const&) = delete;
    GreedySession& operator=(GreedySession const&) = delete;

    /// Trains the RBMs that are not trained yet, one after the other.
    /// @throws as `TrainingSession::fit`; ValueError if there is data on other layers than 0 and, if the stack has
    /// labels, the topmost.
    template <class Data, class... C>
    FitReport fit(Data const& data, FitOptions const& options, Random& random, C&&... callbacks) {
        static_assert((concepts::Callback<std::remove_reference_t<C>, BoltzmannMachine<T>> && ...),
                      "boltz: an object given as a callback has no hook that could be called: on_train_begin, "
                      "on_batch_end, on_epoch_end or on_train_end, for (model, TrainingInfo const&)");
        detail::TrainingData<T> const cases{data};
        return training_.run(
            cases, options, random, [this](Archive& archive) { this->archive(archive); },
            [&](std::size_t stage, detail::FunctionRef<FitReport(detail::Callbacks)> run) {
                return detail::with_callbacks(stack_->rbm(stage), run, callbacks...);
            });
    }
    /// Visits everything that the future of the training depends on.
    void archive(Archive& archive) { training_.archive(archive); }

  private:
    Stack<T>* stack_;
    detail::GreedyTraining<T> training_;
};

/// The pretraining of a deep Boltzmann machine under way: the stack of its RBMs and a training of each.
/// `DoubledInput::bind` makes one.
///
/// Memory as that of a `GreedySession`. Refers to the model, whose parameters change once all RBMs are trained.
template <concepts::Model M, bool Labels>
class PretrainingSession {
    using T = typename M::value_type;

  public:
    /// @throws ValueError as `DoubledInput::bind`.
    template <class Recipe>
    PretrainingSession(M& model, Recipe const& recipe)
        : model_{&model}, rbms_{model}, training_{rbms_.stack(), InputScaling::doubled, recipe.input,
                                                  recipe.monitored_cases} {
        training_.take(recipe.sampling, recipe.optimizer, recipe.stages, "DoubledInput");
    }
    PretrainingSession(PretrainingSession const&) = delete;
    PretrainingSession& operator=(PretrainingSession const&) = delete;

    /// Trains the RBMs that are not trained yet, one after the other, and puts the model together.
    /// @throws as `TrainingSession::fit`.
    template <class Data, class... C>
    FitReport fit(Data const& data, FitOptions const& options, Random& random, C&&... callbacks) {
        static_assert((detail::ChainRbms<M, Labels>::template some_watched_by<std::remove_reference_t<C>>() && ...),
                      "boltz: an object given as a callback has no hook that could be called: on_train_begin, "
                      "on_batch_end, on_epoch_end or on_train_end, for (model, TrainingInfo const&)");
        detail::TrainingData<T> const cases{data};
        FitReport result = training_.run(
            cases, options, random, [this](Archive& archive) { this->archive(archive); },
            [&](std::size_t stage, detail::FunctionRef<FitReport(detail::Callbacks)> run) {
                FitReport report;
                rbms_.visit(stage, [&](auto& rbm) { report = detail::with_callbacks(rbm, run, callbacks...); });
                return report;
            });
        if (result.stop != Stop::everything) compose_into(rbms_.stack(), static_cast<BoltzmannMachine<T>&>(*model_));
        return result;
    }
    /// Visits everything that the future of the training depends on.
    void archive(Archive& archive) { training_.archive(archive); }

  private:
    M* model_;
    detail::ChainRbms<M, Labels> rbms_;
    detail::GreedyTraining<T> training_;
};

} // namespace boltz
