// SPDX-License-Identifier: MIT
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/evaluation/exact/exact.hpp>
#include <boltz/inference/mean_field.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/model/energy.hpp>
#include <boltz/model/initialise.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/sampling/sample.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace test_machine_file {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

template <class T = float>
using Binary = StochasticLayer<Bernoulli, T>;

/// A unit of one's own, with states 0 and 2.
struct Even {
    static constexpr std::string_view name = "even";
    template <class T>
    void mean(Block<T> x) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (T& value : x.row(i)) value = 2 / (1 + std::exp(-2 * value));
    }
    template <class T>
    void sample(Block<T> x, Draws const& draws) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t j = 0; j < x.columns; ++j) {
                T uniform{};
                draws.uniform(i, j, std::span<T>{&uniform, 1});
                x(i, j) = uniform < 1 / (1 + std::exp(-2 * x(i, j))) ? T{2} : T{0};
            }
    }
    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (double const value : x.row(i)) out[i] += std::log1p(std::exp(2 * value));
    }
    template <class T>
    void add_conjugate(Block<T const>, std::span<double>) const {}
    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const {}
};

template <class T>
auto five_layers() {
    DBM dbm{Binary<T>{4}, StochasticLayer<Multinomial, T>{3, Multinomial{2}}, Binary<T>{3},
            JointLayer{Binary<T>{2}, StochasticLayer<Multinomial, T>{2}}, Binary<T>{2}};
    Random random{3};
    initialise_weights(dbm, 0.7, random);
    for (std::size_t l = 0; l < 5; ++l)
        for (std::size_t j = 0; j < dbm.layer(l).size(); ++j)
            dbm.layer(l).bias()(j) = static_cast<T>(0.1) * static_cast<T>(j + l) - static_cast<T>(0.2);
    return dbm;
}

template <class T = float>
std::string refused(std::filesystem::path const& path, UnitKinds<T> const& kinds = UnitKinds<T>::library()) {
    try {
        static_cast<void>(load_machine<T>(path, kinds));
    } catch (FormatError const& error) {
        return error.what();
    }
    return {};
}

/// The message with which a changed file of a tree is refused.
template <class Change>
std::string refused_after(Change&& change) {
    TemporaryFolder const folder;
    BoltzmannMachine tree{
        {{0, 2}, {1, 2}}, Binary<>{3}, StochasticLayer<Categorical>{6, Categorical{3}}, Binary<>{2}};
    save(folder / "m.npz", tree);
    Npz file = read_npz(folder / "m.npz");
    Json meta = parse_json(file.texts["meta.json"]).value();
    change(file, meta);
    file.texts["meta.json"] = meta.dump();
    write_npz(folder / "m.npz", file);
    return refused(folder / "m.npz");
}

} // namespace

TEST_CASE("a machine of five layers is loaded without its type and scores as it did") {
    TemporaryFolder const folder;
    auto const dbm = five_layers<double>();
    save(folder / "m.npz", dbm);
    CHECK(stored_number_type(folder / "m.npz") == "float64");
    auto const machine = load_machine<double>(folder / "m.npz");
    CHECK(to_arrays(machine).size() == to_arrays(dbm).size());
    CHECK(exact_log_partition(machine) == exact_log_partition(dbm));
    States<double> states{16, machine.sizes()};
    for (std::size_t i = 0; i < 16; ++i) machine.unit(0).write_state(i, states[0].row(i));
    LayerSet const visible = LayerSet::of(0);
    CHECK(exact_log_sum(machine, states.blocks(), visible) == exact_log_sum(dbm, states.blocks(), visible));
    Random a{1}, b{1};
    auto const typed = sample(dbm, {.chains = 8, .sweeps = 5}, a);
    auto const loaded = sample(machine, {.chains = 8, .sweeps = 5}, b);
    CHECK(energy(dbm, typed.blocks()) == energy(machine, loaded.blocks()));
    save(folder / "again.npz", machine);
    CHECK(boltz_test::contents_of(folder / "again.npz") == boltz_test::contents_of(folder / "m.npz"));
    CHECK(refused<float>(folder / "m.npz").find("float64") != std::string::npos);
}

TEST_CASE("a machine with three visible layers comes back from its file, connections included") {
    TemporaryFolder const folder;
    BoltzmannMachine machine{{{0, 3}, {1, 3}, {2, 4}, {3, 4}},
                             Binary<>{4},
                             StochasticLayer<Gaussian>{2, Gaussian::learned()},
                             StochasticLayer<Categorical>{4, Categorical{2}},
                             Binary<>{3},
                             Binary<>{2}};
    Random random{5};
    initialise_weights(machine, 0.5, random);
    save(folder / "m.npz", machine);
    auto const back = load_machine(folder / "m.npz");
    CHECK(back.graph().connections() == machine.graph().connections());
    CHECK(back.unit(1).learned_count() == 2);
    CHECK(exact_log_partition(back) == exact_log_partition(machine));
    auto other = machine;
    other.weights(0).fill(0);
    load_into(folder / "m.npz", other);
    CHECK(exact_log_partition(other) == exact_log_partition(machine));
}

TEST_CASE("a unit of one's own is read once its kind is named") {
    TemporaryFolder const folder;
    RBM rbm{StochasticLayer<Even>{3}, Binary<>{2}};
    rbm.weights().fill(0.25f);
    save(folder / "m.npz", rbm);
    CHECK(refused(folder / "m.npz")
              .find("\"even\" units, but the kinds that are known are bernoulli, categorical, "
                    "gaussian, multinomial") != std::string::npos);
    auto const machine = load_machine(folder / "m.npz", UnitKinds<float>::library().add<Even>());
    CHECK(machine.unit(0).name() == "even");
    CHECK(machine.weights(0)(2, 1) == 0.25f);
}

TEST_CASE("machine files that cannot be are refused, saying why") {
    auto const is_said = [](std::string const& message, std::string const& words) {
        INFO(message);
        CHECK(message.find(words) != std::string::npos);
    };
    is_said(refused_after([](Npz&, Json& meta) { meta.object()["connections"] = "none"; }), "are no list");
    is_said(refused_after([](Npz&, Json& meta) { meta.object()["connections"].array()[0] = 7; }), "does not join");
    is_said(refused_after([](Npz&, Json& meta) {
                meta.object()["connections"].array()[1] = Json::Array{1, 3};
            }),
            "does not join two of the 3 layers");
    is_said(refused_after([](Npz& file, Json& meta) {
                meta.object()["connections"].array()[1] = Json::Array{0, 2};
                file.arrays["weights_1"] = file.arrays["weights_0"];
            }),
            "both join layers 0 and 2");
    is_said(refused_after([](Npz& file, Json& meta) {
                meta.object()["connections"].array()[1] = Json::Array{0, 0};
                file.arrays["weights_1"] = file.arrays["weights_0"];
                file.arrays["weights_1"].shape = {3, 3};
                file.arrays["weights_1"].bytes.resize(36);
            }),
            "with itself");
    is_said(refused_after([](Npz&, Json& meta) { meta.object().erase("connections"); }), "weights_0 has shape");
    is_said(refused_after([](Npz& file, Json&) { file.arrays.erase("weights_1"); }), "weights_1");
    is_said(refused_after([](Npz&, Json& meta) { meta.object()["layers"].array()[0].object()["unit"] = "spin"; }),
            "\"spin\" units");
    is_said(refused_after([](Npz&, Json& meta) { meta.object()["layers"].array()[0] = 4; }), "name of its units");
    is_said(refused_after([](Npz&, Json& meta) { meta.object()["layers"].array()[0].object()["unit"] = "joint"; }),
            "lists no parts");
    is_said(refused_after([](Npz&, Json& meta) {
                auto& layer = meta.object()["layers"].array()[0].object();
                layer["unit"] = "joint";
                layer["parts"] = Json::Array{Json::Object{{"unit", "bernoulli"}, {"size", 2}}};
            }),
            "has 3 units, but its parts have 2");
    is_said(refused_after([](Npz&, Json& meta) {
                auto& layer = meta.object()["layers"].array()[0].object();
                layer["unit"] = "joint";
                layer["parts"] = Json::Array{Json::Object{{"unit", "bernoulli"}, {"size", 2}},
                                             Json::Object{{"unit", "bernoulli"}, {"size", 2}}};
            }),
            "do not add up");
    is_said(refused_after([](Npz& file, Json&) { file.arrays["unit_1/states"].bytes[0] = std::byte{1}; }),
            "states is 1");
    is_said(refused_after([](Npz& file, Json&) { file.arrays["unit_1/states"].bytes[0] = std::byte{4}; }),
            "no multiple of it");
    is_said(refused_after([](Npz& file, Json&) {
                file.arrays["bias_0"].bytes[3] = std::byte{0x7f};
                file.arrays["bias_0"].bytes[2] = std::byte{0xc0};
            }),
            "bias_0 is not a number");
}

} // namespace test_machine_file
