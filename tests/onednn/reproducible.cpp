// SPDX-License-Identifier: MIT
#include "support/reproducible.hpp"

#include <boltz/detail/blas_kernels.hpp>
#include <boltz/detail/packed_weights.hpp>

namespace test_reproducible {

using namespace boltz;

namespace {

bool packs_floats() {
    REQUIRE(boltz::detail::product_library() != nullptr);
    return boltz::detail::product_library()->pack(100, 70, Precision::float32) != nullptr;
}

} // namespace

TEST_CASE("trainings, features and samples by oneDNN have the same bits for any number of threads and when resumed") {
    std::string const engine = packs_floats() ? "oneDNN" : boltz::detail::describe_blas();
    test::check_reproducible<float>(Precision::float32, "float32 by " + engine);
    test::check_reproducible<double>(Precision::automatic, "float64 by " + boltz::detail::describe_blas());
    if (boltz::detail::without_bfloat16().empty())
        test::check_reproducible<float>(Precision::bfloat16, "bfloat16 by oneDNN");
    test::check_reproducible<float>(
        Precision::automatic, boltz::detail::gains_by_bfloat16() ? "bfloat16 by oneDNN" : "float32 by " + engine);
}

} // namespace test_reproducible
