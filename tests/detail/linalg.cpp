// SPDX-License-Identifier: MIT
#include <boltz/detail/linalg.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <limits>
#include <string>

namespace test_linalg {

using namespace boltz;
using detail::gemm;
using detail::Op;

TEST_CASE("sizes that the matrix-product library cannot count to are refused by name") {
    // Nothing is read or written: the sizes are refused first.
    float number = 0;
    std::size_t const most = static_cast<std::size_t>(std::numeric_limits<int>::max());
    auto const block = [&](std::size_t rows, std::size_t columns, std::size_t stride) {
        return Block<float>{&number, rows, columns, stride};
    };
    auto const refused = [&](Block<float> a, Block<float> b, Block<float> c) {
        return boltz_test::message_of<ShapeError>([&] { gemm<float>(a, Op::none, b, Op::none, c, 1, 0); });
    };
    CHECK(refused(block(1, 1, 1), block(1, 1, 1), block(1, 1, 1)).empty());
    for (std::size_t const n : {most + 1, (std::size_t{1} << 32) + 1}) {
        auto const size = ": " + std::to_string(n);
        CHECK_THAT(refused(block(n, 1, 1), block(1, 1, 1), block(n, 1, 1)), contains_text("rows of c" + size));
        CHECK_THAT(refused(block(1, 1, 1), block(1, n, n), block(1, n, n)), contains_text("columns of c" + size));
        CHECK_THAT(refused(block(1, n, n), block(n, 1, 1), block(1, 1, 1)),
                   contains_text("terms of each sum" + size));
        CHECK_THAT(refused(block(1, 1, n), block(1, 1, 1), block(1, 1, 1)), contains_text("stride of a" + size));
        CHECK_THAT(refused(block(1, 1, 1), block(1, 1, n), block(1, 1, 1)), contains_text("stride of b" + size));
        CHECK_THAT(refused(block(1, 1, 1), block(1, 1, 1), block(1, 1, n)), contains_text("stride of c" + size));
    }
}

} // namespace test_linalg
