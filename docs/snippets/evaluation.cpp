// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/evaluation.md: log Z, exactly and by annealing.

#include "require.hpp"

#include <boltz/dbm.hpp>
#include <boltz/io.hpp>
#include <boltz/problem/bars_and_stripes.hpp>

#include <cmath>
#include <cstdint>
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
    double const mean_likelihood = mean_of(exact_log_likelihood(dbm, images, exact));
    States<float> samples = exact_samples(dbm, 1000, random, exact); // independent draws of all layers
    // [exact]
    require(mean_likelihood < 0 && samples.rows() == 1000, "small models are solved");

    // [ais]
    Ais const ais{.chains = 200, .ladder = Ladder::linear(1000), .compute = {.threads = 2}};
    auto const base = base_at_data(dbm, MatrixSource{images}, random);
    LogPartition const estimate = log_partition(dbm, base, ais, random);
    std::printf("log Z %.3f +- %.3f, in [%.3f, %.3f], %.0f effective chains of %zu\n", estimate.log_z,
                estimate.standard_error, estimate.lower, estimate.upper, estimate.effective_chains, estimate.chains);
    if (!estimate.trustworthy()) std::puts(estimate.warning().c_str());
    // [ais]
    require(std::abs(estimate.log_z - log_z) < 5 * estimate.standard_error, "annealing finds log Z");
    require(estimate.trustworthy(), "the estimate is trusted");

    // [several]
    LogPartition const of_several = log_partition(dbm, usual_bases(dbm, MatrixSource{images}, random), ais, random);
    std::printf("%.3f from %s; at least %.3f by %zu states that chains visited\n", of_several.log_z,
                of_several.base.c_str(), of_several.at_least, of_several.visited);
    if (!of_several.note().empty()) std::puts(of_several.note().c_str());
    // [several]
    require(std::abs(of_several.log_z - log_z) < 5 * of_several.standard_error, "several bases find log Z");
    require(of_several.at_least <= log_z + 1e-4, "visited states are a lower bound");

    // [adapted]
    Ladder const ladder = adapted_ladder(dbm, base, {.effective_share = 0.999}, random); // its chains are thrown away
    LogPartition const on_ladder = log_partition(dbm, base, {.chains = 200, .ladder = ladder}, random);
    // [adapted]
    require(std::abs(on_ladder.log_z - log_z) < 5 * on_ladder.standard_error, "an adapted ladder is as good");

    // [cases]
    // log p(v) of each image, all hidden layers summed over: log_sum - log Z.
    Matrix<float> visible = images;
    StateBlocks<float, 3> const cases{Block{visible}, {}, {}}; // only what is observed is read
    std::vector<LogPartition> const sums = log_sum(dbm, cases, LayerSet::of(0), ais, random);
    double mean = 0;
    for (LogPartition const& sum : sums) mean += (sum.log_z - estimate.log_z) / static_cast<double>(sums.size());
    // [cases]
    require(std::abs(mean - mean_likelihood) < 0.2, "case by case it is the likelihood");

    // [both]
    States<float> starts = exact_samples(dbm, ais.chains, random);
    LogPartition const from_above =
        reverse_log_partition(dbm, starts.blocks(), ChainStart::exact_samples, base, ais, random);
    TwoSidedLogPartition const both = bennett_acceptance_ratio(estimate, from_above);
    // [both]
    require(std::abs(both.log_z - log_z) < 5 * both.standard_error && both.trustworthy(), "both directions agree");

    // [chains]
    States<float> ends = sample_from_data(dbm, MatrixSource{images}, {.chains = ais.chains, .sweeps = 2000}, random);
    LogPartition const heuristic =
        reverse_log_partition(dbm, ends.blocks(), ChainStart::long_chains, base, ais, random);
    std::puts(heuristic.warning().c_str()); // never an upper bound for certain, and it says so
    // [chains]
    require(!heuristic.trustworthy(), "long chains are not exact samples");

    // [directions]
    BothDirections const found = both_directions(dbm, usual_bases(dbm, MatrixSource{images}, random), ais, random);
    std::printf("from below %.3f, from above %.3f, both %.3f%s\n", found.below.log_z, found.above.log_z,
                found.both.log_z, found.both.combined ? "" : " (not combined)");
    // [directions]
    require(std::abs(found.both.log_z - log_z) < 5 * found.both.standard_error, "both directions find log Z");
    require(found.tempering.warning().empty(), "tempered chains make round trips");

    // [ratio]
    LogPartition const change = log_partition_ratio(dbm, earlier, starts.blocks(), ChainStart::exact_samples,
                                                    {.chains = 200, .ladder = Ladder::linear(50)}, random);
    // [ratio]
    require(std::abs(change.log_z - (log_z - exact_log_partition(earlier))) < 5 * change.standard_error,
            "the ratio of two models");

    // [annealing_model]
    RBM rbm{Layer{9}, Layer{8}};
    rbm.weights() = dbm.weights(0);
    std::vector<AnnealingModelEstimate> const of_annealing_model =
        annealing_model_log_probability(rbm, images, ais, random);
    // [annealing_model]
    auto const truth = exact_log_likelihood(rbm, images);
    for (std::size_t i = 0; i < truth.size(); ++i)
        require(of_annealing_model[i].annealing_model_log_probability <
                    truth[i] + 5 * of_annealing_model[i].standard_error + 0.1,
                "RAISE is not above a model without far modes");

    // [likelihood]
    LogLikelihood const of_rbm = log_likelihood(rbm, images, log_partition(rbm, ais, random)); // exact free energies
    LogLikelihood const bound = elbo(dbm, images, MeanField{}, estimate);                      // a lower bound
    LogLikelihood const bound_of_both = with_log_z(bound, both); // the same cases, nothing inferred again
    std::printf("%.2f +- %.2f nats a case (%.2f over %zu cases, %.2f of log Z), %s, pixels: %s\n", bound.mean,
                bound.standard_error, bound.case_error, bound.cases(), bound.log_z.standard_error,
                to_string(bound.kind).data(), to_string(bound.binarisation).data());
    // [likelihood]
    require(std::abs(bound.mean - mean_likelihood) < 5 * bound.log_z.standard_error + 1, "the bound is near");
    require(std::abs(bound_of_both.mean + both.log_z - bound.mean - estimate.log_z) < 1e-9, "another log Z");
    require(of_rbm.kind == LikelihoodKind::exact && of_rbm.cases() == 16, "a likelihood says what it is");

    // [gap]
    LogLikelihood const annealed = annealed_log_likelihood(dbm, images, estimate, ais, random);
    BoundGap const gap = bound_gap(annealed, bound);
    std::printf("the bound is %.3f +- %.3f nats a case below log p\n", gap.mean, gap.annealing_error);
    // [gap]
    require(gap.mean > -5 * gap.annealing_error, "the bound is one");

    // [pseudo]
    double const exact_one = pseudo_likelihood(rbm, images).mean;
    LogLikelihood const cheap_one = stochastic_pseudo_likelihood(rbm, images, {}, random.split());
    // [pseudo]
    require(exact_one < 0 && std::abs(cheap_one.mean - exact_one) < 5 * cheap_one.standard_error, "unbiased");

    std::vector<std::uint8_t> const labels{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1}; // rows or columns
    // [labels]
    DBM classifier{Layer{9}, Layer{16}, StochasticLayer<Multinomial>{2}};
    initialise_weights(classifier, 0.1, random);
    Trainer{PersistentCD{}, Sgd{.learning_rate = 0.1}, MeanField{}}.fit(
        classifier, on_layers<0, 2>(images, OneHot{labels, 2}), {.epochs = 2000, .batch_size = 16}, random);
    LabelPosterior const posterior = label_posterior(classifier, images, MeanField{});
    double const errors = posterior.error_rate(labels); // posterior.probabilities, posterior.classes()
    // [labels]
    require(errors < 0.3, "rows and columns are told apart, where they can be");

    // [evaluate]
    LikelihoodEvaluation const all =
        evaluate_likelihood(dbm, images, MeanField{}, usual_bases(dbm, MatrixSource{images}, random),
                            {.log_z = {.ais = ais, .tempering_sweeps = 200}, .summed_cases = 5}, random);
    std::printf("log Z %.3f, bound %.3f nats a case, too low by %.3f\n", all.log_z.best().value, all.likelihood.mean,
                all.gap->mean);
    for (std::string const& warning : all.warnings()) std::puts(warning.c_str());
    // [evaluate]
    require(std::abs(all.log_z.best().value - log_z) < 5 * all.log_z.best().standard_error, "log Z in one call");

    // [monitors]
    LikelihoodMonitor likelihood{images, {.chains = 50, .ladder = Ladder::linear(100)}, Monitoring<>{.every = 10}};
    BestCheckpoint best{"best.npz", "log_likelihood", Better::higher};
    auto const trainer = Trainer{PersistentCD{}, Sgd{.learning_rate = 0.1}};
    auto session = trainer.bind(rbm);
    session.fit(images, {.epochs = 40, .batch_size = 14}, random, likelihood, PseudoLikelihoodMonitor{images}, best,
                EarlyStop{"log_likelihood", 20, Better::higher});
    resume("best.npz", session); // the model of epoch best.best_epoch()
    // [monitors]
    require(best.best_epoch() > 0, "a best epoch is kept");
}
