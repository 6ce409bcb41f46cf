// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases of layer 0 from a file of images or of numbers.

#include <boltz/dbm.hpp>
#include <boltz/io/any_machine_file.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/io/npy.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// The numbers of a file, whatever they mean.
template <std::floating_point T>
struct RawCases {
    boltz::Matrix<T> values;
    bool bytes = false; ///< whether they were unsigned bytes
};

/// One row an index of the first dimension.
template <std::floating_point T>
RawCases<T> read_raw_cases(std::filesystem::path const& path) {
    using namespace boltz;
    RawCases<T> result;
    std::vector<std::size_t> shape;
    auto const fill = [&]<class N>(N const* numbers) {
        std::size_t const rows = shape.empty() ? 0 : shape[0];
        std::size_t const columns =
            std::accumulate(shape.begin() + !shape.empty(), shape.end(), std::size_t{1}, std::multiplies{});
        if (shape.size() < 2 || rows == 0 || columns == 0)
            fail<FormatError>("read_cases: ", path.string(), " has rank ", shape.size(), " and ", rows,
                              " rows, but cases need rank 2 or more and at least 1 number each");
        result.values = xt::zeros<T>({rows, columns});
        std::transform(numbers, numbers + rows * columns, result.values.data(),
                       [](N value) { return static_cast<T>(value); });
    };
    if (std::filesystem::is_directory(path))
        fail<FileError>("read_cases: ", path.string(), " is a folder, but cases are read from one file");
    if (path.extension() == ".npz")
        fail<FormatError>("read_cases: ", path.string(),
                          " is a .npz file, but cases are read from an IDX file, plain or .gz, or a "
                          ".npy file, such as one array of it");
    if (path.extension() == ".npy") {
        Array const array = read_npy(path);
        shape = array.shape;
        result.bytes = array.dtype == "|u1";
        fill(numbers_of<T>(array).data());
    } else {
        IdxBytes const idx = read_idx(path);
        shape = idx.shape;
        result.bytes = true;
        fill(idx.bytes.data());
    }
    return result;
}

/// What the numbers of a file are multiplied with: bytes by the rule of the library unless they are counts; other
/// numbers are as they are.
template <std::floating_point T>
boltz::ByteScale scale_of(RawCases<T> const& raw, std::optional<double> wanted, bool counts) {
    if (wanted) return *wanted;
    if (!raw.bytes || counts) return 1;
    return boltz::ByteScale::of(raw.values);
}

/// The cases of a file for layer 0 of a machine, scaled and binarised.
///
/// @throws boltz::Error if it cannot be read, or the units of the layer cannot have its numbers as states.
template <std::floating_point T>
boltz::Matrix<T> read_cases(std::filesystem::path const& path, boltz::BoltzmannMachine<T> const& machine,
                            std::optional<double> wanted, boltz::Binarisation binarisation, std::uint64_t seed,
                            std::vector<std::string>& notes) {
    using namespace boltz;
    AnyUnit<T> const& unit = machine.unit(0);
    if (binarisation != Binarisation::none && unit.name() != Bernoulli::name)
        fail<ValueError>("boltz-score: --binarisation is ", to_string(binarisation), ", but layer 0 has ",
                         unit.name(), " units");
    RawCases<T> raw = read_raw_cases<T>(path);
    ByteScale const scale = scale_of(raw, wanted, unit.name() == Multinomial::name);
    if (std::string note = scale.note(path.string()); !note.empty()) notes.push_back(std::move(note));
    for (T& value : raw.values) value = static_cast<T>(value * scale.factor());
    Block<T const> const cases{raw.values};
    std::string const argument = "read_cases: " + path.string();
    if (cases.columns != machine.sizes()[0])
        fail<ShapeError>(argument, " has ", cases.columns, " columns, but layer 0 has ", machine.sizes()[0],
                         " units");
    unit.validate(cases, argument);
    bool grey = false;
    for (std::size_t i = 0; i < cases.rows; ++i) grey = grey || unit.lies_between_states(cases.row(i));
    if (!grey) return std::move(raw.values);
    if (binarisation == Binarisation::none) {
        notes.push_back(path.string() +
                        " holds grey values, which are no states of layer 0: what is computed of them "
                        "is no log-probability (see --binarisation)");
        return std::move(raw.values);
    }
    std::vector<std::size_t> indices(cases.rows);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    Matrix<T> result = raw.values;
    Binarised{MatrixSource{raw.values}, binarisation, seed}.load(std::span<std::size_t const>{indices}, Block{result},
                                                                 Draws::from_seed(0));
    return result;
}
