// SPDX-License-Identifier: MIT
#include <boltz/training/trainer.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/data/one_hot.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/sampling/persistent_cd.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace test_trainer {

using namespace boltz;

namespace {

Trainer const recipe{ContrastiveDivergence{}, Sgd{.learning_rate = 0.1}};

/// The message of an error of type E; the model must come out as it went in.
template <class E, class M, class Recipe, class Data>
std::string refused(M& model, Recipe const& trainer, Data const& data, FitOptions const& options = {}) {
    Arrays const before = test::parameters(model);
    test::Recorder recorder;
    Random random{1};
    std::string const message =
        boltz_test::message_of<E>([&] { trainer.fit(model, data, options, random, recorder); });
    CHECK(test::same(test::parameters(model), before));
    CHECK(recorder.train_begins == 0);
    return message;
}

/// Zeros, and a note of which cases were asked for.
struct Spy {
    std::vector<std::size_t>* seen;
    std::vector<std::pair<std::uint64_t, std::uint64_t>>* draws_seen = nullptr;
    std::size_t cases = 7;
    std::size_t rows() const { return cases; }
    std::size_t columns() const { return 4; }
    template <class T>
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const {
        if (draws_seen != nullptr) draws_seen->emplace_back(draws.key(), draws.first_row());
        seen->insert(seen->end(), indices.begin(), indices.end());
        for (std::size_t i = 0; i < out.rows; ++i)
            for (T& x : out.row(i)) x = 0;
    }
};

auto small_rbm() { return test::randomised(test::bernoulli_rbm<float>(4, 3), 0.5, 0.5, 1); }

} // namespace

TEST_CASE("any number of cases and any batch size gives as many updates as there are batches") {
    struct Example {
        std::size_t cases, batch_size, batches;
    };
    Matrix<float> const all = test::bars(3);
    for (Example const example : {Example{16, 5, 4}, {16, 4, 4}, {16, 1, 16}, {1, 1, 1}, {1, 100, 1}, {3, 100, 1}}) {
        CAPTURE(example.cases, example.batch_size);
        auto model = test::randomised(test::bernoulli_rbm<float>(9, 3), 0.1, 0.1, 1);
        Arrays const before = test::parameters(model);
        test::Recorder recorder;
        Random random{1};
        auto const report = recipe.fit(model, MatrixSource{Block{all}.row_range(0, example.cases)},
                                       {.epochs = 2, .batch_size = example.batch_size}, random, recorder);
        CHECK(report.clock == Clock{2, 0, 2 * example.batches});
        CHECK(recorder.last.batches == example.batches);
        CHECK(recorder.last.cases == example.cases);
        CHECK_FALSE(test::same(test::parameters(model), before));
    }
}

TEST_CASE("every case is presented once an epoch, in the order of the data or in a new order each time") {
    for (Shuffle const shuffle : {Shuffle::never, Shuffle::each_epoch, Shuffle::blocks}) {
        std::vector<std::size_t> seen;
        auto model = small_rbm();
        Random random{1};
        recipe.fit(model, Spy{&seen},
                   {.epochs = 3, .batch_size = 3, .shuffle = shuffle, .shuffle_blocks = {.cases = 2, .window = 2}},
                   random);
        REQUIRE(seen.size() == 7 + 3 * 7); // read once for the check
        std::vector<std::vector<std::size_t>> orders;
        std::vector<std::size_t> const identity{0, 1, 2, 3, 4, 5, 6};
        for (std::size_t e = 0; e < 4; ++e) {
            auto const begin = seen.begin() + static_cast<std::ptrdiff_t>(7 * e);
            orders.emplace_back(begin, begin + 7);
            auto sorted = orders.back();
            std::sort(sorted.begin(), sorted.end());
            CHECK(sorted == identity);
        }
        if (shuffle == Shuffle::never) {
            CHECK(orders == std::vector<std::vector<std::size_t>>(4, identity));
        } else {
            CHECK(orders[1] != orders[2]);
            CHECK(orders[2] != orders[3]);
        }
    }
}

TEST_CASE("cases are mixed within a few blocks at a time where that is asked for") {
    std::vector<std::size_t> seen;
    auto model = small_rbm();
    Random random{1};
    recipe.fit(
        model, Spy{.seen = &seen, .cases = 600},
        {.epochs = 2, .batch_size = 20, .shuffle = Shuffle::blocks, .shuffle_blocks = {.cases = 10, .window = 3}},
        random);
    REQUIRE(seen.size() == 600 * 3);
    std::set<std::size_t> touched_by_all;
    for (std::size_t first = 600; first < seen.size(); first += 20) {
        std::set<std::size_t> touched;
        for (std::size_t i = first; i < first + 20; ++i) touched.insert(seen[i] / 10);
        CHECK(touched.size() <= 6);
        CHECK(touched.size() > 2); // more than two whole blocks: they are mixed
        if (first < 700) touched_by_all.insert(touched.begin(), touched.end());
    }
    CHECK(*touched_by_all.rbegin() - *touched_by_all.begin() > 15); // blocks from all over the data
    CHECK_FALSE(std::equal(seen.begin() + 600, seen.begin() + 1200, seen.begin() + 1200));
}

TEST_CASE("every update draws from a stream of its own, every case from its own row") {
    std::vector<std::size_t> seen;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> draws; // key and first row
    auto model = small_rbm();
    Random random{1};
    recipe.fit(model, Spy{&seen, &draws}, {.epochs = 2, .batch_size = 5, .compute = {.block_rows = 2}}, random);
    std::vector<std::uint64_t> rows;
    std::set<std::uint64_t> keys;
    for (auto const& [key, row] : draws) {
        rows.push_back(row);
        keys.insert(key);
    }
    // The check reads all 7; then batches of 5 and 2 in blocks of 2.
    CHECK(rows == std::vector<std::uint64_t>{0, 0, 2, 4, 0, 0, 2, 4, 0});
    CHECK(keys.size() == 1 + 4);
}

TEST_CASE("no epochs leave the model as it is") {
    auto model = small_rbm();
    Arrays const before = test::parameters(model);
    Random random{1};
    auto const report = recipe.fit(model, test::bars(2), {.epochs = 0}, random);
    CHECK(test::same(test::parameters(model), before));
    CHECK(report.clock == Clock{});
    CHECK_FALSE(report.stopped);
}

TEST_CASE("data of another width is refused with both numbers") {
    auto model = small_rbm();
    Matrix<float> const wide = xt::zeros<float>({3, 5});
    CHECK_THAT(refused<ShapeError>(model, recipe, wide),
               contains_text("Trainer::fit") && contains_text("5 columns") && contains_text("layer 0 has 4 units"));

    auto dbm = test::bernoulli_dbm<float>(4, 2, 3);
    Matrix<float> const good = xt::zeros<float>({3, 4});
    std::vector<std::uint8_t> const labels{0, 1, 0};
    CHECK_THAT(refused<ShapeError>(dbm, Trainer{PersistentCD{}, Sgd{}, MeanField{}},
                                   on_layers<0, 2>(good, OneHot{labels, 7})),
               contains_text("7 columns") && contains_text("layer 2 has 3 units"));
}

TEST_CASE("data that the units cannot have is refused wherever it stands") {
    auto model = small_rbm();
    float const nan = std::numeric_limits<float>::quiet_NaN();
    for (float const bad : {nan, -0.5f, 1.5f, std::numeric_limits<float>::infinity()}) {
        for (std::size_t const row : {std::size_t{0}, std::size_t{63}, std::size_t{64}, std::size_t{199}}) {
            Matrix<float> data = xt::zeros<float>({200, 4});
            data(row, 2) = bad;
            CHECK_THAT(refused<ValueError>(model, recipe, data),
                       contains_text("Trainer::fit") && contains_text("column 2"));
        }
    }
    RBM gaussian{test::layer<Gaussian, float>(4), test::layer<Bernoulli, float>(2)};
    Matrix<float> data = xt::zeros<float>({2, 4});
    data(1, 3) = nan;
    CHECK_THAT(refused<ValueError>(gaussian, recipe, data), contains_text("nan") && contains_text("column 3"));
    data(1, 3) = -7;
    Random random{1};
    CHECK_NOTHROW(recipe.fit(gaussian, data, {.epochs = 1}, random));

    RBM softmax{test::layer<Multinomial, float>(4), test::layer<Bernoulli, float>(2)};
    CHECK_THAT(refused<ValueError>(softmax, recipe, Matrix<float>(xt::zeros<float>({2, 4}))),
               contains_text("trials"));
}

TEST_CASE("empty data, empty batches and no workers are refused") {
    auto model = small_rbm();
    CHECK_THAT(refused<ValueError>(model, recipe, Matrix<float>(xt::zeros<float>({0, 4}))), contains_text("0 rows"));
    CHECK_THAT(refused<ValueError>(model, recipe, test::bars(2), {.batch_size = 0}),
               contains_text("batch_size is 0"));
    CHECK_THAT(refused<ValueError>(model, recipe, test::bars(2), {.compute = {.threads = 0}}),
               contains_text("threads is 0"));
    CHECK_THAT(refused<ValueError>(model, recipe, test::bars(2), {.compute = {.block_rows = 0}}),
               contains_text("block_rows is 0"));
    CHECK_THAT(refused<ValueError>(model, recipe, test::bars(2), {.shuffle_blocks = {.cases = 0}}),
               contains_text("shuffle_blocks has 0 cases and a window of 16"));
    CHECK_THAT(refused<ValueError>(model, recipe, test::bars(2), {.shuffle_blocks = {.window = 0}}),
               contains_text("a window of 0"));
}

TEST_CASE("the report tells how the data was binarised") {
    auto model = small_rbm();
    auto const data = test::bars(2);
    Random random{1};
    CHECK(recipe.fit(model, data, {.epochs = 1}, random).binarisation == Binarisation::none);
    for (Binarisation const how : {Binarisation::stochastic, Binarisation::fixed, Binarisation::threshold}) {
        test::Recorder recorder;
        auto const report = recipe.fit(model, Binarised{MatrixSource{data}, how}, {.epochs = 1}, random, recorder);
        CHECK(report.binarisation == how);
        CHECK(recorder.last.binarisation == how);
    }
}

TEST_CASE("two trainings with one Random differ, and the same seed repeats them") {
    auto const data = test::bars(2);
    auto const trained = [&](Random& random) {
        auto model = small_rbm();
        recipe.fit(model, data, {.epochs = 2, .batch_size = 3}, random);
        return test::parameters(model);
    };
    Random first{4};
    Random second{4};
    Arrays const a = trained(first);
    CHECK(test::same(a, trained(second)));
    CHECK_FALSE(test::same(a, trained(second)));
}

TEST_CASE("a training that is refused leaves the random numbers alone") {
    RBM rbm{StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}};
    Matrix<float> const wrong = xt::zeros<float>({std::size_t{2}, std::size_t{4}});
    Random random{1};
    Random untouched{1};
    CHECK_THROWS_AS((Trainer{ContrastiveDivergence{}, Sgd{}}.fit(rbm, wrong, {.epochs = 1}, random)), ShapeError);
    CHECK(random.split().key() == untouched.split().key());
}

} // namespace test_trainer
