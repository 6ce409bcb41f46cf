// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A model as a user may write one, which knows nothing of how its products are made.

#include "support/model_zoo.hpp"

#include <utility>

namespace test {

/// A model that shows of another one what the concept asks for, and nothing more.
template <class M>
class OwnModel {
  public:
    static constexpr std::size_t depth = M::depth;
    using value_type = typename M::value_type;
    using Gradient = typename M::Gradient;

    explicit OwnModel(M model) : model_{std::move(model)} {}

    template <std::size_t I>
    [[nodiscard]] auto& layer() noexcept {
        return model_.template layer<I>();
    }
    template <std::size_t I>
    [[nodiscard]] auto const& layer() const noexcept {
        return model_.template layer<I>();
    }
    [[nodiscard]] auto sizes() const noexcept { return model_.sizes(); }

    template <std::size_t I>
    void input(boltz::StateBlocks<value_type, depth> const& states, boltz::Block<value_type> out,
               boltz::Factors factors = {}) const {
        model_.template input<I>(states, out, factors);
    }
    [[nodiscard]] Gradient make_gradient() const { return model_.make_gradient(); }
    void accumulate(boltz::Phase<value_type, depth> const& phase, boltz::Accumulation how, Gradient& gradient,
                    boltz::Executor& executor) const {
        model_.accumulate(phase, how, gradient, executor);
    }
    template <class F, class... Sets>
    void for_each_parameter(F&& f, Sets&... sets) {
        model_.for_each_parameter(f, sets...);
    }
    template <class Archive>
    void archive(Archive& archive) {
        model_.archive(archive);
    }

  private:
    M model_;
};

} // namespace test
