// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Restricted Boltzmann machines.

#include <boltz/model/dbm.hpp>

#include <utility>

namespace boltz {

/// A restricted Boltzmann machine: the deep one with a visible and one hidden layer, under its usual names.
///
/// E(v, h) = e(v) + e(h) - a'v - b'h - v'W h. `RBM{StochasticLayer<Bernoulli>{784},
/// StochasticLayer<Bernoulli>{500}}`.
template <concepts::Layer Visible, concepts::Layer Hidden>
class RBM : public DBM<Visible, Hidden> {
  public:
    explicit RBM(Visible visible, Hidden hidden) : DBM<Visible, Hidden>{std::move(visible), std::move(hidden)} {}

    [[nodiscard]] Visible& visible() noexcept { return this->template layer<0>(); }
    [[nodiscard]] Visible const& visible() const noexcept { return this->template layer<0>(); }
    [[nodiscard]] Hidden& hidden() noexcept { return this->template layer<1>(); }
    [[nodiscard]] Hidden const& hidden() const noexcept { return this->template layer<1>(); }
};

template <class Visible, class Hidden>
RBM(Visible, Hidden) -> RBM<Visible, Hidden>;

} // namespace boltz
