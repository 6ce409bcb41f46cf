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
    auto const exact = all_cases<double>(*source);
    auto const cases = all_cases<float>(*source);
    auto const array = boltz::read_npy(path);
    auto const same = [&](auto const& number, std::size_t i) {
        return std::memcmp(&number, array.bytes.data() + i * sizeof number, sizeof number) == 0;
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        bool const whole = array.dtype == "|u1"   ? cases.data()[i] == static_cast<float>(array.bytes[i])
                           : array.dtype == "<f8" ? same(exact.data()[i], i)
                                                  : same(cases.data()[i], i);
        require(whole, "a mapped file has the cases of the whole one");
    }
}
