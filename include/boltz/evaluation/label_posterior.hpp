// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A machine that has learned data and labels together, as a classifier.

#include <boltz/concepts.hpp>
#include <boltz/data/beside.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/error.hpp>
#include <boltz/evaluation/case_values.hpp>
#include <boltz/evaluation/mean_elbo.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/unit/multinomial.hpp>

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz {

/// p(label | case), one row a case and one column a class.
struct LabelPosterior {
    Matrix<double> probabilities;

    /// The most likely class of each case, the lowest where several are.
    [[nodiscard]] std::vector<std::size_t> classes() const {
        std::vector<std::size_t> result;
        for (std::size_t i = 0; i < probabilities.shape(0); ++i) {
            auto const row = Block<double const>{probabilities}.row(i);
            result.push_back(static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()));
        }
        return result;
    }

    /// The share of cases whose most likely class is not their label.
    /// @throws ShapeError if there are not as many labels as cases.
    [[nodiscard]] double error_rate(std::span<std::uint8_t const> labels) const {
        auto const predicted = classes();
        if (labels.size() != predicted.size())
            detail::fail<ShapeError>("LabelPosterior::error_rate: there are ", labels.size(), " labels, but ",
                                     predicted.size(), " cases");
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) wrong += predicted[i] != labels[i] ? 1 : 0;
        return static_cast<double>(wrong) / static_cast<double>(labels.size());
    }
};

namespace detail {

/// Refuses a unit that is no label.
inline void check_label_unit(Multinomial const& unit, std::size_t classes) {
    if (unit.trials() != 1)
        fail<ValueError>("label_posterior: the label unit has ", unit.trials(), " trials, but a label has 1");
    if (classes > 256) fail<ValueError>("label_posterior: there are ", classes, " classes, but labels go up to 256");
}

/// The posterior of labels whose log-weights come label by label, from `score(labels)` of all cases.
template <class Score>
LabelPosterior posterior_of_labels(std::size_t cases, std::size_t classes, Score&& score) {
    LabelPosterior result{xt::zeros<double>({cases, classes})};
    auto& p = result.probabilities;
    for (std::size_t k = 0; k < classes; ++k) {
        std::vector<std::uint8_t> const labels(cases, static_cast<std::uint8_t>(k));
        std::vector<double> const scores = score(OneHot{labels, classes});
        for (std::size_t i = 0; i < cases; ++i) p(i, k) = scores[i];
    }
    for (std::size_t i = 0; i < cases; ++i) {
        auto const row = Block{p}.row(i);
        double const top = *std::max_element(row.begin(), row.end());
        double sum = 0;
        for (double& value : row) sum += value = std::exp(value - top);
        if (!(sum > 0))
            fail<ValueError>("label_posterior: the model gives case ", i,
                             " no finite score, as after a training that diverged");
        for (double& value : row) value /= sum;
    }
    return result;
}

template <class U>
concept EndsInLabels = requires {
    U::parts;
    requires std::same_as<std::remove_cvref_t<decltype(std::declval<U const&>().template part<U::parts - 1>())>,
                          Multinomial>;
};

} // namespace detail

/// p(label | x) of an RBM whose visible layer is joint and ends in a softmax part, the labels:
/// proportional to exp(-F(x, label)) (Larochelle & Bengio 2008). Exact, since log Z drops out.
///
/// `data` has the columns before the labels. One product a class; the workers share the cases; allocates.
/// @throws ShapeError or ValueError if the data does not fit; ValueError if the label part has several trials.
template <concepts::Field F, class Data>
    requires(F::depth == 2 && detail::EndsInLabels<detail::UnitOf<F, 0>>)
[[nodiscard]] LabelPosterior label_posterior(F const& field, Data const& data, Compute const& compute = {},
                                             Draws const& draws = Draws::from_seed(0)) {
    auto const& unit = field.template layer<0>().unit();
    constexpr std::size_t last = detail::UnitOf<F, 0>::parts - 1;
    std::size_t const classes = unit.sizes()[last];
    detail::check_label_unit(unit.template part<last>(), classes);
    return detail::posterior_of_labels(as_source(data).rows(), classes, [&](OneHot const& labels) {
        return detail::case_values(field, Beside{as_source(data), labels}, compute, draws, "label_posterior",
                                   [&](auto const& states, std::size_t, std::span<double> out) {
                                       auto const values = log_marginal<1>(field, states);
                                       std::copy(values.begin(), values.end(), out.begin());
                                   });
    });
}

/// p(label | v) of a model with a softmax layer of labels on top: proportional to exp(ELBO(v, label)), the bound
/// with both observed. Exact where the posterior of the layers between factorises, as with one hidden layer between.
///
/// One inference a class; allocates.
/// @throws ShapeError or ValueError if the data does not fit the visible layer; ValueError if the labels have several
/// trials.
template <concepts::Field F, class Data, class Inference>
    requires(concepts::InferencePolicy<Inference, F>&& std::same_as<detail::UnitOf<F, F::depth - 1>, Multinomial>)
[[nodiscard]] LabelPosterior label_posterior(F const& field, Data const& data, Inference const& inference,
                                             Compute const& compute = {}, Draws const& draws = Draws::from_seed(0)) {
    constexpr std::size_t top = F::depth - 1;
    auto const& layer = field.template layer<top>();
    detail::check_label_unit(layer.unit(), layer.size());
    return detail::posterior_of_labels(as_source(data).rows(), layer.size(), [&](OneHot const& labels) {
        return unnormalised_elbos(field, on_layers<0, top>(data, labels), inference, draws, compute);
    });
}

} // namespace boltz
