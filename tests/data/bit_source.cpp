// SPDX-License-Identifier: MIT
#include <boltz/data/bit_source.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/data/byte_source.hpp>
#include <boltz/data/matrix_source.hpp>

#include <numeric>
#include <vector>

namespace test_bit_source {

using namespace boltz;

namespace {

template <class T, class S>
Matrix<T> loaded(S const& source, std::vector<std::size_t> const& indices, std::uint64_t seed = 1) {
    Matrix<T> room = xt::zeros<T>({indices.size() + 1, source.columns() + 2});
    for (T& x : room) x = T{-77};
    source.load(std::span<std::size_t const>{indices},
                Block{room}.row_range(0, indices.size()).column_range(1, source.columns()), Draws::from_seed(seed));
    Matrix<T> result = xt::zeros<T>({indices.size(), source.columns()});
    copy(Block{room}.row_range(0, indices.size()).column_range(1, source.columns()), Block{result});
    for (std::size_t i = 0; i < indices.size(); ++i)
        CHECK((room(i, 0) == -77 && room(i, source.columns() + 1) == -77));
    return result;
}

Matrix<float> random_bits(std::size_t rows, std::size_t columns) {
    Matrix<float> bits = xt::zeros<float>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) bits(i, j) = Draws::from_seed(9).below(2, i, j) == 1 ? 1.0f : 0.0f;
    return bits;
}

} // namespace

TEMPLATE_TEST_CASE("what was packed is loaded in any order, in either type of number", "", float, double) {
    STATIC_REQUIRE(concepts::DataSource<BitSource>);
    for (std::size_t const columns : {1u, 7u, 8u, 9u, 16u, 31u, 784u}) {
        CAPTURE(columns);
        auto const matrix = random_bits(150, columns); // more than two portions of the packing
        auto const packed = pack_bits(MatrixSource{matrix});
        CHECK(packed.bytes.size() == 150 * ((columns + 7) / 8));
        BitSource const source{packed};
        CHECK(source.rows() == 150);
        CHECK(source.columns() == columns);
        std::vector<std::size_t> const indices{149, 0, 64, 63, 65, 0};
        CHECK((loaded<TestType>(source, indices) == loaded<TestType>(MatrixSource{matrix}, indices)));
        CHECK(loaded<TestType>(source, {}).size() == 0);
    }
}

TEST_CASE("bits lie as NumPy's packbits puts them") {
    Matrix<float> matrix = xt::zeros<float>({2, 11});
    matrix(0, 0) = matrix(0, 7) = matrix(0, 8) = 1;
    matrix(1, 1) = matrix(1, 10) = 1;
    CHECK(pack_bits(MatrixSource{matrix}).bytes == std::vector<std::uint8_t>{0x81, 0x80, 0x40, 0x20});
    // What stands behind the last column does not matter.
    std::vector<std::uint8_t> const dirty{0x81, 0x9f, 0x40, 0x3f};
    CHECK((loaded<float>(BitSource{dirty, 11}, {0, 1}) == matrix));
}

TEST_CASE("grey values are packed by the protocol of their binarisation, drawn once") {
    std::vector<std::uint8_t> bytes(300 * 20);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 % 256);
    ByteSource const grey{bytes, 20};
    std::vector<std::size_t> all(300);
    std::iota(all.begin(), all.end(), std::size_t{0});

    Binarised const black_and_white{grey, Binarisation::threshold};
    auto const threshold = pack_bits(black_and_white);
    CHECK(BitSource{threshold}.binarisation() == Binarisation::threshold);
    CHECK((loaded<float>(BitSource{threshold}, all) == loaded<float>(black_and_white, all)));

    Binarised const afresh{grey, Binarisation::stochastic};
    auto const drawn = pack_bits(afresh, Draws::from_seed(5));
    CHECK(BitSource{drawn}.binarisation() == Binarisation::fixed);
    CHECK((loaded<float>(BitSource{drawn}, all, 1) == loaded<float>(BitSource{drawn}, all, 2)));
    // Every case from its own row of the stream, however packing was cut.
    CHECK((loaded<float>(BitSource{drawn}, all) == loaded<float>(afresh, all, 5)));
    CHECK(pack_bits(afresh, Draws::from_seed(6)).bytes != drawn.bytes);
}

TEST_CASE("what is no bit is not packed, and bytes that are no whole rows are refused") {
    Matrix<float> matrix = xt::zeros<float>({70, 3});
    for (float const bad : {0.5f, 2.0f, -1.0f, std::numeric_limits<float>::quiet_NaN()}) {
        matrix(66, 2) = bad;
        CHECK_THAT(boltz_test::message_of<ValueError>([&] { static_cast<void>(pack_bits(MatrixSource{matrix})); }),
                   contains_text("row 66, column 2") && contains_text("0 or 1"));
    }
    std::vector<std::uint8_t> const bytes(10);
    CHECK_NOTHROW((BitSource{bytes, 40}));
    CHECK_THAT(boltz_test::message_of<ShapeError>([&] {
                   BitSource{bytes, 17};
               }),
               contains_text("10 bytes") && contains_text("17 bits"));
    CHECK_THROWS_AS((BitSource{bytes, 0}), ShapeError);
}

} // namespace test_bit_source
