// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/detail/bfloat16.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/reverse_ais.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/evaluation/exact/exact_samples.hpp>
#include <boltz/onednn.hpp>

#include <bit>

namespace test_ais {

using namespace boltz;

namespace {

float rounded(float value) {
    std::uint16_t bits = 0;
    boltz::detail::to_bfloat16(&value, &bits, 1);
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

} // namespace

// Four scores below 4.5 standard errors: 3e-5.
TEST_CASE("with packed products the estimate is of the model whose weights were multiplied",
          "[onednn][statistical]") {
    auto rbm = test::randomised(test::bernoulli_rbm<float>(96, 12), 0.4, 0.3, 17);
    for (float& w : rbm.weights()) w = rounded(w);
    auto const coarse = rbm;
    for (float& w : rbm.weights()) {
        w *= 1.0018f; // less than half a unit in the last of eight bits
        REQUIRE(rounded(w) == rounded(w / 1.0018f));
    }
    double const truth = exact_log_partition(rbm);
    double const truth_of_rounded = exact_log_partition(coarse);
    Random random{81};
    Ais ais{.chains = 2000, .ladder = Ladder::linear(1000)};
    auto const check = [&](auto const& multiplied, double expected, std::string const& products) {
        auto const up = log_partition(rbm, uniform_base(rbm), ais, random);
        CHECK_THAT(up.products, contains_text(products));
        CHECK(std::abs(up.log_z - expected) < 4.5 * up.standard_error);
        auto starts = exact_samples(multiplied, ais.chains, random);
        auto const down =
            reverse_log_partition(rbm, starts.blocks(), ChainStart::exact_samples, uniform_base(rbm), ais, random);
        CHECK(std::abs(down.log_z - expected) < 4.5 * down.standard_error);
        // What a mistaken precision would change can be told apart.
        CHECK(std::abs(truth - truth_of_rounded) > 12 * up.standard_error);
    };
    check(rbm, truth, "float32");
    if (auto const reason = boltz::detail::without_bfloat16(); !reason.empty()) {
        WARN("bfloat16 is not tested: " << reason);
        return;
    }
    ais.compute.precision = Precision::bfloat16;
    check(coarse, truth_of_rounded, "bfloat16 by oneDNN");
}

} // namespace test_ais
