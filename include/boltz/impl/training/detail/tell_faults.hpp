// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/detail/tell_faults.hpp>

#include <boltz/model/faults.hpp>
#include <boltz/training/training_info.hpp>

#include <algorithm>
#include <concepts>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <std::floating_point T>
void TellFaults<T>::on_train_begin(TrainingInfo const& info) {
    if (at_first_ && info.clock.update == 0) tell(parameter_faults(model_), info);
}

template <std::floating_point T>
void TellFaults<T>::on_train_end(TrainingInfo const& info) {
    auto faults = parameter_faults(model_);
    tell(faults.empty() ? more_() : std::move(faults), info);
}

template <std::floating_point T>
void TellFaults<T>::tell(std::vector<std::string> faults, TrainingInfo const& info) {
    for (std::string& fault : faults)
        if (std::find(info.remarks->begin(), info.remarks->end(), fault) == info.remarks->end())
            info.remark(std::move(fault));
}

} // namespace detail

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template class TellFaults<T>;                                                                                    \
    }
#include <boltz/detail/instantiate.hpp>
