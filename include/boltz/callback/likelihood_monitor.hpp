// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Watches the likelihood.

#include <boltz/callback/monitoring.hpp>
#include <boltz/concepts.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/evaluation/annealing/several_bases.hpp>
#include <boltz/evaluation/likelihood/likelihood.hpp>

#include <limits>
#include <string>
#include <utility>

namespace boltz {

/// Measures "log_likelihood" of some cases (of an RBM; "elbo" of a deeper machine), in nats a case, with its standard
/// error ("..._error"), and "log_z" with "log_z_effective_runs", by annealing from the `usual_bases` of the cases.
///
/// Where something speaks against log Z, visited states and the cases themselves included, the likelihood is not a
/// number, so that nothing stops or keeps a model by it, and a remark names what. The numbers drawn are the same each
/// time, so that epochs compare. Data is on the visible layer. Costs what `log_partition` from two bases costs: mind
/// `Monitoring::every` and the ladder.
template <class Data, class Inference = ExactPosterior>
class LikelihoodMonitor {
  public:
    /// `ais` is how log Z is estimated, its `compute` included; `how` all the rest.
    LikelihoodMonitor(Data const& data, Ais ais, Monitoring<Inference> how = {})
        : data_{as_training_data(data)}, ais_{std::move(ais)}, how_{how} {}

    template <concepts::Model M>
        requires concepts::InferencePolicy<Inference, M>
    void on_epoch_end(M const& model, TrainingInfo const& info) {
        static_assert(detail::visible_only<Data>, "LikelihoodMonitor takes data on the visible layer only");
        if (!how_.due(info)) return;
        Random own{how_.draws().key()};
        AnyField<typename M::value_type> const& field = model;
        bool const exact = field.layers() == 2;
        auto const bases = usual_bases(field, data_.template source<0>(), own, ais_.compute);
        LogPartition const log_z = log_partition(field, bases, ais_, own);
        std::string const name = exact ? "log_likelihood" : "elbo";
        LogLikelihood const found = exact ? log_likelihood(field, data_, log_z, how_.compute, how_.draws())
                                          : elbo(model, data_, how_.inference, log_z, how_.compute, how_.draws());
        bool const believed = log_z.trustworthy() && !found.refuted();
        auto const believable = [&](double value) {
            return believed ? value : std::numeric_limits<double>::quiet_NaN();
        };
        info.metrics->push_back({name, believable(found.mean)});
        if (!found.trustworthy()) info.remark(name + ": " + found.warning());
        info.metrics->push_back({name + "_error", believable(found.standard_error)});
        info.metrics->push_back({"log_z", believable(log_z.log_z)});
        info.metrics->push_back({"log_z_effective_runs", log_z.effective_chains});
    }

  private:
    decltype(as_training_data(std::declval<Data const&>())) data_;
    Ais ais_;
    Monitoring<Inference> how_;
};

} // namespace boltz
