// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/checkpoint_file.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/detail/finite_arrays.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/version.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE bool is_of_model_or_chains(std::string_view name) {
    auto const path = '/' + std::string{name};
    return path.find("/model/") != std::string::npos || path.find("/chains/") != std::string::npos;
}

BOLTZ_INLINE std::string checkpoint_meta(std::string const& note) {
    Json const meta = Json::Object{{"format", checkpoint_format},
                                   {"format_version", checkpoint_format_version},
                                   {"boltz_version", version},
                                   {"note", note}};
    return meta.dump(2);
}

} // namespace detail

BOLTZ_INLINE void write_checkpoint(std::filesystem::path const& path, Arrays state, std::string const& note) {
    write_npz(path, {.arrays = std::move(state), .texts = {{"meta.json", detail::checkpoint_meta(note)}}});
}

BOLTZ_INLINE Arrays read_checkpoint(std::filesystem::path const& path) {
    Npz file = read_npz(path);
    auto const text = file.texts.find("meta.json");
    Json const meta = text == file.texts.end() ? nullptr : parse_json(text->second).value_or(nullptr);
    if (meta["format"] != detail::checkpoint_format)
        detail::fail<FormatError>("resume: ", path.string(), " is not a checkpoint that boltz has written");
    if (meta["format_version"] != detail::checkpoint_format_version)
        detail::fail<FormatError>("resume: ", path.string(), " has format version ",
                                  detail::excerpt(meta["format_version"]), ", but this boltz reads version ",
                                  detail::checkpoint_format_version);
    detail::check_finite(file.arrays, "resume", path.string(), detail::is_of_model_or_chains);
    return std::move(file.arrays);
}

} // namespace boltz
