// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Machines from files of which nothing is known beforehand, not even who wrote them.

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/unit/bernoulli.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
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
inline Npz read_arrays(std::filesystem::path const& path) {
    if (!std::filesystem::is_directory(path)) return read_npz(path);
    Npz result;
    std::error_code problem;
    std::filesystem::directory_iterator const entries{path, problem};
    if (problem) fail<FileError>("load: cannot read the folder ", path.string(), ": ", problem.message());
    for (auto const& entry : entries) {
        auto const& file = entry.path();
        if (file.extension() == npy_suffix) {
            try {
                result.arrays.emplace(file.stem().string(), read_npy(file));
            } catch (ForeignArray const& reason) {
                result.foreign.emplace(file.stem().string(), reason.what());
            }
        }
        if (file.filename() == "meta.json") {
            auto const bytes = read_file(file);
            result.texts.emplace("meta.json", std::string{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
        }
    }
    return result;
}

/// The description of a chain of binary layers, as many as the file has weights for and one more.
inline Json described_as_binary(Npz const& file, std::string const& name) {
    std::size_t weights = 0;
    auto const there = [&](std::string const& array) {
        return file.arrays.contains(array) || file.foreign.contains(array);
    };
    while (there("weights_" + std::to_string(weights))) ++weights;
    if (weights == 0) fail<FormatError>("load: ", name, " is no model: it has neither a meta.json nor weights_0");
    Json::Array layers;
    for (std::size_t l = 0; l <= weights; ++l)
        layers.push_back(Json::Object{{"unit", Bernoulli::name}, {"size", stored_size(file, l, name)}});
    return Json::Object{{"format", model_format},
                        {"format_version", model_format_version},
                        {"value_type", value_type_name<float>()},
                        {"layers", layers}};
}

inline bool is_parameter(std::string_view name) { return name.starts_with("weights_") || name.starts_with("bias_"); }

/// Makes all weights and biases numbers of one type, the wider one of those of the file and of `meta`; whether that
/// is double. What is not described as either stays as it is.
inline bool widened(Arrays& arrays, Json& meta) {
    bool const is_float = meta["value_type"] == value_type_name<float>();
    bool const is_double = meta["value_type"] == value_type_name<double>();
    if (!is_float && !is_double) return false;
    bool const wide = is_double || std::any_of(arrays.begin(), arrays.end(), [](auto const& entry) {
                          return is_parameter(entry.first) && entry.second.dtype == "<f8";
                      });
    if (!wide) return false;
    meta.object()["value_type"] = value_type_name<double>();
    for (auto& [name, array] : arrays)
        if (is_parameter(name) && array.dtype == "<f4") array = with_numbers(numbers_of<double>(array), array.shape);
    return true;
}

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
