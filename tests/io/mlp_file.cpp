// SPDX-License-Identifier: MIT
#include <boltz/io/mlp_file.hpp>

#include "support/catch.hpp"
#include "support/networks.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <cstring>
#include <limits>
#include <string>

namespace test_mlp_file {

using namespace boltz;
using boltz_test::message_of;
using boltz_test::TemporaryFolder;

namespace {

MLP<4> small(Activation activation = Activation::logistic) {
    return test::random_network(MLP<4>{{3, 4, 2, 3}, {2, 1, 0}, activation}, 0.7, 1);
}

} // namespace

TEST_CASE("a network comes back from its file") {
    TemporaryFolder const folder;
    for (Activation const activation : {Activation::logistic, Activation::rectified}) {
        MLP<4> network = small(activation);
        save(folder / "n.npz", network);
        MLP<4> back = load<MLP<4>>(folder / "n.npz");
        CHECK(back.sizes() == network.sizes());
        CHECK(back.beside() == network.beside());
        CHECK(back.activation() == activation);
        CHECK(test::same(to_arrays(back), to_arrays(network)));
    }
    MLP<2, double> plain = test::random_network(MLP<2, double>{{3, 4}}, 0.7, 1);
    save(folder / "p.npz", plain);
    MLP<2, double> back = load<MLP<2, double>>(folder / "p.npz");
    CHECK(test::same(to_arrays(back), to_arrays(plain)));
}

TEST_CASE("a file that holds another network, or none, is refused with the reason") {
    TemporaryFolder const folder;
    auto const refused = [&]<class N>(std::type_identity<N>) {
        return message_of<FormatError>([&] { static_cast<void>(load<N>(folder / "n.npz")); });
    };
    save(folder / "n.npz", small());
    CHECK_THAT(refused(std::type_identity<MLP<3>>{}), contains_text("has 4 layers, but the network has 3"));
    CHECK_THAT(refused(std::type_identity<MLP<4, double>>{}),
               contains_text("\"float32\"") && contains_text("float64"));

    save(folder / "n.npz", RBM{StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}});
    CHECK_THAT(refused(std::type_identity<MLP<4>>{}), contains_text("\"RBM\", but an MLP is asked for"));

    Npz good = [&] {
        save(folder / "n.npz", small());
        return read_npz(folder / "n.npz");
    }();
    auto const with = [&](auto&& change) {
        Npz bad = good;
        change(bad);
        write_npz(folder / "n.npz", bad);
        return refused(std::type_identity<MLP<4>>{});
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
               contains_text("\"whatever\""));
}

TEST_CASE("a network that is not finite is not saved") {
    TemporaryFolder const folder;
    MLP<3, float> network{{4, 3, 2}};
    network.weights(1)(0, 1) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH(save(folder / "n.npz", network), contains_text("number 1 of array weights_1 is infinite"));
    CHECK(folder.count() == 0);
}

} // namespace test_mlp_file
