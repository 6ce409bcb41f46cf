// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/sampling/temperature_ladder.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace boltz {

BOLTZ_INLINE TemperatureLadder::TemperatureLadder(std::size_t count, double lowest, std::size_t memory)
    : lowest_{lowest}, memory_{memory} {
    if (count < 2) detail::fail<ValueError>("TemperatureLadder: count is ", count, ", but must be at least 2");
    if (!(lowest >= 0 && lowest < 1))
        detail::fail<ValueError>("TemperatureLadder: lowest is ", lowest, ", but must lie in [0, 1)");
    if (memory == 0) detail::fail<ValueError>("TemperatureLadder: memory is 0, but must be at least 1");
    log_gaps_ = zero_vector<double>(count - 1);
    acceptance_ = zero_vector<double>(count - 1);
    betas_ = zero_vector<double>(count);
    latest_ = zero_vector<double>(count - 1);
    records_ = zero_vector<double>(count - 1);
    place();
}

BOLTZ_INLINE std::span<double const> TemperatureLadder::acceptance() const noexcept {
    return {acceptance_.data(), acceptance_.size()};
}

BOLTZ_INLINE void TemperatureLadder::record(std::size_t pair, double acceptance) noexcept {
    latest_(pair) = acceptance;
    records_(pair) = std::min(records_(pair) + 1, static_cast<double>(memory_));
    acceptance_(pair) += (acceptance - acceptance_(pair)) / records_(pair);
}

BOLTZ_INLINE void TemperatureLadder::forget() noexcept {
    std::fill(acceptance_.begin(), acceptance_.end(), 0.0);
    std::fill(records_.begin(), records_.end(), 0.0);
}

BOLTZ_INLINE void TemperatureLadder::adapt(double rate) noexcept {
    if (std::any_of(records_.begin(), records_.end(), [](double count) { return count == 0; })) return;
    double mean = 0;
    for (double const a : latest_) mean += a / static_cast<double>(latest_.size());
    for (std::size_t k = 0; k < log_gaps_.size(); ++k) log_gaps_(k) += rate * (latest_(k) - mean);
    place();
}

BOLTZ_INLINE void TemperatureLadder::archive(Archive& archive) {
    archive("log_gaps", log_gaps_);
    archive("acceptance", acceptance_);
    archive("latest", latest_);
    archive("records", records_);
    archive("betas", betas_);
}

BOLTZ_INLINE void TemperatureLadder::place() noexcept {
    double const top = *std::max_element(log_gaps_.begin(), log_gaps_.end());
    double sum = 0;
    for (double const g : log_gaps_) sum += std::exp(g - top);
    double passed = 0;
    for (std::size_t k = 0; k < log_gaps_.size(); ++k) {
        betas_(k) = 1 - (1 - lowest_) * passed / sum;
        passed += std::exp(log_gaps_(k) - top);
    }
    betas_(log_gaps_.size()) = lowest_;
}

} // namespace boltz
