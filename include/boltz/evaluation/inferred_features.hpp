// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Inferred means of hidden layers, computed where they are used.

#include <boltz/compute.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/executor.hpp>
#include <boltz/model/prepared.hpp>
#include <boltz/states.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// The same as `features`, as a data source that stores nothing: whatever rows are loaded are inferred there and
/// then. Made by `inferred_features`.
///
/// It serves features that fit into no memory, and those that are read only once. A presentation costs an inference,
/// so a training on it pays for all of them each epoch. Rows that are loaded together are inferred together, so a
/// mean-field inference that stops early may stop elsewhere, by its tolerance. Refers to the model, which must
/// neither vanish nor change. Copies share the packed weights and the workspaces; a workspace is allocated for each
/// worker that loads at the same time, once.
template <concepts::Model M, class Cases, class Inference, std::size_t... L>
class InferredFeatures {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    using Session = decltype(std::declval<Inference const&>().bind(std::declval<Prepared<M> const&>()));

  public:
    InferredFeatures(M const& model, Cases cases, Inference const& inference, Compute const& compute)
        : cases_{std::move(cases)}, shared_{std::make_shared<Shared>(model, inference, compute)} {
        cases_.check(model, "inferred_features", Draws::from_seed(0));
    }

    [[nodiscard]] std::size_t rows() const noexcept { return cases_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept {
        auto const sizes = shared_->prepared.sizes();
        return (sizes[L] + ...);
    }

    template <class U>
    void load(std::span<std::size_t const> indices, Block<U> out, Draws const& draws) const {
        infer(indices, out, [&](auto const& states) { cases_.load(indices, states, draws); });
    }
    /// Inferred from the cases without what they draw afresh.
    template <class U>
    void load_undrawn(std::span<std::size_t const> indices, Block<U> out, Draws const& draws) const {
        infer(indices, out, [&](auto const& states) { cases_.load_undrawn(indices, states, draws); });
    }

  private:
    template <class U, class LoadCases>
    void infer(std::span<std::size_t const> indices, Block<U> out, LoadCases&& load_cases) const {
        auto workspace = shared_->take();
        Executor executor{shared_->compute};
        workspace->states.require(indices.size(), shared_->prepared.sizes());
        auto const states = workspace->states.blocks();
        load_cases(states);
        workspace->session.infer(shared_->prepared, states, Cases::template observed<depth>(), executor);
        std::size_t column = 0;
        auto const put = [&](Block<T const> means) {
            for (std::size_t i = 0; i < indices.size(); ++i)
                for (std::size_t j = 0; j < means.columns; ++j) out(i, column + j) = static_cast<U>(means(i, j));
            column += means.columns;
        };
        (put(states[L]), ...);
        shared_->give_back(std::move(workspace));
    }

    struct Workspace {
        Session session;
        States<T, depth> states{};
    };

    struct Shared {
        Shared(M const& model, Inference policy, Compute how)
            : prepared{model, how}, inference{std::move(policy)}, compute{how} {
            compute.threads = 1; // whoever loads is a worker already
        }

        std::unique_ptr<Workspace> take() {
            std::lock_guard const lock{mutex};
            if (idle.empty()) return std::make_unique<Workspace>(Workspace{inference.bind(prepared)});
            auto workspace = std::move(idle.back());
            idle.pop_back();
            return workspace;
        }
        void give_back(std::unique_ptr<Workspace> workspace) {
            std::lock_guard const lock{mutex};
            idle.push_back(std::move(workspace));
        }

        Prepared<M> prepared;
        Inference inference;
        Compute compute;
        std::mutex mutex;
        std::vector<std::unique_ptr<Workspace>> idle;
    };

    Cases cases_;
    std::shared_ptr<Shared> shared_;
};

/// The inferred means of the given layers, side by side, as a source that computes them at each presentation:
/// `inferred_features<1, 2>(dbm, images, MeanField{}, compute)`. Of `compute` it takes `block_rows` and `precision`;
/// the workers are those of whoever loads.
/// @throws ShapeError or ValueError if the data does not fit the model.
template <std::size_t... L, concepts::Model M, class Data, class Inference>
    requires(sizeof...(L) >= 1 && ((L < M::depth) && ...))
[[nodiscard]] auto inferred_features(M const& model, Data const& data, Inference const& inference,
                                     Compute const& compute = {}) {
    using Cases = decltype(as_training_data(data));
    return InferredFeatures<M, Cases, Inference, L...>{model, as_training_data(data), inference, compute};
}

/// Refers to the model, so not to one that is gone at the semicolon.
template <std::size_t... L, concepts::Model M, class Data, class Inference>
auto inferred_features(M const&& model, Data const& data, Inference const& inference,
                       Compute const& compute = {}) = delete;

} // namespace boltz
