// SPDX-License-Identifier: MIT
#include <boltz/data/on_layers.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/one_hot.hpp>

namespace test_on_layers {

using namespace boltz;

namespace {

auto labelled_dbm() {
    return DBM{test::layer<Bernoulli, double>(2), test::layer<Bernoulli, double>(3),
               test::layer<Multinomial, double>(3)};
}

std::vector<std::uint8_t> const labels{2, 0, 1, 2};

Matrix<double> pixels(std::size_t rows = 4) {
    Matrix<double> result = xt::zeros<double>({rows, std::size_t{2}});
    for (std::size_t i = 0; i < rows; ++i) result(i, i % 2) = 1;
    return result;
}

} // namespace

TEST_CASE("data on several layers is loaded into those and leaves the others alone") {
    auto const matrix = pixels();
    auto const sources = on_layers<0, 2>(matrix, OneHot{labels, 3});
    CHECK(sources.rows() == 4);
    boltz::detail::TrainingData<double> const data{sources};
    CHECK(data.rows() == 4);
    CHECK(data.observed() == LayerSet{true, false, true});
    States<double> states{2, labelled_dbm().sizes()};
    states[1](1, 1) = 0.5;
    std::vector<std::size_t> const indices{3, 0};
    data.load(std::span<std::size_t const>{indices}, states.blocks(), Draws::from_seed(1));
    CHECK(states[0](0, 1) == 1);
    CHECK(states[0](1, 0) == 1);
    CHECK(states[2](0, 2) == 1);
    CHECK(states[2](1, 2) == 1);
    CHECK(states[2](1, 0) == 0);
    CHECK(states[1](1, 1) == 0.5);
}

TEST_CASE("sources may be named in any order of layers") {
    auto const matrix = pixels();
    auto const sources = on_layers<2, 0>(OneHot{labels, 3}, matrix);
    CHECK(sources.source<0>().columns() == 2);
    CHECK(sources.source<2>().columns() == 3);
    boltz::detail::TrainingData<double> const data{sources};
    CHECK(data.observed() == LayerSet{true, false, true});
    CHECK(data.source(0).columns() == 2);
    CHECK(data.source(2).columns() == 3);
    CHECK_NOTHROW(data.check(labelled_dbm(), "test", Draws::from_seed(1)));
}

TEST_CASE("layers with different numbers of cases are refused") {
    auto const matrix = pixels(5);
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   static_cast<void>(on_layers<0, 2>(matrix, OneHot{labels, 3}));
               }),
               contains_text("layer 2 has 4 rows") && contains_text("5"));
}

TEST_CASE("a check names the layer, its units and what the data has") {
    auto const matrix = pixels();
    auto const check = [](auto const& sources) {
        boltz::detail::TrainingData<double>{sources}.check(labelled_dbm(), "here", Draws::from_seed(1));
    };
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   check(on_layers<0, 2>(matrix, OneHot{labels, 4}));
               }),
               contains_text("here: data has 4 columns") && contains_text("layer 2 has 3 units"));
    auto bad = pixels();
    bad(3, 0) = 1.25;
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   check(on_layers<0, 2>(bad, OneHot{labels, 3}));
               }),
               contains_text("here: data of layer 0") && contains_text("1.25"));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   check(on_layers<0>(Matrix<double>{xt::zeros<double>({0, 2})}));
               }),
               contains_text("0 rows"));
}

TEST_CASE("a matrix or a source alone is data for the visible layer") {
    auto const matrix = pixels();
    CHECK(boltz::detail::TrainingData<double>{matrix}.observed() == LayerSet::of(0));
    CHECK(boltz::detail::TrainingData<double>{MatrixSource{matrix}}.observed() == LayerSet::of(0));
    CHECK(boltz::detail::TrainingData<double>{as_training_data(matrix)}.observed() == LayerSet::of(0));
    CHECK(as_training_data(on_layers<0>(matrix)).rows() == 4);
}

} // namespace test_on_layers
