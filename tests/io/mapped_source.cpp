// SPDX-License-Identifier: MIT
#include <boltz/io/mapped_source.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/data/byte_source.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/io/idx.hpp>
#include <boltz/io/npy.hpp>
#include <boltz/optimizer/sgd.hpp>
#include <boltz/sampling/contrastive_divergence.hpp>
#include <boltz/training/trainer.hpp>

#include <cstring>
#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace test_mapped_source {

using namespace boltz;
using namespace boltz_test;

namespace {

template <class T, class S>
Matrix<T> loaded(S const& source, std::vector<std::size_t> const& indices) {
    Matrix<T> room = xt::zeros<T>({indices.size() + 1, source.columns() + 2});
    for (T& x : room) x = T{-77};
    source.load(std::span<std::size_t const>{indices},
                Block{room}.row_range(0, indices.size()).column_range(1, source.columns()), Draws::from_seed(1));
    Matrix<T> result = xt::zeros<T>({indices.size(), source.columns()});
    copy(Block{room}.row_range(0, indices.size()).column_range(1, source.columns()), Block{result});
    for (std::size_t i = 0; i < indices.size(); ++i)
        CHECK((room(i, 0) == -77 && room(i, source.columns() + 1) == -77));
    return result;
}

Array array_of(std::string dtype, std::vector<std::size_t> shape) {
    Array array{std::move(dtype), std::move(shape), {}};
    std::size_t size = detail::npy_item_size(array.dtype);
    for (auto const extent : array.shape) size *= extent;
    array.bytes.resize(size);
    return array;
}

Matrix<float> numbers(std::size_t rows, std::size_t columns) {
    Matrix<float> result = xt::zeros<float>({rows, columns});
    for (std::size_t i = 0; i < rows; ++i) Draws::from_seed(2).normal(i, 0, Block{result}.row(i));
    return result;
}

Array array_of(Matrix<float> const& matrix) {
    auto array = array_of("<f4", {matrix.shape(0), matrix.shape(1)});
    std::memcpy(array.bytes.data(), matrix.data(), array.bytes.size());
    return array;
}

std::vector<std::uint8_t> some_bytes(std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{5});
    return bytes;
}

} // namespace

TEMPLATE_TEST_CASE("floats of a mapped .npy file are loaded in any order", "[io]", float, double) {
    STATIC_REQUIRE(concepts::DataSource<MappedSource>);
    TemporaryFolder const folder;
    auto const matrix = numbers(20, 7);
    write_npy(folder / "cases.npy", array_of(matrix));
    auto const source = map_npy(folder / "cases.npy");
    CHECK(source.rows() == 20);
    CHECK(source.columns() == 7);
    std::vector<std::size_t> const indices{19, 0, 3, 19};
    CHECK((loaded<TestType>(source, indices) == loaded<TestType>(MatrixSource{matrix}, indices)));
    CHECK(loaded<TestType>(source, {}).size() == 0);

    // Numbers that begin at an odd byte, as a foreign header may leave them.
    auto const whole = contents_of(folder / "cases.npy");
    auto const begin = static_cast<std::size_t>(10 + static_cast<unsigned char>(whole[8]));
    std::string const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 7)}";
    for (std::size_t const spaces : {0u, 1u, 2u, 3u}) {
        std::string file{"\x93NUMPY\x01\x00", 8};
        file += static_cast<char>(header.size() + spaces);
        file += '\0';
        put(folder / "odd.npy", file + header + std::string(spaces, ' ') + whole.substr(begin));
        CHECK((loaded<TestType>(map_npy(folder / "odd.npy"), indices) ==
               loaded<TestType>(MatrixSource{matrix}, indices)));
    }
}

TEMPLATE_TEST_CASE("a mapped .npy file of doubles gives its numbers", "[io]", float, double) {
    TemporaryFolder const folder;
    Matrix<double> matrix = xt::zeros<double>({5, 3});
    for (std::size_t i = 0; i < 5; ++i) Draws::from_seed(2).normal(i, 0, Block{matrix}.row(i));
    auto array = array_of("<f8", {5, 3});
    std::memcpy(array.bytes.data(), matrix.data(), array.bytes.size());
    write_npy(folder / "cases.npy", array);
    std::vector<std::size_t> const indices{4, 0, 2};
    CHECK((loaded<TestType>(map_npy(folder / "cases.npy"), indices) ==
           loaded<TestType>(MatrixSource{matrix}, indices)));
    using Number = MappedSource::Number;
    auto const size = std::filesystem::file_size(folder / "cases.npy");
    CHECK_THROWS_AS((MappedSource{MappedFile{folder / "cases.npy"},
                                  {.begin = 0, .rows = size / 8 + 1, .columns = 1, .number = Number::float64}}),
                    FormatError);
}

TEMPLATE_TEST_CASE("bytes of mapped .npy and IDX files are scaled on the way", "[io]", float, double) {
    TemporaryFolder const folder;
    auto const bytes = some_bytes(6 * 12);
    auto array = array_of("|u1", {6, 3, 4});
    std::memcpy(array.bytes.data(), bytes.data(), bytes.size());
    write_npy(folder / "cases.npy", array);
    write_idx(folder / "cases", {{6, 3, 4}, bytes});
    std::vector<std::size_t> const indices{5, 0, 2};
    for (double const scale : {1.0 / 255, 2.0}) {
        auto const expected = loaded<TestType>(ByteSource{bytes, 12, scale}, indices);
        auto const npy = map_npy(folder / "cases.npy", scale);
        auto const idx = map_idx(folder / "cases", scale);
        CHECK(npy.rows() == 6);
        CHECK(idx.rows() == 6);
        CHECK((loaded<TestType>(npy, indices) == expected));
        CHECK((loaded<TestType>(idx, indices) == expected));
    }
    CHECK((loaded<TestType>(map_idx(folder / "cases"), indices) == loaded<TestType>(ByteSource{bytes, 12}, indices)));
}

TEST_CASE("mapped bytes 0 and 1 are states, and say so", "[io]") {
    TemporaryFolder const folder;
    auto array = array_of("|u1", {2, 3});
    std::vector<std::uint8_t> const bytes{0, 1, 1, 0, 1, 0};
    std::memcpy(array.bytes.data(), bytes.data(), bytes.size());
    write_npy(folder / "cases.npy", array);
    write_idx(folder / "cases", {{2, 3}, bytes});
    for (MappedSource const& source : {map_npy(folder / "cases.npy"), map_idx(folder / "cases")}) {
        CHECK((loaded<float>(source, {0, 1}) == loaded<float>(ByteSource{bytes, 3, 1.0}, {0, 1})));
        CHECK(source.scale().note("the file").ends_with("not divided by 255"));
    }
    CHECK((loaded<float>(map_idx(folder / "cases", 0.5), {1}) == loaded<float>(ByteSource{bytes, 3, 0.5}, {1})));
    CHECK(map_idx(folder / "cases", 0.5).scale().note("the file").empty());
}

TEST_CASE("a mapped file cut short or prolonged anywhere is refused", "[io]") {
    TemporaryFolder const folder;
    write_npy(folder / "whole.npy", array_of(numbers(2, 3)));
    write_idx(folder / "whole", {{2, 3, 2}, some_bytes(12)});
    auto const npy = contents_of(folder / "whole.npy");
    auto const idx = contents_of(folder / "whole");
    auto const refused_by = [&](auto const& open, std::string const& contents) {
        put(folder / "file", contents);
        auto const message = message_of<FormatError>([&] { static_cast<void>(open(folder / "file")); });
        CHECK_THAT(message, contains_text((folder / "file").string()));
    };
    auto const as_npy = [](auto const& path) { return map_npy(path); };
    auto const as_idx = [](auto const& path) { return map_idx(path); };
    for (std::size_t size = 0; size < npy.size(); ++size) refused_by(as_npy, npy.substr(0, size));
    for (std::size_t size = 0; size < idx.size(); ++size) refused_by(as_idx, idx.substr(0, size));
    refused_by(as_npy, npy + "x");
    refused_by(as_idx, idx + "x");
}

TEST_CASE("files of the wrong rank, type or order, foreign and empty ones are refused by name", "[io]") {
    TemporaryFolder const folder;
    auto const npy = [&](Array const& array) {
        write_npy(folder / "file.npy", array);
        return message_of<FormatError>([&] { static_cast<void>(map_npy(folder / "file.npy")); });
    };
    CHECK_THAT(npy(array_of("<f4", {})), contains_text("map_npy") && contains_text("rank 0"));
    CHECK_THAT(npy(array_of("<f4", {12})), contains_text("file.npy") && contains_text("rank 1"));
    for (auto const* dtype : {"<i4", "<i8", "<u8"})
        CHECK_THAT(npy(array_of(dtype, {3, 2})), contains_text(std::string{"type '"} + dtype + "'"));
    CHECK_THAT(npy(array_of("<f4", {0, 784})), contains_text("empty") && contains_text("(0, 784)"));
    CHECK_THAT(npy(array_of("|u1", {3, 0, 2})), contains_text("empty") && contains_text("(3, 0, 2)"));
    CHECK(npy(array_of("|u1", {3, 2})).empty());

    write_npy(folder / "file.npy", array_of("<f4", {3, 2}));
    auto turned = contents_of(folder / "file.npy");
    turned.replace(turned.find("False"), 5, "True ");
    put(folder / "file.npy", turned);
    CHECK_THAT(message_of<FormatError>([&] { static_cast<void>(map_npy(folder / "file.npy")); }),
               contains_text("column-major"));
    // Through the header's own reader, which names the function that was called.
    put(folder / "file.npy", "PK\3\4 something else");
    CHECK_THAT(message_of<FormatError>([&] { static_cast<void>(map_npy(folder / "file.npy")); }),
               contains_text("map_npy") && contains_text("NUMPY"));

    auto const idx = [&](std::string const& contents) {
        put(folder / "file", contents);
        return message_of<FormatError>([&] { static_cast<void>(map_idx(folder / "file")); });
    };
    using namespace std::string_literals;
    CHECK_THAT(idx("\0\0\x08\x01\0\0\0\x02"
                   "ab"s),
               contains_text("map_idx") && contains_text("rank 1"));
    CHECK_THAT(idx("\0\0\x0d\x02\0\0\0\x01\0\0\0\x01"s), contains_text("type 13"));
    CHECK_THAT(idx("\0\0\x08\x02\0\0\0\0\0\0\0\x02"s), contains_text("empty"));
    CHECK_THAT(idx("\x1f\x8b gzip"), contains_text("gzipped"));
    CHECK_THAT(idx(""), contains_text("0 bytes"));
    CHECK_THROWS_AS(map_idx(folder / "missing"), FileError);
    CHECK_THROWS_AS(map_npy(folder.path()), FileError);
}

TEST_CASE("cases of a file without a header lie where the caller says, if the file goes that far", "[io]") {
    TemporaryFolder const folder;
    auto const bytes = some_bytes(1000);
    put(folder / "raw", std::string{bytes.begin(), bytes.end()});
    using Number = MappedSource::Number;
    auto const map = [&](MappedSource::Layout const& layout) {
        return MappedSource{MappedFile{folder / "raw"}, layout};
    };
    auto const rows = map({.begin = 10, .rows = 99, .columns = 10, .number = Number::uint8, .scale = 1});
    CHECK(
        (loaded<float>(rows, {98, 0}) == loaded<float>(ByteSource{std::span{bytes}.subspan(10), 10, 1.0}, {98, 0})));
    constexpr auto most = static_cast<std::size_t>(-1);
    for (MappedSource::Layout const& layout :
         {MappedSource::Layout{.begin = 11, .rows = 99, .columns = 10, .number = Number::uint8},
          {.begin = 0, .rows = 251, .columns = 1},
          {.begin = 1001, .rows = 1, .columns = 1, .number = Number::uint8},
          {.begin = 0, .rows = most / 4 + 2, .columns = 4, .number = Number::uint8},
          {.begin = 0, .rows = 2, .columns = most, .number = Number::uint8},
          {.begin = 0, .rows = 0, .columns = 1},
          {.begin = 0, .rows = 1, .columns = 0}})
        CHECK_THROWS_AS(map(layout), FormatError);
    CHECK_NOTHROW(map({.begin = 0, .rows = 250, .columns = 1}));
}

TEST_CASE("a file much larger than memory is mapped and read at both ends", "[io]") {
    // A hole of 1 TiB, which takes no room on the disk; what is not looked at is not read.
    TemporaryFolder const folder;
    constexpr std::size_t rows = std::size_t{1} << 20;
    constexpr std::size_t columns = std::size_t{1} << 18;
    auto const path = folder / "hole.npy";
    auto header = detail::encode_npy_header(array_of("<f4", {3, 2}), "test", "hole");
    std::string const shape = "(3, 2), }";
    std::string const wanted = "(" + std::to_string(rows) + ", " + std::to_string(columns) + "), }";
    std::size_t const place = header.find(shape);
    header.replace(place, wanted.size(), wanted);
    put(path, header);
    std::size_t const size = header.size() + rows * columns * sizeof(float);
    if (::truncate(path.c_str(), static_cast<off_t>(size)) != 0) {
        WARN("skipped: the file system has no files of this size");
        return;
    }
    {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        float const last = 2.5f;
        file.seekp(static_cast<std::streamoff>(size - sizeof(float)));
        file.write(reinterpret_cast<char const*>(&last), sizeof(float));
    }
    std::optional<MappedSource> source;
    try {
        source.emplace(map_npy(path));
    } catch (FileError const&) {
        WARN("skipped: there is not so much address space");
        return;
    }
    CHECK(source->rows() == rows);
    auto const ends = loaded<float>(*source, {rows - 1, 0});
    CHECK(ends(0, columns - 1) == 2.5f);
    CHECK(ends(0, columns - 2) == 0);
    CHECK(ends(1, columns - 1) == 0);
}

TEST_CASE("a training on a mapped file is the training on the matrix, shuffled by blocks too", "[io]") {
    TemporaryFolder const folder;
    auto const data = test::bars<float>(3);
    write_npy(folder / "cases.npy", array_of(data));
    for (Shuffle const shuffle : {Shuffle::each_epoch, Shuffle::blocks}) {
        auto const trained = [&](auto const& cases) {
            auto model = test::randomised(test::bernoulli_rbm<float>(9, 5), 0.1, 0.1, 1);
            Random random{1};
            Trainer{ContrastiveDivergence{}, Sgd{}}.fit(
                model, cases,
                {.epochs = 2, .batch_size = 4, .shuffle = shuffle, .shuffle_blocks = {.cases = 3, .window = 2}},
                random);
            return test::parameters(model);
        };
        CHECK(test::same(trained(map_npy(folder / "cases.npy")), trained(data)));
    }
}

} // namespace test_mapped_source
