// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The machines of the runs.

#include <boltz/dbm.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

/// A machine of any layers.
using Machine = boltz::BoltzmannMachine<float>;

/// Binary layers of these sizes that stand on each other, the visible one first: an RBM or a DBM.
inline Machine binary_machine(std::vector<std::size_t> const& sizes) {
    std::vector<std::unique_ptr<boltz::AnyLayer<float>>> layers;
    for (std::size_t const size : sizes)
        layers.push_back(std::make_unique<boltz::StochasticLayer<boltz::Bernoulli>>(size));
    return {std::move(layers), boltz::LayerGraph::chain(sizes).connections()};
}
