// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The instruction sets that kernels can be tested with on this processor.

#include <boltz/detail/dispatch.hpp>

#include <vector>

namespace test {

inline std::vector<boltz::detail::InstructionSet> instruction_sets_here() {
    using boltz::detail::InstructionSet;
    std::vector<InstructionSet> sets;
    for (auto const set :
         {InstructionSet::portable, InstructionSet::base, InstructionSet::avx2, InstructionSet::avx512})
        if (boltz::detail::runs(set)) sets.push_back(set);
    return sets;
}

} // namespace test
