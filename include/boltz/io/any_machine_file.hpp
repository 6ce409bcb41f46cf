// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines from files of which nothing is known beforehand, not even who wrote them.

#include <boltz/error.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/boltzmann_machine.hpp>

#include <concepts>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace boltz {

/// A machine whose number type, too, is known only when the program runs; `std::visit` gives what it is.
using AnyMachine = std::variant<BoltzmannMachine<float>, BoltzmannMachine<double>>;

/// A machine that was read, and what a user should know of how.
struct StoredMachine {
    AnyMachine machine;
    std::vector<std::string> notes; ///< sentences; empty if the file had all that is needed
};

namespace detail {

/// The arrays of a file, or of the `.npy` files of a folder, each with `meta.json` if there is one.
Npz read_arrays(std::filesystem::path const& path);

/// The description of a chain of binary layers, as many as the file has weights for and one more.
Json described_as_binary(Npz const& file, std::string const& name);

inline bool is_parameter(std::string_view name) { return name.starts_with("weights_") || name.starts_with("bias_"); }

/// Makes all weights and biases numbers of one type, the wider one of those of the file and of `meta`; whether that
/// is double. What is not described as either stays as it is.
bool widened(Arrays& arrays, Json& meta);

} // namespace detail

/// Reads a machine of any depth, connections, units and number type from a file that `save` wrote, or from arrays of
/// another program: `std::visit([](auto const& machine) { ... }, load_any_machine("model.npz").machine)`.
///
/// An `.npz` file without `meta.json`, and a folder of `.npy` files, must hold `weights_0`, ... (units below x units
/// above) and `bias_0`, ... (the visible layer first). Its units are taken as binary, with a note. Numbers
/// are double if any weight or bias is, or the file says so, else float; none is rounded. Units of one's own are
/// named: `load_any_machine<Spin>(path)`.
/// @throws FileError if the file cannot be read; FormatError if it holds no machine, one of units that are not known,
/// or numbers that are not finite, naming the array.
template <class... Own>
    requires(std::default_initializable<Own>&&...)
[[nodiscard]] StoredMachine load_any_machine(std::filesystem::path const& path) {
    std::string const name = path.string();
    Npz file = detail::read_arrays(path);
    if (auto const odd = file.foreign.find("meta.json"); odd != file.foreign.end()) throw FormatError{odd->second};
    std::vector<std::string> notes;
    if (!file.texts.contains("meta.json")) {
        file.texts["meta.json"] = detail::described_as_binary(file, name).dump();
        notes.push_back(name + " does not say what its units are: all are taken as binary (0 and 1)");
    }
    Json meta = detail::read_description(file, name);
    bool const wide = detail::widened(file.arrays, meta);
    file.texts["meta.json"] = meta.dump();
    auto const machine = [&]<class T>(T) -> AnyMachine {
        auto kinds = UnitKinds<T>::library();
        (kinds.template add<Own>(), ...);
        return machine_from<T>(std::move(file), name, kinds);
    };
    return {wide ? machine(double{}) : machine(float{}), std::move(notes)};
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/any_machine_file.hpp>
#endif
