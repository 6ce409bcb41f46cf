// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading networks.

#include <boltz/error.hpp>
#include <boltz/io/detail/npy_header.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/mlp.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

namespace detail {

template <class N>
inline constexpr bool is_mlp = false;
template <class T>
inline constexpr bool is_mlp<MLP<T>> = true;

/// What hidden units are called in files of networks.
std::string hidden_name_in_files(std::string_view unit);

/// What a network is made of, apart from its numbers.
template <std::floating_point T>
Json describe(MLP<T> const& network);

/// The descriptions of the layers in a file of a network.
/// @throws FormatError if it holds no network, or one of other numbers than `T`.
template <std::floating_point T>
Json stored_layers(Npz const& file, std::string const& path);

template <std::floating_point T>
AnyHiddenLayer<T> stored_hidden_layer(Json const& unit, std::size_t size, UnitKinds<T> const& kinds,
                                      std::string const& path);

/// Output units with what the file keeps of them.
template <std::floating_point T>
AnyOutputLayer<T> stored_output_layer(Npz const& file, Json const& description, std::size_t l, std::size_t size,
                                      UnitKinds<T> const& kinds, std::string const& path);

} // namespace detail

/// Writes a network to an `.npz` file, which `numpy.load` opens: `weights_0`, ..., `bias_1`, ..., what units keep of
/// their own, and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the network is not finite; FileError if it cannot be written.
template <std::floating_point T>
void save(std::filesystem::path const& path, MLP<T> const& network);

/// Reads a network from a file that `save` wrote: `auto network = load<MLP<float>>("network.npz")`. Units of one's
/// own are found by `UnitKinds<float>::library().add<Own>()`.
///
/// @throws FileError if the file cannot be read; FormatError if it holds no network of this number type, one of units
///         that are not known, or one with numbers that are not finite, naming the array.
template <class N>
    requires(detail::is_mlp<N>)
[[nodiscard]] N load(std::filesystem::path const& path,
                     UnitKinds<typename N::value_type> const& kinds = UnitKinds<typename N::value_type>::library()) {
    using T = typename N::value_type;
    Npz file = read_npz(path);
    std::string const name = path.string();
    Json const layers = detail::stored_layers<T>(file, name);
    std::size_t const top = layers.array().size() - 1;
    // Sizes of layers and of what enters beside them, held against arrays that are really there.
    NetworkInput input{layers[0]["size"].unsigned_or(0)};
    std::vector<AnyHiddenLayer<T>> hidden;
    std::size_t below = input.size;
    for (std::size_t l = 0; l < top; ++l) {
        std::string const weights = "weights_" + std::to_string(l);
        auto const& shape = detail::needed_array(file, weights, name).shape;
        if (shape.size() != 2)
            detail::fail<FormatError>("load: ", name, ": ", weights, " has shape ", detail::npy_shape(shape),
                                      ", but weights have two extents");
        std::size_t const above = detail::stored_size(file, l + 1, name);
        if (below == 0 || below > shape[0] || above == 0 || shape[1] != above)
            detail::fail<FormatError>("load: ", name, ": weights_", l, " of ", shape[0], " x ", shape[1],
                                      " numbers do not fit between layers of ", below, " and ", above, " units");
        input.beside.push_back(shape[0] - below);
        if (l + 1 < top) hidden.push_back(detail::stored_hidden_layer(layers[l + 1]["unit"], above, kinds, name));
        below = above;
    }
    N network{std::move(input), std::move(hidden),
              detail::stored_output_layer(file, layers[top], top, below, kinds, name)};
    detail::load_parameters<T>(std::move(file), network, name);
    return network;
}

/// Overwrites the parameters of a network with those of a file that `save` wrote of one like it; all or nothing.
/// @throws FileError if the file cannot be read; FormatError if it holds a network of other units, sizes or number
/// type, or numbers that are not finite; the network is then unchanged.
template <std::floating_point T>
void load_into(std::filesystem::path const& path, MLP<T>& network);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/mlp_file.hpp>
#endif
