// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A training under way: all its state, and the loop.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/model/bounded_energy.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/random.hpp>
#include <boltz/training/callback.hpp>
#include <boltz/training/tell_faults.hpp>
#include <boltz/training/training_info.hpp>
#include <boltz/training/training_loop.hpp>
#include <boltz/training/update.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// Trains a model as it is.
struct AsItIs {
    template <class F>
    F const& operator()(F const& field) const noexcept {
        return field;
    }
};

/// A training under way: a model, what the policies keep of it, and a clock. `Trainer::bind` makes one.
///
/// `fit` goes on from where the session stands up to the given number of epochs, so a session that was archived in
/// one process and restored in another continues as if nothing had happened, to the bit. Refers to the model, which
/// must outlive it. Policies see the model prepared for its products, and through `View`: as it is, or through other
/// factors.
template <concepts::Model M, class Sampling, class Optimization, class Inference, class View = AsItIs>
class TrainingSession {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    using Seen = std::remove_cvref_t<std::invoke_result_t<View const&, Prepared<M> const&>>;
    using Sampler = decltype(std::declval<Sampling const&>().bind(std::declval<Seen const&>()));
    using Optimizer = decltype(std::declval<Optimization const&>().bind(std::declval<M const&>()));
    using Inferrer = decltype(std::declval<Inference const&>().bind(std::declval<Seen const&>()));

  public:
    TrainingSession(M& model, Sampling const& sampling, Optimization const& optimization, Inference const& inference,
                    View view = {})
        : model_{&model}, prepared_{model}, view_{std::move(view)}, sampler_{sampling.bind(view_(prepared_))},
          optimizer_{optimization.bind(std::as_const(model))},
          inference_{inference.bind(view_(prepared_))}, update_{model} {}

    [[nodiscard]] M const& model() const noexcept { return *model_; }
    [[nodiscard]] Clock const& clock() const noexcept { return loop_.clock(); }
    [[nodiscard]] Sampler const& sampler() const noexcept { return sampler_; }
    /// What the optimizer keeps: velocities, averages.
    [[nodiscard]] Optimizer const& optimizer() const noexcept { return optimizer_; }

    /// Trains until `options.epochs` epochs are done or a callback asks to stop.
    ///
    /// The report says in words why it ended and what is wrong with the model (`parameter_faults`; hidden layers that
    /// are the same for all cases of the last batch); callbacks are told of the former at the beginning too.
    ///
    /// `random` is advanced by one call whether the session is new or resumed. After the first batch nothing is
    /// allocated but by callbacks and inside oneDNN.
    /// @throws ShapeError if the data does not fit the model; ValueError if the data is empty or holds impossible
    /// values, an option is out of range or the model is not finite; all before anything is changed.
    template <class Data, class... Callbacks>
        requires(concepts::Callback<std::remove_reference_t<Callbacks>, M>&&...)
    FitReport fit(Data const& data, FitOptions const& options, Random& random, Callbacks&&... callbacks) {
        return run(
            as_training_data(data), options, random, [this] { return to_arrays(*this); }, callbacks...);
    }

    /// The same, with another idea of what a checkpoint must keep: for trainings that are part of a larger one.
    template <class Data, class... Callbacks>
    FitReport run(Data const& data, FitOptions const& options, Random& random, std::function<Arrays()> state,
                  Callbacks&... callbacks);

    /// Visits everything that the future of the training depends on.
    template <class Archive>
    void archive(Archive& archive) {
        archive.nested("model", *model_);
        archive.nested("sampler", sampler_);
        archive.nested("optimizer", optimizer_);
        loop_.archive(archive);
    }

  private:
    // Hidden layers that are the same whatever the case, in the last batch.
    std::vector<std::string> silent_layers() const;

    template <class Data>
    InferenceReport step(Data const& data, std::span<std::size_t const> indices, Executor& executor);

    M* model_;
    Prepared<M> prepared_;
    [[no_unique_address]] View view_;
    Sampler sampler_;
    Optimizer optimizer_;
    Inferrer inference_;
    detail::Update<M> update_;
    States<T, depth> posterior_;
    Observed<depth> observed_{};
    detail::TrainingLoop loop_;
};

template <concepts::Model M, class Sampling, class Optimization, class Inference, class View>
std::vector<std::string> TrainingSession<M, Sampling, Optimization, Inference, View>::silent_layers() const {
    constexpr T tolerance = static_cast<T>(1e-6);
    auto const constant = [&](std::size_t l) {
        Block<T const> const states = posterior_[l];
        for (std::size_t j = 0; j < states.columns; ++j)
            for (std::size_t i = 1; i < states.rows; ++i)
                if (!(std::abs(states(i, j) - states(0, j)) <= tolerance * std::max(T{1}, std::abs(states(0, j)))))
                    return false;
        return true;
    };
    std::vector<std::string> result;
    bool cases_differ = false;
    for (std::size_t l = 0; l < depth; ++l) cases_differ = cases_differ || (observed_[l] && !constant(l));
    for (std::size_t l = 0; cases_differ && l < depth; ++l)
        if (!observed_[l] && constant(l))
            result.push_back("all units of layer " + std::to_string(l) +
                             " have the same mean for every case of the last batch, so the layer says nothing of the "
                             "data: a lower rate or other first weights (initialise_weights) may help");
    return result;
}

template <concepts::Model M, class Sampling, class Optimization, class Inference, class View>
template <class Data>
InferenceReport TrainingSession<M, Sampling, Optimization, Inference, View>::step(
    Data const& data, std::span<std::size_t const> indices, Executor& executor) {
    Draws const draws = loop_.draws();
    posterior_.require(indices.size(), model_->sizes());
    auto const posterior = posterior_.blocks();
    executor.for_each_block(indices.size(), [&](std::size_t first, std::size_t count) {
        data.load(indices.subspan(first, count), row_range(posterior, first, count), draws.stream(0).from_row(first));
    });

    auto const& field = view_(prepared_);
    auto const observed = Data::template observed<depth>();
    observed_ = observed;
    InferenceReport const report = inference_.infer(field, posterior, observed, executor);
    Phase<T, depth> data_phase{posterior, {}};
    for (std::size_t l = 0; l < depth; ++l) data_phase.moments[l] = observed[l] ? Moment::state : Moment::mean;
    Phase<T, depth> const model_phase = sampler_.sample(field, posterior, draws.stream(1), clock(), executor);
    update_.apply(data_phase, model_phase, *model_, prepared_, optimizer_, clock(), executor);
    return report;
}

template <concepts::Model M, class Sampling, class Optimization, class Inference, class View>
template <class Data, class... Callbacks>
FitReport TrainingSession<M, Sampling, Optimization, Inference, View>::run(Data const& data,
                                                                           FitOptions const& options, Random& random,
                                                                           std::function<Arrays()> state,
                                                                           Callbacks&... callbacks) {
    constexpr bool convex = requires { Sampling::needs_labels; }; // its weights may begin equal
    if constexpr (convex)
        static_assert(
            Data::template observed<depth>()[depth - 1],
            "boltz: this sampling policy needs data on the top layer too: on_layers<0, 1>(features, labels)");
    detail::TrainingLoop::check(options, "Trainer::fit");
    Random advanced = random;
    Draws const own = advanced.split();
    Executor executor{options.compute};
    data.check(*model_, "Trainer::fit", own);
    check_bounded_energy(*model_, "Trainer::fit");
    prepared_.choose(options.compute.precision);
    prepared_.refresh(executor);
    random = advanced;
    loop_.start(own);
    detail::TellFaults tell{!convex, [this] { return silent_layers(); }};
    return loop_.run(
        *model_, data, detail::TrainingLoop::describe(prepared_.description(), std::move(state), optimizer_), options,
        [&](std::span<std::size_t const> indices) { return step(data, indices, executor); }, callbacks..., tell);
}

} // namespace boltz
