// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the errors of a classifier.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/features/classification.hpp>
#include <boltz/training/training_info.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace boltz {

/// Measures "validation_error_percent" of some cases every few epochs: the share whose most likely class is not their
/// label. Another `name` gives "<name>_error_percent".
///
/// Refers to the labels, which must outlive it. A measurement costs one pass of the cases through the classifier.
template <concepts::DataSource S>
class ClassifierMonitor {
  public:
    /// @throws ShapeError if there are not as many labels as cases; ValueError if `every` is 0.
    ClassifierMonitor(S features, std::span<std::uint8_t const> labels, Compute const& compute = {},
                      std::string const& name = "validation", std::size_t every = 1)
        : features_{std::move(features)}, labels_{labels}, compute_{compute}, metric_{name + "_error_percent"},
          every_{every} {
        detail::check_labels(features_, labels_, "ClassifierMonitor");
        if (every == 0) detail::fail<ValueError>("ClassifierMonitor: every is 0, but must be at least 1");
    }

    template <concepts::Classifier C>
    void on_epoch_end(C const& classifier, TrainingInfo const& info) {
        if (info.clock.epoch % every_ == 0 || info.finished)
            info.metrics->push_back({metric_, 100 * error_rate(classifier, features_, labels_, compute_)});
    }

  private:
    S features_;
    std::span<std::uint8_t const> labels_;
    Compute compute_;
    std::string metric_;
    std::size_t every_;
};

} // namespace boltz
