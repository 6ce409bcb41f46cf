// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a training is asked to do, what callbacks see of it, and what it returns.

#include <boltz/archive.hpp>
#include <boltz/clock.hpp>
#include <boltz/compute.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/inference/inference_session.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace boltz {

/// The order of the cases within an epoch.
enum class Shuffle {
    each_epoch, ///< a new random order every epoch
    blocks,     ///< a new order every epoch that reads the data in long runs, see ShuffleBlocks
    never       ///< the order of the data
};

/// How `Shuffle::blocks` mixes data that is too large for memory, and best read in long runs.
///
/// The data is cut into blocks of neighbouring cases, and each epoch the blocks are put into a new order. The cases
/// of each `window` blocks that follow each other there are mixed. So a batch of up to (window - 1) x cases draws on
/// at most 2 `window` blocks, and memory for that many is enough to read every block from the disk only once an
/// epoch. A block should be long beside what the system reads ahead at a time (128 kB, if nobody has changed it).
/// Data that is sorted, by class for instance, needs a large `window`: a batch holds cases from that many places
/// only.
struct ShuffleBlocks {
    std::size_t cases = 1024; ///< neighbouring cases in a block; the last block may be shorter
    std::size_t window = 16;  ///< blocks whose cases are mixed with each other
};

/// How long to train and in which portions.
struct FitOptions {
    std::size_t epochs = 10;               ///< epochs in all; a resumed training goes on up to this number
    std::size_t batch_size = 100;          ///< cases an update; the last batch of an epoch may be shorter and is kept
    Shuffle shuffle = Shuffle::each_epoch; ///< the order of the cases
    ShuffleBlocks shuffle_blocks{};        ///< for `Shuffle::blocks`
    Compute compute{};                     ///< workers
    std::string phase = "training";        ///< a name for callbacks and logs
};

/// What a callback asks for: to go on, to end the phase at hand (one RBM of a pretraining), or to end everything. A
/// phase that was ended so stays ended, in a session that is resumed too, whatever epochs it is given.
enum class Stop { no, phase, everything };

/// A number that a monitor has measured.
struct Metric {
    std::string name;
    double value = 0;
};

/// Where a training stands, for callbacks. It is only valid during the call.
struct TrainingInfo {
    std::string phase;                              ///< FitOptions::phase
    Clock clock;                                    ///< what is done
    std::size_t epochs = 0;                         ///< epochs in all
    std::size_t batches = 0;                        ///< batches an epoch
    std::size_t cases = 0;                          ///< cases an epoch
    double epoch_seconds = 0;                       ///< time of the epoch so far
    InferenceReport inference;                      ///< of the last batch
    Binarisation binarisation = Binarisation::none; ///< of the data
    std::string products;                           ///< what multiplies: "bfloat16 by oneDNN 2.6.3"
    bool finished = false;                          ///< whether all epochs are done
    std::vector<Metric>* metrics = nullptr;      ///< of this epoch: monitors add to them, later callbacks read them
    std::vector<std::string>* remarks = nullptr; ///< of this epoch, in words: see `remark`
    StateVisit state;                       ///< everything that is needed to go on later, as a checkpoint keeps it
    std::function<void(double)> scale_rate; ///< multiplies all learning rates from now on; empty if there are none

    /// Says something in words, on one line, in the name of who says it: what speaks against a metric, why a training
    /// is to end. Later callbacks show and log it, and `FitReport` has what was said in the last epoch. What a
    /// callback says in the call in which it ends a training is the reason that `FitReport` gives.
    void remark(std::string text) const;
};

/// What a training has done.
struct FitReport {
    Clock clock;                                    ///< where it ended
    Stop stop = Stop::no;                           ///< what callbacks asked for
    bool stopped = false;                           ///< whether a callback asked to end it
    std::string phase;                              ///< FitOptions::phase, or that of the stage that was stopped
    double seconds = 0;                             ///< wall time of this call
    Binarisation binarisation = Binarisation::none; ///< of the data
    std::string products;             ///< what multiplied: "float32 by OpenBLAS for SkylakeX"; says if that is slow
    std::vector<Metric> metrics;      ///< of the last epoch
    std::string reason;               ///< why it ended, in words
    std::vector<std::string> remarks; ///< of the last epoch, and on the model as it is now
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/training_info.hpp>
#endif
