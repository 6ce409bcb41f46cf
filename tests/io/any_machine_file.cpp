// SPDX-License-Identifier: MIT
#include <boltz/io/any_machine_file.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/model/mlp.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace test_any_machine_file {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

template <class... Own>
std::string refused(std::filesystem::path const& path) {
    try {
        static_cast<void>(load_any_machine<Own...>(path));
    } catch (FormatError const& error) {
        return error.what();
    }
    return {};
}

// The machine as one of `T`s; fails where it is another.
template <std::floating_point T>
BoltzmannMachine<T> machine_of(StoredMachine const& stored) {
    REQUIRE(std::holds_alternative<BoltzmannMachine<T>>(stored.machine));
    return std::get<BoltzmannMachine<T>>(stored.machine);
}

template <class T>
void check_round_trip(TemporaryFolder const& folder, BoltzmannMachine<T> const& machine) {
    save(folder / "model.npz", machine);
    auto const stored = load_any_machine<Spin>(folder / "model.npz");
    CHECK(stored.notes.empty());
    auto const read = machine_of<T>(stored);
    CHECK(read.graph().connections() == machine.graph().connections());
    CHECK(to_arrays(read).size() == to_arrays(machine).size());
    CHECK(exact_log_partition(read) == exact_log_partition(machine));
}

// An RBM of 3 and 2 units as another program would write it: `Weights` and biases of their own types.
template <class W, class B>
Npz foreign(std::vector<W> const& weights, std::vector<B> const& below, std::vector<B> const& above) {
    Npz file;
    file.arrays["weights_0"] = boltz::detail::with_numbers(weights, {3, 2});
    file.arrays["bias_0"] = boltz::detail::with_numbers(below, {3});
    file.arrays["bias_1"] = boltz::detail::with_numbers(above, {2});
    return file;
}

} // namespace

TEST_CASE("a machine of any kind and number type is read without naming either", "[io]") {
    TemporaryFolder const folder;
    test::for_each_model([&](auto const& model) { check_round_trip<double>(folder, model); });
    test::for_each_discrete_graph<float>([&](auto const& model) { check_round_trip<float>(folder, model); });
    CHECK_THAT(refused(folder / "model.npz"), contains_text("has \"spin\" units, but the kinds that are known are"));
}

TEST_CASE("arrays without a description are binary layers, and it is said", "[io]") {
    TemporaryFolder const folder;
    auto const file = foreign<float, float>({1, -2, 0.5F, 2, -1, 1}, {-1, 0.5F, 0}, {0.5F, -1});
    write_npz(folder / "rbm.npz", file);
    std::filesystem::create_directory(folder / "rbm");
    for (auto const& [name, array] : file.arrays) write_npy(folder / "rbm" / (name + ".npy"), array);
    auto expected = test::bernoulli_rbm<float>(3, 2);
    from_arrays(file.arrays, expected);
    for (char const* name : {"rbm.npz", "rbm"}) {
        auto const stored = load_any_machine(folder / name);
        REQUIRE(stored.notes.size() == 1);
        CHECK_THAT(stored.notes[0], contains_text("all are taken as binary"));
        auto const machine = machine_of<float>(stored);
        CHECK(machine.unit(0).name() == Bernoulli::name);
        CHECK(exact_log_partition(machine) == exact_log_partition(expected));
    }
}

TEST_CASE("numbers are double where any is, and none is rounded", "[io]") {
    TemporaryFolder const folder;
    double const fine = 1 + 1e-12;
    write_npz(folder / "wide.npz", foreign<double, float>({fine, 1e300, 0, 0, 0, 0}, {1, 2, 3}, {4, 5}));
    auto const wide = machine_of<double>(load_any_machine(folder / "wide.npz"));
    CHECK(wide.weights()(0, 0) == fine);
    CHECK(wide.weights()(0, 1) == 1e300);
    CHECK(wide.layer(1).bias()(1) == 5);

    // A description of one type above numbers of the other.
    auto const described = [&](char const* type, Npz file) {
        file.texts["meta.json"] =
            std::string{R"({"format": "boltz-model", "format_version": 1, "value_type": ")"} + type +
            R"(", "layers": [{"unit": "bernoulli", "size": 3}, {"unit": "bernoulli", "size": 2}]})";
        write_npz(folder / "described.npz", file);
    };
    described("float32", foreign<float, double>({1, 2, 3, 4, 5, 6}, {fine, 0, 0}, {0, 0}));
    CHECK(machine_of<double>(load_any_machine(folder / "described.npz")).layer(0).bias()(0) == fine);
    described("float64", foreign<float, float>({1, 2, 3, 4, 5, 6}, {0, 0, 0}, {0, 0}));
    CHECK(machine_of<double>(load_any_machine(folder / "described.npz")).weights()(2, 1) == 6);
    described("float16", foreign<float, float>({1, 2, 3, 4, 5, 6}, {0, 0, 0}, {0, 0}));
    CHECK_THAT(refused(folder / "described.npz"), contains_text("holds \"float16\" numbers"));
}

TEST_CASE("what is no machine is refused in one sentence", "[io]") {
    TemporaryFolder const folder;
    std::filesystem::create_directory(folder / "nothing");
    CHECK_THAT(refused(folder / "nothing"), contains_text("nothing is no model: it has neither a meta.json nor"));
    CHECK_THROWS_AS(load_any_machine(folder / "nowhere.npz"), FileError);
    auto file = foreign<float, float>({1, 2, 3, 4, 5, 6}, {1, 2, 3}, {4, 5});
    file.arrays.erase("bias_1");
    write_npz(folder / "without.npz", file);
    CHECK_THAT(refused(folder / "without.npz"), contains_text("without.npz has no bias_1"));
    file = foreign<double, float>({1, 2, 3, 4, 5, std::nan("")}, {1, 2, 3}, {4, 5});
    write_npz(folder / "infinite.npz", file);
    CHECK_THAT(refused(folder / "infinite.npz"), contains_text("weights_0"));
    file = foreign<float, float>({1, 2, 3, 4, 5, 6}, {1, 2, 3}, {4, 5});
    file.texts["meta.json"] =
        R"({"format": "boltz-model", "format_version": 1, "model": "MLP", "value_type": "float32", "layers": []})";
    write_npz(folder / "network.npz", file);
    CHECK_THAT(refused(folder / "network.npz"), contains_text("is a feed-forward network"));
}

} // namespace test_any_machine_file
