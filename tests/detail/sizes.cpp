// SPDX-License-Identifier: MIT
#include <boltz/detail/sizes.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace test_sizes {

using boltz::detail::most_numbers;
using boltz::detail::product_of;

TEST_CASE("a product of sizes is exact or refused, and the message names all factors") {
    CHECK(product_of("f", {{6, "rows"}, {7, "columns"}}) == 42);
    CHECK(product_of("f", {}) == 1);
    CHECK(product_of("f", {{most_numbers, "rows"}}) == most_numbers);
    CHECK(product_of("f", {{1, "rows"}, {most_numbers, "columns"}}) == most_numbers);
    // No memory is asked for where there is nothing.
    CHECK(product_of("f", {{std::size_t{1} << 63, "rows"}, {4, "reads"}, {0, "columns"}}) == 0);
    for (std::size_t const huge :
         {most_numbers + 1, std::size_t{1} << 62, (std::size_t{1} << 62) + 1, ~std::size_t{0}})
        CHECK_THROWS_AS(product_of("f", {{huge, "rows"}}), boltz::ValueError);
    std::size_t const half = std::size_t{1} << 32;
    CHECK_THROWS_AS(product_of("f", {{half, "rows"}, {half, "columns"}}), boltz::ValueError);
    CHECK_THROWS_AS(product_of("f", {{3, "rows"}, {most_numbers / 2, "columns"}}), boltz::ValueError);
    auto const message = boltz_test::message_of<boltz::ValueError>([&] {
        static_cast<void>(product_of("sample", {{half, "count"}, {half, "reads"}, {3, "units"}}));
    });
    CHECK_THAT(message, contains_text("sample: 4294967296 count x 4294967296 reads x 3 units are more numbers than"));
}

} // namespace test_sizes
