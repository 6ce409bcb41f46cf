// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Saving and loading stacks of RBMs.

#include <boltz/io/machine_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/model/stack.hpp>

#include <concepts>
#include <filesystem>
#include <string>

namespace boltz {

namespace detail {

/// The entries of a map whose names begin with `prefix`, under what is left of their names.
template <class Map>
[[nodiscard]] Map entries_below(Map const& map, std::string const& prefix) {
    Map result;
    for (auto const& [name, value] : map)
        if (name.starts_with(prefix)) result.emplace(name.substr(prefix.size()), value);
    return result;
}

} // namespace detail

/// Writes a stack to an `.npz` file, which `numpy.load` opens: of each RBM `rbm_0/weights_0`, `rbm_0/bias_0`,
/// `rbm_0/bias_1` and its units' own parameters, `rbm_1/...`, and `meta.json`.
///
/// The file appears whole or not at all.
/// @throws ValueError if a number of the stack is not finite; FileError if it cannot be written.
template <std::floating_point T>
void save(std::filesystem::path const& path, Stack<T> const& stack);

/// Reads a stack of any layers from a file that `save` wrote: `auto stack = load_stack("stack.npz")`. Units of one's
/// own are found by `UnitKinds<float>::library().add<Own>()`.
/// @throws FileError if the file cannot be read; FormatError if it holds no stack, or an RBM that `machine_from`
/// refuses or that does not stand on the one below.
template <std::floating_point T = float>
[[nodiscard]] Stack<T> load_stack(std::filesystem::path const& path,
                                  UnitKinds<T> const& kinds = UnitKinds<T>::library());

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/stack_file.hpp>
#endif
