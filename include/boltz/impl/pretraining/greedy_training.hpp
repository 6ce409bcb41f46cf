// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/pretraining/greedy_training.hpp>

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/source.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/features/compact_features.hpp>
#include <boltz/evaluation/features/reconstruction.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/model/scaled.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/pretraining/compose.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_session.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
MaybeScaled<T>::MaybeScaled(AnyField<T> const& field, LayerFactors const& factors) : field_{field} {
    if (!factors.empty()) scaled_.emplace(field, factors);
}

template <std::floating_point T>
AnyField<T> const& MaybeScaled<T>::operator*() const noexcept {
    if (scaled_) return *scaled_;
    return field_;
}

template <std::floating_point T>
Stop StageMonitor<T>::on_epoch_end(TrainingInfo const& info) {
    if (cases_ == 0) return Stop::no;
    TrainingData<T> first{input_, 0};
    first.limit(cases_);
    info.metrics->push_back(
        {"reconstruction_error",
         reconstruction_error<T>(field_, first, bound_to_field<T>(ExactPosterior{}), compute_, Draws::from_seed(0))});
    return Stop::no;
}

template <std::floating_point T>
GreedyTraining<T>::GreedyTraining(Stack<T>& stack, InputScaling scaling, PretrainingInput input,
                                  std::size_t monitored_cases)
    : stack_{&stack}, input_{input}, monitored_cases_{monitored_cases} {
    for (std::size_t i = 0; i < stack.size(); ++i)
        factors_.push_back(scaling == InputScaling::doubled ? doubled_factors(stack, i) : LayerFactors{});
}

template <std::floating_point T>
void GreedyTraining<T>::archive(Archive& archive) {
    for (std::size_t i = 0; i < trainings_.size(); ++i)
        archive.nested("pretraining_" + std::to_string(i + 1), *trainings_[i]);
}

template <std::floating_point T>
void GreedyTraining<T>::check(TrainingData<T> const& cases) const {
    std::size_t const labels = stack_->layers() - 1;
    LayerSet needed = LayerSet::of(0);
    if (stack_->has_labels()) needed.set(labels);
    if (cases.observed() != needed) {
        if (stack_->has_labels())
            fail<ValueError>("pretraining: the stack has labels, so there must be data on layers 0 and ", labels,
                             " and no others");
        fail<ValueError>("pretraining: there must be data on layer 0 of the stack and no other");
    }
    if (stack_->has_labels())
        cases.check_layer(labels, *stack_->label_unit(), stack_->sizes()[labels], "Trainer::fit",
                          Draws::from_seed(0));
}

template <std::floating_point T>
FitReport GreedyTraining<T>::run(TrainingData<T> const& cases, FitOptions const& options, Random& random,
                                 StateVisit state, WithCallbacks with_callbacks) {
    check(cases);
    std::size_t const count = trainings_.size();
    FitReport report;
    AnySource<T> const* below = &cases.source(0);
    std::unique_ptr<DrawnStates<T>> drawn;
    for (std::size_t i = 0; i < count; ++i) {
        FitOptions of_stage = options;
        of_stage.phase = "pretraining " + std::to_string(i + 1);
        of_stage.epochs = epochs_[i].value_or(options.epochs);
        std::optional<SideBySideView<T>> with_labels;
        if (stack_->has_labels() && i + 1 == count) with_labels.emplace(*below, cases.source(stack_->layers() - 1));
        AnySource<T> const& input = with_labels ? static_cast<AnySource<T> const&>(*with_labels) : *below;
        MaybeScaled<T> const plain{stack_->rbm(i), factors_[i]};
        StageMonitor<T> monitor{*plain, input, monitored_cases_, options.compute};
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
        if (report.stop == Stop::everything || i + 1 == count) break;
        Prepared<T> const prepared{stack_->rbm(i), options.compute};
        MaybeScaled<T> const field{prepared, factors_[i]};
        MeansView<T> const means_below{*below};
        constexpr std::size_t hidden[] = {1};
        auto means =
            compact_features<T>(*field, hidden, TrainingData<T>{means_below, 0}, bound_to_field<T>(ExactPosterior{}),
                                options.compute, Compactness::sixteen_bits);
        drawn = std::make_unique<DrawnStates<T>>(std::move(means[0]), stack_->hidden_unit(i), input_);
        below = drawn.get();
    }
    return report;
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class MaybeScaled<T>;                                                                                   \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class StageMonitor<T>;                                                                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template class GreedyTraining<T>;                                                                                \
    }
#include <boltz/detail/instantiate.hpp>
