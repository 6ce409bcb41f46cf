// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small trainings and the comparison of their states.

#include <boltz/archive.hpp>
#include <boltz/problem/bars_and_stripes.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace test {

/// Whether two sets of arrays are the same to the bit.
inline bool same(boltz::Arrays const& a, boltz::Arrays const& b) {
    if (a.size() != b.size()) return false;
    for (auto const& [name, array] : a) {
        auto const other = b.find(name);
        if (other == b.end() || other->second.dtype != array.dtype || other->second.shape != array.shape ||
            other->second.bytes != array.bytes)
            return false;
    }
    return true;
}

/// All parameters of a model as arrays; the model may be const.
template <class M>
boltz::Arrays parameters(M model) {
    return boltz::to_arrays(model);
}

/// Bars and stripes of n x n pixels, one case a row.
template <class T = float>
boltz::Matrix<T> bars(std::size_t n) {
    return boltz::bars_and_stripes(n).cases;
}

/// 0 for pictures of rows and 1 for pictures of columns, in the order of `bars`.
inline std::vector<std::uint8_t> bar_labels(std::size_t n) {
    auto const count = boltz::bars_and_stripes(n).cases.shape(0);
    std::vector<std::uint8_t> labels(count, 0);
    for (std::size_t i = (std::size_t{1} << n); i < count; ++i) labels[i] = 1;
    return labels;
}

/// A condition for StopWhen that holds from the given batch on.
struct AfterBatches {
    std::size_t batches;
    bool operator()() { return --batches == 0; }
};

/// Counts the calls of each hook and keeps what they were told.
struct Recorder {
    std::size_t train_begins = 0;
    std::size_t train_ends = 0;
    std::vector<boltz::Clock> batches;
    std::vector<boltz::Clock> epochs;
    std::vector<std::string> phases;
    boltz::TrainingInfo last;

    template <class M>
    void on_train_begin(M const&, boltz::TrainingInfo const& info) {
        ++train_begins;
        phases.push_back(info.phase);
    }
    template <class M>
    void on_batch_end(M const&, boltz::TrainingInfo const& info) {
        batches.push_back(info.clock);
    }
    template <class M>
    void on_epoch_end(M const&, boltz::TrainingInfo const& info) {
        epochs.push_back(info.clock);
    }
    template <class M>
    void on_train_end(M const&, boltz::TrainingInfo const& info) {
        ++train_ends;
        last = info;
    }
};

} // namespace test
