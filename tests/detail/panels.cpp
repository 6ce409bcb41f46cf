// SPDX-License-Identifier: MIT
#include <boltz/detail/panels.hpp>

#include "support/bfloat16.hpp"
#include "support/catch.hpp"
#include "support/instruction_sets.hpp"

#include <boltz/draws.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace test_panels {

using namespace boltz;
using namespace boltz::detail;

namespace {

constexpr std::uint32_t untouched = 0xdeadbeef;

/// Normal numbers with `gap` NaNs behind each row: nothing of them may get into a panel.
struct Weights {
    Weights(std::size_t row_count, std::size_t column_count, std::size_t gap)
        : rows{row_count}, columns{column_count}, stride{column_count + gap},
          numbers((row_count - 1) * stride + column_count, std::numeric_limits<float>::quiet_NaN()) {
        for (std::size_t i = 0; i < rows; ++i)
            Draws::from_seed(3).normal(i, 0, std::span{numbers}.subspan(i * stride, columns));
    }
    [[nodiscard]] Block<float const> block() const { return {numbers.data(), rows, columns, stride}; }

    std::size_t rows;
    std::size_t columns;
    std::size_t stride;
    std::vector<float> numbers; // ends with the last number, so that reading further is found out
};

enum class Operand { weights, transposed };

PanelShape shape_of(Weights const& weights, Operand operand, PanelNumbers numbers) {
    return operand == Operand::weights ? PanelShape{weights.rows, weights.columns, numbers}
                                       : PanelShape{weights.columns, weights.rows, numbers};
}

/// Panels from the description of the format: number (r, c) of the operand lies in panel c / 64.
std::vector<std::uint32_t> plain_panels(Weights const& weights, Operand operand, PanelNumbers numbers) {
    auto const [inner, columns, kind] = shape_of(weights, operand, numbers);
    std::size_t const multiple = numbers == PanelNumbers::float32 ? 16 : 32;
    std::size_t const padded = (inner + multiple - 1) / multiple * multiple;
    std::size_t const words = (numbers == PanelNumbers::float32 ? padded : padded / 2) * 64;
    std::vector<std::uint32_t> result((columns + 63) / 64 * words, 0);
    for (std::size_t r = 0; r < inner; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            float const number = operand == Operand::transposed ? weights.block()(c, r) : weights.block()(r, c);
            std::uint32_t* const panel = result.data() + c / 64 * words;
            if (numbers == PanelNumbers::float32)
                panel[r * 64 + c % 64] = std::bit_cast<std::uint32_t>(number);
            else
                panel[r / 2 * 64 + c % 64] |= std::uint32_t{test::nearest_bfloat16(number)} << (r % 2 * 16);
        }
    return result;
}

/// Both operands, packed into zeros with a word behind them that must stay as it is.
struct Packed {
    Packed(Weights const& weights, PanelNumbers numbers)
        : up(shape_of(weights, Operand::weights, numbers).words() + 1, 0),
          down(shape_of(weights, Operand::transposed, numbers).words() + 1, 0) {
        up.back() = down.back() = untouched;
    }
    std::vector<std::uint32_t> up;
    std::vector<std::uint32_t> down;
};

void check(Packed const& found, Weights const& weights, PanelNumbers numbers) {
    for (auto const operand : {Operand::weights, Operand::transposed}) {
        auto expected = plain_panels(weights, operand, numbers);
        expected.push_back(untouched);
        CAPTURE(weights.rows, weights.columns, weights.stride, operand == Operand::transposed,
                numbers == PanelNumbers::bfloat16);
        REQUIRE(((operand == Operand::weights ? found.up : found.down) == expected));
    }
}

} // namespace

TEST_CASE("panels hold the operands in their place and zeros elsewhere, whatever portions they are packed in",
          "[panels]") {
    std::size_t const sizes[] = {1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 100, 784};
    for (std::size_t const rows : sizes)
        for (std::size_t const columns : sizes)
            for (std::size_t const gap : {0u, 5u}) {
                if (rows * columns > 100 * 784) continue;
                Weights const weights{rows, columns, gap};
                for (auto const numbers : {PanelNumbers::float32, PanelNumbers::bfloat16}) {
                    for (auto const set : test::instruction_sets_here()) {
                        Packed whole{weights, numbers};
                        pack_rows(weights.block(), 0, rows, numbers, whole.up.data(), whole.down.data(), set);
                        check(whole, weights, numbers);
                        Packed parts{weights, numbers};
                        for (std::size_t first = (rows - 1) / 48 * 48 + 48; first > 0;) {
                            first -= 48;
                            pack_rows(weights.block(), first, std::min<std::size_t>(48, rows - first), numbers,
                                      parts.up.data(), parts.down.data(), set);
                        }
                        check(parts, weights, numbers);
                        Packed half{weights, numbers};
                        pack_rows(weights.block(), 0, rows, numbers, half.up.data(), nullptr, set);
                        REQUIRE((half.up == whole.up));
                    }
                    Packed portable{weights, numbers};
                    for (std::size_t first = 0; first < rows; first += 16)
                        PackStrip{weights.block().row(first).data(),
                                  weights.stride,
                                  first,
                                  std::min<std::size_t>(16, rows - first),
                                  shape_of(weights, Operand::weights, numbers),
                                  portable.up.data(),
                                  portable.down.data()}
                            .run<PortableRegisters>();
                    check(portable, weights, numbers);
                }
            }
}

TEST_CASE("packing anew leaves nothing of what was packed before", "[panels]") {
    for (auto const numbers : {PanelNumbers::float32, PanelNumbers::bfloat16}) {
        Weights weights{37, 70, 0};
        Packed packed{weights, numbers};
        pack_rows(weights.block(), 0, 37, numbers, packed.up.data(), packed.down.data());
        for (float& x : weights.numbers) x = 3 - x;
        pack_rows(weights.block(), 0, 37, numbers, packed.up.data(), packed.down.data());
        check(packed, weights, numbers);
    }
}

TEST_CASE("panels take over infinities, zeros of both signs and NaN", "[panels]") {
    Weights weights{3, 3, 0};
    weights.numbers = {1, -0.0f, 0, std::numeric_limits<float>::infinity(), -1e-42f, 2, 3, 4, 5};
    for (auto const set : test::instruction_sets_here()) {
        for (auto const numbers : {PanelNumbers::float32, PanelNumbers::bfloat16}) {
            Packed packed{weights, numbers};
            pack_rows(weights.block(), 0, 3, numbers, packed.up.data(), packed.down.data(), set);
            check(packed, weights, numbers);
        }
        Weights bad = weights;
        bad.numbers[4] = std::numeric_limits<float>::quiet_NaN();
        Packed packed{bad, PanelNumbers::bfloat16};
        pack_rows(bad.block(), 0, 3, PanelNumbers::bfloat16, packed.up.data(), packed.down.data(), set);
        for (auto const* side : {&packed.up, &packed.down})
            CHECK(std::isnan(test::widened(static_cast<std::uint16_t>((*side)[1] >> 16))));
    }
}

} // namespace test_panels
