// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/training/training_info.hpp>

#include <boltz/version.hpp>

#include <string>
#include <utility>

namespace boltz {

BOLTZ_INLINE void TrainingInfo::remark(std::string text) const {
    if (remarks != nullptr) remarks->push_back(std::move(text));
}

} // namespace boltz
