// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A pretraining under way.

#include <boltz/data/beside.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/subset.hpp>
#include <boltz/data/undrawn.hpp>
#include <boltz/evaluation/compact_features.hpp>
#include <boltz/evaluation/reconstruction.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/pretraining/drawn_states.hpp>
#include <boltz/pretraining/stack.hpp>
#include <boltz/training/training_session.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// How one RBM of a stack is trained where the RBMs differ.
template <class Sampling, class Optimization>
struct PretrainingStage {
    Sampling sampling{};
    Optimization optimizer{};
    std::optional<std::size_t> epochs{}; ///< in place of FitOptions::epochs
};

namespace detail {

/// Whether data sits on the top layer as well as on the visible one.
template <class Layers, std::size_t Depth>
inline constexpr bool has_labels = false;
template <std::size_t Top, std::size_t Depth>
inline constexpr bool has_labels<std::index_sequence<0, Top>, Depth> = Top + 1 == Depth;

/// Whether a stack of RBMs can be trained on data on these layers.
template <class Layers, std::size_t Depth>
inline constexpr bool suits_pretraining = has_labels<Layers, Depth>;
template <std::size_t Depth>
inline constexpr bool suits_pretraining<std::index_sequence<0>, Depth> = true;

/// A field of a model seen through factors that belong to somebody else.
class Through {
  public:
    explicit Through(LayerFactors<2> const& factors) : factors_{&factors} {}
    template <concepts::Field F>
    Scaled<F> operator()(F const& field) const {
        return {field, *factors_};
    }

  private:
    LayerFactors<2> const* factors_;
};

/// The callback by which a stage measures itself.
template <class F>
struct WhenEpochEnds {
    F function;
    template <class M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        function(model, info);
    }
};

template <class F>
WhenEpochEnds(F) -> WhenEpochEnds<F>;

} // namespace detail

/// A pretraining under way: the stack of RBMs and a training of each. `DoubledInput::bind` makes one.
///
/// Memory beside the RBMs: the hidden means of the RBM below, for all cases, in 16 bits a number (`CompactMatrix`).
/// Refers to the model, whose parameters change once all RBMs are trained.
template <concepts::Model M, bool Labels, class Sampling, class Optimization>
class PretrainingSession {
    using Parts = Stack<M, Labels>;
    static constexpr std::size_t count = Parts::count;
    template <std::size_t I>
    using Machine = std::remove_reference_t<decltype(std::declval<Parts&>().template rbm<I>())>;
    template <std::size_t I>
    using Training = TrainingSession<Machine<I>, Sampling, Optimization, ExactPosterior, detail::Through>;
    // One that watches only the RBM with the labels is a callback too.
    template <class C>
    static constexpr bool watches_some =
        concepts::Callback<C, Machine<0>> || concepts::Callback<C, Machine<count - 1>>;

  public:
    PretrainingSession(M& model, Sampling const& sampling, Optimization const& optimization, PretrainingInput input,
                       std::vector<PretrainingStage<Sampling, Optimization>> stages, std::size_t monitored_cases)
        : model_{&model}, input_{input}, monitored_cases_{monitored_cases}, stages_{completed(std::move(stages),
                                                                                              sampling,
                                                                                              optimization)},
          stack_{model}, trainings_{make_trainings(std::make_index_sequence<count>{})} {}
    PretrainingSession(PretrainingSession const&) = delete;
    PretrainingSession& operator=(PretrainingSession const&) = delete;

    /// Trains the RBMs that are not trained yet, one after the other, and puts the model together.
    /// @throws as `TrainingSession::fit`.
    template <class Data, class... Callbacks>
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        if constexpr (requires { Sampling::needs_energy; })
            static_assert(count == 1, "boltz: this sampling policy needs an energy, which an RBM with doubled inputs "
                                      "does not have; pretrain with ContrastiveDivergence or PersistentCD");
        static_assert((watches_some<std::remove_reference_t<Callbacks>> && ...),
                      "boltz: an object given as a callback has no hook that could be called: on_train_begin, "
                      "on_batch_end, on_epoch_end or on_train_end, for (model, TrainingInfo const&)");
        auto const cases = as_training_data(data);
        FitReport report;
        go_on<0>(cases, cases.template source<0>(), options, random, report, callbacks...);
        if (report.stop != Stop::everything) stack_.compose(*model_);
        return report;
    }

    template <class Archive>
    void archive(Archive& archive) {
        detail::for_each_index<count>(
            [&](auto i) { archive.nested("pretraining_" + std::to_string(i + 1), std::get<i>(trainings_)); });
    }

  private:
    static std::vector<PretrainingStage<Sampling, Optimization>>
    completed(std::vector<PretrainingStage<Sampling, Optimization>> stages, Sampling const& sampling,
              Optimization const& optimization) {
        if (stages.empty()) stages.assign(count, {sampling, optimization, {}});
        if (stages.size() != count)
            detail::fail<ValueError>("DoubledInput: there are ", stages.size(), " stages, but ", count,
                                     " RBMs to train");
        return stages;
    }

    template <std::size_t... I>
    static std::tuple<Training<I>...> trainings_of(std::index_sequence<I...>);

    template <std::size_t... I>
    auto make_trainings(std::index_sequence<I...>) {
        return std::tuple<Training<I>...>{Training<I>{stack_.template rbm<I>(), stages_[I].sampling,
                                                      stages_[I].optimizer, ExactPosterior{},
                                                      detail::Through{stack_.factors(I)}}...};
    }

    template <std::size_t I, class Cases, class Below, class... Callbacks>
    void go_on(Cases const& cases, Below const& below, FitOptions options, Random& random, FitReport& report,
               Callbacks&... callbacks) {
        options.phase = "pretraining " + std::to_string(I + 1);
        std::size_t const common_epochs = options.epochs;
        options.epochs = stages_[I].epochs.value_or(options.epochs);
        auto& training = std::get<I>(trainings_);
        auto const input = [&] {
            if constexpr (Labels && I + 1 == count)
                return on_layers<0>(Beside{below, cases.template source<M::depth - 1>()});
            else
                return on_layers<0>(below);
        }();
        detail::WhenEpochEnds monitor{[&](auto const& rbm, TrainingInfo const& info) {
            if (monitored_cases_ > 0)
                info.metrics->push_back({"reconstruction_error", reconstruction(Scaled{rbm, stack_.factors(I)}, input,
                                                                                info, options.compute)});
        }};
        FitReport stage = training.run(
            input, options, random, [this] { return to_arrays(*this); }, monitor, callbacks...);
        stage.seconds += report.seconds;
        for (std::string& remark : stage.remarks) report.remarks.push_back(stage.phase + ": " + std::move(remark));
        stage.remarks = std::move(report.remarks);
        report = std::move(stage);
        report.binarisation = cases.binarisation();
        if (report.stop == Stop::everything) return;
        if constexpr (I + 1 < count) {
            Prepared const rbm{stack_.template rbm<I>(), options.compute};
            Scaled const field{rbm, stack_.factors(I)};
            auto const means = compact_features<1>(field, Undrawn{below}, ExactPosterior{}, options.compute);
            options.epochs = common_epochs;
            DrawnStates const above{means, stack_.template rbm<I>().hidden().unit(), input_};
            go_on<I + 1>(cases, above, options, random, report, callbacks...);
        }
    }

    // The first cases, as the RBM sees them.
    template <class Seen, class Input>
    double reconstruction(Seen const& field, Input const& input, TrainingInfo const& info,
                          Compute const& compute) const {
        std::vector<std::size_t> first(std::min(monitored_cases_, info.cases));
        std::iota(first.begin(), first.end(), std::size_t{0});
        return reconstruction_error(field, Subset{input.template source<0>(), std::move(first)}, ExactPosterior{},
                                    Draws::from_seed(0), compute);
    }

    M* model_;
    PretrainingInput input_;
    std::size_t monitored_cases_;
    std::vector<PretrainingStage<Sampling, Optimization>> stages_;
    Parts stack_;
    decltype(trainings_of(std::make_index_sequence<count>{})) trainings_;
};

} // namespace boltz
