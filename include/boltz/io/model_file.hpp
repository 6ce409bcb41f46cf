// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading models.

#include <boltz/any_field.hpp>
#include <boltz/archive.hpp>
#include <boltz/concepts.hpp>
#include <boltz/error.hpp>
#include <boltz/graph.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/any_model.hpp>
#include <boltz/model/parameter_set.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
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

Json describe_unit(UnitDescription const& unit);

/// What a model is made of, apart from its numbers. Connections are listed where they are no chain.
template <std::floating_point T>
Json describe(AnyField<T> const& model);

/// What a file says of itself, checked to be of this format.
Json read_meta(Npz const& file, std::string const& path);

/// The description of one model in a file, checked to be one.
Json read_description(Npz const& file, std::string const& path);

/// How many units layer `l` has by its bias, and not by what meta.json says: the bias is really there, so a file with
/// a false header cannot ask for more memory than it has bytes. A row or a column of a matrix is as good as a vector.
std::size_t stored_size(Npz const& file, std::size_t l, std::string const& path);

/// The connections of a file: those that it lists, or a chain.
std::vector<Connection> stored_connections(Json const& meta, std::size_t layers, std::string const& path);

/// Refuses weights that do not fit between layers of these sizes.
void check_stored_weights(Npz const& file, std::vector<Connection> const& connections,
                          std::vector<std::size_t> const& sizes, std::string const& path);

/// The arrays of a file of which weights and biases are as a model of `T` takes them: biases are vectors, and whole
/// numbers, which NumPy makes of `zeros(n, int)`, are `T`s.
template <std::floating_point T>
Arrays parameter_arrays(Arrays arrays);

std::size_t described_size(Json const& layer, std::string_view unit, std::size_t largest, std::string const& path);

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
void check_loaded(Arrays const& arrays, std::string const& path);

/// Refuses a model or network with numbers that are not finite.
void check_saved(Arrays const& arrays, std::string const& path);

/// What a file says of the model in it, checked against the arrays that are really there.
struct StoredModel {
    Json layers; ///< a description of each
    std::vector<std::size_t> sizes;
    std::vector<Connection> connections;
};

/// @throws FormatError if the file holds no model, or one of other numbers than `T`.
template <std::floating_point T>
StoredModel stored_model(Npz const& file, std::string const& path);

/// Fills a model that has the layers of the file with its numbers.
template <std::floating_point T>
void load_parameters(Npz file, AnyParametric<T>& model, std::string const& path);

} // namespace detail

/// Writes a model to an `.npz` file, which `numpy.load` opens: `weights_0`, ..., `bias_0`, ..., the units' own
/// parameters, and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the model is not finite, as after a training that diverged: `load` would refuse
/// it, and a good file is not lost for it; FileError if it cannot be written.
template <std::floating_point T>
void save(std::filesystem::path const& path, AnyModel<T> const& model);

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
void load_into(std::filesystem::path const& path, AnyModel<T>& model);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/model_file.hpp>
#endif
