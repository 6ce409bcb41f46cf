// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A model as a user may write one, which knows nothing of how its products are made.

#include <boltz/archive.hpp>
#include <boltz/executor.hpp>
#include <boltz/factors.hpp>
#include <boltz/graph.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/states.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace test {

/// A model that shows of another one what `boltz::AnyModel` asks for, and nothing more.
template <class M>
class OwnModel final : public boltz::AnyModel<typename M::value_type> {
    using T = typename M::value_type;

  public:
    using boltz::AnyParametric<T>::weight_block;
    using boltz::AnyParametric<T>::bias_span;

    explicit OwnModel(M model) : model_{std::move(model)} {}

    [[nodiscard]] boltz::LayerGraph const& graph() const noexcept override { return model_.graph(); }
    [[nodiscard]] boltz::AnyUnit<T> const& unit(std::size_t layer) const override { return model_.unit(layer); }
    void input(std::size_t layer, boltz::StatesView<T const> states, boltz::Block<T> out,
               boltz::Factors const& factors = {}) const override {
        model_.input(layer, states, out, factors);
    }
    void accumulate(boltz::Phase<T> const& phase, boltz::Accumulation how, boltz::ParameterSet<T>& gradient,
                    boltz::Executor& executor) const override {
        model_.accumulate(phase, how, gradient, executor);
    }
    [[nodiscard]] std::vector<boltz::Connection> const& weight_connections() const noexcept override {
        return model_.weight_connections();
    }
    [[nodiscard]] boltz::Block<T> weight_block(std::size_t connection) override {
        return model_.weight_block(connection);
    }
    [[nodiscard]] std::size_t parameter_layers() const noexcept override { return model_.parameter_layers(); }
    [[nodiscard]] std::span<T> bias_span(std::size_t layer) override { return model_.bias_span(layer); }
    void archive(boltz::Archive& archive) override { model_.archive(archive); }

  private:
    M model_;
};

} // namespace test
