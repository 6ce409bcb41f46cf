// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading networks.

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <class N>
inline constexpr bool is_mlp = false;
template <std::size_t Depth, class T>
inline constexpr bool is_mlp<MLP<Depth, T>> = true;

inline char const* name_of(Activation activation) {
    return activation == Activation::logistic ? "logistic" : "rectified";
}

} // namespace detail

/// Writes a network to an `.npz` file, which `numpy.load` opens: `weights_0`, ..., `bias_1`, ..., and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the network is not finite; FileError if it cannot be written.
template <std::size_t Depth, class T>
void save(std::filesystem::path const& path, MLP<Depth, T> const& network) {
    Json::Array layers;
    for (std::size_t l = 0; l < Depth; ++l) {
        char const* const unit = l == 0           ? "input"
                                 : l + 1 == Depth ? "softmax"
                                                  : detail::name_of(network.activation());
        Json::Object layer{{"unit", unit}, {"size", network.sizes()[l]}};
        if (l + 1 < Depth) layer["beside"] = network.beside()[l];
        layers.push_back(layer);
    }
    Json const meta = Json::Object{{"format", detail::model_format},
                                   {"format_version", detail::model_format_version},
                                   {"boltz_version", version},
                                   {"model", "MLP"},
                                   {"value_type", detail::value_type_name<T>()},
                                   {"layers", layers}};
    MLP<Depth, T> copy = network;
    Arrays arrays = to_arrays(copy);
    detail::check_saved(arrays, path.string());
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", meta.dump(2)}}});
}

/// Reads a network of type `N` from a file that `save` wrote: `auto network = load<MLP<4>>("network.npz")`.
///
/// @throws FileError if the file cannot be read; FormatError if it holds no network of this depth and number type,
///         or one with numbers that are not finite, naming the array.
template <class N>
    requires(detail::is_mlp<N>)
[[nodiscard]] N load(std::filesystem::path const& path) {
    Npz const file = read_npz(path);
    std::string const name = path.string();
    Json const meta = detail::read_description(file, name);
    if (meta["model"] != "MLP")
        detail::fail<FormatError>("load: ", name, " holds a model ", detail::excerpt(meta["model"]),
                                  ", but an MLP is asked for");
    char const* const type = detail::value_type_name<typename N::value_type>();
    if (meta["value_type"] != type)
        detail::fail<FormatError>("load: ", name, " holds ", detail::excerpt(meta["value_type"]),
                                  " numbers, but the network has ", type);
    Json::Array const& layers = meta["layers"].array();
    if (layers.size() != N::depth)
        detail::fail<FormatError>("load: ", name, " has ", layers.size(), " layers, but the network has ", N::depth);
    // Sizes of layers and of what enters beside them, held against arrays that are really there.
    typename N::Sizes sizes{};
    typename N::Beside beside{};
    for (std::size_t l = 0; l + 1 < N::depth; ++l) {
        std::string const weights = "weights_" + std::to_string(l);
        auto const& shape = detail::needed_array(file, weights, name).shape;
        if (shape.size() != 2)
            detail::fail<FormatError>("load: ", name, ": ", weights, " has shape ", detail::npy_shape(shape),
                                      ", but weights have two extents");
        std::size_t const above = detail::stored_size(file, l + 1, name);
        if (l == 0) sizes[0] = layers[0]["size"].unsigned_or(0);
        sizes[l + 1] = above;
        if (sizes[l] == 0 || sizes[l] > shape[0] || above == 0 || shape[1] != above)
            detail::fail<FormatError>("load: ", name, ": weights_", l, " of ", shape[0], " x ", shape[1],
                                      " numbers do not fit between layers of ", sizes[l], " and ", above, " units");
        beside[l] = shape[0] - sizes[l];
    }
    Json const hidden = N::depth == 2 ? "logistic" : layers[1]["unit"];
    if (hidden != "logistic" && hidden != "rectified")
        detail::fail<FormatError>("load: ", name, " has hidden units ", detail::excerpt(hidden),
                                  ", but a network has \"logistic\" or \"rectified\" ones");
    N network{sizes, beside, hidden == "logistic" ? Activation::logistic : Activation::rectified};
    from_arrays(detail::parameter_arrays<typename N::value_type>(file), network);
    detail::check_loaded(network, name);
    return network;
}

} // namespace boltz
