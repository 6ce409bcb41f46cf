// SPDX-License-Identifier: MIT
#include <boltz/detail/blas_kernels.hpp>

#include "support/reproducible.hpp"

using namespace boltz;

TEST_CASE("trainings, features and samples by BLAS have the same bits for any number of threads and when resumed") {
    test::check_reproducible<float>(Precision::automatic, "float32 by " + boltz::detail::describe_blas());
    test::check_reproducible<float>(Precision::float32, "float32 by " + boltz::detail::describe_blas());
    test::check_reproducible<double>(Precision::automatic, "float64 by " + boltz::detail::describe_blas());
}
