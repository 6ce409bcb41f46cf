// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z of a model and the log-likelihood of its data.

#include "cases.hpp"
#include "model.hpp"
#include "options.hpp"

#include <boltz/boltz.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the program finds out.
struct Score {
    std::vector<std::size_t> sizes;
    std::vector<std::string> units;
    std::string method;
    boltz::LogZ log_z = 0.0;                                ///< exact, or by chains up
    std::optional<boltz::LogPartition> annealing;           ///< by chains up, unless log Z is exact
    std::optional<boltz::LogPartition> from_above;          ///< by chains down from tempered ones, if asked for
    std::optional<boltz::TwoSidedLogPartition> both;        ///< of both directions
    std::size_t round_trips = 0;                            ///< of the tempered chains, from the base to the model
    std::optional<boltz::LogLikelihood> likelihood;         ///< of all cases: exact for an RBM, else a bound
    std::optional<boltz::LogLikelihood> likelihood_of_both; ///< the same with log Z of both, if they agree
    std::optional<boltz::LogLikelihood> summed; ///< of the first cases of a deep machine, hidden layers summed out
    std::vector<std::string> notes;             ///< how the input was understood
    std::vector<std::string> warnings;          ///< what speaks against a number
};

namespace detail_of_score {

template <class M>
boltz::Ladder make_ladder(M const& model, auto const& base, Options const& options, boltz::Compute const& compute,
                          boltz::Random& random) {
    using Kind = LadderChoice::Kind;
    LadderChoice const choice = ladder_choice(options.ladder).value();
    if (choice.kind == Kind::published) return boltz::Ladder::salakhutdinov_murray();
    if (choice.kind == Kind::linear) return boltz::Ladder::linear(choice.steps);
    return boltz::adapted_ladder(model, {.effective_share = choice.effective_share, .compute = compute}, random,
                                 base);
}

/// Where chains begin: the base that the options name, else two, so that a mode that one of them misses is found.
template <class M>
boltz::Bases<M> make_bases(M const& model, boltz::Matrix<float> const* data, Options const& options,
                           boltz::Compute const& compute, boltz::Random& random) {
    if (options.base == "uniform") return {boltz::uniform_base(model)};
    if (options.base == "own") return {boltz::own_base(model)};
    if (options.base == "data" && data == nullptr)
        boltz::detail::fail<boltz::ValueError>(
            "boltz-score: --base is data, but there is neither --base-data nor --data");
    if (options.exact) return {boltz::uniform_base(model)}; // counting begins nowhere: no chains for it
    if (options.base == "data") return {boltz::base_at_data(model, boltz::MatrixSource{*data}, random, compute)};
    if (data == nullptr) return boltz::usual_bases(model);
    return boltz::usual_bases(model, boltz::MatrixSource{*data}, random, compute);
}

} // namespace detail_of_score

/// Everything that the options ask for, of one model.
/// @throws boltz::Error if data does not fit the model, or an option is not for it.
template <class M>
Score score(M const& model, Options const& options) {
    using namespace boltz;
    namespace own = detail_of_score;
    Score result;
    auto const sizes = model.sizes();
    result.sizes.assign(sizes.begin(), sizes.end());
    result.units = units_of<M>();
    if (options.cases > 0 && (M::depth == 2 || options.data.empty()))
        boltz::detail::fail<ValueError>("boltz-score: --cases is ", options.cases, ", but ",
                                        M::depth == 2
                                            ? options.model + " is an RBM, whose likelihood is exact for all cases"
                                            : "there is no --data");

    Binarisation binarisation = Binarisation::none;
    for (auto const known : {Binarisation::fixed, Binarisation::threshold})
        if (options.binarisation == to_string(known)) binarisation = known;
    auto const read = [&](std::string const& path) {
        std::optional<Matrix<float>> cases;
        if (!path.empty()) cases = read_cases(path, model, options.scale, binarisation, options.seed, result.notes);
        return cases;
    };
    std::optional<Matrix<float>> data = read(options.data);
    std::optional<Matrix<float>> const base_data = read(options.base_data);
    if (data && options.cases > data->shape(0))
        boltz::detail::fail<ValueError>("boltz-score: --cases is ", options.cases, ", but ", options.data, " has ",
                                        data->shape(0));

    Random random{options.seed};
    // Everything else reads floats: only annealing may be told otherwise.
    Compute const compute{.threads = options.threads, .precision = Precision::float32};
    Compute annealing_compute = compute;
    if (options.precision == to_string(Precision::bfloat16)) annealing_compute.precision = Precision::bfloat16;
    ExactOptions const exact{.max_states = options.max_states, .compute = compute};

    Matrix<float> const* const begin = base_data ? &*base_data : data ? &*data : nullptr;
    auto const bases = own::make_bases(model, begin, options, compute, random);
    std::size_t chosen = 0; // the base of the estimate
    auto const ais = [&]() -> std::optional<Ais> {
        if (options.exact) return {};
        return Ais{.runs = options.runs,
                   .ladder = own::make_ladder(model, bases[0], options, annealing_compute, random),
                   .compute = annealing_compute};
    }();
    if (!ais) {
        result.method = "exact enumeration";
        result.log_z = exact_log_partition(model, exact);
    } else {
        auto const warn = [&](char const* what, std::string const& text) {
            if (!text.empty()) result.warnings.push_back(what + text);
        };
        result.method = "annealed importance sampling";
        result.annealing = log_partition(model, *ais, random, bases);
        chosen = result.annealing->base_index;
        warn("log Z: ", result.annealing->warning());
        if (auto const note = result.annealing->note(); !note.empty()) result.notes.push_back(note);
        result.log_z = result.annealing->log_z;
        result.log_z.standard_error = result.annealing->standard_error;
        Random own_random{random.split().key()}; // so that the cases' numbers are the same without it
        if (options.both_sides) {
            BothDirections directions =
                both_directions(model, *result.annealing, *ais, own_random, bases, options.sweeps);
            result.from_above = std::move(directions.above);
            result.both = std::move(directions.both);
            result.round_trips = directions.tempering.round_trips;
            warn("tempered chains: ", directions.tempering.warning());
            warn("log Z from above: ", result.from_above->warning());
            warn("log Z of both directions: ", result.both->warning());
        }
    }
    if (!data) return result;

    if constexpr (M::depth == 2)
        result.likelihood = log_likelihood(model, *data, result.log_z, compute);
    else
        result.likelihood = elbo(model, *data, MeanField{.max_sweeps = options.mean_field_sweeps, .tolerance = 1e-5},
                                 result.log_z, compute);
    // What speaks against log Z by itself has been said.
    if (!result.likelihood->trustworthy()) result.warnings.push_back("likelihood: " + result.likelihood->warning());
    if (result.both && result.both->combined)
        result.likelihood_of_both = with_log_z(*result.likelihood, *result.both);
    if (options.cases == 0) return result;

    Block<float const> const first = Block<float const>{*data}.row_range(0, options.cases);
    if (ais) {
        result.summed =
            annealed_log_likelihood(model, MatrixSource{first}, result.log_z, *ais, random, bases[chosen]);
        if (!result.summed->trustworthy()) result.warnings.push_back("cases: " + result.summed->warning());
    } else {
        Observed<M::depth> observed{};
        observed[0] = true;
        StateBlocks<float, M::depth> states{};
        states[0] = Block{*data}.row_range(0, options.cases);
        result.summed = boltz::detail::likelihood_of(exact_log_sum(model, states, observed, exact), result.log_z,
                                                     LikelihoodKind::exact, Binarisation::none);
    }
    return result;
}
