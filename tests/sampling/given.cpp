// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/sampling/given.hpp>

using namespace boltz;

TEST_CASE("what is known of a case is kept by unit, and the rest is left alone", "[sampling]") {
    auto const model = test::bernoulli_dbm();
    Given given{model, 2};
    Matrix<double> values = xt::zeros<double>({2, 3});
    for (std::size_t i = 0; i < 6; ++i) values.data()[i] = static_cast<double>(i);
    Matrix<double> mask = xt::zeros<double>({1, 3});
    mask(0, 1) = 1;
    given.clamp(0, values, mask).clamp(1, values);
    Matrix<double> top = xt::ones<double>({2, 1});
    given.clamp_columns(2, 1, top);

    auto const clamps = given.clamps();
    CHECK(clamps.whole() == LayerSet{false, true, false});
    CHECK(clamps.mask(0, 1, 1)(0, 1) == 1);
    CHECK(clamps.mask(0, 1, 1)(0, 0) == 0);

    auto const check = [&](Given<double> const& known, std::size_t copies) {
        States<double> states{2 * copies, model.sizes()};
        for (std::size_t l = 0; l < 3; ++l)
            for (std::size_t i = 0; i < states.rows(); ++i)
                for (double& s : states[l].row(i)) s = -1;
        known.write(states.blocks());
        for (std::size_t i = 0; i < states.rows(); ++i) {
            std::size_t const c = i / copies;
            CHECK(states[0](i, 0) == -1);
            CHECK(states[0](i, 1) == values(c, 1));
            CHECK(states[1](i, 2) == values(c, 2));
            CHECK(states[2](i, 0) == -1);
            CHECK(states[2](i, 1) == 1);
        }
    };
    check(given, 1);
    check(given.repeated(3), 3);
    CHECK(given.repeated(3).cases() == 6);
}

TEST_CASE("values and masks of other shapes or numbers are refused", "[sampling]") {
    auto const model = test::bernoulli_dbm();
    CHECK_THROWS_AS((Given{model, 0}), ValueError);
    Given given{model, 2};
    Matrix<double> const good = xt::zeros<double>({2, 3});
    Matrix<double> const narrow = xt::zeros<double>({2, 2});
    Matrix<double> const tall = xt::zeros<double>({3, 3});
    Matrix<double> half = xt::zeros<double>({2, 3});
    half(1, 1) = 0.5;
    CHECK_THROWS_AS(given.clamp(3, good), ValueError);
    CHECK_THROWS_AS(given.clamp(0, narrow), ShapeError);
    CHECK_THROWS_AS(given.clamp(0, tall), ShapeError);
    CHECK_THROWS_AS(given.clamp(0, good, narrow), ShapeError);
    CHECK_THROWS_AS(given.clamp(0, good, tall), ShapeError);
    CHECK_THROWS_AS(given.clamp(0, good, half), ValueError);
    CHECK_THROWS_AS(given.clamp_columns(0, 2, narrow), ShapeError);
    CHECK_THROWS_AS(given.clamp_columns(0, 4, narrow), ShapeError);
    CHECK_THROWS_AS(given.clamp_columns(0, 0, tall), ShapeError);
    CHECK_THROWS_AS(given.clamp_columns(5, 0, good), ValueError);
    CHECK(given.clamps().touched() == LayerSet{}); // nothing was changed
}

TEST_CASE("more cases or copies than memory can hold are refused by name", "[sampling]") {
    auto const model = test::bernoulli_dbm();
    CHECK_THROWS_AS((Given{model, (std::size_t{1} << 62) + 1}), ValueError);
    Given const given{model, 4};
    auto const message =
        boltz_test::message_of<ValueError>([&] { (void)given.repeated((std::size_t{1} << 62) + 1); });
    CHECK_THAT(message, contains_text("Given: 4 cases x 4611686018427387905 copies"));
}
