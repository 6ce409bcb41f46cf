// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A pretraining under way.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/evaluation/features/compact_features.hpp>
#include <boltz/evaluation/features/reconstruction.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/stack.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_session.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
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

namespace detail {

/// The callback by which a stage of a pretraining measures itself.
template <std::floating_point T>
class StageMonitor final : public AnyCallback {
  public:
    StageMonitor(AnyField<T> const& field, AnySource<T> const& input, std::size_t cases, Compute const& compute)
        : field_{field}, input_{input}, cases_{cases}, compute_{compute} {}
    void on_train_begin(TrainingInfo const&) override {}
    Stop on_batch_end(TrainingInfo const&) override { return Stop::no; }
    Stop on_epoch_end(TrainingInfo const& info) override {
        if (cases_ == 0) return Stop::no;
        TrainingData<T> first{input_, 0};
        first.limit(cases_);
        info.metrics->push_back(
            {"reconstruction_error", reconstruction_error<T>(field_, first, bound_to_field<T>(ExactPosterior{}),
                                                             compute_, Draws::from_seed(0))});
        return Stop::no;
    }
    void on_train_end(TrainingInfo const&) override {}
    [[nodiscard]] bool remembers() const noexcept override { return false; }
    void archive(Archive&) override {}

  private:
    AnyField<T> const& field_;
    AnySource<T> const& input_;
    std::size_t cases_;
    Compute compute_;
};

/// A pretraining of any model by any policies.
template <std::floating_point T>
class Pretraining {
  public:
    /// Calls its argument with the user's callbacks, for RBM `stage`.
    using WithCallbacks = FunctionRef<FitReport(std::size_t, FunctionRef<FitReport(Callbacks)>)>;

    Pretraining(AnyStack<T>& stack, PretrainingInput input, std::size_t monitored_cases)
        : stack_{&stack}, input_{input}, monitored_cases_{monitored_cases} {}
    /// The training of the next RBM, which its policies' sessions are to be given.
    Training<T>& add_stage(std::optional<std::size_t> epochs) {
        std::size_t const i = trainings_.size();
        trainings_.push_back(std::make_unique<Training<T>>(stack_->machine(i), stack_->factors(i)));
        epochs_.push_back(epochs);
        return *trainings_.back();
    }
    /// Trains the RBMs that are not trained yet, one after the other, and puts the model together.
    FitReport run(BoltzmannMachine<T>& model, TrainingData<T> const& cases, FitOptions const& options, Random& random,
                  StateVisit state, WithCallbacks with_callbacks);
    void archive(Archive& archive) {
        for (std::size_t i = 0; i < trainings_.size(); ++i)
            archive.nested("pretraining_" + std::to_string(i + 1), *trainings_[i]);
    }

  private:
    AnyStack<T>* stack_;
    PretrainingInput input_;
    std::size_t monitored_cases_;
    std::vector<std::unique_ptr<Training<T>>> trainings_;
    std::vector<std::optional<std::size_t>> epochs_;
};

template <std::floating_point T>
FitReport Pretraining<T>::run(BoltzmannMachine<T>& model, TrainingData<T> const& cases, FitOptions const& options,
                              Random& random, StateVisit state, WithCallbacks with_callbacks) {
    std::size_t const count = trainings_.size();
    FitReport report;
    AnySource<T> const* below = &cases.source(0);
    std::unique_ptr<DrawnStates<T>> drawn;
    for (std::size_t i = 0; i < count; ++i) {
        FitOptions of_stage = options;
        of_stage.phase = "pretraining " + std::to_string(i + 1);
        of_stage.epochs = epochs_[i].value_or(options.epochs);
        std::optional<SideBySideView<T>> with_labels;
        if (stack_->labels() && i + 1 == count) with_labels.emplace(*below, cases.source(model.layers() - 1));
        AnySource<T> const& input = with_labels ? static_cast<AnySource<T> const&>(*with_labels) : *below;
        Scaled<T> const plain{stack_->machine(i), stack_->factors(i)};
        StageMonitor<T> monitor{plain, input, monitored_cases_, options.compute};
        FitReport stage = with_callbacks(i, [&](Callbacks callbacks) {
            std::vector<AnyCallback*> all{&monitor};
            all.insert(all.end(), callbacks.begin(), callbacks.end());
            return trainings_[i]->run(TrainingData<T>{input, 0}, of_stage, random, state, all);
        });
        stage.seconds += report.seconds;
        for (std::string& remark : stage.remarks) report.remarks.push_back(stage.phase + ": " + std::move(remark));
        stage.remarks = std::move(report.remarks);
        report = std::move(stage);
        report.binarisation = cases.binarisation();
        if (report.stop == Stop::everything) return report;
        if (i + 1 == count) break;
        Prepared<T> const prepared{stack_->machine(i), options.compute};
        Scaled<T> const field{prepared, stack_->factors(i)};
        MeansView<T> const undrawn{*below};
        constexpr std::size_t hidden[] = {1};
        auto means =
            compact_features<T>(field, hidden, TrainingData<T>{undrawn, 0}, bound_to_field<T>(ExactPosterior{}),
                                options.compute, Compactness::sixteen_bits);
        drawn = std::make_unique<DrawnStates<T>>(std::move(means[0]), stack_->machine(i).unit(1), input_);
        below = drawn.get();
    }
    stack_->compose(model);
    return report;
}

/// Whether data sits on the top layer as well as on the visible one.
template <class Data, class M>
inline constexpr bool data_has_labels = false;
template <NamesLayers Data, class M>
inline constexpr bool data_has_labels<Data, M> = []<std::size_t... L>(std::index_sequence<L...>) {
    return sizeof...(L) == 2;
}
(typename Data::layers{});

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

/// A pretraining under way: the stack of RBMs and a training of each. `DoubledInput::bind` makes one.
///
/// Memory beside the RBMs: the hidden means of the RBM below, for all cases, in 16 bits a number (`CompactMatrix`).
/// Refers to the model, whose parameters change once all RBMs are trained.
template <concepts::Model M, bool Labels, class Sampling, class Optimization>
class PretrainingSession {
    using T = typename M::value_type;
    using Stages = std::vector<PretrainingStage<Sampling, Optimization>>;

  public:
    /// @throws ValueError if there are stages, but not one for each RBM.
    PretrainingSession(M& model, Sampling const& sampling, Optimization const& optimization, PretrainingInput input,
                       Stages stages, std::size_t monitored_cases)
        : model_{&model}, stack_{model}, pretraining_{stack_, input, monitored_cases} {
        std::size_t const count = stack_.size();
        if (stages.empty()) stages.assign(count, {sampling, optimization, {}});
        if (stages.size() != count)
            detail::fail<ValueError>("DoubledInput: there are ", stages.size(), " stages, but ", count,
                                     " RBMs to train");
        if (concepts::SwapsByEnergy<Sampling> && count > 1)
            detail::fail<ValueError>("DoubledInput: the negative phase needs an energy, which an RBM with doubled "
                                     "inputs does not have; pretrain with ContrastiveDivergence or PersistentCD");
        for (auto const& stage : stages) {
            auto& training = pretraining_.add_stage(stage.epochs);
            AnyField<T> const& field = training.field();
            AnyModel<T> const& rbm = training.model();
            training.take(std::make_unique<decltype(stage.sampling.bind(field))>(stage.sampling.bind(field)),
                          std::make_unique<decltype(stage.optimizer.bind(rbm))>(stage.optimizer.bind(rbm)),
                          std::make_unique<ExactPosterior::Session<T>>(ExactPosterior{}.bind(field)));
        }
    }
    PretrainingSession(PretrainingSession const&) = delete;
    PretrainingSession& operator=(PretrainingSession const&) = delete;

    /// Trains the RBMs that are not trained yet, one after the other, and puts the model together.
    /// @throws as `TrainingSession::fit`.
    template <class Data, class... C>
    FitReport fit(Data const& data, FitOptions const& options, Random& random, C&&... callbacks) {
        if constexpr (requires { M::depth; })
            static_assert((watches_some<std::remove_reference_t<C>> && ...),
                          "boltz: an object given as a callback has no hook that could be called: on_train_begin, "
                          "on_batch_end, on_epoch_end or on_train_end, for (model, TrainingInfo const&)");
        detail::TrainingData<T> const cases{data};
        return pretraining_.run(
            *model_, cases, options, random, [this](Archive& archive) { this->archive(archive); },
            [&](std::size_t stage, detail::FunctionRef<FitReport(detail::Callbacks)> run) {
                FitReport report;
                stack_.visit(stage, [&](auto& rbm) { report = detail::with_callbacks(rbm, run, callbacks...); });
                return report;
            });
    }
    void archive(Archive& archive) { pretraining_.archive(archive); }

  private:
    // One that watches only the RBM with the labels is a callback too.
    template <class C>
    static constexpr bool watches_some = []<std::size_t... I>(std::index_sequence<I...>) {
        using Rbms = Stack<M, Labels>;
        return (concepts::Callback<C, std::remove_reference_t<decltype(std::declval<Rbms&>().template rbm<I>())>> ||
                ...);
    }
    (std::make_index_sequence<Stack<M, Labels>::count>{});

    M* model_;
    Stack<M, Labels> stack_;
    detail::Pretraining<T> pretraining_;
};

} // namespace boltz
