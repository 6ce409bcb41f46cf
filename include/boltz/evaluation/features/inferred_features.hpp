// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers, computed where they are used.

#include <boltz/any_field.hpp>
#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/executor.hpp>
#include <boltz/inference/inference_session.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// The same as `features`, as a data source that stores nothing: whatever rows are loaded are inferred there and
/// then. Made by `inferred_features`.
///
/// It serves features that fit into no memory, and those that are read only once. A presentation costs an inference,
/// so a training on it pays for all of them each epoch. Rows that are loaded together are inferred together, so a
/// mean-field inference that stops early may stop elsewhere, by its tolerance. Refers to the model, which must
/// neither be destroyed nor change. Copies share the cases, the packed weights and the workspaces; a workspace is
/// allocated for each worker that loads at the same time, once.
template <std::floating_point T>
class InferredFeatures {
  public:
    /// Keeps `cases` and `inference`; `cases` are a source, or what `on_layers` gives.
    /// @throws ShapeError or ValueError if the cases do not fit the model; ValueError if there is no such layer.
    template <class Cases, class Inference>
    InferredFeatures(AnyField<T> const& model, std::vector<std::size_t> layers, Cases cases, Inference inference,
                     Compute const& compute)
        : shared_{std::make_shared<Shared>(model, std::move(layers), std::make_shared<Cases const>(std::move(cases)),
                                           std::move(inference), compute)} {}

    [[nodiscard]] std::size_t rows() const noexcept { return shared_->cases.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept;

    template <std::floating_point U>
    void load(std::span<std::size_t const> indices, Block<U> out, Draws const& draws) const {
        auto workspace = shared_->take();
        StatesView<T> const states = workspace->room(*shared_, indices.size());
        shared_->cases.load(indices, states, draws);
        infer(std::move(workspace), out);
    }
    /// Inferred from the cases without what they draw afresh.
    template <std::floating_point U>
    void load_means(std::span<std::size_t const> indices, Block<U> out, Draws const& draws) const {
        auto workspace = shared_->take();
        StatesView<T> const states = workspace->room(*shared_, indices.size());
        shared_->cases.load_means(indices, states, draws);
        infer(std::move(workspace), out);
    }

  private:
    struct Shared;

    struct Workspace {
        std::unique_ptr<InferenceSession<T>> session;
        States<T> states{};

        StatesView<T> room(Shared const& shared, std::size_t rows);
    };

    struct Shared {
        template <class Cases, class Inference>
        Shared(AnyField<T> const& field, std::vector<std::size_t> chosen, std::shared_ptr<Cases const> kept,
               Inference policy, Compute how)
            : model{field}, layers{std::move(chosen)}, kept_cases{kept}, cases{*kept}, prepared{field, how},
              compute{how}, bind{[policy = std::move(policy)](AnyField<T> const& f) {
                  return detail::bound_to_field<T>(policy)(f);
              }} {
            compute.threads = 1; // whoever loads is a worker already
            detail::check_layers<T>(field, layers, "inferred_features");
            cases.check(field, "inferred_features", Draws::from_seed(0));
        }

        std::unique_ptr<Workspace> take();
        void give_back(std::unique_ptr<Workspace> workspace);

        AnyField<T> const& model;
        std::vector<std::size_t> layers;
        std::shared_ptr<void const> kept_cases;
        detail::TrainingData<T> cases; // refers to those that are kept
        detail::PreparedForCall<T> prepared;
        Compute compute;
        std::function<std::unique_ptr<InferenceSession<T>>(AnyField<T> const&)> bind;
        std::mutex mutex;
        std::vector<std::unique_ptr<Workspace>> idle;
    };

    template <std::floating_point U>
    void infer(std::unique_ptr<Workspace> workspace, Block<U> out) const {
        Executor executor{shared_->compute};
        StatesView<T> const states = workspace->states;
        workspace->session->infer(*shared_->prepared, states, shared_->cases.observed(), executor);
        std::size_t column = 0;
        for (std::size_t const l : shared_->layers) {
            Block<T const> const means = states[l];
            for (std::size_t i = 0; i < means.rows; ++i)
                for (std::size_t j = 0; j < means.columns; ++j) out(i, column + j) = static_cast<U>(means(i, j));
            column += means.columns;
        }
        shared_->give_back(std::move(workspace));
    }

    std::shared_ptr<Shared> shared_;
};

namespace detail {

/// Data as an object that can be kept: a source, of matrices one that refers to them, or what `on_layers` gives.
template <class D>
[[nodiscard]] auto kept_data(D const& data) {
    if constexpr (NamesLayers<D>)
        return data;
    else
        return as_source(data);
}

} // namespace detail

/// The inferred means of the given layers, side by side, as a source that computes them at each presentation:
/// `inferred_features(machine, {1, 2}, images, MeanField{}, compute)`. Of `compute` it takes `block_rows` and
/// `precision`; the workers are those of whoever loads.
/// @throws ShapeError or ValueError if the data does not fit the model; ValueError if there is no such layer.
template <concepts::Field F, class Data, class Inference>
    requires(detail::fits_layers<Data, F>&& concepts::InferencePolicy<Inference, F>)
[[nodiscard]] auto inferred_features(F const& model, std::vector<std::size_t> layers, Data const& data,
                                     Inference const& inference, Compute const& compute = {}) {
    return InferredFeatures<typename F::value_type>{model, std::move(layers), detail::kept_data(data), inference,
                                                    compute};
}

/// The same for layers that are known when the program is compiled: `inferred_features<1, 2>(dbm, images,
/// MeanField{}, compute)`. Layers that the model does not have are refused then.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
    requires(sizeof...(L) >= 1 && (detail::MayHaveLayer<F, L> && ...) && detail::fits_layers<Data, F> &&
             concepts::InferencePolicy<Inference, F>)
[[nodiscard]] auto inferred_features(F const& model, Data const& data, Inference const& inference,
                                     Compute const& compute = {}) {
    return inferred_features(model, std::vector<std::size_t>{L...}, data, inference, compute);
}

/// Deleted for temporaries: the source refers to the model.
template <std::size_t... L, concepts::Field F, class Data, class Inference>
auto inferred_features(F const&& model, Data const& data, Inference const& inference,
                       Compute const& compute = {}) = delete;
template <concepts::Field F, class Data, class Inference>
auto inferred_features(F const&& model, std::vector<std::size_t> layers, Data const& data, Inference const& inference,
                       Compute const& compute = {}) = delete;

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/evaluation/features/inferred_features.hpp>
#endif
