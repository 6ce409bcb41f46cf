// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading models.

#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/error.hpp>
#include <boltz/io/finite_arrays.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/io/npy_header.hpp>
#include <boltz/io/npy_type.hpp>
#include <boltz/io/npz.hpp>
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

template <class U>
Json describe_unit(U const& unit, std::size_t size) {
    Json::Object result{{"unit", U::name}, {"size", size}};
    if constexpr (requires { U::parts; }) {
        Json::Array parts;
        unit.each([&](auto const& part, std::size_t p) { parts.push_back(describe_unit(part, unit.sizes()[p])); });
        result["parts"] = parts;
    }
    return result;
}

/// What a model is made of, apart from its numbers.
template <concepts::Model M>
Json describe(M const& model) {
    Json::Array layers;
    for_each_index<M::depth>([&](auto l) {
        layers.push_back(describe_unit(model.template layer<l>().unit(), model.template layer<l>().size()));
    });
    return Json::Object{{"format", model_format},
                        {"format_version", model_format_version},
                        {"boltz_version", version},
                        {"model", M::depth == 2 ? "RBM" : "DBM"},
                        {"value_type", value_type_name<typename M::value_type>()},
                        {"layers", layers}};
}

/// The description in a file, checked to be one.
inline Json read_description(Npz const& file, std::string const& path) {
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
    if (!meta["layers"].is_array()) fail<FormatError>("load: ", path, ": meta.json lists no layers");
    return meta;
}

/// How many units layer `l` has by its bias, and not by what meta.json says: the bias is really there, so a file that
/// lies cannot ask for more memory than it has bytes. A row or a column of a matrix is as good as a vector.
inline std::size_t stored_size(Npz const& file, std::size_t l, std::string const& path) {
    std::string const name = "bias_" + std::to_string(l);
    auto const& shape = needed_array(file, name, path).shape;
    bool const line = shape.size() == 1 || (shape.size() == 2 && (shape[0] == 1 || shape[1] == 1));
    if (!line)
        fail<FormatError>("load: ", path, ": ", name, " has shape ", npy_shape(shape),
                          ", but must have one number a unit, as (n,)");
    return shape.size() == 1 ? shape[0] : shape[0] * shape[1];
}

/// Refuses weights that do not fit between layers of these sizes.
inline void check_stored_weights(Npz const& file, std::size_t l, std::size_t below, std::size_t above,
                                 std::string const& path) {
    std::string const name = "weights_" + std::to_string(l);
    auto const& shape = needed_array(file, name, path).shape;
    if (shape != std::vector<std::size_t>{below, above})
        fail<FormatError>("load: ", path, ": ", name, " has shape ", npy_shape(shape), ", but between layers of ",
                          below, " and ", above, " units, as their biases say, it must have shape ",
                          npy_shape({below, above}));
}

/// The arrays of a file of which weights and biases are as a model of `T` takes them: biases are vectors, and whole
/// numbers, which NumPy makes of `zeros(n, int)`, are `T`s.
template <std::floating_point T>
Arrays parameter_arrays(Npz const& file) {
    Arrays arrays = file.arrays;
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

/// Refuses a model or network that has just been read if it has numbers that are not finite.
template <class Loaded>
void check_loaded(Loaded& loaded, std::string const& path) {
    check_finite(to_arrays(loaded), "load", path, [](std::string_view) { return true; });
}

/// Refuses a model or network with numbers that are not finite.
inline void check_saved(Arrays const& arrays, std::string const& path) {
    check_finite<ValueError>(arrays, "save", path, [](std::string_view) { return true; });
}

} // namespace detail

/// Writes a model to an `.npz` file, which `numpy.load` opens: `weights_0`, ..., `bias_0`, ..., the units' own
/// parameters, and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the model is not finite, as after a training that diverged: `load` would refuse
/// it, and a good file is not lost for it; FileError if it cannot be written.
template <concepts::Model M>
void save(std::filesystem::path const& path, M const& model) {
    M copy = model;
    Arrays arrays = to_arrays(copy);
    detail::check_saved(arrays, path.string());
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", detail::describe(model).dump(2)}}});
}

/// The model of type `M` that an opened file holds; messages call it `name`. For arrays from elsewhere, once they
/// have the names and the `meta.json` of a file that `save` wrote.
///
/// Biases may be rows or columns of a matrix, and weights and biases whole numbers.
/// @throws FormatError if it is not a model, one of other units, depth or number type, or one with numbers that are
///         not finite, naming the array.
template <concepts::Model M>
[[nodiscard]] M model_from(Npz const& file, std::string const& name) {
    Json const meta = detail::read_description(file, name);
    char const* const type = detail::value_type_name<typename M::value_type>();
    if (meta["value_type"] != type)
        detail::fail<FormatError>("load: ", name, " holds ", detail::excerpt(meta["value_type"]),
                                  " numbers, but the model has ", type);
    Json::Array const& layers = meta["layers"].array();
    if (layers.size() != M::depth)
        detail::fail<FormatError>("load: ", name, " has ", layers.size(), " layers, but the model has ", M::depth);
    std::array<std::size_t, M::depth> sizes{};
    for (std::size_t l = 0; l < M::depth; ++l) sizes[l] = detail::stored_size(file, l, name);
    for (std::size_t l = 0; l + 1 < M::depth; ++l)
        detail::check_stored_weights(file, l, sizes[l], sizes[l + 1], name);
    M model = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return M{detail::make_layer<typename M::template layer_type<I>>(layers[I], sizes[I], name)...};
    }
    (std::make_index_sequence<M::depth>{});
    from_arrays(detail::parameter_arrays<typename M::value_type>(file), model);
    detail::check_loaded(model, name);
    return model;
}

/// Reads a model of type `M` from a file that `save` wrote: `auto dbm = load<DBM<...>>("mnist.npz")`.
///
/// @throws FileError if the file cannot be read; FormatError as `model_from`.
template <concepts::Model M>
[[nodiscard]] M load(std::filesystem::path const& path) {
    return model_from<M>(read_npz(path), path.string());
}

} // namespace boltz
