// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The options of a run that goes on: read from its folder, held to the bounds of the command line, and compared with
/// what is asked for now.

#include "../support/mnist/options.hpp"

#include <boltz/error.hpp>
#include <boltz/io/json_reader.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>

/// The option of the command line that sets a key of the JSON.
inline std::string option_of(std::string key) {
    std::replace(key.begin(), key.end(), '_', '-');
    return "--" + key;
}

/// The options in a text of JSON, such as a run writes; `where` is what messages call the text.
/// @throws boltz::FormatError, naming the option, if one is missing or unknown or the command line would refuse it.
inline Options parse_options(std::string const& text, std::string const& where) {
    using boltz::Json;
    auto const refuse = [&](auto const&... parts) {
        boltz::fail<boltz::FormatError>("mnist_dbm: ", where, parts...);
    };
    Json const read = boltz::parse_json(text).value_or(nullptr);
    if (!read.is_object()) refuse(" is no JSON object with the options of a run");
    Json::Object const& found = read.object();
    Options options;
    CLI::App app;
    declare(app, options);
    Json::Object const known = as_json(options);
    for (auto const& [key, ignored] : known)
        if (!found.contains(key)) refuse(" lacks the option ", key);
    for (auto const& [key, value] : found) {
        if (!known.contains(key)) refuse(" holds ", boltz::detail::excerpt(key), ", which is no option");
        Json const& example = known.at(key);
        auto const refuse_value = [&, &name = key, &given = value](char const* kind) {
            refuse(": ", name, " is ", boltz::detail::excerpt(given), ", but must be ", kind);
        };
        // What the command line does not give as a value.
        if (example.is_boolean() || key == "data" || key == "data_checksum") {
            if (example.is_boolean() && !value.is_boolean()) refuse_value("true or false");
            if (key == "data" && !value.is_string()) refuse_value("a text");
            if (key == "data_checksum" && !value.is_unsigned()) refuse_value("a whole number");
            continue;
        }
        CLI::Option* const option = app.get_option(option_of(key));
        for (Json const& one : value.is_array() ? value.array() : Json::Array{value}) {
            if (one.is_string() != example.is_string()) refuse_value(example.is_string() ? "a text" : "a number");
            option->add_result(one.is_string() ? one.string() : one.dump());
        }
        try {
            option->run_callback();
        } catch (CLI::ParseError const& error) {
            refuse(": ", error.what());
        }
    }
    options.data = read["data"].string();
    options.data_checksum = read["data_checksum"].unsigned_integer();
    options.evaluate = read["evaluate"].boolean();
    options.paper = read["paper"].boolean();
    return options;
}

/// Refuses options of the command line that are not those of the run that goes on; `where` is what holds the latter.
/// What was not asked for is not compared, the images are compared by their checksum, and the folder may have moved.
/// @throws boltz::ValueError, naming the option and both values.
inline void refuse_changes(CLI::App const& app, Options const& asked, Options const& saved,
                           std::string const& where) {
    auto const now = as_json(asked), then = as_json(saved), defaults = as_json(Options{});
    for (auto const& [key, value] : now) {
        if (key == "data" || key == "data_checksum" || key == "out" || value == then.at(key)) continue;
        CLI::Option const* const option = app.get_option_no_throw(option_of(key));
        bool const given = option != nullptr && option->count() > 0;
        if (!given && value == defaults.at(key)) continue; // else a preset asks for it
        boltz::fail<boltz::ValueError>("mnist_dbm: ", given ? "" : "the preset's ", option_of(key), " is ",
                                       value.dump(), ", but ", then.at(key).dump(), " in ", where,
                                       ", which --resume goes on with");
    }
}
