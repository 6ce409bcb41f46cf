// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/machine_file.hpp>

#include <boltz/error.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/unit/any_joint_unit.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
UnitKinds<T> UnitKinds<T>::library() {
    return UnitKinds{}
        .template add<Bernoulli>()
        .template add<Gaussian>()
        .template add<Multinomial>()
        .template add<Categorical>();
}

template <std::floating_point T>
std::unique_ptr<AnyUnit<T>> UnitKinds<T>::make(std::string_view name) const {
    auto const found = kinds_.find(name);
    return found == kinds_.end() ? nullptr : found->second();
}

template <std::floating_point T>
std::string UnitKinds<T>::names() const {
    std::string result;
    for (auto const& [name, make] : kinds_) result += (result.empty() ? "" : ", ") + name;
    return result;
}

namespace detail {

template <std::floating_point T>
std::unique_ptr<AnyUnit<T>> make_unit(Json const& description, std::size_t size, UnitKinds<T> const& kinds,
                                      std::string const& path) {
    if (!description["unit"].is_string())
        fail<FormatError>("load: ", path, ": a layer in meta.json says ", excerpt(description["unit"]),
                          " where the name of its units is expected");
    std::string const& name = description["unit"].string();
    if (std::size_t const said = described_size(description, name, size, path); said != size)
        fail<FormatError>("load: ", path, ": a layer of ", name, " units has ", said, " units in meta.json, but ",
                          size, " biases");
    if (name != "joint") {
        auto unit = kinds.make(name);
        if (unit == nullptr)
            fail<FormatError>("load: ", path, " has ", excerpt(description["unit"]),
                              " units, but the kinds that are known are ", kinds.names());
        return unit;
    }
    if (!description["parts"].is_array() || description["parts"].array().empty())
        fail<FormatError>("load: ", path, ": a joint layer lists no parts");
    std::vector<std::unique_ptr<AnyUnit<T>>> parts;
    std::vector<std::size_t> sizes;
    std::size_t left = size;
    for (Json const& part : description["parts"].array()) {
        sizes.push_back(part["size"].unsigned_or(0));
        if (sizes.back() == 0 || sizes.back() > left)
            fail<FormatError>("load: ", path, ": the parts of a joint layer do not add up to its ", size, " units");
        left -= sizes.back();
        parts.push_back(make_unit(part, sizes.back(), kinds, path));
    }
    if (left != 0)
        fail<FormatError>("load: ", path, ": a joint layer has ", size, " units, but its parts have ", size - left);
    return std::make_unique<AnyJointUnit<T>>(std::move(parts), std::move(sizes));
}

} // namespace detail

template <std::floating_point T>
BoltzmannMachine<T> machine_from(Npz file, std::string const& name, UnitKinds<T> const& kinds) {
    detail::StoredModel const stored = detail::stored_model<T>(file, name);
    std::vector<std::unique_ptr<AnyLayer<T>>> layers;
    for (std::size_t l = 0; l < stored.sizes.size(); ++l)
        layers.push_back(std::make_unique<RunTimeLayer<T>>(
            zero_vector<T>(stored.sizes[l]), detail::make_unit(stored.layers[l], stored.sizes[l], kinds, name)));
    BoltzmannMachine<T> machine = [&] {
        try {
            return BoltzmannMachine<T>{std::move(layers), stored.connections};
        } catch (ValueError const& error) {
            detail::fail<FormatError>("load: ", name, ": ", error.what());
        }
    }();
    detail::load_parameters<T>(std::move(file), machine, name);
    for (std::size_t l = 0; l < machine.layers(); ++l) {
        try {
            machine.unit(l).check_size(stored.sizes[l]);
        } catch (ShapeError const& error) {
            detail::fail<FormatError>("load: ", name, ": layer ", l, ": ", error.what());
        }
    }
    return machine;
}

BOLTZ_INLINE std::string stored_number_type(std::filesystem::path const& path) {
    Json const meta = detail::read_description(read_npz(path), path.string());
    if (!meta["value_type"].is_string())
        detail::fail<FormatError>("load: ", path.string(), " does not say of which type its numbers are");
    return meta["value_type"].string();
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template class UnitKinds<T>;                                                                                     \
    namespace detail {                                                                                               \
    template std::unique_ptr<AnyUnit<T>> make_unit<T>(Json const& description, std::size_t size,                     \
                                                      UnitKinds<T> const& kinds, std::string const& path);           \
    }                                                                                                                \
    template BoltzmannMachine<T> machine_from<T>(Npz file, std::string const& name, UnitKinds<T> const& kinds);
#include <boltz/detail/instantiate.hpp>
