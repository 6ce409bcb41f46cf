// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small models some of whose units are clamped, and the exact distribution of the others.

#include "support/markov_chain.hpp"

#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/sampling/clamped_gibbs.hpp>
#include <boltz/sampling/given.hpp>
#include <boltz/states.hpp>

#include <xtensor/xbuilder.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace test {

/// A model with a mask for each of its layers: unit j of layer l is clamped where (j + l + pattern) % 3 == 0.
template <std::floating_point T>
class ClampedModel {
  public:
    ClampedModel(boltz::BoltzmannMachine<T> const& model, std::uint64_t pattern)
        : masks_{1, model.sizes()}, sizes_{model.graph().sizes()} {
        for (std::size_t l = 0; l < sizes_.size(); ++l)
            for (std::size_t j = 0; j < sizes_[l]; ++j) masks_[l](0, j) = (j + l + pattern) % 3 == 0 ? T{1} : T{0};
    }

    [[nodiscard]] bool clamped(std::size_t l, std::size_t j) const { return masks_[l](0, j) != 0; }

    /// p(joint state | its clamped units are those of joint state `given`), 0 for the others.
    [[nodiscard]] std::vector<double> conditional(MarkovChain<T> const& chain, std::size_t given) const {
        std::vector<double> result = chain.stationary();
        double sum = 0;
        for (std::size_t i = 0; i < result.size(); ++i) {
            for (std::size_t l = 0; l < sizes_.size(); ++l)
                for (std::size_t j = 0; j < sizes_[l]; ++j)
                    if (clamped(l, j) && chain.joint[l](i, j) != chain.joint[l](given, j)) result[i] = 0;
            sum += result[i];
        }
        for (double& p : result) p /= sum;
        return result;
    }

    /// What is known: the clamped units of joint state `given`, in `cases` cases.
    [[nodiscard]] boltz::Given<T> known(boltz::BoltzmannMachine<T> const& model, MarkovChain<T> const& chain,
                                        std::size_t given, std::size_t cases) const {
        boltz::Given<T> result{model, 1};
        for (std::size_t l = 0; l < sizes_.size(); ++l)
            result.clamp(l, chain.joint[l].row_range(given, 1), boltz::Block<T const>{masks_[l]});
        return result.repeated(cases);
    }

    /// The masks for a number of rows, owned.
    class Masks {
      public:
        Masks(ClampedModel const& model, std::size_t rows) {
            for (std::size_t l = 0; l < model.sizes_.size(); ++l) {
                masks_.push_back(xt::zeros<T>({rows, model.sizes_[l]}));
                for (std::size_t i = 0; i < rows; ++i)
                    boltz::copy(model.masks_[l], boltz::Block<T>{masks_[l]}.row_range(i, 1));
            }
        }
        [[nodiscard]] boltz::Clamps<T> clamps() const { return {masks_, {}}; }

      private:
        std::vector<boltz::Matrix<T>> masks_;
    };
    [[nodiscard]] Masks repeated(std::size_t rows) const { return {*this, rows}; }

  private:
    boltz::States<T> masks_;
    std::vector<std::size_t> sizes_;
};

template <class M>
ClampedModel(M const&, std::uint64_t) -> ClampedModel<typename M::value_type>;

} // namespace test
