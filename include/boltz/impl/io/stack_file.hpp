// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/stack_file.hpp>

#include <boltz/archive.hpp>
#include <boltz/error.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace boltz {

template <std::floating_point T>
void save(std::filesystem::path const& path, Stack<T> const& stack) {
    Arrays arrays = to_arrays(stack);
    detail::check_saved(arrays, path.string());
    Json::Array rbms;
    for (std::size_t i = 0; i < stack.size(); ++i) rbms.push_back(detail::describe<T>(stack.rbm(i)));
    Json const meta = Json::Object{{"format", detail::model_format},
                                   {"format_version", detail::model_format_version},
                                   {"boltz_version", version},
                                   {"model", "Stack"},
                                   {"value_type", detail::value_type_name<T>()},
                                   {"labels", stack.has_labels()},
                                   {"rbms", rbms}};
    write_npz(path, {.arrays = std::move(arrays), .texts = {{"meta.json", meta.dump(2)}}});
}

template <std::floating_point T>
Stack<T> load_stack(std::filesystem::path const& path, UnitKinds<T> const& kinds) {
    Npz const file = read_npz(path);
    std::string const name = path.string();
    Json const meta = detail::read_meta(file, name);
    if (meta["model"] != "Stack")
        detail::fail<FormatError>("load: ", name, " holds a model ", detail::excerpt(meta["model"]),
                                  ", but a Stack is asked for");
    if (!meta["rbms"].is_array()) detail::fail<FormatError>("load: ", name, ": meta.json lists no RBMs");
    if (!meta["labels"].is_boolean())
        detail::fail<FormatError>("load: ", name, ": meta.json does not say whether the stack has labels");
    std::vector<BoltzmannMachine<T>> rbms;
    for (std::size_t i = 0; i < meta["rbms"].array().size(); ++i) {
        std::string const prefix = "rbm_" + std::to_string(i) + '/';
        Npz rbm{detail::entries_below(file.arrays, prefix), {}, detail::entries_below(file.foreign, prefix)};
        rbm.texts["meta.json"] = meta["rbms"][i].dump();
        rbms.push_back(machine_from<T>(std::move(rbm), name + ", RBM " + std::to_string(i), kinds));
    }
    try {
        return Stack<T>{std::move(rbms), meta["labels"].boolean()};
    } catch (Error const& error) {
        detail::fail<FormatError>("load: ", name, ": ", error.what());
    }
}

} // namespace boltz

#define BOLTZ_INSTANCES(T)                                                                                           \
    template void save<T>(std::filesystem::path const& path, Stack<T> const& stack);                                 \
    template Stack<T> load_stack<T>(std::filesystem::path const& path, UnitKinds<T> const& kinds);
#include <boltz/detail/instantiate.hpp>
