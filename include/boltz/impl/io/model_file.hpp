// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/model_file.hpp>

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/io/detail/finite_arrays.hpp>
#include <boltz/io/detail/npy_header.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/layer_set.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

BOLTZ_INLINE Json describe_unit(UnitDescription const& unit) {
    Json::Object result{{"unit", unit.name}, {"size", unit.size}};
    if (!unit.parts.empty()) {
        Json::Array parts;
        for (auto const& part : unit.parts) parts.push_back(describe_unit(part));
        result["parts"] = parts;
    }
    return result;
}

template <std::floating_point T>
Json describe(AnyField<T> const& model) {
    Json::Array layers;
    for (std::size_t l = 0; l < model.layers(); ++l)
        layers.push_back(describe_unit(model.unit(l).describe(model.sizes()[l])));
    LayerGraph const& graph = model.graph();
    bool const chain = graph.connections() == LayerGraph::chain(graph.sizes()).connections();
    Json::Object result{{"format", model_format},
                        {"format_version", model_format_version},
                        {"boltz_version", version},
                        {"model", !chain                ? "BoltzmannMachine"
                                  : model.layers() == 2 ? "RBM"
                                                        : "DBM"},
                        {"value_type", value_type_name<T>()},
                        {"layers", layers}};
    if (!chain) {
        Json::Array connections;
        for (auto const& [lower, upper] : graph.connections()) connections.push_back(Json::Array{lower, upper});
        result["connections"] = connections;
    }
    return result;
}

BOLTZ_INLINE Json read_meta(Npz const& file, std::string const& path) {
    auto const text = file.texts.find("meta.json");
    if (text == file.texts.end())
        fail<FormatError>("load: ", path, " has no meta.json, so it is not a model that boltz has saved");
    Json meta = parse_json(text->second).value_or(nullptr);
    if (!meta.is_object()) fail<FormatError>("load: ", path, ": meta.json is not a JSON object");
    if (meta["format"] != model_format)
        fail<FormatError>("load: ", path, " is not a model that boltz has saved: the format in meta.json is ",
                          excerpt(meta["format"]), ", not \"", model_format, '"');
    if (meta["format_version"] != model_format_version)
        fail<FormatError>("load: ", path, " has format version ", excerpt(meta["format_version"]),
                          ", but this boltz reads version ", model_format_version);
    return meta;
}

BOLTZ_INLINE Json read_description(Npz const& file, std::string const& path) {
    Json meta = read_meta(file, path);
    if (meta["model"] == "Stack")
        fail<FormatError>("load: ", path, " is a stack of RBMs and no single model; load_stack reads it");
    if (!meta["layers"].is_array()) fail<FormatError>("load: ", path, ": meta.json lists no layers");
    return meta;
}

BOLTZ_INLINE std::size_t stored_size(Npz const& file, std::size_t l, std::string const& path) {
    std::string const name = "bias_" + std::to_string(l);
    auto const& shape = needed_array(file, name, path).shape;
    bool const line = shape.size() == 1 || (shape.size() == 2 && (shape[0] == 1 || shape[1] == 1));
    if (!line)
        fail<FormatError>("load: ", path, ": ", name, " has shape ", npy_shape(shape),
                          ", but must have one number a unit, as (n,)");
    return shape.size() == 1 ? shape[0] : shape[0] * shape[1];
}

BOLTZ_INLINE std::vector<Connection> stored_connections(Json const& meta, std::size_t layers,
                                                        std::string const& path) {
    std::vector<Connection> result;
    if (meta["connections"].is_null()) {
        for (std::size_t l = 0; l + 1 < layers; ++l) result.push_back({l, l + 1});
        return result;
    }
    if (!meta["connections"].is_array())
        fail<FormatError>("load: ", path, ": the connections in meta.json are no list");
    for (Json const& pair : meta["connections"].array()) {
        if (!pair[0].is_unsigned() || !pair[1].is_unsigned() || pair.array().size() != 2 ||
            pair[0].unsigned_integer() >= layers || pair[1].unsigned_integer() >= layers)
            fail<FormatError>("load: ", path, ": ", excerpt(pair), " in meta.json does not join two of the ", layers,
                              " layers");
        result.push_back({pair[0].unsigned_integer(), pair[1].unsigned_integer()});
    }
    return result;
}

BOLTZ_INLINE void check_stored_weights(Npz const& file, std::vector<Connection> const& connections,
                                       std::vector<std::size_t> const& sizes, std::string const& path) {
    for (std::size_t c = 0; c < connections.size(); ++c) {
        std::string const name = "weights_" + std::to_string(c);
        std::size_t const below = sizes[connections[c].lower];
        std::size_t const above = sizes[connections[c].upper];
        auto const& shape = needed_array(file, name, path).shape;
        if (shape != std::vector<std::size_t>{below, above})
            fail<FormatError>("load: ", path, ": ", name, " has shape ", npy_shape(shape), ", but between layers of ",
                              below, " and ", above, " units, as their biases say, it must have shape ",
                              npy_shape({below, above}));
    }
}

template <std::floating_point T>
Arrays parameter_arrays(Arrays arrays) {
    for (auto& [name, array] : arrays) {
        bool const bias = name.starts_with("bias_");
        if (!bias && !name.starts_with("weights_")) continue;
        if (bias && array.shape.size() == 2 && (array.shape[0] == 1 || array.shape[1] == 1))
            array.shape = {array.shape[0] * array.shape[1]};
        if (array.dtype != "<f4" && array.dtype != "<f8") array = with_numbers(numbers_of<T>(array), array.shape);
    }
    return arrays;
}

BOLTZ_INLINE std::size_t described_size(Json const& layer, std::string_view unit, std::size_t largest,
                                        std::string const& path) {
    if (layer["unit"] != unit)
        fail<FormatError>("load: ", path, " has a layer of ", excerpt(layer.is_object() ? layer["unit"] : layer),
                          " units where the model has ", unit, " units");
    std::uint64_t const size = layer["size"].unsigned_or(0);
    if (size == 0 || size > largest)
        fail<FormatError>("load: ", path, ": the size of a layer of ", unit, " units is not in 1 .. ", largest,
                          ", as many as have a bias");
    return size;
}

BOLTZ_INLINE void check_loaded(Arrays const& arrays, std::string const& path) {
    check_finite(arrays, "load", path, [](std::string_view name) {
        return name.starts_with("weights_") || name.starts_with("bias_") || name.starts_with("unit_");
    });
}

BOLTZ_INLINE void check_saved(Arrays const& arrays, std::string const& path) {
    check_finite<ValueError>(arrays, "save", path, [](std::string_view) { return true; });
}

template <std::floating_point T>
StoredModel stored_model(Npz const& file, std::string const& path) {
    Json const meta = read_description(file, path);
    if (meta["model"] == "MLP")
        fail<FormatError>("load: ", path, " is a feed-forward network and no Boltzmann machine");
    if (meta["value_type"] != value_type_name<T>())
        fail<FormatError>("load: ", path, " holds ", excerpt(meta["value_type"]), " numbers, but the model has ",
                          value_type_name<T>());
    StoredModel result{meta["layers"], {}, {}};
    std::size_t const layers = result.layers.array().size();
    if (layers == 0 || layers > LayerSet::most_layers)
        fail<FormatError>("load: ", path, " has ", layers, " layers, but must have 1 .. ", LayerSet::most_layers);
    for (std::size_t l = 0; l < layers; ++l) result.sizes.push_back(stored_size(file, l, path));
    result.connections = stored_connections(meta, layers, path);
    check_stored_weights(file, result.connections, result.sizes, path);
    return result;
}

template <std::floating_point T>
void load_parameters(Npz file, AnyParametric<T>& model, std::string const& path) {
    Arrays arrays = parameter_arrays<T>(std::move(file.arrays));
    check_loaded(arrays, path);
    from_arrays(std::move(arrays), model);
}

} // namespace detail

template <std::floating_point T>
void save(std::filesystem::path const& path, AnyModel<T> const& model) {
    Arrays arrays = to_arrays(model);
    detail::check_saved(arrays, path.string());
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", detail::describe<T>(model).dump(2)}}});
}

template <std::floating_point T>
void load_into(std::filesystem::path const& path, AnyModel<T>& model) {
    Npz file = read_npz(path);
    std::string const name = path.string();
    detail::StoredModel const stored = detail::stored_model<T>(file, name);
    if (stored.layers != detail::describe<T>(model)["layers"] || stored.connections != model.graph().connections())
        detail::fail<FormatError>("load: ", name, " has other layers or connections than the model");
    detail::load_parameters<T>(std::move(file), model, name);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template Json describe<T>(AnyField<T> const& model);                                                             \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template Arrays parameter_arrays<T>(Arrays arrays);                                                              \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template StoredModel stored_model<T>(Npz const& file, std::string const& path);                                  \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template void load_parameters<T>(Npz file, AnyParametric<T>& model, std::string const& path);                    \
    }                                                                                                                \
    template void save<T>(std::filesystem::path const& path, AnyModel<T> const& model);                              \
    template void load_into<T>(std::filesystem::path const& path, AnyModel<T>& model);
#include <boltz/detail/instantiate.hpp>
