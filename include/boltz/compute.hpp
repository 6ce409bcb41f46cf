// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How much of the machine a call may use.

#include <boltz/version.hpp>

#include <cstddef>
#include <string_view>

namespace boltz {

/// What the matrix products of a call read; sums, nonlinearities, draws, parameters and updates keep the type of the
/// model.
enum class Precision {
    automatic, ///< `bfloat16` in trainings where it gains time and no Gaussian layer takes part, else `float32`
    float32,   ///< the type of the model
    bfloat16   ///< float rounded to 8 significant bits, summed up in float: trainings, features, samples, annealing
};

/// The name of a precision, as in `--precision bfloat16`.
[[nodiscard]] constexpr std::string_view to_string(Precision precision) noexcept {
    switch (precision) {
    case Precision::float32: return "float32";
    case Precision::bfloat16: return "bfloat16";
    default: return "automatic";
    }
}

/// How much of the machine a call may use, how it cuts its rows, and how precise its products are.
///
/// Results depend on `block_rows` and `precision` (products round) but never on `threads`: cases and chains are cut
/// into equal blocks of at most `block_rows` whatever the number of workers, and every random number is named by its
/// position. Energies, bounds and exact likelihoods never use bfloat16, annealing only where it is named.
struct Compute {
    std::size_t threads = 1;     ///< workers; they live for one public call
    std::size_t block_rows = 64; ///< most cases or chains that one worker takes through a chain of products
    Precision precision = Precision::automatic; ///< of matrix products

    /// @throws ValueError if a number is 0 or absurdly large.
    void validate() const;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/compute.hpp>
#endif
