// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Which kernels of the product library multiply, and what to do where they are those of an older processor.

#include <boltz/detail/dispatch.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#define BOLTZ_TEXT_(x) #x
#define BOLTZ_TEXT(x) BOLTZ_TEXT_(x)

namespace boltz::detail {

// Looked up weakly: another BLAS has no such function.
extern "C" {
char* boltz_openblas_get_corename() __asm__(BOLTZ_TEXT(__USER_LABEL_PREFIX__) "openblas_get_corename")
    __attribute__((weak));
}

#undef BOLTZ_TEXT
#undef BOLTZ_TEXT_

/// The processor whose kernels OpenBLAS has chosen, as it names it: "SkylakeX"; empty with another BLAS.
[[nodiscard]] inline std::string blas_core() {
    char const* const name = boltz_openblas_get_corename != nullptr ? boltz_openblas_get_corename() : nullptr;
    return name != nullptr ? name : "";
}

/// Names of OpenBLAS for x86 processors without AVX2.
inline constexpr std::array<std::string_view, 20> cores_without_avx2{
    "katmai", "coppermine", "northwood",   "prescott",  "banias",     "atom",         "core2",
    "penryn", "dunnington", "nehalem",     "athlon",    "opteron",    "opteron_sse3", "barcelona",
    "bobcat", "nano",       "sandybridge", "bulldozer", "piledriver", "steamroller"};

/// What multiplies where BLAS does, as a text, for a core as `blas_core` gives it and the instructions of the
/// processor; with the remedy where the kernels are those of a processor without AVX2, though this one has it.
///
/// A release of OpenBLAS that does not know a processor takes its oldest kernels, which are several times slower.
[[nodiscard]] inline std::string describe_blas(std::string_view core, InstructionSet best) {
    if (core.empty()) return "BLAS";
    std::string lower{core};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    bool const old =
        std::find(cores_without_avx2.begin(), cores_without_avx2.end(), lower) != cores_without_avx2.end();
    std::string const text = "OpenBLAS for " + std::string{core};
    if (old && best == InstructionSet::avx512)
        return text + ", slow as it leaves AVX-512 unused: set OPENBLAS_CORETYPE=SKYLAKEX before the program starts";
    if (old && best == InstructionSet::avx2)
        return text + ", slow as it leaves AVX2 unused: set OPENBLAS_CORETYPE=HASWELL before the program starts";
    return text;
}

/// The same for this program on this processor: "OpenBLAS for SkylakeX", or "BLAS" for another library.
[[nodiscard]] inline std::string describe_blas() { return describe_blas(blas_core(), best_instruction_set()); }

} // namespace boltz::detail
