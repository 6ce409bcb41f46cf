// SPDX-License-Identifier: MIT
#include <boltz/onednn.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/model/prepared.hpp>

using namespace boltz;

namespace test {

// In program.cpp.
boltz::detail::ProductLibrary const* library_without_header();
std::string products_without_header(Precision precision);

} // namespace test

TEST_CASE("files with and without the header see one and the same library") {
    REQUIRE(boltz::detail::product_library() != nullptr);
    CHECK(boltz::detail::product_library() == test::library_without_header());
    auto const model = test::bernoulli_rbm<float>(70, 80);
    for (Precision const precision : {Precision::automatic, Precision::float32, Precision::bfloat16}) {
        if (precision == Precision::bfloat16 && !boltz::detail::without_bfloat16().empty()) continue;
        CHECK(Prepared{model, Compute{.precision = precision}}.description() ==
              test::products_without_header(precision));
    }
}

TEST_CASE("the library names itself and its version") {
    dnnl_version_t const* const library = dnnl_version();
    CHECK(boltz::detail::product_library()->name() == "oneDNN " + std::to_string(library->major) + "." +
                                                          std::to_string(library->minor) + "." +
                                                          std::to_string(library->patch));
}
