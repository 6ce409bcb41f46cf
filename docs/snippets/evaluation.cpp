// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/evaluation.md: log Z, exactly and by annealing.

#include "require.hpp"

#include <boltz/dbm.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

namespace {

double mean_of(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace

int main() {
    using namespace boltz;
    using Layer = StochasticLayer<Bernoulli>;

    auto const problem = bars_and_stripes(3);
    Matrix<float> const& images = problem.cases;
    Random random{7};
    DBM dbm{Layer{9}, Layer{8}, Layer{6}};
    initialise_weights(dbm, 0.1, random);
    Trainer{PersistentCD{}, Sgd{.learning_rate = 0.1}, MeanField{}}.fit(dbm, images,
                                                                        {.epochs = 400, .batch_size = 14}, random);
    DBM const earlier = dbm;
    Trainer{PersistentCD{}, Sgd{.learning_rate = 0.05}, MeanField{}}.fit(dbm, images,
                                                                         {.epochs = 50, .batch_size = 14}, random);

    // [exact]
    ExactOptions const exact{.max_states = 1 << 20, .compute = {.threads = 2}};
    double const log_z = exact_log_partition(dbm, exact);
    double const log_likelihood = mean_of(exact_log_likelihood(dbm, images, exact));
    States<float, 3> samples = exact_samples(dbm, 1000, random, exact); // independent draws of all layers
    // [exact]
    require(log_likelihood < 0 && samples.rows() == 1000, "small models are solved");

    // [ais]
    Ais const ais{.runs = 200, .ladder = Ladder::linear(1000), .compute = {.threads = 2}};
    auto const base = base_rates(dbm, MatrixSource{images}, random);
    LogPartition const estimate = log_partition(dbm, ais, random, base);
    std::printf("log Z %.3f +- %.3f, in [%.3f, %.3f], %.0f effective runs of %zu\n", estimate.log_z,
                estimate.standard_error, estimate.lower, estimate.upper, estimate.effective_runs, estimate.runs);
    if (!estimate.trustworthy()) std::puts(estimate.warning().c_str());
    // [ais]
    require(std::abs(estimate.log_z - log_z) < 5 * estimate.standard_error, "annealing finds log Z");
    require(estimate.trustworthy(), "the estimate is trusted");

    // [adapted]
    Ladder const ladder = adapted_ladder(dbm, {.effective_share = 0.999}, random, base); // pilots, then thrown away
    LogPartition const on_ladder = log_partition(dbm, {.runs = 200, .ladder = ladder}, random, base);
    // [adapted]
    require(std::abs(on_ladder.log_z - log_z) < 5 * on_ladder.standard_error, "an adapted ladder is as good");

    // [cases]
    // log p(v) of each image, all hidden layers summed over: log_sum - log Z.
    Matrix<float> visible = images;
    std::vector<LogPartition> const sums = log_sum(dbm, {Block{visible}, {}, {}}, {true, false, false}, ais, random);
    double mean = 0;
    for (LogPartition const& sum : sums) mean += (sum.log_z - estimate.log_z) / static_cast<double>(sums.size());
    // [cases]
    require(std::abs(mean - log_likelihood) < 0.2, "case by case it is the likelihood");

    // [both]
    States<float, 3> starts = exact_samples(dbm, ais.runs, random);
    LogPartition const from_above =
        reverse_log_partition(dbm, starts.blocks(), ChainStart::exact_samples, ais, random, base);
    TwoSidedLogPartition const both = acceptance_ratio(estimate, from_above);
    // [both]
    require(std::abs(both.log_z - log_z) < 5 * both.standard_error && both.trustworthy(), "both directions agree");

    // [chains]
    States<float, 3> ends = sample(dbm, {.count = ais.runs, .sweeps = 2000}, random);
    LogPartition const heuristic =
        reverse_log_partition(dbm, ends.blocks(), ChainStart::long_chains, ais, random, base);
    std::puts(heuristic.warning().c_str()); // never an upper bound for certain, and it says so
    // [chains]
    require(!heuristic.trustworthy(), "long chains are not exact samples");

    // [ratio]
    LogPartition const change = log_partition_ratio(dbm, earlier, starts.blocks(), ChainStart::exact_samples,
                                                    {.runs = 200, .ladder = Ladder::linear(50)}, random);
    // [ratio]
    require(std::abs(change.log_z - (log_z - exact_log_partition(earlier))) < 5 * change.standard_error,
            "the ratio of two models");

    // [raise]
    RBM rbm{Layer{9}, Layer{8}};
    rbm.weights() = dbm.weights(0);
    std::vector<RaiseEstimate> const bounds = raise(rbm, images, ais, random);
    // [raise]
    auto const truth = exact_log_likelihood(rbm, images);
    for (std::size_t i = 0; i < truth.size(); ++i)
        require(bounds[i].log_probability < truth[i] + 5 * bounds[i].standard_error + 0.1, "RAISE is conservative");
}
