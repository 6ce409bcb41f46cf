// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a training found to say at its end.

#include <boltz/training/training_info.hpp>

#include <iostream>
#include <string>

/// Prints what a training says in words of its last epoch and of the model as it is now: that a layer is the same for
/// all cases, say, or that weights have grown beyond use.
inline void print_remarks(boltz::FitReport const& report) {
    for (std::string const& remark : report.remarks)
        std::cout << (report.phase.empty() ? "" : report.phase + ": ") << remark << std::endl;
}
