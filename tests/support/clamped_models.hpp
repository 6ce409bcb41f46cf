// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Small models some of whose units are clamped, and the exact distribution of the others.

#include "support/markov_chain.hpp"

#include <boltz/sampling/given.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace test {

/// A model with a mask for each of its layers: unit j of layer l is clamped where (j + l + pattern) % 3 == 0.
template <class M>
class ClampedModel {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;

  public:
    ClampedModel(M const& model, std::uint64_t pattern) : masks_{1, model.sizes()}, sizes_{model.sizes()} {
        for (std::size_t l = 0; l < depth; ++l)
            for (std::size_t j = 0; j < sizes_[l]; ++j) masks_[l](0, j) = (j + l + pattern) % 3 == 0 ? T{1} : T{0};
    }

    [[nodiscard]] bool clamped(std::size_t l, std::size_t j) const { return masks_[l](0, j) != 0; }

    /// p(joint state | its clamped units are those of joint state `given`), 0 for the others.
    [[nodiscard]] std::vector<double> conditional(MarkovChain<M>& chain, std::size_t given) const {
        std::vector<double> result = chain.stationary();
        double sum = 0;
        for (std::size_t i = 0; i < result.size(); ++i) {
            for (std::size_t l = 0; l < depth; ++l)
                for (std::size_t j = 0; j < sizes_[l]; ++j)
                    if (clamped(l, j) && chain.joint[l](i, j) != chain.joint[l](given, j)) result[i] = 0;
            sum += result[i];
        }
        for (double& p : result) p /= sum;
        return result;
    }

    /// What is known: the clamped units of joint state `given`, in `cases` cases.
    [[nodiscard]] boltz::Given<T, depth> known(M const& model, MarkovChain<M>& chain, std::size_t given,
                                               std::size_t cases) const {
        boltz::Given<T, depth> result{model, 1};
        for (std::size_t l = 0; l < depth; ++l)
            result.clamp(l, chain.joint[l].row_range(given, 1), boltz::Block<T const>{masks_[l]});
        return result.repeated(cases);
    }

    /// The masks for a number of rows, owned.
    class Masks {
      public:
        Masks(ClampedModel const& model, std::size_t rows) : masks_{rows, model.sizes_} {
            for (std::size_t l = 0; l < depth; ++l)
                for (std::size_t i = 0; i < rows; ++i) boltz::copy(model.masks_[l], masks_[l].row_range(i, 1));
        }
        [[nodiscard]] boltz::Clamps<T, depth> clamps() const {
            boltz::Clamps<T, depth> result;
            for (std::size_t l = 0; l < depth; ++l) result.masks[l] = masks_[l];
            return result;
        }

      private:
        boltz::States<T, depth> masks_;
    };
    [[nodiscard]] Masks repeated(std::size_t rows) const { return {*this, rows}; }

  private:
    boltz::States<T, depth> masks_;
    std::array<std::size_t, depth> sizes_;
};

} // namespace test
