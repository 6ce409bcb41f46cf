// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/stop_on_nan.hpp>

#include <boltz/model/finite.hpp>
#include <boltz/training/training_info.hpp>

#include <string>

namespace boltz {

template <std::floating_point T>
bool StopOnNaN::on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) {
    std::string const where = where_not_finite(model);
    triggered_ = !where.empty();
    if (triggered_) info.remark("StopOnNaN: " + where + " of the model are not all finite numbers");
    return triggered_;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template bool StopOnNaN::on_epoch_end<T>(AnyParametric<T> const& model, TrainingInfo const& info);
#include <boltz/detail/instantiate.hpp>
