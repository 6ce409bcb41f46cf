// SPDX-License-Identifier: MIT
#include <boltz/data/byte_source.hpp>
#include <boltz/data/detail/training_data.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/data/subset.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <xtensor/xbuilder.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

namespace test_sources {

using namespace boltz;

namespace {

using Indices = std::vector<std::size_t>;

/// The given cases, read into the middle of a wider matrix whose margins must not change.
template <class T, class S>
Matrix<T> loaded(S const& source, Indices const& indices, Draws const& draws = Draws::from_seed(1)) {
    Matrix<T> room = xt::zeros<T>({indices.size() + 2, source.columns() + 3});
    for (T& x : room) x = T{-77};
    source.load(std::span<std::size_t const>{indices},
                Block{room}.row_range(1, indices.size()).column_range(1, source.columns()), draws);
    Matrix<T> result = xt::zeros<T>({indices.size(), source.columns()});
    copy(Block{room}.row_range(1, indices.size()).column_range(1, source.columns()), Block{result});
    auto const margins = std::count(room.begin(), room.end(), T{-77});
    CHECK(static_cast<std::size_t>(margins) == room.size() - result.size());
    return result;
}

Matrix<double> numbered(std::size_t rows, std::size_t columns) {
    Matrix<double> matrix = xt::zeros<double>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) matrix(i, j) = static_cast<double>(10 * i + j) + 0.25;
    return matrix;
}

template <class T>
Matrix<T> matrix_of(std::initializer_list<std::initializer_list<double>> rows) {
    Matrix<T> result = xt::zeros<T>({rows.size(), rows.begin()->size()});
    std::size_t i = 0;
    for (auto const& row : rows) {
        std::size_t j = 0;
        for (double const value : row) result(i, j++) = static_cast<T>(value);
        ++i;
    }
    return result;
}

} // namespace

TEST_CASE("every source is one and says how large it is") {
    STATIC_REQUIRE(concepts::DataSource<MatrixSource<float>>);
    STATIC_REQUIRE(concepts::DataSource<MatrixSource<double>>);
    STATIC_REQUIRE(concepts::DataSource<ByteSource>);
    STATIC_REQUIRE(concepts::DataSource<OneHot>);
    STATIC_REQUIRE(concepts::DataSource<Subset<OneHot>>);
    STATIC_REQUIRE((concepts::DataSource<SideBySide<ByteSource, OneHot>>));
    auto const matrix = numbered(4, 3);
    CHECK(MatrixSource{matrix}.rows() == 4);
    CHECK(MatrixSource{matrix}.columns() == 3);
    std::vector<std::uint8_t> const bytes(12);
    CHECK(ByteSource{bytes, 4}.rows() == 3);
    CHECK(ByteSource{bytes, 4}.columns() == 4);
    CHECK(OneHot{bytes, 5}.rows() == 12);
    CHECK(OneHot{bytes, 5}.columns() == 5);
}

TEMPLATE_TEST_CASE("a matrix gives its rows in any order, in either type of number", "", float, double) {
    using T = TestType;
    auto const wide = numbered(4, 3);
    Matrix<float> const narrow = wide;
    auto const expected = matrix_of<T>({{30.25, 31.25, 32.25}, {0.25, 1.25, 2.25}, {30.25, 31.25, 32.25}});
    CHECK((loaded<T>(MatrixSource{wide}, {3, 0, 3}) == expected));
    CHECK((loaded<T>(MatrixSource{narrow}, {3, 0, 3}) == expected));
    CHECK(loaded<T>(MatrixSource{wide}, {}).size() == 0);
    // Somebody's rows and columns.
    MatrixSource const part{Block{wide}.row_range(1, 2).column_range(1, 2)};
    CHECK(part.rows() == 2);
    CHECK((loaded<T>(part, {1, 0}) == matrix_of<T>({{21.25, 22.25}, {11.25, 12.25}})));
}

TEMPLATE_TEST_CASE("bytes are scaled on the way, every one of the 256", "", float, double) {
    using T = TestType;
    std::vector<std::uint8_t> bytes(512);
    for (std::size_t i = 0; i < 512; ++i) bytes[i] = static_cast<std::uint8_t>(i < 256 ? i : 511 - i);
    auto const grey = loaded<T>(ByteSource{bytes, 256}, {1, 0});
    for (std::size_t j = 0; j < 256; ++j) {
        CHECK(grey(1, j) == Approx(static_cast<double>(j) / 255).epsilon(1e-6));
        CHECK(grey(0, j) == grey(1, 255 - j));
    }
    CHECK(grey(1, 0) == 0);
    CHECK(grey(1, 255) == 1);
    CHECK((loaded<T>(ByteSource{std::span{bytes}.first(3), 3, 2.0}, {0}) == matrix_of<T>({{0, 2, 4}})));
}

TEMPLATE_TEST_CASE("bytes 0 and 1 are states, not grey levels, and say so", "", float, double) {
    using T = TestType;
    std::vector<std::uint8_t> bytes{0, 1, 1, 0, 1, 0};
    ByteSource const states{bytes, 3};
    CHECK((loaded<T>(states, {1, 0}) == matrix_of<T>({{0, 1, 0}, {0, 1, 1}})));
    CHECK(states.scale().states());
    CHECK(states.scale().note("the file").starts_with("no byte of the file is above 1"));
    // One byte above 1 decides for all, and nothing decides where the caller knows.
    bytes.back() = 2;
    ByteSource const grey{bytes, 3};
    CHECK(loaded<T>(grey, {0})(0, 1) == Approx(1.0 / 255));
    CHECK(grey.scale().note("the file").empty());
    ByteSource const told{std::span{bytes}.first(3), 3, 1.0 / 255};
    CHECK(loaded<T>(told, {0})(0, 1) == Approx(1.0 / 255));
    CHECK(told.scale().note("the file").empty());
}

TEST_CASE("a part of images has the byte scale of all") {
    LabelledImages const grey{.count = 2, .height = 1, .width = 2, .images = {0, 1, 0, 200}, .labels = {0, 1}};
    LabelledImages const faint = grey.part(0, 1);
    CHECK(loaded<double>(ByteSource{grey}, {0})(0, 1) == Approx(1.0 / 255));
    CHECK(loaded<double>(ByteSource{faint}, {0})(0, 1) == Approx(1.0 / 255));
    CHECK(faint.byte_scale().note("the part").empty());
    LabelledImages const states{.count = 2, .height = 1, .width = 2, .images = {0, 1, 1, 0}, .labels = {0, 1}};
    CHECK(loaded<double>(ByteSource{states}, {0})(0, 1) == 1);
    LabelledImages const part = states.part(1, 1);
    CHECK(loaded<double>(ByteSource{part}, {0})(0, 0) == 1);
    CHECK(part.byte_scale().states());
}

TEST_CASE("a check names a row by its number in the data") {
    using Visible = StochasticLayer<Bernoulli>;
    RBM const rbm{Visible{2}, Visible{1}};
    Matrix<float> cases = xt::zeros<float>({200, 2});
    cases(130, 1) = 1.0000001f;
    boltz::detail::TrainingData<float> const data{cases};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { data.check(rbm, "fit", Draws::from_seed(1)); }),
               contains_text("fit: data of layer 0 holds 1.0000001 in row 130, column 1, but"));
}

TEST_CASE("bytes that are not whole rows are refused") {
    std::vector<std::uint8_t> const bytes(10);
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   ByteSource{bytes, 4};
               }),
               contains_text("10") && contains_text("4"));
    CHECK_THROWS_AS((ByteSource{bytes, 0}), ShapeError);
}

TEMPLATE_TEST_CASE("labels become rows with a single one", "", float, double) {
    std::vector<std::uint8_t> const labels{2, 0, 1};
    CHECK((loaded<TestType>(OneHot{labels, 3}, {0, 1, 2, 0}) ==
           matrix_of<TestType>({{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}})));
}

TEST_CASE("a label that is no class is refused by number and value") {
    std::vector<std::uint8_t> const labels{2, 0, 9};
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   OneHot{labels, 9};
               }),
               contains_text("label 2 is 9") && contains_text("9 classes"));
    CHECK_NOTHROW((OneHot{labels, 10}));
}

TEMPLATE_TEST_CASE("two sources stand side by side", "", float, double) {
    std::vector<std::uint8_t> const labels{1, 0, 1};
    auto const matrix = numbered(3, 2);
    SideBySide const both{MatrixSource{matrix}, OneHot{labels, 2}};
    CHECK(both.rows() == 3);
    CHECK(both.columns() == 4);
    CHECK((loaded<TestType>(both, {2, 1}) == matrix_of<TestType>({{20.25, 21.25, 0, 1}, {10.25, 11.25, 1, 0}})));
    auto const longer = numbered(4, 2);
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   SideBySide{MatrixSource{longer}, OneHot{labels, 2}};
               }),
               contains_text("4 rows") && contains_text("3"));
}

TEMPLATE_TEST_CASE("a subset has the chosen cases in the chosen order", "", float, double) {
    auto const matrix = numbered(5, 1);
    Subset const some{MatrixSource{matrix}, Indices{4, 0, 4}};
    CHECK(some.rows() == 3);
    CHECK(some.columns() == 1);
    CHECK((loaded<TestType>(some, {2, 1, 0}) == matrix_of<TestType>({{40.25}, {0.25}, {40.25}})));
    CHECK_THAT(boltz_test::message_of<ValueError>([&] {
                   Subset{MatrixSource{matrix}, Indices{1, 5}};
               }),
               contains_text("index 5") && contains_text("5 rows"));
}

TEST_CASE("a split covers all cases, disjoint, in order, and repeats with the seed") {
    Random random{3};
    Random same{3};
    Split const parts = split(100, 30, random);
    CHECK(parts.training.size() == 70);
    CHECK(parts.validation.size() == 30);
    CHECK(std::is_sorted(parts.training.begin(), parts.training.end()));
    CHECK(std::is_sorted(parts.validation.begin(), parts.validation.end()));
    std::set<std::size_t> all{parts.training.begin(), parts.training.end()};
    all.insert(parts.validation.begin(), parts.validation.end());
    CHECK(all.size() == 100);
    CHECK(*all.rbegin() == 99);

    CHECK(split(100, 30, same).validation == parts.validation);
    CHECK(split(100, 30, same).validation != parts.validation);
    CHECK(split(3, 0, random).training == Indices{0, 1, 2});
    CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(split(5, 5, random)); }),
               contains_text("validation is 5") && contains_text("5 rows"));
}

TEST_CASE("every case is equally likely to be set aside", "[statistical]") {
    // 10 counts of a binomial with 4,000 trials, each allowed 5 standard errors: false alarm below 6e-6.
    Random random{3};
    std::vector<double> counts(10, 0.0);
    for (int repetition = 0; repetition < 4000; ++repetition)
        for (std::size_t const i : split(10, 3, random).validation) counts[i] += 1;
    for (double const count : counts) CHECK(std::abs(count - 1200) < 5 * std::sqrt(4000 * 0.3 * 0.7));
}

} // namespace test_sources
