// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/evaluation/features/inferred_features.hpp>

#include <boltz/states.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace boltz {

template <std::floating_point T>
std::size_t InferredFeatures<T>::columns() const noexcept {
    std::size_t result = 0;
    for (std::size_t const l : shared_->layers) result += shared_->model.sizes()[l];
    return result;
}

template <std::floating_point T>
StatesView<T> InferredFeatures<T>::Workspace::room(Shared const& shared, std::size_t rows) {
    states.require(rows, shared.model.sizes());
    return states;
}

template <std::floating_point T>
std::unique_ptr<typename InferredFeatures<T>::Workspace> InferredFeatures<T>::Shared::take() {
    std::lock_guard const lock{mutex};
    if (idle.empty()) return std::make_unique<Workspace>(Workspace{bind(*prepared)});
    auto workspace = std::move(idle.back());
    idle.pop_back();
    return workspace;
}

template <std::floating_point T>
void InferredFeatures<T>::Shared::give_back(std::unique_ptr<Workspace> workspace) {
    std::lock_guard const lock{mutex};
    idle.push_back(std::move(workspace));
}

} // namespace boltz

#define BOLTZ_INSTANCES(T) template class InferredFeatures<T>;
#include <boltz/detail/instantiate.hpp>
