// SPDX-License-Identifier: MIT
#include <boltz/evaluation/features/inferred_features.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/data/binarised.hpp>
#include <boltz/data/byte_source.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/evaluation/features/features.hpp>
#include <boltz/inference/exact_posterior.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/training/backpropagation.hpp>

#include <cmath>
#include <vector>

namespace test_inferred_features {

using namespace boltz;

namespace {

std::vector<std::uint8_t> random_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::uint8_t>(Draws::from_seed(4).below(256, i, 0));
    return bytes;
}

template <class T, class S>
Matrix<T> loaded(S const& source, std::vector<std::size_t> const& indices) {
    Matrix<T> result = xt::zeros<T>({indices.size(), static_cast<std::size_t>(source.columns())});
    source.load(std::span<std::size_t const>{indices}, Block{result}, Draws::from_seed(1));
    return result;
}

} // namespace

TEMPLATE_TEST_CASE("features that are inferred as they are loaded are the stored ones", "", float, double) {
    using T = TestType;
    auto const dbm = test::randomised(test::bernoulli_dbm<T>(6, 5, 3), 1, 1, 1);
    auto const bytes = random_bytes(6 * 40);
    // A number of sweeps that does not depend on which rows are inferred together.
    MeanField const inference{.max_sweeps = 7, .tolerance = 0};
    auto const stored = features<2, 1>(dbm, ByteSource{bytes, 6}, inference);
    auto const source = inferred_features<2, 1>(dbm, ByteSource{bytes, 6}, inference);
    STATIC_REQUIRE(concepts::DataSource<decltype(source)>);
    CHECK(source.rows() == 40);
    REQUIRE(source.columns() == 8);
    // More rows than before, then fewer; blocks of the model's own type and of the other.
    for (std::vector<std::size_t> const& indices :
         {std::vector<std::size_t>{39}, {5, 0, 5, 38, 17, 2, 3}, {}, {1, 2}}) {
        auto const narrow = loaded<float>(source, indices);
        auto const wide = loaded<double>(source, indices);
        for (std::size_t i = 0; i < indices.size(); ++i)
            for (std::size_t j = 0; j < 8; ++j) {
                auto const expected = static_cast<double>(stored(indices[i], j));
                CHECK(wide(i, j) == Approx(expected).epsilon(1e-5));
                CHECK(static_cast<double>(narrow(i, j)) == Approx(expected).epsilon(1e-5));
            }
    }
}

TEST_CASE("without what is drawn, features of binarised cases are those of the grey ones") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(6, 5, 3), 1, 1, 1);
    auto const bytes = random_bytes(6 * 40);
    std::vector<std::uint8_t> labels(40);
    MeanField const inference{.max_sweeps = 7, .tolerance = 0};
    ByteSource const grey{bytes, 6};
    std::vector<std::size_t> const indices{7, 0, 31};
    auto const expected = loaded<double>(inferred_features<1, 2>(dbm, grey, inference), indices);
    auto const binarised = inferred_features<1, 2>(dbm, Binarised{grey, Binarisation::stochastic, 1}, inference);
    CHECK((loaded<double>(MeansOf{binarised}, indices) == expected));
    CHECK((loaded<double>(binarised, indices) != expected));
    auto const wanted =
        loaded<double>(SideBySide{inferred_features<1, 2>(dbm, grey, inference), OneHot{labels, 2}}, indices);
    CHECK((loaded<double>(MeansOf{SideBySide{binarised, OneHot{labels, 2}}}, indices) == wanted));
}

TEST_CASE("labels that are observed take part, and one hidden layer has an exact posterior") {
    DBM const shape{test::layer<Bernoulli, double>(3), test::layer<Bernoulli, double>(2),
                    test::layer<Multinomial, double>(2)};
    auto const dbm = test::randomised(shape, 1, 1, 1);
    Matrix<double> const data = xt::zeros<double>({2, 3});
    std::vector<std::uint8_t> const labels{0, 1};
    auto const found =
        loaded<double>(inferred_features<1>(dbm, on_layers<0, 2>(data, OneHot{labels, 2}), MeanField{}), {1, 0});
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            CHECK(found(i, j) ==
                  Approx(1 / (1 + std::exp(-dbm.layer<1>().bias()(j) - dbm.weights(1)(j, labels[1 - i])))));
    auto const rbm = test::randomised(test::bernoulli_rbm<double>(3, 2), 1, 1, 1);
    CHECK(loaded<double>(inferred_features<1>(rbm, data, ExactPosterior{}), {0})(0, 1) ==
          Approx(1 / (1 + std::exp(-rbm.hidden().bias()(1)))));
}

TEST_CASE("a classifier trains on them as on the stored ones, on any number of threads") {
    auto const dbm = test::randomised(test::bernoulli_dbm<float>(6, 5, 3), 1, 1, 1);
    auto const bytes = random_bytes(6 * 40);
    std::vector<std::uint8_t> labels(40);
    for (std::size_t i = 0; i < 40; ++i) labels[i] = bytes[6 * i] > 127 ? 1 : 0;
    MeanField const inference{.max_sweeps = 7, .tolerance = 0};
    auto const trained = [&](auto const& source, std::size_t threads) {
        MLP classifier{8, OutputLayer<Multinomial>{2}}; // softmax regression
        Random random{1};
        Backpropagation{Sgd{.learning_rate = 0.5}}.fit(
            classifier, on_layers<0, 1>(source, OneHot{labels, 2}),
            {.epochs = 3, .batch_size = 16, .compute = {.threads = threads, .block_rows = 4}}, random);
        return classifier;
    };
    auto const source = inferred_features<1, 2>(dbm, ByteSource{bytes, 6}, inference);
    auto const expected = trained(features<1, 2>(dbm, ByteSource{bytes, 6}, inference), 1);
    auto const one = trained(source, 1);
    for (std::size_t i = 0; i < one.weights(0).size(); ++i)
        CHECK(static_cast<double>(one.weights(0).data()[i]) ==
              Approx(static_cast<double>(expected.weights(0).data()[i])).epsilon(1e-4).margin(1e-6));
    for (std::size_t const threads : {2u, 3u})
        CHECK(test::same(test::parameters(trained(source, threads)), test::parameters(one)));
}

TEST_CASE("layers that are known only at run time give the same, and layers that do not exist are refused") {
    auto const dbm = test::randomised(test::bernoulli_dbm<double>(6, 5, 3), 1, 1, 1);
    auto const bytes = random_bytes(6 * 40);
    BoltzmannMachine<double> const machine = dbm;
    std::vector<std::size_t> const indices{7, 0, 31};
    auto const expected = loaded<double>(inferred_features<2, 1>(dbm, ByteSource{bytes, 6}, MeanField{}), indices);
    auto const source = inferred_features(machine, {2, 1}, ByteSource{bytes, 6}, MeanField{});
    auto const copy = source; // shares everything
    CHECK((loaded<double>(copy, indices) == expected));
    CHECK_THROWS_AS(inferred_features(machine, {3}, ByteSource{bytes, 6}, MeanField{}), ValueError);
}

TEST_CASE("data that does not fit the model is refused when the source is made") {
    auto const rbm = test::bernoulli_rbm<float>(4, 3);
    Matrix<float> const wide = xt::zeros<float>({2, 5});
    CHECK_THAT(boltz_test::message_of<ShapeError>(
                   [&] { static_cast<void>(inferred_features<1>(rbm, wide, ExactPosterior{})); }),
               contains_text("inferred_features") && contains_text("5 columns") && contains_text("4 units"));
    Matrix<float> bad = xt::zeros<float>({2, 4});
    bad(1, 2) = 2;
    CHECK_THROWS_AS(inferred_features<1>(rbm, bad, ExactPosterior{}), ValueError);
}

} // namespace test_inferred_features
