// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/backpropagation_session.hpp>

#include <boltz/archive.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/detail/packed_parameters.hpp>
#include <boltz/detail/products.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/detail/backward_pass.hpp>
#include <boltz/training/detail/tell_faults.hpp>
#include <boltz/training/detail/training_loop.hpp>
#include <boltz/training/dropout.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/gaussian.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
void NetworkTraining<T>::archive(Archive& archive) {
    archive.nested("model", *network_);
    archive.nested("optimizer", *optimizer_);
    archive("loss", loss_);
    loop_.archive(archive);
}

template <std::floating_point T>
NetworkTraining<T>::GiveBack::~GiveBack() {
    training.work_.reset();
    training.packed_.release();
}

template <std::floating_point T>
Stop NetworkTraining<T>::TellLoss::on_epoch_end(TrainingInfo const& info) {
    info.metrics->push_back({"training_cross_entropy", loss / static_cast<double>(info.cases)});
    loss = 0;
    return Stop::no;
}

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

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class NetworkTraining<T>;                                                                               \
    }
#include <boltz/detail/instantiate.hpp>
