// SPDX-License-Identifier: MIT
#include <boltz/io/mlp_file.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include "../../examples/small/spin.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/joint.hpp>

#include <cstring>
#include <limits>
#include <string>

namespace test_mlp_file {

using namespace boltz;
using boltz_test::message_of;
using boltz_test::TemporaryFolder;

namespace {

template <class Hidden = Bernoulli>
MLP<float> small() {
    return test::random_network(test::softmax_network<Hidden>({3, {2, 1, 0}}, {4, 2}, 3), 0.7, 1);
}

} // namespace

TEST_CASE("a network comes back from its file") {
    TemporaryFolder const folder;
    for (MLP<float> const& network : {small<Bernoulli>(), small<Rectified>(), small<Gaussian>()}) {
        save(folder / "n.npz", network);
        auto const back = load<MLP<float>>(folder / "n.npz");
        CHECK(back.sizes() == network.sizes());
        CHECK(back.beside() == network.beside());
        for (std::size_t l = 1; l < 3; ++l) CHECK(back.hidden(l).name() == network.hidden(l).name());
        CHECK(back.classes() == 3);
        CHECK(test::same(to_arrays(back), to_arrays(network)));
    }
    MLP const plain = test::random_network(MLP{3, OutputLayer<Multinomial, double>{4}}, 0.7, 1);
    save(folder / "p.npz", plain);
    CHECK(test::same(to_arrays(load<MLP<double>>(folder / "p.npz")), to_arrays(plain)));
}

TEST_CASE("outputs of each kind and hidden units of several come back with what they keep") {
    TemporaryFolder const folder;
    auto const check = [&](auto const& unit) {
        using U = std::remove_cvref_t<decltype(unit)>;
        MLP const network = test::random_network(MLP{3, HiddenLayer<Rectified>{4},
                                                     HiddenLayer<Gaussian>{2, Gaussian::with_precision({2, 3})},
                                                     HiddenLayer<Bernoulli>{2}, OutputLayer<U>{5, unit}},
                                                 0.7, 1);
        save(folder / "n.npz", network);
        auto const back = load<MLP<float>>(folder / "n.npz");
        CHECK(back.output().name() == network.output().name());
        CHECK(back.output().learned_count() == network.output().learned_count());
        CHECK(test::same(to_arrays(back), to_arrays(network)));
        Matrix<float> const input = test::random_matrix<float>(2, 3, 4);
        Matrix<float> means = xt::zeros<float>({2, 5});
        Matrix<float> means_back = means;
        network.means(Block{input}, Block{means});
        back.means(Block{input}, Block{means_back});
        CHECK((means == means_back));
    };
    check(Multinomial{});
    check(Multinomial{7});
    check(Bernoulli{});
    check(Gaussian::with_precision({1, 2, 3, 4, 5}));
    check(Gaussian::learned());
    check(Categorical{5});
    check(JointUnit<Bernoulli, Gaussian>{{3, 2}, Bernoulli{}, Gaussian::with_precision({2, 3})});

    MLP const own = test::random_network(MLP{3, HiddenLayer<test::Softsign>{4}, OutputLayer<Bernoulli>{2}}, 0.7, 1);
    save(folder / "own.npz", own);
    CHECK_THAT(message_of<FormatError>([&] { static_cast<void>(load<MLP<float>>(folder / "own.npz")); }),
               contains_text("hidden units \"softsign\"") && contains_text("load_into"));
    MLP back{3, HiddenLayer<test::Softsign>{4}, OutputLayer<Bernoulli>{2}};
    load_into(folder / "own.npz", back);
    CHECK(test::same(to_arrays(back), to_arrays(own)));
    MLP other{3, HiddenLayer<Bernoulli>{4}, OutputLayer<Bernoulli>{2}};
    CHECK_THROWS_WITH(load_into(folder / "own.npz", other), contains_text("other layers"));

    MLP const spins = test::random_network(MLP{3, OutputLayer<Spin>{2}}, 0.7, 1);
    save(folder / "spins.npz", spins);
    CHECK_THROWS_WITH(load<MLP<float>>(folder / "spins.npz"), contains_text("\"spin\""));
    auto const known = load<MLP<float>>(folder / "spins.npz", UnitKinds<float>::library().add<Spin>());
    CHECK(known.output().name() == "spin");
    CHECK(test::same(to_arrays(known), to_arrays(spins)));
}

TEST_CASE("a file of boltz 0.1 is read, and is what is written today") {
    TemporaryFolder const folder;
    Npz file;
    file.arrays = to_arrays(small<Rectified>());
    file.texts["meta.json"] = R"({"format": "boltz-model", "format_version": 1, "boltz_version": "0.1.0",
        "model": "MLP", "value_type": "float32",
        "layers": [{"unit": "input", "size": 3, "beside": 2}, {"unit": "rectified", "size": 4, "beside": 1},
                   {"unit": "rectified", "size": 2, "beside": 0}, {"unit": "softmax", "size": 3}]})";
    CHECK(file.arrays.size() == 6); // three weight matrices and biases, and nothing of the units
    write_npz(folder / "old.npz", file);
    auto const network = load<MLP<float>>(folder / "old.npz");
    CHECK(network.hidden(2).name() == "rectified");
    CHECK(network.beside() == std::vector<std::size_t>{2, 1, 0});
    CHECK(test::same(to_arrays(network), file.arrays));
    save(folder / "new.npz", network);
    std::string const today = read_npz(folder / "new.npz").texts.at("meta.json");
    for (char const* const unit : {"\"input\"", "\"rectified\"", "\"softmax\""})
        CHECK_THAT(today, contains_text(unit));
}

TEST_CASE("a file that holds another network, or none, is refused with the reason") {
    TemporaryFolder const folder;
    auto const refused = [&]<class N>(std::type_identity<N>) {
        return message_of<FormatError>([&] { static_cast<void>(load<N>(folder / "n.npz")); });
    };
    save(folder / "n.npz", small());
    CHECK_THAT(refused(std::type_identity<MLP<double>>{}), contains_text("\"float32\"") && contains_text("float64"));

    save(folder / "n.npz", RBM{StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}});
    CHECK_THAT(refused(std::type_identity<MLP<float>>{}), contains_text("\"RBM\", but an MLP is asked for"));

    Npz good = [&] {
        save(folder / "n.npz", small());
        return read_npz(folder / "n.npz");
    }();
    auto const with = [&](auto&& change) {
        Npz bad = good;
        change(bad);
        write_npz(folder / "n.npz", bad);
        return refused(std::type_identity<MLP<float>>{});
    };
    CHECK_THAT(with([](Npz& bad) { bad.arrays.erase("bias_2"); }), contains_text("has no bias_2"));
    CHECK_THAT(with([](Npz& bad) { bad.arrays.at("weights_1").shape = {bad.arrays.at("weights_1").shape[0] * 2}; }),
               contains_text("weights_1 has shape (10,)"));
    CHECK_THAT(with([](Npz& bad) {
                   bad.arrays.at("bias_1").shape = {2, 2};
               }),
               contains_text("bias_1 has shape (2, 2)"));
    CHECK(with([](Npz& bad) { bad.arrays.at("bias_1").shape = {1, 4}; }).empty());
    CHECK_THAT(with([](Npz& bad) { bad.arrays["weights_1"] = bad.arrays["weights_0"]; }),
               contains_text("weights_1 of 5 x 4 numbers do not fit between layers of 4 and 2 units"));
    CHECK_THAT(with([](Npz& bad) {
                   float const nan = std::numeric_limits<float>::quiet_NaN();
                   std::memcpy(bad.arrays.at("bias_2").bytes.data(), &nan, sizeof nan);
               }),
               contains_text("n.npz: number 0 of array bias_2 is not a number"));
    CHECK_THAT(with([](Npz& bad) {
                   auto& text = bad.texts["meta.json"];
                   text.replace(text.find("\"size\": 3"), 9, "\"size\": 9");
               }),
               contains_text("do not fit between layers of 9 and 4"));
    CHECK_THAT(with([](Npz& bad) {
                   auto& text = bad.texts["meta.json"];
                   text.replace(text.find("logistic"), 8, "whatever");
               }),
               contains_text("hidden units \"whatever\""));
    CHECK_THAT(with([](Npz& bad) {
                   auto& text = bad.texts["meta.json"];
                   text.replace(text.find("softmax"), 7, "whatever");
               }),
               contains_text("has \"whatever\" units"));
    CHECK_THAT(with([](Npz& bad) {
                   auto& text = bad.texts["meta.json"];
                   text.replace(text.find("softmax"), 7, "gaussian");
               }),
               contains_text("no array 'unit_3/log_precision'"));
    CHECK_THAT(with([](Npz& bad) {
                   auto& text = bad.texts["meta.json"];
                   auto const list = text.find("\"layers\"");
                   text.replace(list, text.find(']', list) + 1 - list, "\"layers\": [{}]");
               }),
               contains_text("has 1 layers"));
}

TEST_CASE("arrays of a softmax regression of boltz 0.1, which was an RBM, are those of a network") {
    TemporaryFolder const folder;
    RBM old{StochasticLayer<Gaussian>{3}, StochasticLayer<Multinomial>{2}};
    old.weights()(1, 1) = 2;
    old.hidden().bias()(0) = 3;
    save(folder / "classifier.npz", old);
    MLP network{3, OutputLayer<Multinomial>{2}};
    from_arrays(read_npz(folder / "classifier.npz").arrays, network);
    CHECK((network.weights(0) == old.weights()));
    CHECK(network.bias(1)(0) == 3);
}

TEST_CASE("a network that is not finite is not saved") {
    TemporaryFolder const folder;
    MLP network = test::softmax_network(4, {3}, 2);
    network.weights(1)(0, 1) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH(save(folder / "n.npz", network), contains_text("number 1 of array weights_1 is infinite"));
    CHECK(folder.count() == 0);
}

} // namespace test_mlp_file
