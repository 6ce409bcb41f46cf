// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The training from beginning to end, with everything that a checkpoint must keep.

#include "../remarks.hpp"
#include "images.hpp"
#include "machine.hpp"
#include "options.hpp"
#include "recipes.hpp"

#include <boltz/boltz.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using Network = boltz::MLP<float>;

/// Trains in four phases: pretraining, joint training, classifier, fine-tuning. A callback that asks to stop leaves
/// it where it is; `archive` keeps what the rest of it depends on. A phase begins with a session of its own, and what
/// no later phase needs of it goes when it ends.
class Experiment {
    using Pretraining = decltype(pretraining_recipe(Options{}).bind(std::declval<Machine&>(),
                                                                    std::declval<boltz::ByteSource const&>()));
    using Joint = std::variant<decltype(joint_recipe(Options{}).bind(std::declval<Machine&>())),
                               decltype(long_joint_recipe(Options{}).bind(std::declval<Machine&>()))>;
    using Classification = decltype(classifier_recipe(Options{}).bind(std::declval<Network&>()));
    using FineTuning = decltype(fine_tuning_recipe(Options{}).bind(std::declval<Network&>()));

  public:
    Experiment(Options const& options, Images const& images)
        : options_{options}, images_{images}, random_{options.seed}, phase_random_{random_},
          machine_{binary_machine({images.train.pixels(), options.hidden[0], options.hidden[1]})},
          classifier_{options.hidden[0] + options.hidden[1], boltz::OutputLayer<boltz::Multinomial>{classes}},
          network_{{images.train.pixels(), {options.hidden[1]}},
                   boltz::HiddenLayer<boltz::Bernoulli>{options.hidden[0]},
                   boltz::HiddenLayer<boltz::Bernoulli>{options.hidden[1]},
                   boltz::OutputLayer<boltz::Multinomial>{classes}},
          compute_{.threads = options.threads,
                   .block_rows = options.block_rows > 0 ? options.block_rows : (options.batch_size + 1) / 2} {
        boltz::initialise_weights(machine_, {options.paper ? 0.001 : 0.01, 0.01}, random_);
        if (!options.paper) boltz::initialise_biases(machine_, boltz::ByteSource{images.train}, random_);
        phase_random_ = random_;
    }

    /// What the network sees of images: pixels, and the inferred means of the upper layer.
    auto network_inputs(boltz::LabelledImages const& images,
                        boltz::Binarisation binarisation = boltz::Binarisation::none) const {
        return boltz::top_down_inputs(machine_,
                                      boltz::Binarised{boltz::ByteSource{images}, binarisation, options_.seed},
                                      boltz::MeanField{.max_sweeps = options_.fine_tune_sweeps}, compute_);
    }

    /// Runs what is left to do; false if a callback stopped it.
    template <class... Callbacks>
    bool run(Callbacks&&... callbacks) {
        using namespace boltz;
        Binarised const pixels{ByteSource{images_.train}, binarisation_named(options_.binarisation), options_.seed};
        // On a handful of cases, so that watching costs next to nothing.
        Subset const watched{ByteSource{images_.train}, first(std::min<std::size_t>(1000, images_.train.count))};
        Subset const unseen{ByteSource{images_.test}, first(std::min<std::size_t>(1000, images_.test.count))};
        Monitoring<MeanField> const how{.inference = inference(), .compute = compute_};
        return timed(0,
                     [&] {
                         begin(0);
                         return pretraining_->fit(pixels, generative_options("pretraining", 0), random_,
                                                  callbacks...);
                     }) &&
               timed(1,
                     [&] {
                         begin(1);
                         auto const fit = [&](auto& session) {
                             return session.fit(pixels, generative_options("joint training", options_.joint_epochs),
                                                random_, ReconstructionMonitor{watched, how},
                                                GapMonitor{watched, unseen, how}, ActivityMonitor{watched, how},
                                                WeightMonitor{}, callbacks...);
                         };
                         return std::visit(fit, *joint_);
                     }) &&
               timed(2,
                     [&] {
                         if (options_.classifier_epochs == 0) return FitReport{};
                         // Kept, as every epoch reads them, but in the room of a byte.
                         auto const train = compact_features<1, 2>(machine_, ByteSource{images_.train}, inference(),
                                                                   compute_, Compactness::eight_bits);
                         std::size_t const some = std::min<std::size_t>(1000, images_.train.count);
                         OnEpochEnd training_error{[&](auto const& classifier, TrainingInfo const& info) {
                             double const error = error_rate(classifier, Subset{train, first(some)},
                                                             std::span{images_.train.labels}.first(some), compute_);
                             info.metrics->push_back({"training_error_percent", 100 * error});
                         }};
                         begin(2);
                         return classification_->fit(on_layers<0, 1>(train, OneHot{images_.train.labels, classes}),
                                                     fit_options("classifier", options_.classifier_epochs), random_,
                                                     training_error, callbacks...);
                     }) &&
               (options_.fine_tune_epochs == 0 || timed(3, [&] {
                    // In a run that goes on, too, so that later random numbers are the same.
                    if (Network first = unroll(machine_, classes, random_);
                        !fine_tuning_ || fine_tuning_->clock() == Clock{})
                        network_ = std::move(first);
                    auto const inputs =
                        network_inputs(images_.train, binarisation_named(options_.fine_tune_binarisation));
                    begin(3);
                    auto const report = fine_tuning_->fit(
                        on_layers<0, 1>(inputs, OneHot{images_.train.labels, classes}),
                        fit_options("fine-tuning", options_.fine_tune_epochs), random_, callbacks...);
                    if (!report.stopped) fine_tuning_->optimizer().write_average(network_);
                    return report;
                }));
    }

    /// The share of held-out images that the fine-tuned network gets wrong, in percent.
    [[nodiscard]] double test_error() const {
        return 100 * error_rate(network_, network_inputs(images_.test), images_.test.labels, compute_);
    }

    /// The share that softmax regression on the machine's features gets wrong, in percent.
    [[nodiscard]] double features_test_error() const {
        auto const test =
            boltz::inferred_features<1, 2>(machine_, boltz::ByteSource{images_.test}, inference(), compute_);
        return 100 * error_rate(classifier_, test, images_.test.labels, compute_);
    }

    /// The mean squared difference between held-out pixels and their mean-field reconstruction.
    [[nodiscard]] double test_reconstruction() const {
        return boltz::reconstruction_error(machine_, boltz::ByteSource{images_.test}, inference(), compute_,
                                           boltz::Draws::from_seed(0));
    }

    [[nodiscard]] Machine const& machine() const noexcept { return machine_; }
    [[nodiscard]] Network const& classifier() const noexcept { return classifier_; }
    [[nodiscard]] Network const& network() const noexcept { return network_; }
    [[nodiscard]] boltz::Compute const& compute() const noexcept { return compute_; }
    [[nodiscard]] boltz::MeanField inference() const { return inference_recipe(options_); }
    [[nodiscard]] std::vector<double> const& seconds() const noexcept { return seconds_; }
    /// What multiplies in the generative trainings, in words.
    [[nodiscard]] std::string products() const {
        boltz::Prepared prepared{machine_};
        prepared.choose(precision_of(options_.precision)); // as a training does, for which automatic may be bfloat16
        return prepared.description();
    }

    void archive(boltz::Archive& archive) {
        bool const saves = archive.mode() == boltz::Archive::Mode::saving;
        std::uint64_t const phase = saves ? phase_ : archive.stored("phase");
        begin(phase);
        archive("phase", phase_);
        for (std::size_t i = 0; i < seconds_.size(); ++i) {
            double seconds = seconds_[i] + (began_ && i == phase_ ? seconds_since(*began_) : 0.0);
            archive("seconds_" + std::to_string(i), seconds);
            if (archive.mode() == boltz::Archive::Mode::loading) seconds_[i] = seconds;
        }
        archive.nested("random", phase_random_);
        // Until it is pretrained the machine is as the seed makes it; the sessions hold what they train.
        if (phase == 0) archive.nested("pretraining", *pretraining_);
        if (phase == 1) std::visit([&](auto& session) { archive.nested("joint", session); }, *joint_);
        if (phase >= 2) archive.nested("model", machine_);
        if (phase >= 2) archive.nested("classifier", *classification_);
        if (phase >= 3) archive.nested("fine_tuning", *fine_tuning_);
        if (archive.mode() == boltz::Archive::Mode::loading) random_ = phase_random_;
    }

  private:
    static constexpr std::size_t classes = 10;

    // Makes the sessions that are there in a phase, where they are not yet.
    void begin(std::uint64_t phase) {
        if (phase == 0 && !pretraining_)
            pretraining_.reset(
                new Pretraining(pretraining_recipe(options_).bind(machine_, boltz::ByteSource{images_.train})));
        if (phase == 1 && !joint_) {
            if (options_.paper)
                joint_.emplace(long_joint_recipe(options_).bind(machine_));
            else
                joint_.emplace(joint_recipe(options_).bind(machine_));
        }
        if (phase >= 2 && !classification_) classification_.emplace(classifier_recipe(options_).bind(classifier_));
        if (phase >= 3 && !fine_tuning_) fine_tuning_.emplace(fine_tuning_recipe(options_).bind(network_));
    }
    // What no phase after this one needs.
    void end(std::uint64_t phase) {
        if (phase == 0) pretraining_.reset();
        if (phase == 1) joint_.reset();
    }

    static std::vector<std::size_t> first(std::size_t count) {
        std::vector<std::size_t> indices(count);
        for (std::size_t i = 0; i < count; ++i) indices[i] = i;
        return indices;
    }

    boltz::FitOptions fit_options(std::string phase, std::size_t epochs) const {
        return {.epochs = epochs, .batch_size = options_.batch_size, .compute = compute_, .phase = std::move(phase)};
    }
    // The precision asked for is that of the generative trainings; classifier and measures read floats.
    boltz::FitOptions generative_options(std::string phase, std::size_t epochs) const {
        auto options = fit_options(std::move(phase), epochs);
        options.compute.precision = precision_of(options_.precision);
        return options;
    }

    using Time = std::chrono::steady_clock;
    static double seconds_since(Time::time_point start) {
        return std::chrono::duration<double>(Time::now() - start).count();
    }

    // Runs a phase unless it is done. A phase that is done gives the next one its random numbers; one that was
    // stopped keeps its own.
    template <class Fit>
    bool timed(std::size_t phase, Fit&& fit) {
        if (phase_ > phase) return true;
        began_ = Time::now();
        boltz::FitReport const report = fit();
        print_remarks(report);
        seconds_[phase] += seconds_since(*began_);
        began_.reset();
        if (report.stopped) return false;
        end(phase_);
        ++phase_;
        phase_random_ = random_;
        return true;
    }

    Options options_;
    Images const& images_;
    boltz::Random random_;
    boltz::Random phase_random_;
    Machine machine_;
    Network classifier_; // softmax regression
    Network network_;
    boltz::Compute compute_;
    std::unique_ptr<Pretraining> pretraining_;
    std::optional<Joint> joint_;
    std::optional<Classification> classification_;
    std::optional<FineTuning> fine_tuning_;
    std::uint64_t phase_ = 0;
    std::vector<double> seconds_{0.0, 0.0, 0.0, 0.0};
    std::optional<Time::time_point> began_;
};
