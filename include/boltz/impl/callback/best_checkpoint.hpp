// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/callback/best_checkpoint.hpp>

#include <boltz/io/checkpoint_file.hpp>
#include <boltz/model/finite.hpp>
#include <boltz/training/training_info.hpp>

#include <sstream>

namespace boltz {

template <std::floating_point T>
void BestCheckpoint::on_epoch_end(AnyParametric<T> const& model, TrainingInfo const& info) {
    bool const best = best_.look(info, "BestCheckpoint", parameters_are_finite(model)).value_or(false);
    if (info.finished && best_.epoch() == 0)
        info.remark("BestCheckpoint: no epoch of " + info.phase + " had a " + best_.metric() +
                    " that is a number and a model that is finite, so " + path_.string() + " is not of it");
    if (!best) return;
    std::ostringstream note;
    note << info.phase << ", best by " << best_.metric() << " (" << best_.value() << ") after epoch "
         << best_.epoch();
    write_checkpoint(path_, info.state, note.str());
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void BestCheckpoint::on_epoch_end<T>(AnyParametric<T> const& model, TrainingInfo const& info);
#include <boltz/detail/instantiate.hpp>
