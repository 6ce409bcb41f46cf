// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/optimizer/averaged.hpp>
#include <boltz/optimizer/centred.hpp>
#include <boltz/optimizer/clipped.hpp>
#include <boltz/optimizer/max_norm.hpp>
#include <boltz/optimizer/optimizer_session.hpp>
#include <boltz/optimizer/sparse.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace test_wrappers {

using namespace boltz;

namespace {

using Binary = StochasticLayer<Bernoulli, double>;
using Calls = std::vector<std::string>;

/// An optimizer that moves nothing and writes down which of its functions are called.
struct Recording {
    Calls* calls = nullptr;
    bool parts = true; ///< whether it takes steps by parts
    bool rate = true;  ///< whether it has a rate

    class Session;
    Session bind(AnyParametric<double> const&) const;
};

class Recording::Session final : public OptimizerSession<double> {
  public:
    explicit Session(Recording const& policy) : policy_{policy} {}
    void step(AnyParametric<double>&, ParameterSet<double>&, Clock const&, Executor&) override { note("step"); }
    void archive(Archive& archive) override { archive("number", number_); }
    [[nodiscard]] bool by_parts() const noexcept override { return policy_.parts; }
    void step_weights(AnyParametric<double>&, ParameterSet<double>&, Clock const&, WeightRows const& rows) override {
        note("weights " + std::to_string(rows.first) + " " + std::to_string(rows.count));
    }
    void step_but_weights(AnyParametric<double>&, ParameterSet<double>&, Clock const&) override {
        note("but weights");
    }
    bool finish_step(AnyParametric<double>&, Clock const&, Executor&) override {
        note("finish");
        return true;
    }
    [[nodiscard]] bool has_rate() const noexcept override { return policy_.rate; }
    void scale_rate(double factor) override { note("scale " + std::to_string(factor)); }
    [[nodiscard]] bool frozen(std::size_t layer, Clock const& clock) const override {
        return layer == 1 && clock.epoch == 3;
    }
    void observe(Phase<double> const& data, Clock const&) override { note("observe " + std::to_string(data.rows)); }

  private:
    void note(std::string call) { policy_.calls->push_back(std::move(call)); }

    Recording policy_;
    double number_ = 7;
};

Recording::Session Recording::bind(AnyParametric<double> const&) const { return Session{*this}; }

} // namespace

TEST_CASE("wrappers pass on to the inner optimizer what a training calls", "[optimizer]") {
    RBM model{Binary{3}, Binary{2}};
    States<double> batch{4, model.sizes()};
    Phase<double> phase;
    phase.refer(batch.blocks(), Moment::state);
    Executor executor{Compute{}};
    auto gradient = model.make_gradient();
    for (bool const parts : {true, false})
        for (bool const rate : {true, false}) {
            Calls calls;
            Recording const inner{&calls, parts, rate};
            auto const check = [&](OptimizerSession<double>&& session, bool leaves_parts) {
                calls.clear();
                CHECK(session.by_parts() == (parts && leaves_parts));
                CHECK(session.has_rate() == rate);
                CHECK_FALSE(session.searches());
                CHECK(session.frozen(1, Clock{.epoch = 3}));
                CHECK_FALSE(session.frozen(0, Clock{.epoch = 3}));
                CHECK_FALSE(session.frozen(1, Clock{.epoch = 2}));
                session.scale_rate(0.5);
                session.observe(phase, Clock{});
                session.step(model, gradient, Clock{}, executor);
                CHECK(calls == Calls{"scale 0.500000", "observe 4", "step"});
                CHECK(to_arrays(session).contains("inner/number"));
                if (!session.by_parts()) return;
                calls.clear();
                session.step_weights(model, gradient, Clock{}, {.connection = 0, .first = 1, .count = 2});
                session.step_but_weights(model, gradient, Clock{});
                CHECK(session.finish_step(model, Clock{}, executor));
                CHECK(calls == Calls{"weights 1 2", "but weights", "finish"});
            };
            SECTION(std::string{"by parts: "} + (parts ? "yes" : "no") + ", rate: " + (rate ? "yes" : "no")) {
                check(Sparse{inner}.bind(model), true);
                check(MaxNorm{inner}.bind(model), true);
                check(Averaged{inner}.bind(model), true);
                check(Clipped{inner}.bind(model), false);
                check(Centred{inner}.bind(model), false);
            }
        }
}

// Whether a model is a machine or a network is seen through wrappers too.
static_assert(concepts::Optimizer<Averaged<Recording>, AnyParametric<double>>);
static_assert(concepts::Optimizer<Averaged<Centred<Recording>>, RBM<Binary, Binary>>);
static_assert(concepts::Optimizer<Averaged<Centred<Recording>>, AnyModel<double>>);
static_assert(!concepts::Optimizer<Averaged<Centred<Recording>>, AnyParametric<double>>);
static_assert(!concepts::Optimizer<Clipped<Sparse<Recording>>, AnyParametric<double>>);

} // namespace test_wrappers
