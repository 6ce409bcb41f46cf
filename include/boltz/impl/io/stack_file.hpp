// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/stack_file.hpp>

#include <boltz/archive.hpp>
#include <boltz/io/json.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/npz.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/version.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <utility>

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

} // namespace boltz

#define BOLTZ_INSTANCES(T) template void save<T>(std::filesystem::path const& path, Stack<T> const& stack);
#include <boltz/detail/instantiate.hpp>
