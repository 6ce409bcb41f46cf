// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/optimizer/averaged.hpp>

#include <boltz/concepts.hpp>
#include <boltz/detail/blend.hpp>
#include <boltz/error.hpp>
#include <boltz/optimizer/detail/adaptor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>

namespace boltz {

template <std::floating_point T>
void AveragedSession<T>::step(AnyParametric<T>& model, ParameterSet<T>& gradient, Clock const& clock,
                              Executor& executor) {
    this->inner().step(model, gradient, clock, executor);
    add(model, clock, executor);
}

template <std::floating_point T>
bool AveragedSession<T>::finish_step(AnyParametric<T>& model, Clock const& clock, Executor& executor) {
    bool const changed = this->inner().finish_step(model, clock, executor);
    add(model, clock, executor);
    return changed;
}

template <std::floating_point T>
void AveragedSession<T>::write_average(AnyParametric<T>& model) const {
    if (count_ == 0)
        detail::fail<ValueError>("Averaged::write_average: first_epoch is ", first_epoch_,
                                 ", and no update has been made from there on");
    auto mean = mean_;
    model.for_each_parameter(
        [](auto, auto values, auto means) { std::copy(means.begin(), means.end(), values.begin()); }, mean);
}

template <std::floating_point T>
void AveragedSession<T>::archive(Archive& archive) {
    detail::OptimizerAdaptor<T>::archive(archive);
    archive.nested("mean", mean_);
    archive("count", count_);
}

template <std::floating_point T>
void AveragedSession<T>::add(AnyParametric<T>& model, Clock const& clock, Executor& executor) {
    if (clock.epoch < first_epoch_) return;
    ++count_;
    double const share = 1.0 / static_cast<double>(count_);
    model.for_each_parameter(
        [&]<class N>(auto, std::span<N> values, std::span<N> means) {
            executor.for_each_block(values.size(), 65536, [&](std::size_t first, std::size_t count) {
                N* const mean = means.data() + first;
                detail::weighted_sum<N>(mean, static_cast<N>(1 - share), values.data() + first, static_cast<N>(share),
                                        mean, count);
            });
        },
        mean_);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class AveragedSession<T>;
#include <boltz/detail/instantiate.hpp>
