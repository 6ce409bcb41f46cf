// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How well chains mix: autocorrelation time, effective number of samples, split-R-hat.

#include <boltz/detail/scale_reduction.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/samples/sample_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace boltz {

/// The mean of a scalar over some chains, and how well they have mixed.
struct ChainDiagnostics {
    double mean = 0;                 ///< over all reads of all chains
    double standard_error = 0;       ///< of the mean: standard deviation / sqrt(effective_samples)
    double autocorrelation_time = 1; ///< reads that are worth one independent sample, 1 + 2 sum of autocorrelations
    double effective_samples = 0;    ///< reads of all chains / autocorrelation_time
    double split_r_hat = 1;          ///< near 1 when all halves of chains agree; above 1.01 they have not mixed
};

/// Diagnoses chains by a scalar of their states (an energy, a unit, the count of a class): `series` has one row a
/// chain and one column a read, in order of time.
///
/// Every chain is split into two halves, of which within- and between-variances are compared: R-hat, and
/// autocorrelations rho_t = 1 - (W - mean autocovariance at lag t) / var+ that do not miss what chains disagree on
/// (Gelman et al. 2013, Bayesian Data Analysis, sections 11.4-11.5; Vehtari, Gelman, Simpson, Carpenter & Buerkner
/// 2021, Bayesian Analysis 16, without rank normalisation). Their sum ends by Geyer's initial monotone sequence
/// (1992, Statistical Science 7), and the time is at least 1 / log10(reads). Reads that are
/// all equal, whatever number they are, say nothing: all but the mean are not-a-number; chains that never move, but
/// stand in different places, have an infinite R-hat. Costs a pass over the series for each lag up to a few
/// autocorrelation times.
/// @throws ShapeError if there is no chain or fewer than 4 reads; ValueError if a number is not finite.
template <SampleRows R>
[[nodiscard]] ChainDiagnostics chain_diagnostics(R const& series) {
    auto const whole = detail::reading(series);
    if (whole.rows < 1 || whole.columns < 4)
        detail::fail<ShapeError>("chain_diagnostics: series has ", whole.rows, " chains of ", whole.columns,
                                 " reads, but needs at least 1 of at least 4");
    std::size_t const n = whole.columns / 2;
    std::size_t const chains = 2 * whole.rows;
    auto const reads = static_cast<double>(n);
    auto const count = static_cast<double>(chains);
    std::vector<double> centred(chains *
                                n); // the halves, each short of its mean; an odd read in the middle is left out
    std::vector<double> means(chains);
    ChainDiagnostics result;
    double const origin = static_cast<double>(whole.row(0)[0]); // so that the mean of equal reads is that number
    for (std::size_t c = 0; c < whole.rows; ++c)
        for (auto const x : whole.row(c)) {
            if (!std::isfinite(x))
                detail::fail<ValueError>("chain_diagnostics: series holds ", x, " in row ", c,
                                         ", but must be finite");
            result.mean += (static_cast<double>(x) - origin) / static_cast<double>(whole.rows * whole.columns);
        }
    result.mean += origin;
    double mean_of_halves = 0;
    for (std::size_t c = 0; c < chains; ++c) {
        auto const row = whole.row(c / 2).subspan(c % 2 == 0 ? 0 : whole.columns - n, n);
        for (auto const x : row) {
            // From the first read on, so that the variance of equal reads is 0.
            means[c] += (static_cast<double>(x) - static_cast<double>(row[0])) / reads;
        }
        means[c] += static_cast<double>(row[0]);
        for (std::size_t t = 0; t < n; ++t) centred[c * n + t] = static_cast<double>(row[t]) - means[c];
        mean_of_halves += (means[c] - means[0]) / count;
    }
    mean_of_halves += means[0];
    auto const covariance = [&](std::size_t lag) { // mean over chains; unbiased at lag 0
        double sum = 0;
        for (std::size_t c = 0; c < chains; ++c)
            for (std::size_t t = lag; t < n; ++t) sum += centred[c * n + t] * centred[c * n + t - lag];
        return sum / (reads - 1) / count;
    };
    double const within = covariance(0);
    double between = 0;
    for (double const mean : means) between += (mean - mean_of_halves) * (mean - mean_of_halves) / (count - 1);
    double const variance = within * (reads - 1) / reads + between;
    if (!(variance > 0)) {
        double const unknown = std::numeric_limits<double>::quiet_NaN();
        return {result.mean, unknown, unknown, unknown, unknown};
    }
    result.split_r_hat = detail::scale_reduction(within, between, reads);

    auto const autocorrelation = [&](std::size_t lag) {
        return lag == 0 ? 1 : 1 - (within - covariance(lag)) / variance;
    };
    double sum = 0;
    double last = std::numeric_limits<double>::infinity();
    for (std::size_t lag = 0; lag + 1 < n; lag += 2) {
        last = std::min(last, autocorrelation(lag) + autocorrelation(lag + 1));
        if (last <= 0) break;
        sum += last;
    }
    double const total = count * reads;
    result.autocorrelation_time = std::max(2 * sum - 1, 1 / std::log10(total));
    result.effective_samples = total / result.autocorrelation_time;
    result.standard_error = std::sqrt(variance / result.effective_samples);
    return result;
}

} // namespace boltz
