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

/// A panel from the description of the format: number (r, c) of the operand lies in panel c / 64.
std::vector<std::uint32_t> plain_panel(Weights const& weights, PanelOperand operand, PanelNumbers numbers,
                                       std::size_t panel) {
    bool const transposed = operand == PanelOperand::transposed;
    std::size_t const inner = transposed ? weights.columns : weights.rows;
    std::size_t const columns = transposed ? weights.rows : weights.columns;
    std::size_t const multiple = numbers == PanelNumbers::float32 ? 16 : 32;
    std::size_t const padded = (inner + multiple - 1) / multiple * multiple;
    std::size_t const words = numbers == PanelNumbers::float32 ? padded : padded / 2;
    std::vector<std::uint32_t> result(words * 64, 0);
    for (std::size_t r = 0; r < inner; ++r)
        for (std::size_t c = panel * 64; c < std::min(columns, panel * 64 + 64); ++c) {
            float const number = transposed ? weights.block()(c, r) : weights.block()(r, c);
            if (numbers == PanelNumbers::float32)
                result[r * 64 + c % 64] = std::bit_cast<std::uint32_t>(number);
            else
                result[r / 2 * 64 + c % 64] |= std::uint32_t{test::nearest_bfloat16(number)} << (r % 2 * 16);
        }
    return result;
}

} // namespace

TEST_CASE("panels hold the operand in its place and zeros elsewhere", "[panels]") {
    std::size_t const sizes[] = {1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 100, 784};
    auto const sets = test::instruction_sets_here();
    for (std::size_t const rows : sizes)
        for (std::size_t const columns : sizes)
            for (std::size_t const gap : {0u, 5u}) {
                if (rows * columns > 100 * 784) continue;
                Weights const weights{rows, columns, gap};
                for (auto const operand : {PanelOperand::weights, PanelOperand::transposed})
                    for (auto const numbers : {PanelNumbers::float32, PanelNumbers::bfloat16}) {
                        bool const transposed = operand == PanelOperand::transposed;
                        PanelShape const shape{transposed ? columns : rows, transposed ? rows : columns, numbers};
                        REQUIRE(shape.panels() == ((transposed ? rows : columns) + 63) / 64);
                        for (std::size_t panel = 0; panel < shape.panels(); ++panel) {
                            auto expected = plain_panel(weights, operand, numbers, panel);
                            REQUIRE(shape.panel_words() == expected.size());
                            expected.push_back(untouched);
                            for (auto const set : sets) {
                                std::vector<std::uint32_t> found(shape.panel_words() + 1, untouched);
                                pack_panel(weights.block(), operand, shape, panel, found.data(), set);
                                CAPTURE(rows, columns, gap, transposed, numbers == PanelNumbers::bfloat16, panel,
                                        static_cast<int>(set));
                                REQUIRE(found == expected);
                            }
                            std::vector<std::uint32_t> found(shape.panel_words() + 1, untouched);
                            PackPanel{weights.numbers.data(), weights.stride, operand, shape, panel, found.data()}
                                .run<PortableRegisters>();
                            REQUIRE(found == expected);
                        }
                    }
            }
}

TEST_CASE("panels take over infinities, zeros of both signs and NaN", "[panels]") {
    Weights weights{3, 3, 0};
    weights.numbers = {1, -0.0f, 0, std::numeric_limits<float>::infinity(), -1e-42f, 2, 3, 4, 5};
    for (auto const operand : {PanelOperand::weights, PanelOperand::transposed})
        for (auto const set : test::instruction_sets_here()) {
            for (auto const numbers : {PanelNumbers::float32, PanelNumbers::bfloat16}) {
                PanelShape const shape{3, 3, numbers};
                std::vector<std::uint32_t> found(shape.panel_words());
                pack_panel(weights.block(), operand, shape, 0, found.data(), set);
                CHECK(found == plain_panel(weights, operand, numbers, 0));
            }
            Weights bad = weights;
            bad.numbers[4] = std::numeric_limits<float>::quiet_NaN();
            std::vector<std::uint32_t> found(PanelShape{3, 3, PanelNumbers::bfloat16}.panel_words());
            pack_panel(bad.block(), operand, {3, 3, PanelNumbers::bfloat16}, 0, found.data(), set);
            CHECK(std::isnan(test::widened(static_cast<std::uint16_t>(found[1] >> 16))));
        }
}
