// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/archive.hpp>
#include <boltz/evaluation/exact/exact.hpp>

using namespace boltz;

TEST_CASE("the natural parameters of a layer are what loops over the definition give", "[model]") {
    test::for_each_model([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        States<double> states{3, model.sizes()};
        for (std::size_t l = 0; l < M::depth; ++l)
            for (std::size_t i = 0; i < 3; ++i) Draws::from_seed(l).normal(i, 0, states[l].row(i));
        for (Factors const factors : {Factors{}, Factors{.below = 2, .above = 0}, Factors{.below = 0, .above = 0.5},
                                      Factors{.below = 1, .above = 1, .bias = 0, .keep = 1},
                                      Factors{.below = 2, .above = 3, .bias = -1, .keep = 0.25}})
            boltz::detail::for_each_index<M::depth>([&](auto l) {
                auto const& layer = model.template layer<l>();
                Matrix<double> out = xt::ones<double>({std::size_t{3}, layer.size()});
                model.input(l, states.blocks(), Block{out}, factors);
                for (std::size_t i = 0; i < 3; ++i)
                    for (std::size_t j = 0; j < layer.size(); ++j) {
                        double x = factors.keep + factors.bias * layer.bias()(j);
                        if constexpr (l > 0)
                            for (std::size_t k = 0; k < states[l - 1].columns; ++k)
                                x += factors.below * states[l - 1](i, k) * model.weights(l - 1)(k, j);
                        if constexpr (l + 1 < M::depth)
                            for (std::size_t k = 0; k < states[l + 1].columns; ++k)
                                x += factors.above * states[l + 1](i, k) * model.weights(l)(j, k);
                        CHECK(out(i, j) == Approx(x).margin(1e-12));
                    }
            });
    });
}

TEST_CASE("an overwritten output may hold not-a-number before", "[model]") {
    auto const model = test::randomised(test::bernoulli_rbm(), 1.0, 1.0, 1);
    States<double> states{2, model.sizes()};
    for (std::size_t j = 0; j < 3; ++j) states[1](0, j) = std::numeric_limits<double>::quiet_NaN();
    model.input(1, states.blocks(), states[1]);
    CHECK(std::isfinite(states[1](0, 0)));
}

TEST_CASE("accumulated statistics are minus the derivatives of the energy", "[model]") {
    test::for_each_model([](auto const& model) {
        using M = std::remove_cvref_t<decltype(model)>;
        States<double> states{3, model.sizes()};
        boltz::detail::for_each_index<M::depth>([&](auto l) {
            model.input(l, states.blocks(), states[l]);
            model.template layer<l>().unit().sample(states[l], Draws::from_seed(l));
        });
        Phase<double> phase;
        phase.refer(states.blocks(), Moment::state);
        Executor executor{Compute{}};
        auto gradient = model.make_gradient();
        model.accumulate(phase, {.factor = 0.5}, gradient, executor);
        auto const minus_energy = [&](M const& m) {
            double sum = 0;
            for (double const e : energy(m, states.blocks())) sum -= e;
            return sum / 2;
        };
        CHECK(test::gradient_error(model, gradient, minus_energy) < 1e-7);

        auto const once = test::numbers(gradient);
        model.accumulate(phase, {.factor = 1, .keep = 3}, gradient, executor);
        auto const twice = test::numbers(gradient);
        for (std::size_t k = 0; k < once.size(); ++k) CHECK(twice[k] == Approx(5 * once[k]).margin(1e-12));
    });
}

TEST_CASE("a gradient with more rows than one worker takes is whole", "[model]") {
    auto model = test::bernoulli_rbm<double>(700, 2);
    States<double> states{5, model.sizes()};
    for (std::size_t i = 0; i < 5; ++i) {
        Draws::from_seed(1).normal(i, 0, states[0].row(i));
        Draws::from_seed(2).normal(i, 0, states[1].row(i));
    }
    Phase<double> phase;
    phase.refer(states.blocks(), Moment::state);
    auto gradient = model.make_gradient();
    Executor executor{Compute{.threads = 2}};
    model.accumulate(phase, {}, gradient, executor);
    for (std::size_t j : {0u, 255u, 256u, 511u, 512u, 699u})
        for (std::size_t k = 0; k < 2; ++k) {
            double sum = 0;
            for (std::size_t i = 0; i < 5; ++i) sum += states[0](i, j) * states[1](i, k);
            CHECK(gradient.weights[0](j, k) == Approx(sum).margin(1e-12));
        }
}

TEST_CASE("two layers of a deep machine are an RBM", "[model]") {
    auto const rbm = test::randomised(test::bernoulli_rbm(), 1.0, 1.0, 1);
    auto const dbm = test::randomised(DBM{test::layer<Bernoulli>(4), test::layer<Bernoulli>(3)}, 1.0, 1.0, 1);
    CHECK(exact_log_partition(rbm) == exact_log_partition(dbm));
    CHECK(rbm.visible().size() == 4);
    CHECK(rbm.hidden().size() == 3);
    CHECK(&rbm.visible() == &rbm.layer<0>());
}

TEST_CASE("a new model has weights and biases of 0 and gradients of its own shapes", "[model]") {
    auto model = test::gaussian_dbm();
    CHECK(model.sizes() == std::array<std::size_t, 3>{2, 3, 3});
    for (double const w : model.weights(1)) CHECK(w == 0);
    auto const gradient = model.make_gradient();
    CHECK(gradient.weights[1].shape(0) == 3);
    CHECK(gradient.of_units[0].size() == 0); // fixed precisions
    CHECK(gradient.of_units[2].size() == 1); // one learned precision in the joint layer
    CHECK_THROWS(model.weights(2));
}

TEST_CASE("a walk over the parameters meets each with its own gradient", "[model]") {
    auto model = test::randomised(test::gaussian_dbm(), 1.0, 1.0, 7);
    auto gradient = model.make_gradient();
    double next = 0;
    test::each_number(gradient, [&](double& x) { x = ++next; });
    double sum = 0;
    std::size_t of_units = 0;
    std::array<std::size_t, decltype(model)::depth> of_layers{};
    model.for_each_parameter(
        [&](Parameter parameter, auto values, auto slopes) {
            REQUIRE(values.size() == slopes.size());
            for (double const slope : slopes) sum += slope;
            if (parameter.kind == ParameterKind::of_unit) of_units += values.size();
            of_layers.at(parameter.layer) += values.size();
        },
        gradient);
    CHECK(of_units == 1);
    // Weights belong to the layer that they feed.
    auto const sizes = model.sizes();
    for (std::size_t l = 0; l < sizes.size(); ++l)
        CHECK(of_layers[l] >= sizes[l] + (l > 0 ? sizes[l - 1] * sizes[l] : 0));
    CHECK(of_layers[0] <= sizes[0] + of_units);
    CHECK(sum == next * (next + 1) / 2);
}

TEST_CASE("a model leaves and enters memory under documented names", "[model]") {
    auto saved = test::randomised(test::gaussian_dbm<float>(), 1.0, 1.0, 7);
    saved.layer<2>().unit().part<0>().parameters()[0] = 0.8;
    Arrays const arrays = to_arrays(saved);
    for (char const* name :
         {"weights_0", "weights_1", "bias_0", "bias_1", "bias_2", "unit_0/log_precision", "unit_0/learns",
          "unit_2/part_0/log_precision", "unit_2/part_0/learns", "unit_2/part_1/trials"})
        CHECK(arrays.count(name) == 1);
    CHECK(arrays.size() == 10);
    CHECK(arrays.at("weights_0").dtype == "<f4");
    CHECK(arrays.at("weights_0").shape == std::vector<std::size_t>{2, 3});

    auto loaded = test::gaussian_dbm<float>();
    from_arrays(arrays, loaded);
    CHECK(std::equal(saved.weights(1).begin(), saved.weights(1).end(), loaded.weights(1).begin()));
    CHECK(loaded.layer<2>().unit().part<0>().log_precision()(0) == 0.8);
    CHECK(loaded.layer<2>().unit().part<0>().learned_count() == saved.layer<2>().unit().part<0>().learned_count());

    auto wide = test::gaussian_dbm<double>();
    CHECK_THROWS_AS(from_arrays(arrays, wide), FormatError);
    auto other = test::bernoulli_dbm<float>();
    CHECK_THROWS_AS(from_arrays(arrays, other), FormatError);
    CHECK(other.weights()(0, 0) == 0);
}

TEST_CASE("blocks that do not fit a layer are refused", "[model]") {
    auto const model = test::bernoulli_dbm();
    States<double> states{2, model.sizes()};
    Matrix<double> out = xt::zeros<double>({2, 2});
    CHECK_THROWS_AS(model.input(0, states.blocks(), Block{out}), ShapeError);
    Matrix<double> short_out = xt::zeros<double>({1, 3});
    CHECK_THROWS_AS(model.input(1, states.blocks(), Block{short_out}), ShapeError);
}
