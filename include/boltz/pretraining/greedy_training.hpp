// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The training of a stack of RBMs, one after the other.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/error.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_session.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

/// How one RBM of a stack is trained where the RBMs differ.
template <class Sampling, class Optimization>
struct PretrainingStage {
    Sampling sampling{};
    Optimization optimizer{};
    std::optional<std::size_t> epochs{}; ///< in place of FitOptions::epochs
};

/// What the RBMs of a stack are trained for, which says how their natural parameters are scaled meanwhile.
enum class InputScaling {
    none,   ///< as they are: belief networks, feed-forward networks, autoencoders (Hinton, Osindero & Teh 2006)
    doubled ///< the bottom up-pass and the top down-pass twice: deep Boltzmann machines (Salakhutdinov & Hinton 2009)
};

namespace detail {

/// A field seen through factors, or as it is where there are none. Refers to the field.
template <std::floating_point T>
class MaybeScaled {
  public:
    MaybeScaled(AnyField<T> const& field, LayerFactors const& factors);
    [[nodiscard]] AnyField<T> const& operator*() const noexcept;

  private:
    AnyField<T> const& field_;
    std::optional<Scaled<T>> scaled_;
};

/// The callback by which a stage of a pretraining measures itself.
template <std::floating_point T>
class StageMonitor final : public AnyCallback {
  public:
    StageMonitor(AnyField<T> const& field, AnySource<T> const& input, std::size_t cases, Compute const& compute)
        : field_{field}, input_{input}, cases_{cases}, compute_{compute} {}
    void on_train_begin(TrainingInfo const&) override {}
    Stop on_batch_end(TrainingInfo const&) override { return Stop::no; }
    Stop on_epoch_end(TrainingInfo const& info) override;
    void on_train_end(TrainingInfo const&) override {}
    [[nodiscard]] bool remembers() const noexcept override { return false; }
    void archive(Archive&) override {}

  private:
    AnyField<T> const& field_;
    AnySource<T> const& input_;
    std::size_t cases_;
    Compute compute_;
};

/// The training of a stack of RBMs by any policies, each on what the one below makes of the data.
template <std::floating_point T>
class GreedyTraining {
  public:
    /// Calls its argument with the user's callbacks, for RBM `stage`.
    using WithCallbacks = FunctionRef<FitReport(std::size_t, FunctionRef<FitReport(Callbacks)>)>;

    /// Refers to the stack.
    GreedyTraining(Stack<T>& stack, InputScaling scaling, PretrainingInput input, std::size_t monitored_cases);
    /// Gives each RBM the policies of its stage, or all of them these if there are no stages. `recipe` is the name of
    /// the caller in messages.
    /// @throws ValueError if there are stages, but not one for each RBM, the negative phase needs an energy that a
    /// scaled RBM does not have, or input is sampled where units cannot draw from their means.
    template <class Sampling, class Optimization>
    void take(Sampling const& sampling, Optimization const& optimizer,
              std::vector<PretrainingStage<Sampling, Optimization>> stages, std::string_view recipe) {
        std::size_t const count = stack_->size();
        if (stages.empty()) stages.assign(count, {sampling, optimizer, {}});
        if (stages.size() != count)
            fail<ValueError>(recipe, ": there are ", stages.size(), " stages, but ", count, " RBMs to train");
        if (concepts::SwapsByEnergy<Sampling> && !factors_[0].empty() && count > 1)
            fail<ValueError>(recipe,
                             ": the negative phase needs an energy, which an RBM with doubled inputs does not "
                             "have; pretrain with ContrastiveDivergence or PersistentCD");
        for (std::size_t i = 0; input_ == PretrainingInput::sampled && i + 1 < count; ++i)
            if (!stack_->hidden_unit(i).draws_from_mean())
                fail<ValueError>(recipe, ": input is sampled, but ", stack_->hidden_unit(i).name(),
                                 " units cannot draw from their means; use PretrainingInput::means");
        for (std::size_t i = 0; i < count; ++i) {
            auto const& stage = stages[i];
            trainings_.push_back(std::make_unique<Training<T>>(stack_->rbm(i), factors_[i]));
            epochs_.push_back(stage.epochs);
            AnyField<T> const& field = trainings_[i]->field();
            AnyModel<T> const& rbm = trainings_[i]->model();
            trainings_[i]->take(std::make_unique<decltype(stage.sampling.bind(field))>(stage.sampling.bind(field)),
                                std::make_unique<decltype(stage.optimizer.bind(rbm))>(stage.optimizer.bind(rbm)),
                                std::make_unique<ExactPosterior::Session<T>>(ExactPosterior{}.bind(field)));
        }
    }
    /// Trains the RBMs that are not trained yet, one after the other.
    FitReport run(TrainingData<T> const& cases, FitOptions const& options, Random& random, StateVisit state,
                  WithCallbacks with_callbacks);
    void archive(Archive& archive);

  private:
    // Labels are learned last, but what is wrong with them is said before all else.
    void check(TrainingData<T> const& cases) const;

    Stack<T>* stack_;
    PretrainingInput input_;
    std::size_t monitored_cases_;
    std::vector<LayerFactors> factors_; // of each RBM, empty where nothing is scaled
    std::vector<std::unique_ptr<Training<T>>> trainings_;
    std::vector<std::optional<std::size_t>> epochs_;
};

/// Whether data sits on the top layer as well as on the visible one.
template <class Data>
inline constexpr bool data_has_labels = false;
template <NamesLayers Data>
inline constexpr bool data_has_labels<Data> = Data::layers::size() == 2;

/// Whether a stack of RBMs can be trained on data on these layers: 0, or 0 and the top one in this order.
template <class Data, class M>
inline constexpr bool suits_pretraining = true;
template <NamesLayers Data, class M>
inline constexpr bool suits_pretraining<Data, M> = []<std::size_t... L>(std::index_sequence<L...>) {
    constexpr std::size_t layers[] = {L...};
    if (layers[0] != 0 || sizeof...(L) > 2) return false;
    std::size_t const top = layers[sizeof...(L) - 1];
    return sizeof...(L) == 1 || top + 1 == depth_or<M>(top + 1);
}
(typename Data::layers{});

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/pretraining/greedy_training.hpp>
#endif
