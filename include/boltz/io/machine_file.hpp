// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines of any layers from files.

#include <boltz/io/json.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/unit/any_unit.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace boltz {

/// Kinds of units by the names that files have for them.
template <std::floating_point T>
class UnitKinds {
  public:
    /// No kinds.
    UnitKinds() = default;
    /// Those of this library: Bernoulli, Gaussian, Multinomial and Categorical units.
    [[nodiscard]] static UnitKinds library();
    /// Units of kind `U`, under `U::name`; in place of others of that name. What a unit keeps of its own is read from
    /// the file by its `archive`.
    template <class U>
    requires concepts::Unit<U, T> && std::default_initializable<U> UnitKinds& add() {
        kinds_.insert_or_assign(std::string{U::name}, [] { return std::make_unique<UnitAdapter<U, T>>(U{}); });
        return *this;
    }
    /// A unit of the kind with this name; null if there is none.
    [[nodiscard]] std::unique_ptr<AnyUnit<T>> make(std::string_view name) const;
    /// The names, for messages: "bernoulli, gaussian".
    [[nodiscard]] std::string names() const;

  private:
    std::map<std::string, std::function<std::unique_ptr<AnyUnit<T>>()>, std::less<>> kinds_;
};

namespace detail {

template <std::floating_point T>
std::unique_ptr<AnyUnit<T>> make_unit(Json const& description, std::size_t size, UnitKinds<T> const& kinds,
                                      std::string const& path);

} // namespace detail

/// The machine that an opened file holds, whatever its layers; messages call it `name`.
/// @throws FormatError if it is no machine, one of units that are not among `kinds` or of another number type, or one
/// with numbers that are not finite, naming the array.
template <std::floating_point T = float>
[[nodiscard]] BoltzmannMachine<T> machine_from(Npz file, std::string const& name,
                                               UnitKinds<T> const& kinds = UnitKinds<T>::library());

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
[[nodiscard]] std::string stored_number_type(std::filesystem::path const& path);

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/machine_file.hpp>
#endif
