// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// log Z of a model and the log-likelihood of its data.

#include "cases.hpp"
#include "model.hpp"
#include "options.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// A mean over cases, in nats.
struct Mean {
    double value = 0;
    double standard_error = std::numeric_limits<double>::infinity(); ///< of the choice of cases; needs two
};

inline Mean mean_of(std::span<double const> values) {
    auto const n = static_cast<double>(values.size());
    Mean result;
    for (double const value : values) result.value += value / n;
    double squares = 0;
    for (double const value : values) squares += (value - result.value) * (value - result.value);
    if (values.size() > 1) result.standard_error = std::sqrt(squares / (n - 1) / n);
    return result;
}

/// The log-likelihood of some cases, log Z already subtracted.
struct Likelihood {
    std::string method;
    std::size_t cases = 0;
    Mean mean{};
    double annealing_error = 0; ///< of the mean, by the chains of the cases; 0 where there are none
};

/// What the program finds out.
struct Score {
    std::vector<std::size_t> sizes;
    std::vector<std::string> units;
    std::string method;
    double log_z = 0;
    double standard_error = 0;
    std::optional<boltz::LogPartition> annealing; ///< unless log Z is exact
    std::optional<Likelihood> likelihood;         ///< of all cases: exact for an RBM, else a bound
    std::optional<Likelihood> summed;             ///< of the first cases of a deep machine, hidden layers summed out
    std::vector<std::string> notes;               ///< how the input was understood
    std::vector<std::string> warnings;            ///< what speaks against a number
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

template <class M>
auto make_base(M const& model, boltz::Matrix<float> const* data, Options const& options, boltz::Random& random) {
    std::string const name = !options.base.empty() ? options.base : data != nullptr ? "data" : "own";
    if (name == "uniform") return boltz::uniform_base(model);
    if (name == "own") return boltz::own_base(model);
    if (data == nullptr)
        boltz::detail::fail<boltz::ValueError>("score: base is data, but there is neither --base-data nor --data");
    return boltz::base_rates(model, boltz::MatrixSource{*data}, random);
}

/// log of the sum of exp(-E) over the hidden layers for an RBM, and for a deep machine the bound on it.
template <class M>
std::vector<double> unnormalised(M const& model, boltz::Matrix<float>& data, Options const& options,
                                 boltz::Compute const& compute) {
    using namespace boltz;
    std::vector<double> result(data.shape(0));
    if constexpr (M::depth == 2) {
        Executor executor{compute};
        executor.for_each_block(result.size(), 256, [&](std::size_t first, std::size_t count) {
            auto const values = free_energy(model, Block{data}.row_range(first, count));
            for (std::size_t i = 0; i < count; ++i) result[first + i] = -values[i];
        });
    } else {
        Observed<M::depth> observed{};
        observed[0] = true;
        infer_portions(model, data, MeanField{.max_sweeps = options.mean_field_sweeps, .tolerance = 1e-5}, compute,
                       Draws::from_seed(0), [&](std::size_t first, auto const& states) {
                           auto const bounds = unnormalised_elbo(model, states, observed);
                           std::copy(bounds.begin(), bounds.end(),
                                     result.begin() + static_cast<std::ptrdiff_t>(first));
                       });
    }
    return result;
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
        boltz::detail::fail<ValueError>("score: cases is ", options.cases, ", but ",
                                        M::depth == 2 ? "the likelihood of an RBM is exact for all cases"
                                                      : "there is no data");

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
        boltz::detail::fail<ValueError>("score: cases is ", options.cases, ", but ", options.data, " has ",
                                        data->shape(0));

    Random random{options.seed};
    // Everything else reads floats: only annealing may be told otherwise.
    Compute const compute{.threads = options.threads, .precision = Precision::float32};
    Compute annealing_compute = compute;
    if (options.precision == to_string(Precision::bfloat16)) annealing_compute.precision = Precision::bfloat16;
    ExactOptions const exact{.max_states = options.max_states, .compute = compute};

    auto const base = own::make_base(model, base_data ? &*base_data : data ? &*data : nullptr, options, random);
    auto const ais = [&]() -> std::optional<Ais> {
        if (options.exact) return {};
        return Ais{.runs = options.runs,
                   .ladder = own::make_ladder(model, base, options, annealing_compute, random),
                   .compute = annealing_compute};
    }();
    if (!ais) {
        result.method = "exact enumeration";
        result.log_z = exact_log_partition(model, exact);
    } else {
        result.method = "annealed importance sampling";
        result.annealing = log_partition(model, *ais, random, base);
        result.log_z = result.annealing->log_z;
        result.standard_error = result.annealing->standard_error;
        if (auto const text = result.annealing->warning(); !text.empty()) result.warnings.push_back("log Z: " + text);
    }
    if (!data) return result;

    std::vector<double> values = own::unnormalised(model, *data, options, compute);
    for (double& value : values) value -= result.log_z;
    result.likelihood = {.method = M::depth == 2 ? "exact free energy" : "variational bound",
                         .cases = values.size(),
                         .mean = mean_of(values)};
    if (options.cases == 0) return result;

    Observed<M::depth> observed{};
    observed[0] = true;
    StateBlocks<float, M::depth> states{};
    states[0] = Block{*data}.row_range(0, options.cases);
    Likelihood summed{.method = result.method, .cases = options.cases};
    if (!ais) {
        values = exact_log_sum(model, states, observed, exact);
    } else {
        auto const sums = log_sum(model, states, observed, *ais, random, base);
        values.clear();
        double squares = 0;
        std::size_t doubtful = 0;
        for (LogPartition const& sum : sums) {
            values.push_back(sum.log_z);
            squares += sum.standard_error * sum.standard_error;
            doubtful += !sum.trustworthy();
        }
        summed.annealing_error = std::sqrt(squares) / static_cast<double>(sums.size());
        if (doubtful > 0)
            result.warnings.push_back("cases: " + std::to_string(doubtful) + " of " + std::to_string(sums.size()) +
                                      " estimates are not to be believed, the first because " +
                                      std::find_if(sums.begin(), sums.end(), [](auto const& sum) {
                                          return !sum.trustworthy();
                                      })->warning());
    }
    for (double& value : values) value -= result.log_z;
    summed.mean = mean_of(values);
    result.summed = summed;
    return result;
}
