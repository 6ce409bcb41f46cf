// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What enters beside the layers of an unrolled machine.

#include <boltz/compute.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/binarised.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/draws.hpp>
#include <boltz/evaluation/features/compact_features.hpp>
#include <boltz/model/unroll.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace boltz {

/// Cases and, beside them, inferred means of hidden layers: a data source, made by `top_down_inputs`. Copies share
/// the means.
template <concepts::DataSource S>
class TopDownInputs {
  public:
    TopDownInputs(S cases, std::vector<CompactMatrix> means) : cases_{std::move(cases)}, means_{std::move(means)} {}

    [[nodiscard]] std::size_t rows() const noexcept { return cases_.rows(); }
    [[nodiscard]] std::size_t columns() const noexcept {
        std::size_t columns = cases_.columns();
        for (auto const& means : means_) columns += means.columns();
        return columns;
    }
    /// The protocol of the cases.
    [[nodiscard]] Binarisation binarisation() const noexcept { return binarisation_of(cases_); }

    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        cases_.load(indices, out.column_range(0, cases_.columns()), of_cases(draws));
        load_inferred(indices, out, draws);
    }
    /// The means behind what the cases draw, see `MeansOf`.
    template <class T>
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        detail::load_means(cases_, indices, out.column_range(0, cases_.columns()), of_cases(draws));
        load_inferred(indices, out, draws);
    }

  private:
    // As of sources side by side, see `SideBySide`.
    [[nodiscard]] Draws of_cases(Draws const& draws) const { return means_.empty() ? draws : draws.stream(0); }
    template <class T>
    void load_inferred(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        std::size_t first = cases_.columns();
        for (auto const& means : means_) {
            means.load(indices, out.column_range(first, means.columns()), draws);
            first += means.columns();
        }
    }

    S cases_;
    std::vector<CompactMatrix> means_;
};

/// The input of `unroll(machine, ..., TopDown::inferred)`: the cases, and beside them the inferred means of the
/// hidden layers from the second on, computed once and kept in 16 bits a number. A machine with one hidden layer has
/// no such layers, and the cases are all.
///
/// Salakhutdinov & Hinton (2009) infer by 50 mean-field sweeps; where `inference` has not converged the network
/// begins near its means and not at them. The cases stay as they are: a source that draws at each presentation does
/// so still, while inference sees the means behind the draws (`MeansOf`).
/// @throws as `infer_portions`; ValueError if the machine is no chain of layers.
template <detail::Machine M, class Data, class Inference>
[[nodiscard]] auto top_down_inputs(M const& machine, Data const& cases, Inference const& inference,
                                   Compute const& compute = {}, Compactness compactness = Compactness::sixteen_bits) {
    using T = typename M::value_type;
    detail::check_chain<T>(machine);
    std::vector<std::size_t> layers;
    for (std::size_t l = 2; l <= detail::top_hidden<T>(machine); ++l) layers.push_back(l);
    auto const source = as_source(cases);
    std::vector<CompactMatrix> means;
    if (!layers.empty())
        means = detail::compact_features<T>(machine, layers, detail::TrainingData<T>{MeansOf{source}},
                                            detail::bound_to_field<T>(inference), compute, compactness);
    return TopDownInputs{source, std::move(means)};
}

} // namespace boltz
