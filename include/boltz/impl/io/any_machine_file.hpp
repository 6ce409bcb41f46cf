// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/any_machine_file.hpp>

#include <boltz/error.hpp>
#include <boltz/io/file.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/version.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>

namespace boltz {

namespace detail {

BOLTZ_INLINE Npz read_arrays(std::filesystem::path const& path) {
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

BOLTZ_INLINE Json described_as_binary(Npz const& file, std::string const& name) {
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

BOLTZ_INLINE bool widened(Arrays& arrays, Json& meta) {
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

} // namespace boltz
