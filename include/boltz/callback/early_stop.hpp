// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Ends a training that no longer improves.

#include <boltz/callback/best_metric.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <sstream>
#include <string>

namespace boltz {

/// Ends a training once a metric has not improved for `patience` epochs; lower is better, or higher with
/// `Better::higher`. What is not a number has not been measured: the epochs up to it do not count, but after
/// `patience` such values in a row the phase ends too, with a remark on why.
///
/// The metric must come from a monitor that stands before it. In a pretraining it ends the RBM at hand, not the
/// whole. What it remembers goes into the checkpoints of callbacks behind it.
class EarlyStop {
  public:
    using Better = boltz::Better;

    /// @throws ValueError if `patience` is 0.
    explicit EarlyStop(std::string metric, std::size_t patience = 5, Better better = Better::lower);

    /// Each phase of a training, each RBM of a pretraining, is judged by itself.
    template <class M>
    void on_train_begin(M const&, TrainingInfo const&) {
        best_.reset();
    }

    /// Ends the phase in an epoch that measures the metric only; `patience` counts the others too.
    /// @throws ValueError if the phase ends and no callback before this one has ever measured the metric.
    template <class M>
    Stop on_epoch_end(M const&, TrainingInfo const& info) {
        bool const measured = best_.look(info, "EarlyStop").has_value();
        std::ostringstream why;
        why << "EarlyStop: " << best_.metric();
        if (measured && best_.waited() >= patience_)
            why << " has not improved for " << best_.waited() << " epochs";
        else if (!measured && best_.unmeasured() >= patience_)
            why << " was not a number " << best_.unmeasured()
                << " times in a row, so whether it improves is not known";
        else
            return Stop::no;
        if (best_.epoch() > 0)
            why << "; the best was " << best_.value() << " after epoch " << best_.epoch() << " (" << best_.direction()
                << ")";
        info.remark(why.str());
        return Stop::phase;
    }

    /// The best value so far and the epoch (from 1) that gave it.
    [[nodiscard]] double best() const noexcept { return best_.value(); }
    [[nodiscard]] std::size_t best_epoch() const noexcept { return best_.epoch(); }

    void archive(Archive& archive) { archive.nested("best", best_); }

  private:
    BestMetric best_;
    std::size_t patience_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/callback/early_stop.hpp>
#endif
