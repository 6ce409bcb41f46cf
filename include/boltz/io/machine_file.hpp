// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines of any layers from files.

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

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boltz {

/// Kinds of units by the names that files have for them.
template <std::floating_point T>
class UnitKinds {
  public:
    /// No kinds.
    UnitKinds() = default;
    /// Those of this library: Bernoulli, Gaussian, Multinomial and Categorical units.
    [[nodiscard]] static UnitKinds library() {
        return UnitKinds{}
            .template add<Bernoulli>()
            .template add<Gaussian>()
            .template add<Multinomial>()
            .template add<Categorical>();
    }
    /// Units of kind `U`, under `U::name`; in place of others of that name. What a unit keeps of its own is read from
    /// the file by its `archive`.
    template <class U>
    requires concepts::Unit<U, T> && std::default_initializable<U> UnitKinds& add() {
        kinds_.insert_or_assign(std::string{U::name}, [] { return std::make_unique<UnitAdapter<U, T>>(U{}); });
        return *this;
    }
    /// A unit of the kind with this name; null if there is none.
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> make(std::string_view name) const {
        auto const found = kinds_.find(name);
        return found == kinds_.end() ? nullptr : found->second();
    }
    /// The names, for messages: "bernoulli, gaussian".
    [[nodiscard]] std::string names() const {
        std::string result;
        for (auto const& [name, make] : kinds_) result += (result.empty() ? "" : ", ") + name;
        return result;
    }

  private:
    std::map<std::string, std::function<std::unique_ptr<AnyUnit<T>>()>, std::less<>> kinds_;
};

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

/// The machine that an opened file holds, whatever its layers; messages call it `name`.
/// @throws FormatError if it is no machine, one of units that are not among `kinds` or of another number type, or one
/// with numbers that are not finite, naming the array.
template <std::floating_point T = float>
[[nodiscard]] BoltzmannMachine<T> machine_from(Npz file, std::string const& name,
                                               UnitKinds<T> const& kinds = UnitKinds<T>::library()) {
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

/// Reads a machine of any depth, connections and mix of units from a file that `save` wrote; its type need not be
/// spelled: `auto machine = load_machine("mnist.npz")`.
///
/// A unit of one's own is added by name: `load_machine("ising.npz", UnitKinds<float>::library().add<Spin>())`. Files
/// of version 0.1 are read.
/// @throws FileError if the file cannot be read; FormatError as `machine_from`.
template <std::floating_point T = float>
[[nodiscard]] BoltzmannMachine<T> load_machine(std::filesystem::path const& path,
                                               UnitKinds<T> const& kinds = UnitKinds<T>::library()) {
    return machine_from<T>(read_npz(path), path.string(), kinds);
}

/// The name of the number type of a saved model: "float32" or "float64", for `load_machine<float>` or <double>.
/// @throws FileError if the file cannot be read; FormatError if it holds no model.
[[nodiscard]] inline std::string stored_number_type(std::filesystem::path const& path) {
    Json const meta = detail::read_description(read_npz(path), path.string());
    if (!meta["value_type"].is_string())
        detail::fail<FormatError>("load: ", path.string(), " does not say of which type its numbers are");
    return meta["value_type"].string();
}

} // namespace boltz
