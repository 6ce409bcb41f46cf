// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/training_session.hpp>

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
#include <boltz/training/training_info.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
Training<T>::Training(AnyModel<T>& model, LayerFactors factors)
    : model_{&model}, prepared_{std::make_unique<Prepared<T>>(model)} {
    if (!factors.empty()) scaled_ = std::make_unique<Scaled<T>>(*prepared_, std::move(factors));
}

template <std::floating_point T>
AnyField<T> const& Training<T>::field() const noexcept {
    if (scaled_ != nullptr) return *scaled_;
    return *prepared_;
}

template <std::floating_point T>
void Training<T>::take(std::unique_ptr<NegativePhaseSession<T>> negative_phase,
                       std::unique_ptr<OptimizerSession<T>> optimizer,
                       std::unique_ptr<InferenceSession<T>> inference) {
    negative_phase_ = std::move(negative_phase);
    optimizer_ = std::move(optimizer);
    inference_ = std::move(inference);
}

template <std::floating_point T>
void Training<T>::archive(Archive& archive) {
    archive.nested("model", *model_);
    archive.nested("sampler", *negative_phase_);
    archive.nested("optimizer", *optimizer_);
    loop_.archive(archive);
}

template <std::floating_point T>
Training<T>::GiveBack::~GiveBack() {
    training.work_.reset();
    training.prepared_->release();
}

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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class Training<T>;                                                                                      \
    }
#include <boltz/detail/instantiate.hpp>
