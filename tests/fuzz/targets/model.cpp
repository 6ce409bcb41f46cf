// SPDX-License-Identifier: MIT

/// @file
/// Files of machines of which nothing is known beforehand.

#include "fuzz/fuzz.hpp"

#include <boltz/io/any_machine_file.hpp>

#include <variant>

BOLTZ_FUZZ(model) {
    using namespace boltz_fuzz;
    auto const path = file_of(archive_of(bytes));
    auto const stored = attempt([&] { return boltz::load_any_machine(path); });
    if (!stored) return;
    auto const finite = [](auto const& machine) {
        return attempt([&] { return boltz::detail::check_loaded(boltz::to_arrays(machine), "machine"), true; })
            .has_value();
    };
    require(std::visit(finite, stored->machine), "a machine that was read has finite numbers");
}
