// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The epochs of a training, whatever is trained.

#include <boltz/archive.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/detail/function_ref.hpp>
#include <boltz/draws.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/training_info.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace boltz::detail {

/// Where a training stands and the random numbers it draws; `run` goes on from there, batch by batch.
class TrainingLoop {
  public:
    /// Refuses options that no training can take.
    /// @throws ValueError
    static void check(FitOptions const& options, char const* function);

    [[nodiscard]] Clock const& clock() const noexcept { return clock_; }
    /// The numbers of the update at hand.
    [[nodiscard]] Draws draws() const noexcept { return draws_.stream(1).stream(clock_.update); }

    /// A training that begins takes these numbers; one that goes on keeps its own.
    void start(Draws const& own) noexcept;

    /// What callbacks get that the loop does not have: the protocol of the data, what multiplies, the state that a
    /// checkpoint keeps, and how to lower the rates of an optimizer that has some. It refers to the optimizer.
    template <std::floating_point T>
    [[nodiscard]] static TrainingInfo describe(Binarisation binarisation, std::string products, StateVisit state,
                                               OptimizerSession<T>& optimizer);

    /// One update on the cases with these numbers; returns the report of its inference.
    using Step = FunctionRef<InferenceReport(std::span<std::size_t const>)>;

    /// Trains on `rows` cases until `options.epochs` epochs are done or a callback asks to stop; `info` is that of
    /// `describe`.
    FitReport run(std::size_t rows, TrainingInfo info, FitOptions const& options, Step step, Callbacks callbacks);

    void archive(Archive& archive);

  private:
    static std::string name_of(std::size_t callback) { return "callbacks/" + std::to_string(callback); }

    // Why a callback ends a training: its last remark.
    static std::string reason_of(std::vector<std::string> const& remarks, std::size_t said);

    // What a callback remembers is found at its place among the callbacks. Those of a phase that was under way when
    // the checkpoint was written go on where they were.
    void recall(bool under_way, Callbacks callbacks);
    void arrange(std::vector<std::size_t>& order, std::vector<std::size_t>& blocks, FitOptions const& options) const;

    Clock clock_;
    std::uint64_t started_ = 0;
    std::uint64_t ended_ = 0; // by a callback, before its last epoch
    Draws draws_ = Draws::from_seed(0);
    Arrays of_callbacks_; // out of a checkpoint, until they are asked for
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/training/detail/training_loop.hpp>
#endif
