// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Models of several depths and kinds of visible units, told by their files.

#include <boltz/dbm.hpp>
#include <boltz/io.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// The layer that all hidden ones are.
template <std::size_t>
struct HiddenLayer {
    using type = boltz::StochasticLayer<boltz::Bernoulli>;
};

template <class Visible, std::size_t... Hidden>
auto make_machine_type(std::index_sequence<Hidden...>)
    -> boltz::DBM<boltz::StochasticLayer<Visible>, typename HiddenLayer<Hidden>::type...>;

/// Binary hidden layers above a visible one; an RBM is the machine of depth 2.
template <class Visible, std::size_t Depth>
using Machine = decltype(make_machine_type<Visible>(std::make_index_sequence<Depth - 1>{}));

/// The models that the program knows.
using AnyMachine =
    std::variant<Machine<boltz::Bernoulli, 2>, Machine<boltz::Bernoulli, 3>, Machine<boltz::Bernoulli, 4>,
                 Machine<boltz::Gaussian, 2>, Machine<boltz::Gaussian, 3>, Machine<boltz::Gaussian, 4>,
                 Machine<boltz::Multinomial, 2>, Machine<boltz::Multinomial, 3>, Machine<boltz::Multinomial, 4>>;

/// A model and what is worth saying of how it was read.
struct StoredMachine {
    AnyMachine machine;
    std::vector<std::string> notes;
};

/// The names of the units of a model's layers, from below.
template <class M>
std::vector<std::string> units_of() {
    std::vector<std::string> result;
    boltz::detail::for_each_index<M::depth>(
        [&](auto l) { result.emplace_back(M::template layer_type<l>::unit_type::name); });
    return result;
}

/// The arrays of a file, or of the `.npy` files of a folder.
inline boltz::Npz read_arrays(std::filesystem::path const& path) {
    if (!std::filesystem::is_directory(path)) return boltz::read_npz(path);
    boltz::Npz result;
    for (auto const& entry : std::filesystem::directory_iterator{path}) {
        auto const& file = entry.path();
        if (file.extension() == ".npy") {
            try {
                result.arrays.emplace(file.stem().string(), boltz::read_npy(file));
            } catch (boltz::detail::ForeignArray const& reason) {
                result.foreign.emplace(file.stem().string(), reason.what());
            }
        }
        if (file.filename() == "meta.json") {
            auto const bytes = boltz::read_file(file);
            result.texts.emplace("meta.json", std::string{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
        }
    }
    return result;
}

/// Gives a model without a description that of one of binary units, as many layers as there are weights between.
inline void describe_as_binary(boltz::Npz& file, std::string const& name) {
    std::size_t pairs = 0;
    auto const there = [&](std::string const& array) {
        return file.arrays.contains(array) || file.foreign.contains(array);
    };
    while (there("weights_" + std::to_string(pairs))) ++pairs;
    if (pairs == 0)
        boltz::detail::fail<boltz::FormatError>("read_machine: ", name,
                                                " is no model: it has neither a meta.json nor weights_0");
    boltz::Json::Array layers;
    for (std::size_t l = 0; l <= pairs; ++l)
        layers.push_back(boltz::Json::Object{{"unit", boltz::Bernoulli::name},
                                             {"size", boltz::detail::stored_size(file, l, name)}});
    boltz::Json const meta = boltz::Json::Object{{"format", boltz::detail::model_format},
                                                 {"format_version", boltz::detail::model_format_version},
                                                 {"value_type", "float32"},
                                                 {"layers", layers}};
    file.texts["meta.json"] = meta.dump();
}

/// Makes floats of weights and biases of another type; whether there were any.
/// @throws boltz::FormatError if a number is beyond those of floats.
inline bool round_to_float(boltz::Arrays& arrays, std::string const& path) {
    bool any = false;
    for (auto& [name, array] : arrays) {
        bool const parameter = name.starts_with("weights_") || name.starts_with("bias_");
        if (!parameter || array.dtype == "<f4") continue;
        for (double const value : boltz::numbers_of<double>(array))
            if (std::isfinite(value) && std::abs(value) > std::numeric_limits<float>::max())
                boltz::detail::fail<boltz::FormatError>("read_machine: ", path, ": ", name, " holds ", value,
                                                        ", which no float32 number can be");
        array = boltz::detail::with_numbers(boltz::numbers_of<float>(array), array.shape);
        any = true;
    }
    return any;
}

/// Why a model of these units is none of `AnyMachine`.
inline std::string unknown_layers(std::vector<std::string> const& units) {
    std::string const binary{boltz::Bernoulli::name};
    if (units.size() < 2 || units.size() > 4)
        return std::to_string(units.size()) + " layers, but machines of 2 to 4 are known";
    for (std::size_t l = 1; l < units.size(); ++l)
        if (units[l] != binary)
            return units[l] + " units in layer " + std::to_string(l) + ", but hidden layers must be of " + binary +
                   " units";
    return units[0] + " units in layer 0, but only " + binary + ", " + std::string{boltz::Gaussian::name} + " and " +
           std::string{boltz::Multinomial::name} + " ones are known there";
}

/// Reads a model whose depth and units the file tells; one without a description has binary units.
/// @throws boltz::Error if it cannot be read, is no model, or not one of `AnyMachine`.
inline StoredMachine read_machine(std::filesystem::path const& path) {
    using namespace boltz;
    std::string const name = path.string();
    Npz file = read_arrays(path);
    std::vector<std::string> notes;
    if (auto const odd = file.foreign.find("meta.json"); odd != file.foreign.end()) throw FormatError{odd->second};
    if (!file.texts.contains("meta.json")) {
        describe_as_binary(file, name);
        notes.push_back(name + " does not say what its units are: all are taken as binary (0 and 1)");
    }
    Json meta = boltz::detail::read_description(file, name);
    if (meta["model"] == "MLP")
        boltz::detail::fail<ValueError>("read_machine: ", name,
                                        " is a feed-forward network, which has no log Z; only machines have one");
    if (round_to_float(file.arrays, name)) {
        notes.push_back("weights or biases are no float32 numbers and were rounded to such; sums are in float64");
        meta.object()["value_type"] = "float32";
        file.texts["meta.json"] = meta.dump();
    }
    std::vector<std::string> units;
    for (Json const& layer : meta["layers"].array())
        units.push_back(layer["unit"].is_string() ? boltz::detail::excerpt(layer["unit"].string())
                                                  : boltz::detail::excerpt(layer));
    auto const read = [&]<class... M>(std::type_identity<std::variant<M...>>) {
        std::optional<AnyMachine> found;
        (void)((units == units_of<M>() && (found.emplace(model_from<M>(file, name)), true)) || ...);
        return found;
    };
    auto const machine = read(std::type_identity<AnyMachine>{});
    if (!machine) boltz::detail::fail<ValueError>("read_machine: ", name, " has ", unknown_layers(units));
    return {*machine, notes};
}
