// SPDX-License-Identifier: MIT

/// @file
/// Files whose cases are read where they lie; they are those of the whole file.

#include "fuzz/fuzz.hpp"

#include <boltz/io/mapped_source.hpp>
#include <boltz/io/npy.hpp>

#include <cstring>
#include <numeric>
#include <vector>

namespace {

template <class T>
boltz::Matrix<T> all_cases(boltz::MappedSource const& source) {
    std::vector<std::size_t> indices(source.rows());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    boltz::Matrix<T> cases = xt::zeros<T>({source.rows(), source.columns()});
    source.load(indices, boltz::Block{cases}, boltz::Draws::from_seed(1));
    return cases;
}

} // namespace

BOLTZ_FUZZ(mapped) {
    using namespace boltz_fuzz;
    auto const path = file_of(bytes);
    if (auto const images = attempt([&] { return boltz::map_idx(path); })) (void)all_cases<float>(*images);
    auto const source = attempt([&] { return boltz::map_npy(path, 1); });
    if (!source) return;
    (void)all_cases<double>(*source);
    auto const cases = all_cases<float>(*source);
    auto const array = boltz::read_npy(path);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        bool const byte = array.dtype == "|u1";
        float const number = cases.data()[i];
        require(byte ? number == static_cast<float>(array.bytes[i])
                     : std::memcmp(&number, array.bytes.data() + i * sizeof(float), sizeof(float)) == 0,
                "a mapped file has the cases of the whole one");
    }
}
