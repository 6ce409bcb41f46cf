// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/checkpoint.hpp>

#include <boltz/io/checkpoint_file.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/training/training_info.hpp>

#include <string>

namespace boltz {

template <std::floating_point T>
void Checkpoint::on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) {
    if (every_ <= 1 || info.clock.epoch % every_ == 0) write(model, info);
}

template <std::floating_point T>
void Checkpoint::on_train_end(AnyParametric<T> const& model, TrainingInfo const& info) {
    // A callback behind this one may have ended the phase since.
    if (written_ != info.clock.update || !info.finished) write(model, info);
}

template <std::floating_point T>
void Checkpoint::write(AnyParametric<T> const& model, TrainingInfo const& info) {
    if (!parameters_are_finite(model)) return;
    write_checkpoint(path_, info.state, info.phase + ", after " + std::to_string(info.clock.update) + " updates");
    written_ = info.clock.update;
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void Checkpoint::on_epoch_end<T>(AnyParametric<T> const& model, TrainingInfo const& info);              \
    template void Checkpoint::on_train_end<T>(AnyParametric<T> const& model, TrainingInfo const& info);              \
    template void Checkpoint::write<T>(AnyParametric<T> const& model, TrainingInfo const& info);
#include <boltz/detail/instantiate.hpp>
