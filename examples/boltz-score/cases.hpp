// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Cases of layer 0 from a file of images or of numbers.

#include <boltz/boltz.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// The numbers of a file, whatever they mean.
struct RawCases {
    boltz::Matrix<float> values;
    bool bytes = false; ///< whether they were unsigned bytes
};

/// One row an index of the first dimension.
inline RawCases read_raw_cases(std::filesystem::path const& path) {
    using namespace boltz;
    RawCases result;
    std::vector<std::size_t> shape;
    auto const fill = [&]<class T>(T const* numbers) {
        std::size_t const rows = shape.empty() ? 0 : shape[0];
        std::size_t const columns =
            std::accumulate(shape.begin() + !shape.empty(), shape.end(), std::size_t{1}, std::multiplies{});
        if (shape.size() < 2 || rows == 0 || columns == 0)
            boltz::detail::fail<FormatError>("read_cases: ", path.string(), " has rank ", shape.size(), " and ", rows,
                                             " rows, but cases need rank 2 or more and at least 1 number each");
        result.values = xt::zeros<float>({rows, columns});
        std::transform(numbers, numbers + rows * columns, result.values.data(),
                       [](T value) { return static_cast<float>(value); });
    };
    if (std::filesystem::is_directory(path))
        boltz::detail::fail<FileError>("read_cases: ", path.string(),
                                       " is a folder, but cases are read from one file");
    if (path.extension() == ".npz")
        boltz::detail::fail<FormatError>("read_cases: ", path.string(),
                                         " is a .npz file, but cases are read from an IDX file, plain or .gz, or a "
                                         ".npy file, such as one array of it");
    if (path.extension() == ".npy") {
        Array const array = read_npy(path);
        shape = array.shape;
        result.bytes = array.dtype == "|u1";
        fill(numbers_of<float>(array).data());
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
inline boltz::ByteScale scale_of(RawCases const& raw, std::optional<double> wanted, bool counts) {
    if (wanted) return *wanted;
    if (!raw.bytes || counts) return 1;
    return boltz::ByteScale::of(raw.values);
}

/// The cases of a file for layer 0 of a model, scaled and binarised.
///
/// @throws boltz::Error if it cannot be read, or the units of the layer cannot have its numbers as states.
template <class M>
boltz::Matrix<float> read_cases(std::filesystem::path const& path, M const& model, std::optional<double> wanted,
                                boltz::Binarisation binarisation, std::uint64_t seed,
                                std::vector<std::string>& notes) {
    using namespace boltz;
    using Unit = typename M::template layer_type<0>::unit_type;
    constexpr bool binary = std::is_same_v<Unit, Bernoulli>;
    if (binarisation != Binarisation::none && !binary)
        boltz::detail::fail<ValueError>("boltz-score: --binarisation is ", to_string(binarisation),
                                        ", but layer 0 has ", Unit::name, " units");
    RawCases raw = read_raw_cases(path);
    ByteScale const scale = scale_of(raw, wanted, std::is_same_v<Unit, Multinomial>);
    if (std::string note = scale.note(path.string()); !note.empty()) notes.push_back(std::move(note));
    for (float& value : raw.values) value = static_cast<float>(value * scale.factor());
    as_training_data(raw.values).check(model, ("read_cases: " + path.string()).c_str(), Draws::from_seed(0));
    bool const grey = std::any_of(raw.values.begin(), raw.values.end(), [](float v) { return v != 0 && v != 1; });
    if (!binary || !grey) return std::move(raw.values);
    if (binarisation == Binarisation::none)
        notes.push_back(path.string() + " holds grey values, which are no states of binary units: what is computed "
                                        "of them is no log-probability (see --binarisation)");
    std::vector<std::size_t> indices(raw.values.shape(0));
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    Matrix<float> result = raw.values;
    Binarised{MatrixSource{raw.values}, binarisation, seed}.load(std::span<std::size_t const>{indices}, Block{result},
                                                                 Draws::from_seed(0));
    return result;
}
