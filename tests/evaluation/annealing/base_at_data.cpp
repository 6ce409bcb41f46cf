// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/data/matrix_source.hpp>
#include <boltz/evaluation/annealing/ais.hpp>
#include <boltz/evaluation/annealing/base_at_data.hpp>
#include <boltz/evaluation/annealing/bennett_acceptance_ratio.hpp>
#include <boltz/evaluation/annealing/reverse_ais.hpp>
#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/rbm.hpp>

namespace test_base_at_data {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli, double>;

// Units that excite each other: nearly all off, or nearly all on, which is e^10 times as likely; chains do not cross.
auto two_modes() {
    DBM machine{Binary{12}, Binary{12}, Binary{12}};
    machine.weights(0).fill(0.6);
    machine.weights(1).fill(0.6);
    double const bias = (10 - 2 * 144 * 0.6) / 36;
    machine.layer<0>().bias().fill(bias);
    machine.layer<1>().bias().fill(bias);
    machine.layer<2>().bias().fill(bias);
    return machine;
}

} // namespace

// Two scores below 4.5 standard errors: a right estimator fails with probability 2e-5.
TEST_CASE("annealing from a base at data finds the mode that was learned, other bases one with little of Z",
          "[evaluation][statistical]") {
    auto const machine = two_modes();
    double const truth = exact_log_partition(machine);
    Matrix<double> const data = xt::ones<double>({20, 12});
    Random random{1};
    Ais const ais{.chains = 100, .ladder = Ladder::linear(500)};

    auto const base = base_at_data(machine, MatrixSource{data}, random);
    CHECK(base.name == "base rates of samples from data");
    auto const at_data = log_partition(machine, base, ais, random);
    CHECK(std::abs(at_data.log_z - truth) < 4.5 * at_data.standard_error + 1e-3);
    auto const ends = sample_from_data(machine, MatrixSource{data}, {.chains = 100, .sweeps = 200}, random);
    auto const down = reverse_log_partition(machine, ends, ChainStart::long_chains, base, ais, random);
    CHECK(std::abs(down.log_z - truth) < 4.5 * down.standard_error + 1e-3);

    // What this is for: samples of chains from the biases agree with each other, far from the truth.
    auto const elsewhere = sample(machine, {.chains = 500, .sweeps = 100}, random);
    auto const wrong_base = base_rates(machine, elsewhere);
    auto const wrong = log_partition(machine, wrong_base, ais, random);
    CHECK(wrong.trustworthy());
    CHECK(wrong.log_z < truth - 5);
}

TEST_CASE("the base of an RBM at data is that of the base rates of the data", "[evaluation]") {
    RBM const rbm{Binary{3}, Binary{2}};
    Matrix<double> const data{{1, 0, 1}, {1, 1, 0}};
    Random a{1}, b{1};
    auto const found = base_at_data(rbm, MatrixSource{data}, a);
    auto const expected = base_rates(rbm, MatrixSource{data}, b);
    CHECK(found.biases == expected.biases);
    CHECK(found.name == expected.name);
}

} // namespace test_base_at_data
