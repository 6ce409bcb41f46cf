// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/mlp_file.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/unit/rectified.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string hidden_name_in_files(std::string_view unit) {
    return unit == Bernoulli::name ? "logistic" : unit == Gaussian::name ? "linear" : std::string{unit};
}

template <std::floating_point T>
Json describe(MLP<T> const& network) {
    std::size_t const top = network.layers() - 1;
    Json::Array layers;
    layers.push_back(Json::Object{{"unit", "input"}, {"size", network.sizes()[0]}});
    for (std::size_t l = 1; l < top; ++l)
        layers.push_back(
            Json::Object{{"unit", hidden_name_in_files(network.hidden(l).name())}, {"size", network.sizes()[l]}});
    Json output = describe_unit(network.output().describe(network.outputs()));
    if (is_softmax(network.output(), network.outputs())) output.object()["unit"] = "softmax";
    layers.push_back(output);
    for (std::size_t l = 0; l < top; ++l) layers[l].object()["beside"] = network.beside()[l];
    return Json::Object{
        {"format", model_format}, {"format_version", model_format_version}, {"boltz_version", version},
        {"model", "MLP"},         {"value_type", value_type_name<T>()},     {"layers", layers}};
}

template <std::floating_point T>
Json stored_layers(Npz const& file, std::string const& path) {
    Json const meta = read_description(file, path);
    if (meta["model"] != "MLP")
        fail<FormatError>("load: ", path, " holds a model ", excerpt(meta["model"]), ", but an MLP is asked for");
    if (meta["value_type"] != value_type_name<T>())
        fail<FormatError>("load: ", path, " holds ", excerpt(meta["value_type"]), " numbers, but the network has ",
                          value_type_name<T>());
    if (std::size_t const layers = meta["layers"].array().size(); layers < 2)
        fail<FormatError>("load: ", path, " has ", layers, " layers, but a network has at least 2");
    return meta["layers"];
}

template <std::floating_point T>
AnyHiddenLayer<T> stored_hidden_layer(Json const& unit, std::size_t size, UnitKinds<T> const& kinds,
                                      std::string const& path) {
    if (unit == Rectified::name) return HiddenLayer<Rectified, T>{size};
    std::string const name = unit == hidden_name_in_files(Bernoulli::name)  ? std::string{Bernoulli::name}
                             : unit == hidden_name_in_files(Gaussian::name) ? std::string{Gaussian::name}
                             : unit.is_string()                             ? unit.string()
                                                                            : "";
    auto const known = kinds.make(name);
    auto activation = known != nullptr ? known->activation() : nullptr;
    if (activation == nullptr)
        fail<FormatError>("load: ", path, " has hidden units ", excerpt(unit),
                          ", but those that are known are \"logistic\", \"linear\", \"rectified\" and, of ",
                          kinds.names(), ", those with times_slope; load_into reads others");
    return {size, std::move(activation)};
}

template <std::floating_point T>
AnyOutputLayer<T> stored_output_layer(Npz const& file, Json const& description, std::size_t l, std::size_t size,
                                      UnitKinds<T> const& kinds, std::string const& path) {
    if (description["unit"] == "softmax") return OutputLayer<Multinomial, T>{size};
    AnyOutputLayer<T> layer{size, make_unit(description, size, kinds, path)};
    struct Part {
        AnyUnit<T>& unit;
        std::string name;
        void archive(Archive& archive) { unit.archive(archive, name); }
    } part{layer.unit(), "unit_" + std::to_string(l)};
    Arrays own;
    for (auto const& [name, array] : file.arrays)
        if (name.starts_with(part.name + '/')) own.emplace(name, array);
    from_arrays(std::move(own), part);
    try {
        layer.unit().check_size(size);
    } catch (ShapeError const& error) {
        fail<FormatError>("load: ", path, ": layer ", l, ": ", error.what());
    }
    return layer;
}

} // namespace detail

template <std::floating_point T>
void save(std::filesystem::path const& path, MLP<T> const& network) {
    Arrays arrays = to_arrays(network);
    detail::check_saved(arrays, path.string());
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", detail::describe(network).dump(2)}}});
}

template <std::floating_point T>
void load_into(std::filesystem::path const& path, MLP<T>& network) {
    Npz file = read_npz(path);
    std::string const name = path.string();
    if (detail::stored_layers<T>(file, name) != detail::describe(network)["layers"])
        detail::fail<FormatError>("load: ", name, " has other layers than the network");
    detail::load_parameters<T>(std::move(file), network, name);
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    namespace detail {                                                                                               \
    template Json describe<T>(MLP<T> const& network);                                                                \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template Json stored_layers<T>(Npz const& file, std::string const& path);                                        \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template AnyHiddenLayer<T> stored_hidden_layer<T>(Json const& unit, std::size_t size, UnitKinds<T> const& kinds, \
                                                      std::string const& path);                                      \
    }                                                                                                                \
    namespace detail {                                                                                               \
    template AnyOutputLayer<T> stored_output_layer<T>(Npz const& file, Json const& description, std::size_t l,       \
                                                      std::size_t size, UnitKinds<T> const& kinds,                   \
                                                      std::string const& path);                                      \
    }                                                                                                                \
    template void save<T>(std::filesystem::path const& path, MLP<T> const& network);                                 \
    template void load_into<T>(std::filesystem::path const& path, MLP<T>& network);
#include <boltz/detail/instantiate.hpp>
