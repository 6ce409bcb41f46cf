// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z of a machine and the log-likelihood of its data.

#include "cases.hpp"
#include "options.hpp"

#include <boltz/dbm.hpp>
#include <boltz/io/any_machine_file.hpp>
#include <boltz/io/idx.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the program finds out.
struct Score {
    std::vector<std::size_t> sizes;
    std::vector<std::string> units;
    std::vector<boltz::Connection> connections;
    bool chain = true; ///< whether each layer is connected with the next and with no other
    std::string method;
    boltz::LogZ log_z = 0.0;                                ///< exact, or by chains up
    std::optional<boltz::LogPartition> annealing;           ///< by chains up, unless log Z is exact
    std::optional<boltz::LogPartition> from_above;          ///< by chains down from tempered ones, if asked for
    std::optional<boltz::TwoSidedLogPartition> both;        ///< of both directions
    std::size_t round_trips = 0;                            ///< of the tempered chains, from the base to the model
    std::optional<boltz::LogLikelihood> likelihood;         ///< of all cases: exact, or a bound
    std::optional<boltz::LogLikelihood> likelihood_of_both; ///< the same with log Z of both, if they agree
    std::optional<boltz::LogLikelihood> summed;             ///< of the first cases, layers without data summed out
    std::vector<std::string> notes;                         ///< how the input was understood
    std::vector<std::string> warnings;                      ///< what speaks against a number
};

namespace detail_of_score {

template <std::floating_point T>
boltz::Ladder make_ladder(boltz::BoltzmannMachine<T> const& machine, boltz::BaseBiases<T> const& base,
                          Options const& options, boltz::Compute const& compute, boltz::Random& random) {
    using Kind = LadderChoice::Kind;
    LadderChoice const choice = ladder_choice(options.ladder).value();
    if (choice.kind == Kind::published) return boltz::Ladder::salakhutdinov_murray();
    if (choice.kind == Kind::linear) return boltz::Ladder::linear(choice.steps);
    return boltz::adapted_ladder(machine, base, {.effective_share = choice.effective_share, .compute = compute},
                                 random);
}

/// Where chains begin: the base that the options name, else two, so that a mode that one of them misses is found.
template <std::floating_point T>
boltz::Bases<T> make_bases(boltz::BoltzmannMachine<T> const& machine, boltz::Matrix<T> const* data,
                           Options const& options, boltz::Compute const& compute, boltz::Random& random) {
    if (options.base == "uniform") return {boltz::uniform_base(machine)};
    if (options.base == "own") return {boltz::own_base(machine)};
    if (options.base == "data" && data == nullptr)
        boltz::fail<boltz::ValueError>("boltz-score: --base is data, but there is neither --base-data nor --data");
    if (options.base == "data") return {boltz::base_at_data(machine, boltz::MatrixSource{*data}, random, compute)};
    if (data == nullptr) return boltz::usual_bases(machine);
    return boltz::usual_bases(machine, boltz::MatrixSource{*data}, random, compute);
}

/// log Z by counting off all states, and the likelihoods with it.
template <std::floating_point T>
void count(boltz::BoltzmannMachine<T> const& machine, std::optional<boltz::Matrix<T>> const& data,
           boltz::MeanField const& inference, boltz::Compute const& compute, Options const& options, Score& result) {
    using namespace boltz;
    ExactOptions const exact{.max_states = options.max_states, .compute = compute};
    result.method = "exact enumeration";
    result.log_z = exact_log_partition(machine, exact);
    if (!data) return;
    result.likelihood = likelihood_or_bound(machine, *data, inference, result.log_z, compute);
    if (!result.likelihood->trustworthy()) result.warnings.push_back("likelihood: " + result.likelihood->warning());
    if (options.cases == 0) return;
    Block<T const> const first = Block<T const>{*data}.row_range(0, options.cases);
    LogLikelihood summed{.log_z = result.log_z, .values = exact_log_likelihood(machine, first, exact)};
    summed.case_error = standard_error_of_mean(summed.values);
    result.summed = with_log_z(std::move(summed), result.log_z); // the mean of the values
}

/// log Z by annealing, and the likelihoods with it.
template <std::floating_point T>
void anneal(boltz::BoltzmannMachine<T> const& machine, std::optional<boltz::Matrix<T>> const& data,
            boltz::Matrix<T> const* base_data, boltz::MeanField const& inference, boltz::Compute const& compute,
            Options const& options, Score& result) {
    using namespace boltz;
    Random random{options.seed};
    auto const bases = make_bases(machine, base_data, options, compute, random);
    // Everything else reads numbers as they are: only annealing may be told otherwise.
    Compute annealing = compute;
    if (options.precision == to_string(Precision::bfloat16)) annealing.precision = Precision::bfloat16;
    Ais const ais{.chains = options.runs,
                  .ladder = make_ladder(machine, bases[0], options, annealing, random),
                  .compute = annealing};
    LogZOptions const of_log_z{.ais = ais,
                               .directions = options.both_sides ? AnnealingDirections::both : AnnealingDirections::up,
                               .tempering_sweeps = options.sweeps};
    result.method = "annealed importance sampling";
    LogZEvaluation found;
    if (data) {
        auto evaluation = evaluate_likelihood(
            machine, *data, inference, bases,
            {.log_z = of_log_z, .summed_cases = options.cases, .of_case = ais, .compute = compute}, random);
        result.warnings = evaluation.warnings();
        result.likelihood = std::move(evaluation.likelihood);
        result.likelihood_of_both = std::move(evaluation.likelihood_of_both);
        result.summed = std::move(evaluation.summed);
        found = std::move(evaluation.log_z);
    } else {
        found = evaluate_log_z(machine, bases, of_log_z, random);
        result.warnings = found.warnings();
    }
    result.log_z = found.below.log_z;
    result.log_z.standard_error = found.below.standard_error;
    if (auto const note = found.below.note(); !note.empty()) result.notes.push_back(note);
    if (found.above) {
        result.notes.push_back("log Z from above: " + found.above->warning());
        result.round_trips = found.tempering->round_trips;
    }
    result.annealing = std::move(found.below);
    result.from_above = std::move(found.above);
    result.both = std::move(found.both);
}

} // namespace detail_of_score

/// Everything that the options ask for, of one machine.
/// @throws boltz::Error if data does not fit the machine, or an option is not for it.
template <std::floating_point T>
Score score(boltz::BoltzmannMachine<T> const& machine, Options const& options) {
    using namespace boltz;
    namespace own = detail_of_score;
    Score result;
    LayerGraph const& graph = machine.graph();
    result.sizes = machine.sizes();
    result.connections = graph.connections();
    result.chain = graph.connections() == LayerGraph::chain(graph.sizes()).connections();
    for (std::size_t l = 0; l < machine.layers(); ++l) result.units.emplace_back(machine.unit(l).name());
    bool const exact = graph.independent(~LayerSet::of(0));
    if (options.cases > 0 && (exact || options.data.empty()))
        fail<ValueError>("boltz-score: --cases is ", options.cases, ", but ",
                         exact ? "the likelihood of " + options.model + " is exact for all cases"
                               : "there is no --data");

    Binarisation binarisation = Binarisation::none;
    for (auto const known : {Binarisation::fixed, Binarisation::threshold})
        if (options.binarisation == to_string(known)) binarisation = known;
    auto const read = [&](std::string const& path) {
        std::optional<Matrix<T>> cases;
        if (!path.empty()) cases = read_cases(path, machine, options.scale, binarisation, options.seed, result.notes);
        return cases;
    };
    std::optional<Matrix<T>> const data = read(options.data);
    std::optional<Matrix<T>> const base_data = read(options.base_data);
    if (data && options.cases > data->shape(0))
        fail<ValueError>("boltz-score: --cases is ", options.cases, ", but ", options.data, " has ", data->shape(0));

    Compute const compute{.threads = options.threads, .precision = Precision::float32};
    MeanField const inference{.max_sweeps = options.mean_field_sweeps, .tolerance = 1e-5};
    if (options.exact)
        own::count(machine, data, inference, compute, options, result);
    else
        own::anneal(machine, data,
                    base_data ? &*base_data
                    : data    ? &*data
                              : nullptr,
                    inference, compute, options, result);
    return result;
}
