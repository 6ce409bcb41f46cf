// SPDX-License-Identifier: MIT
#include <boltz/detail/bits.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <vector>

namespace test_bits {

using namespace boltz::detail;

namespace {

// Bytes with every pattern, and the bits that they stand for, one after the other.
std::vector<std::uint8_t> all_bytes() {
    std::vector<std::uint8_t> bytes(256);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + 11);
    return bytes;
}

bool bit(std::vector<std::uint8_t> const& bytes, std::size_t j) { return ((bytes[j / 8] << (j % 8)) & 0x80) != 0; }

} // namespace

TEMPLATE_TEST_CASE("bits become zeros and ones, the highest bit of a byte first", "[elementwise]", float, double) {
    auto const bytes = all_bytes();
    for (auto const set : {InstructionSet::base, InstructionSet::avx2, InstructionSet::avx512}) {
        if (!runs(set)) continue;
        CAPTURE(static_cast<int>(set));
        for (std::size_t n = 0; n <= 2048; n += n < 70 ? 1 : 221) {
            // No byte beyond the row's last one may be looked at.
            std::vector<std::uint8_t> const row(bytes.begin(),
                                                bytes.begin() + static_cast<std::ptrdiff_t>(bytes_of_bits(n)));
            std::vector<TestType> out(n + 1, -1);
            bits_to_numbers(row.data(), out.data(), n, set);
            for (std::size_t j = 0; j < n; ++j) REQUIRE(out[j] == (bit(bytes, j) ? 1 : 0));
            CHECK(out[n] == -1);
        }
    }
    std::vector<TestType> portable(77);
    EachChunk<TestType, BitsStep<TestType>>{{bytes.data(), portable.data(), bytes_of_bits(77)}, 77}
        .template run<PortableRegisters>();
    for (std::size_t j = 0; j < portable.size(); ++j) CHECK(portable[j] == (bit(bytes, j) ? 1 : 0));
}

TEST_CASE("a row of bits takes whole bytes") {
    CHECK(bytes_of_bits(0) == 0);
    CHECK(bytes_of_bits(1) == 1);
    CHECK(bytes_of_bits(8) == 1);
    CHECK(bytes_of_bits(9) == 2);
    CHECK(bytes_of_bits(784) == 98);
}

} // namespace test_bits
