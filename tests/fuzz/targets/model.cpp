// SPDX-License-Identifier: MIT

/// @file
/// Files of models, as the program reads them that asks them for their depth and units.

#include "fuzz/fuzz.hpp"

#include "../examples/boltz-score/model.hpp"

BOLTZ_FUZZ(model) {
    using namespace boltz_fuzz;
    auto const path = file_of(archive_of(bytes));
    auto const stored = attempt([&] { return read_machine(path); });
    if (!stored) return;
    auto const finite = [](auto machine) {
        return attempt([&] { return boltz::detail::check_loaded(machine, "machine"), true; }).has_value();
    };
    require(std::visit(finite, stored->machine), "a model that was read has finite numbers");
}
