// SPDX-License-Identifier: MIT
#include <boltz/detail/blas_kernels.hpp>

#include "support/catch.hpp"

namespace test_blas_kernels {

using namespace boltz::detail;

TEST_CASE("kernels of processors without AVX2 are told with the remedy where this one has it") {
    for (auto const* core : {"Prescott", "PRESCOTT", "Core2", "Nehalem", "Sandybridge", "Piledriver"}) {
        CHECK_THAT(describe_blas(core, InstructionSet::avx512), contains_text(std::string{"OpenBLAS for "} + core) &&
                                                                    contains_text("set OPENBLAS_CORETYPE=SKYLAKEX"));
        CHECK_THAT(describe_blas(core, InstructionSet::avx2), contains_text("set OPENBLAS_CORETYPE=HASWELL"));
        CHECK(describe_blas(core, InstructionSet::base) == std::string{"OpenBLAS for "} + core);
    }
    for (auto const* core : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids", "a new one"})
        CHECK(describe_blas(core, InstructionSet::avx512) == std::string{"OpenBLAS for "} + core);
    CHECK(describe_blas("", InstructionSet::avx512) == "BLAS");
}

TEST_CASE("this program's kernels are those that the library names") {
    if (blas_core().empty())
        CHECK(describe_blas() == "BLAS");
    else
        CHECK_THAT(describe_blas(), contains_text("OpenBLAS for " + blas_core()));
}

} // namespace test_blas_kernels
