// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading models.

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

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz {
namespace detail {

inline constexpr char const* model_format = "boltz-model";
inline constexpr int model_format_version = 1;

template <class T>
constexpr char const* value_type_name() {
    return std::same_as<T, float> ? "float32" : "float64";
}

inline Json describe_unit(UnitDescription const& unit) {
    Json::Object result{{"unit", unit.name}, {"size", unit.size}};
    if (!unit.parts.empty()) {
        Json::Array parts;
        for (auto const& part : unit.parts) parts.push_back(describe_unit(part));
        result["parts"] = parts;
    }
    return result;
}

/// What a model is made of, apart from its numbers. Connections are listed where they are no chain.
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

/// What a file says of itself, checked to be of this format.
inline Json read_meta(Npz const& file, std::string const& path) {
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

/// The description of one model in a file, checked to be one.
inline Json read_description(Npz const& file, std::string const& path) {
    Json meta = read_meta(file, path);
    if (meta["model"] == "Stack")
        fail<FormatError>("load: ", path, " is a stack of RBMs and no single model; load_stack reads it");
    if (!meta["layers"].is_array()) fail<FormatError>("load: ", path, ": meta.json lists no layers");
    return meta;
}

/// How many units layer `l` has by its bias, and not by what meta.json says: the bias is really there, so a file with
/// a false header cannot ask for more memory than it has bytes. A row or a column of a matrix is as good as a vector.
inline std::size_t stored_size(Npz const& file, std::size_t l, std::string const& path) {
    std::string const name = "bias_" + std::to_string(l);
    auto const& shape = needed_array(file, name, path).shape;
    bool const line = shape.size() == 1 || (shape.size() == 2 && (shape[0] == 1 || shape[1] == 1));
    if (!line)
        fail<FormatError>("load: ", path, ": ", name, " has shape ", npy_shape(shape),
                          ", but must have one number a unit, as (n,)");
    return shape.size() == 1 ? shape[0] : shape[0] * shape[1];
}

/// The connections of a file: those that it lists, or a chain.
inline std::vector<Connection> stored_connections(Json const& meta, std::size_t layers, std::string const& path) {
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

/// Refuses weights that do not fit between layers of these sizes.
inline void check_stored_weights(Npz const& file, std::vector<Connection> const& connections,
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

/// The arrays of a file of which weights and biases are as a model of `T` takes them: biases are vectors, and whole
/// numbers, which NumPy makes of `zeros(n, int)`, are `T`s.
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

inline std::size_t described_size(Json const& layer, std::string_view unit, std::size_t largest,
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

template <class L>
L make_layer(Json const& description, std::size_t largest, std::string const& path) {
    using U = typename L::unit_type;
    std::size_t const size = described_size(description, U::name, largest, path);
    if constexpr (requires { typename L::part_types; }) {
        using Parts = typename L::part_types;
        Json const& parts = description["parts"];
        if (!parts.is_array() || parts.array().size() != std::tuple_size_v<Parts>)
            fail<FormatError>("load: ", path, ": a joint layer does not have the model's ", std::tuple_size_v<Parts>,
                              " parts");
        L layer = [&]<std::size_t... P>(std::index_sequence<P...>) {
            return L{make_layer<std::tuple_element_t<P, Parts>>(parts[P], size, path)...};
        }
        (std::make_index_sequence<std::tuple_size_v<Parts>>{});
        if (layer.size() != size)
            fail<FormatError>("load: ", path, ": a joint layer has ", size, " units, but its parts have ",
                              layer.size());
        return layer;
    } else {
        return L{size};
    }
}

/// Refuses parameters in a file that are not finite.
inline void check_loaded(Arrays const& arrays, std::string const& path) {
    check_finite(arrays, "load", path, [](std::string_view name) {
        return name.starts_with("weights_") || name.starts_with("bias_") || name.starts_with("unit_");
    });
}

/// Refuses a model or network with numbers that are not finite.
inline void check_saved(Arrays const& arrays, std::string const& path) {
    check_finite<ValueError>(arrays, "save", path, [](std::string_view) { return true; });
}

/// What a file says of the model in it, checked against the arrays that are really there.
struct StoredModel {
    Json layers; ///< a description of each
    std::vector<std::size_t> sizes;
    std::vector<Connection> connections;
};

/// @throws FormatError if the file holds no model, or one of other numbers than `T`.
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

/// Fills a model that has the layers of the file with its numbers.
template <std::floating_point T>
void load_parameters(Npz file, AnyParametric<T>& model, std::string const& path) {
    Arrays arrays = parameter_arrays<T>(std::move(file.arrays));
    check_loaded(arrays, path);
    from_arrays(std::move(arrays), model);
}

} // namespace detail

/// Writes a model to an `.npz` file, which `numpy.load` opens: `weights_0`, ..., `bias_0`, ..., the units' own
/// parameters, and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the model is not finite, as after a training that diverged: `load` would refuse
/// it, and a good file is not lost for it; FileError if it cannot be written.
template <std::floating_point T>
void save(std::filesystem::path const& path, AnyModel<T> const& model) {
    Arrays arrays = to_arrays(model);
    detail::check_saved(arrays, path.string());
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", detail::describe<T>(model).dump(2)}}});
}

/// The model of type `M` that an opened file holds; messages call it `name`. For arrays from elsewhere, once they
/// have the names and the `meta.json` of a file that `save` wrote.
///
/// `M` is a machine whose layers are known when the program is compiled; `load_machine` reads any. Biases may be rows
/// or columns of a matrix, and weights and biases whole numbers.
/// @throws FormatError if it is not a model, one of other units, depth, connections or number type, or one with
///         numbers that are not finite, naming the array.
template <concepts::Model M>
[[nodiscard]] M model_from(Npz file, std::string const& name) {
    using T = typename M::value_type;
    detail::StoredModel const stored = detail::stored_model<T>(file, name);
    if (stored.sizes.size() != M::depth)
        detail::fail<FormatError>("load: ", name, " has ", stored.sizes.size(), " layers, but the model has ",
                                  M::depth);
    M model = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return M{detail::make_layer<typename M::template layer_type<I>>(stored.layers[I], stored.sizes[I], name)...};
    }
    (std::make_index_sequence<M::depth>{});
    if (model.graph().connections() != stored.connections)
        detail::fail<FormatError>("load: ", name, " has connections that are no chain of its layers");
    detail::load_parameters<T>(std::move(file), model, name);
    return model;
}

/// Reads a model of type `M` from a file that `save` wrote: `auto dbm = load<DBM<...>>("mnist.npz")`.
///
/// @throws FileError if the file cannot be read; FormatError as `model_from`.
template <concepts::Model M>
[[nodiscard]] M load(std::filesystem::path const& path) {
    return model_from<M>(read_npz(path), path.string());
}

/// Overwrites the parameters of a model with those of a file that `save` wrote of one like it; all or nothing. For
/// models of one's own, which no function could make.
/// @throws FileError if the file cannot be read; FormatError if it holds a model of other units, sizes, connections
/// or number type, or numbers that are not finite; the model is then unchanged.
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
