// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/detail/blas_kernels.hpp>
#include <boltz/model/prepared.hpp>

// This file does not include <boltz/onednn.hpp>, including.cpp of the same program does.

using namespace boltz;

namespace test {

boltz::detail::ProductLibrary const* library_without_header() { return boltz::detail::product_library(); }

std::string products_without_header(Precision precision) {
    auto const model = test::bernoulli_rbm<float>(70, 80);
    return Prepared{model, Compute{.precision = precision}}.description();
}

} // namespace test

TEST_CASE("a file that knows nothing of the library of products uses it") {
    REQUIRE(test::library_without_header() != nullptr);
    bool const packs = test::library_without_header()->pack(70, 80, Precision::float32) != nullptr;
    CHECK_THAT(test::products_without_header(Precision::float32),
               contains_text("by " + (packs ? "oneDNN" : boltz::detail::describe_blas())));
}
