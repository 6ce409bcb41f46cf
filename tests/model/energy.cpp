// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"

#include <boltz/model/energy.hpp>

using namespace boltz;

TEST_CASE("energies are what loops over the definition give", "[model]") {
    test::for_each_discrete_model([](auto const& model) {
        auto all = test::all_states(model);
        auto energies = energy(model, all.blocks());
        for (double& e : energies) e = -e;
        CHECK(test::distance(energies, test::naive_negative_energy(model, all)) < 1e-12);
    });
}

TEST_CASE("energies of machines that are no chains are what loops over the definition give", "[model]") {
    test::for_each_discrete_graph([](auto const& model) {
        auto all = test::all_states(model);
        auto energies = energy(model, all.blocks());
        for (double& e : energies) e = -e;
        CHECK(test::distance(energies, test::naive_negative_energy(model, all)) < 1e-12);
    });
}

TEST_CASE("any layers without weights in common can be summed out of a machine that is no chain", "[model]") {
    test::for_each_discrete_graph([](auto const& model) {
        auto all = test::all_states(model);
        double const log_z = test::log_sum_exp(test::naive_negative_energy(model, all));
        std::size_t summable = 0;
        for (std::size_t number = 0; number < std::size_t{1} << model.layers(); ++number) {
            LayerSet summed;
            for (std::size_t l = 0; l < model.layers(); ++l) summed.set(l, (number >> l & 1) != 0);
            auto given = test::all_states(model, ~summed);
            if (model.graph().independent(summed)) {
                CHECK(test::log_sum_exp(log_marginal(model, given.blocks(), summed)) == Approx(log_z).epsilon(1e-13));
                ++summable;
            } else {
                CHECK_THROWS_AS(log_marginal(model, given.blocks(), summed), ValueError);
            }
        }
        CHECK(summable >= 6);
    });
}

TEST_CASE("the free energy is minus the log of the sum over the hidden states, for every visible state", "[model]") {
    auto const check = [](auto const& rbm) {
        auto visible = test::all_states(rbm, {true, false});
        auto all = test::all_states(rbm);
        auto const weights = test::naive_negative_energy(rbm, all);
        auto const free = free_energy(rbm, visible[0]);
        for (std::size_t v = 0; v < visible.rows(); ++v) {
            std::vector<double> terms;
            for (std::size_t i = v; i < all.rows(); i += visible.rows()) terms.push_back(weights[i]);
            CHECK(-free[v] == Approx(test::log_sum_exp(terms)).epsilon(1e-13));
        }
    };
    check(test::randomised(test::bernoulli_rbm(4, 5), 2.0, 1.0, 1));
    check(test::randomised(RBM{test::layer<Multinomial>(3, Multinomial{3}), test::layer<Spin>(4)}, 1.0, 1.0, 2));
    check(test::randomised(RBM{JointLayer{test::layer<Bernoulli>(2), test::layer<Multinomial>(3)},
                               test::layer<Multinomial>(4, Multinomial{2})},
                           1.0, 1.0, 3));
}

TEST_CASE("the free energy of a real-valued hidden unit is a quadrature over it", "[model]") {
    auto rbm =
        test::randomised(RBM{test::layer<Bernoulli>(3), test::layer<Gaussian>(1, Gaussian::learned())}, 1.0, 1.0, 4);
    rbm.hidden().unit().parameters()[0] = 0.6;
    auto visible = test::all_states(rbm, {true, false});
    auto const free = free_energy(rbm, visible[0]);
    double const step = 0.125;
    States<double> grid{321, rbm.sizes()};
    for (std::size_t v = 0; v < visible.rows(); ++v) {
        for (std::size_t i = 0; i < 321; ++i) {
            copy(visible[0].row_range(v, 1), grid[0].row_range(i, 1));
            grid[1](i, 0) = (static_cast<double>(i) - 160) * step;
        }
        CHECK(-free[v] ==
              Approx(test::log_sum_exp(test::naive_negative_energy(rbm, grid)) + std::log(step)).epsilon(1e-10));
    }
}

TEST_CASE("a Gaussian-Gaussian model has the normal's log Z and moments", "[model]") {
    // exp(-E) is exp(b's - s'P s / 2) with P = (p, -w; -w, q): log Z = log(2 pi) - log(det P) / 2 + b'P^-1 b / 2.
    Vector<double> p = xt::zeros<double>({1});
    p(0) = 2;
    Vector<double> q = xt::zeros<double>({1});
    q(0) = 1.5;
    RBM rbm{test::layer<Gaussian>(1, Gaussian::with_precision(p)),
            test::layer<Gaussian>(1, Gaussian::with_precision(q))};
    double const w = 0.9;
    double const a = 0.4;
    double const b = -0.7;
    rbm.weights()(0, 0) = w;
    rbm.visible().bias()(0) = a;
    rbm.hidden().bias()(0) = b;
    double const determinant = 2 * 1.5 - w * w;
    double const log_z = std::log(2 * M_PI) - std::log(determinant) / 2 +
                         (1.5 * a * a + 2 * w * a * b + 2 * b * b) / (2 * determinant);
    double const mean = (1.5 * a + w * b) / determinant;
    double const variance = 1.5 / determinant;
    double const step = 0.0625;
    Matrix<double> visible = xt::zeros<double>({641, 1});
    for (std::size_t i = 0; i < 641; ++i) visible(i, 0) = (static_cast<double>(i) - 320) * step;
    auto const free = free_energy(rbm, Block{visible});
    double first = 0;
    double second = 0;
    double sum = 0;
    for (std::size_t i = 0; i < 641; ++i) {
        double const density = std::exp(-free[i] - log_z);
        sum += step * density;
        first += step * density * visible(i, 0);
        second += step * density * visible(i, 0) * visible(i, 0);
    }
    CHECK(sum == Approx(1).epsilon(1e-12));
    CHECK(first == Approx(mean).epsilon(1e-12));
    CHECK(second - first * first == Approx(variance).epsilon(1e-12));
}

TEST_CASE("energies in float agree with those in double", "[model]") {
    auto const narrow = test::randomised(test::mixed_dbm<float>(), 0.8, 0.5, 4);
    auto all = test::all_states(narrow);
    auto energies = energy(narrow, all.blocks());
    for (double& e : energies) e = -e;
    CHECK(test::distance(energies, test::naive_negative_energy(narrow, all)) < 1e-5);
}

TEST_CASE("states that do not fit are refused", "[model]") {
    auto const model = test::bernoulli_dbm();
    States<double> states{4, model.sizes()};
    auto const good = StateBlocks<double, 3>{states[0], states[1], states[2]};
    auto blocks = good;
    CHECK_NOTHROW(energy(model, blocks));
    blocks[1].columns = 2;
    CHECK_THROWS_AS(energy(model, blocks), ShapeError);
    CHECK_THROWS_WITH(energy(model, blocks),
                      contains_text("energy: states[1] has 2 columns, but layer 1 has 3 units"));
    CHECK_THROWS_AS(energy(model, StateBlocks<double, 2>{states[0], states[1]}), ShapeError);
    blocks = good;
    blocks[2].rows = 3;
    CHECK_THROWS_AS(energy(model, blocks), ShapeError);
    CHECK_THROWS_AS(log_marginal(model, blocks, LayerSet::of(1)), ShapeError);
    CHECK_THROWS_AS(log_marginal(model, StateBlocks<double, 3>{}, LayerSet::of(0, 2)), ShapeError);
    Matrix<double> visible = xt::zeros<double>({1, 5});
    CHECK_THROWS_AS(free_energy(test::bernoulli_rbm(), Block{visible}), ShapeError);
    BoltzmannMachine<double> const machine = test::bernoulli_dbm();
    CHECK_THROWS_WITH(free_energy(machine, Matrix<double>(xt::zeros<double>({1, 3}))),
                      contains_text("free_energy: the model has 3 layers, but must have 2"));
}
