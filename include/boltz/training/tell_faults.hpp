// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The callback by which a training says what is wrong with its model.

#include <boltz/model/faults.hpp>
#include <boltz/training/training_info.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace boltz::detail {

/// Remarks on the parameters of what is trained, before the first update and at the end, and then on what `more()`
/// finds where these are in order. It stands behind all other callbacks, as those are known by their places.
template <class More>
struct TellFaults {
    bool at_first; ///< whether the first parameters are judged: not those of a convex loss, which may be equal
    More more;

    template <class M>
    void on_train_begin(M const& model, TrainingInfo const& info) const {
        if (at_first && info.clock.update == 0) tell(parameter_faults(model), info);
    }
    template <class M>
    void on_train_end(M const& model, TrainingInfo const& info) const {
        auto faults = parameter_faults(model);
        tell(faults.empty() ? more() : std::move(faults), info);
    }

  private:
    static void tell(std::vector<std::string> faults, TrainingInfo const& info) {
        for (std::string& fault : faults)
            if (std::find(info.remarks->begin(), info.remarks->end(), fault) == info.remarks->end())
                info.remark(std::move(fault));
    }
};

template <class More>
TellFaults(bool, More) -> TellFaults<More>;

} // namespace boltz::detail
