// SPDX-License-Identifier: MIT
#include <boltz/io/npy.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace test_npy {

using namespace boltz_test;

namespace {

template <class T>
std::string raw(std::vector<T> const& values) {
    return {reinterpret_cast<char const*>(values.data()), values.size() * sizeof(T)};
}

boltz::Array array_of(std::string dtype, std::vector<std::size_t> shape) {
    boltz::Array array{std::move(dtype), std::move(shape), {}};
    std::size_t size = boltz::detail::npy_item_size(array.dtype);
    for (auto const extent : array.shape) size *= extent;
    array.bytes.resize(size);
    for (std::size_t i = 0; i < size; ++i) array.bytes[i] = static_cast<std::byte>(i * 5 % 256);
    return array;
}

// A .npy file put together by hand.
std::string npy(std::string const& dictionary, std::string const& payload, char major = 1, char minor = 0) {
    std::string file = "\x93NUMPY";
    file += major;
    file += minor;
    for (unsigned shift = 0; shift < (major == 1 ? 16u : 32u); shift += 8)
        file += static_cast<char>(dictionary.size() >> shift & 0xff);
    return file + dictionary + payload;
}

std::string dictionary(std::string const& dtype, std::string const& order, std::string const& shape) {
    return "{'descr': '" + dtype + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

struct Reader {
    TemporaryFolder folder;

    boltz::Array operator()(std::string const& contents) const {
        put(folder / "file.npy", contents);
        return boltz::read_npy(folder / "file.npy");
    }
    std::string refusal(std::string const& contents) const {
        auto const message = message_of<boltz::FormatError>([&] { (void)(*this)(contents); });
        if (!message.empty()) CHECK(message.find((folder / "file.npy").string()) != std::string::npos);
        return message;
    }
};

} // namespace

TEST_CASE("an array of every type and rank reads back as it was written", "[io][npy]") {
    TemporaryFolder const folder;
    for (auto const* dtype : {"<f4", "<f8", "<i4", "<i8", "<u8", "|u1"}) {
        for (auto const& shape : std::vector<std::vector<std::size_t>>{{}, {3}, {2, 3}, {2, 0, 3}, {1, 2, 1, 2, 1}}) {
            auto const array = array_of(dtype, shape);
            boltz::write_npy(folder / "file.npy", array);
            auto const back = boltz::read_npy(folder / "file.npy");
            CHECK(back.dtype == array.dtype);
            CHECK(back.shape == array.shape);
            CHECK(back.bytes == array.bytes);
        }
    }
}

TEST_CASE("the numbers of a .npy file begin at a multiple of 64 bytes", "[io][npy]") {
    TemporaryFolder const folder;
    for (std::size_t extent = 1; extent < 100000000; extent *= 10) {
        boltz::write_npy(folder / "file.npy", array_of("|u1", {extent % 1000, extent == 1000 ? 0 : 1u}));
        auto const file = contents_of(folder / "file.npy");
        CHECK((10 + static_cast<unsigned char>(file[8])) % 64 == 0);
    }
}

TEST_CASE("headers of versions 1, 2 and 3 and of any tidy spelling are understood", "[io][npy]") {
    Reader const read;
    auto const payload = raw(std::vector<float>{1, 2, 3, 4, 5, 6});
    for (char const major : {'\1', '\2', '\3'})
        CHECK(read(npy(dictionary("<f4", "False", "(2, 3)"), payload, major)).shape ==
              std::vector<std::size_t>{2, 3});
    for (auto const* text : {"{'shape': (2,3), 'fortran_order': False, 'descr': '<f4'}",
                             "{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(2,3,)}   \n",
                             "  { 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 2 , 3 ) , }"}) {
        auto const array = read(npy(text, payload));
        CHECK(array.dtype == "<f4");
        CHECK(array.shape == std::vector<std::size_t>{2, 3});
        CHECK(std::memcmp(array.bytes.data(), payload.data(), payload.size()) == 0);
    }
}

TEST_CASE("column-major arrays are transposed into row-major ones", "[io][npy]") {
    Reader const read;
    auto const values = [](boltz::Array const& array) {
        std::vector<float> result(array.bytes.size() / sizeof(float));
        std::memcpy(result.data(), array.bytes.data(), array.bytes.size());
        return result;
    };
    auto const matrix = read(npy(dictionary("<f4", "True", "(2, 3)"), raw(std::vector<float>{1, 4, 2, 5, 3, 6})));
    CHECK(values(matrix) == std::vector<float>{1, 2, 3, 4, 5, 6});
    // a[i][j][k] = 100 i + 10 j + k, with i running fastest in the file
    std::vector<float> columns;
    std::vector<float> rows;
    for (int k = 0; k < 4; ++k)
        for (int j = 0; j < 3; ++j)
            for (int i = 0; i < 2; ++i) columns.push_back(static_cast<float>(100 * i + 10 * j + k));
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k) rows.push_back(static_cast<float>(100 * i + 10 * j + k));
    CHECK(values(read(npy(dictionary("<f4", "True", "(2, 3, 4)"), raw(columns)))) == rows);
    CHECK(read(npy(dictionary("<f4", "True", "(0, 3)"), "")).bytes.empty());
    CHECK(values(read(npy(dictionary("<f4", "True", "(2,)"), raw(std::vector<float>{1, 2})))) ==
          std::vector<float>{1, 2});
}

TEST_CASE("a .npy file cut short or prolonged anywhere is refused", "[io][npy]") {
    Reader const read;
    for (char const major : {'\1', '\2'}) {
        auto const whole = npy(dictionary("<f4", "False", "(2, 3)"), raw(std::vector<float>(6)), major);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(read.refusal(whole.substr(0, size)).empty());
        }
        CHECK_FALSE(read.refusal(whole + '\0').empty());
    }
}

TEST_CASE("foreign, lying and strange .npy files are refused by name", "[io][npy]") {
    Reader const read;
    auto const has = [](std::string const& message, char const* part) {
        INFO(message);
        CHECK(message.find(part) != std::string::npos);
    };
    has(read.refusal("PK\3\4 this is another kind of file"), "NUMPY");
    has(read.refusal(npy(dictionary("<f4", "False", "()"), "abcd", 4)), "version 4.0");
    has(read.refusal(npy(dictionary("<f4", "False", "()"), "abcd", 1, 1)), "version 1.1");
    for (auto const* dtype : {"<c8", "<U1", "|O", "<f16", "<m8", "|f4", "<f3", "f4", "<f4x", "<i-4", "|S4", ""})
        has(read.refusal(npy(dictionary(dtype, "False", "()"), "abcd")),
            (std::string{"type '"} + dtype + "'").c_str());
    has(read.refusal(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", "abcd")), "records");
    has(read.refusal(npy(dictionary("<f4", "False", "(3,)"), "abcd")), "4 bytes of numbers");
    has(read.refusal(npy(dictionary("<f4", "False", "(3,)"), "abcd")), "shape (3,) of <f4");
    // A claim of 4 EiB, and products that wrap around to 4 bytes and to 0.
    has(read.refusal(npy(dictionary("<f4", "False", "(1152921504606846976,)"), "abcd")), "1152921504606846976");
    has(read.refusal(npy(dictionary("<f4", "False", "(4294967297, 4294967295, 4611686018427387905)"), "abcd")),
        "4 bytes");
    has(read.refusal(npy(dictionary("<f4", "False", "(4611686018427387904,)"), "")), "0 bytes");
    // The header's own length: more than a version 2 file has, and more than any header needs.
    has(read.refusal(std::string{"\x93NUMPY\2\0\xff\xff\0\0{", 13}), "its header alone needs");
    has(read.refusal(std::string{"\x93NUMPY\2\0\xff\xff\xff\xff{", 13}), "claims a header");
}

TEST_CASE("a header that is not NumPy's dictionary is refused", "[io][npy]") {
    Reader const read;
    for (auto const* text : {"",
                             "{",
                             "}",
                             "{}",
                             "[]",
                             "{'descr': '<f4'}",
                             "{'descr': '<f4', 'fortran_order': False}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': ()",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (}",
                             "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'shape': ()}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': ()}",
                             "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
                             "{'descr': '<f4' 'fortran_order': False, 'shape': ()}",
                             "{'descr': '<f4, 'fortran_order': False, 'shape': ()}",
                             "{descr: '<f4', 'fortran_order': False, 'shape': ()}"}) {
        CAPTURE(text);
        CHECK_FALSE(read.refusal(npy(text, "abcd")).empty());
    }
    std::string ranks = "(";
    for (int i = 0; i < 33; ++i) ranks += "1,";
    CHECK(read.refusal(npy(dictionary("<f4", "False", ranks + ")"), "abcd")).find("rank 33") != std::string::npos);
}

TEST_CASE("an array that is not whole cannot be written as .npy", "[io][npy]") {
    TemporaryFolder const folder;
    auto array = array_of("<f4", {2, 3});
    array.bytes.pop_back();
    CHECK_THROWS_AS(boltz::write_npy(folder / "file.npy", array), boltz::ShapeError);
    array.dtype = "<f2";
    CHECK_THROWS_AS(boltz::write_npy(folder / "file.npy", array), boltz::ValueError);
    CHECK_THROWS_AS(boltz::write_npy(folder / "file.npy", array_of("<f4", std::vector<std::size_t>(33, 1))),
                    boltz::ShapeError);
    CHECK(folder.count() == 0);
}

TEST_CASE("numbers of every type and order of bytes that NumPy saves are read exactly", "[io][npy]") {
    Reader const read;
    auto const check = [&]<class T>(char const* dtype, char const* stored, std::vector<T> const& items,
                                    std::vector<double> const& expected) {
        for (bool const swapped : {false, true}) {
            if (swapped && sizeof(T) == 1) continue;
            std::string payload = raw(items);
            if (swapped)
                for (std::size_t i = 0; i < payload.size(); i += sizeof(T))
                    std::reverse(payload.begin() + static_cast<std::ptrdiff_t>(i),
                                 payload.begin() + static_cast<std::ptrdiff_t>(i + sizeof(T)));
            std::string const order = sizeof(T) == 1 ? "|" : swapped ? ">" : "<";
            CAPTURE(order, dtype);
            auto const array = read(npy(dictionary(order + dtype, "False", "(3,)"), payload));
            CHECK(array.dtype == stored);
            CHECK(array.shape == std::vector<std::size_t>{3});
            CHECK(boltz::numbers_of<double>(array) == expected);
            CHECK(boltz::numbers_of<float>(array) == std::vector<float>(expected.begin(), expected.end()));
            // In column-major order too: the rows (1, 2) and (3, ...) of a matrix.
            auto const matrix = read(npy(dictionary(order + dtype, "True", "(3, 1)"), payload));
            CHECK(matrix.bytes == array.bytes);
        }
    };
    check.operator()<float>("f4", "<f4", {1, -2.5f, 0.1f}, {1, -2.5, 0.1f});
    check.operator()<double>("f8", "<f8", {1, -2.5, 0.1}, {1, -2.5, 0.1});
    check.operator()<std::int8_t>("i1", "<i4", {1, -128, 127}, {1, -128, 127});
    check.operator()<std::int16_t>("i2", "<i4", {1, -32768, 258}, {1, -32768, 258});
    check.operator()<std::int32_t>("i4", "<i4", {1, -2147483647, 66051}, {1, -2147483647, 66051});
    check.operator()<std::int64_t>("i8", "<i8", {1, -2, std::int64_t{1} << 40}, {1, -2, 1099511627776});
    check.operator()<std::uint8_t>("u1", "|u1", {1, 255, 7}, {1, 255, 7});
    check.operator()<std::uint16_t>("u2", "<i4", {1, 65535, 258}, {1, 65535, 258});
    check.operator()<std::uint32_t>("u4", "<i8", {1, 4294967295, 66051}, {1, 4294967295, 66051});
    check.operator()<std::uint64_t>("u8", "<u8", {1, 2, std::uint64_t{1} << 40}, {1, 2, 1099511627776});
    check.operator()<std::uint8_t>("b1", "|u1", {1, 0, 1}, {1, 0, 1});
    // Halves: sign, normal, the least and the greatest, below the normal ones.
    check.operator()<std::uint16_t>("f2", "<f4", {0x3c00, 0xc100, 0x3555}, {1, -2.5, 0.333251953125});
    check.operator()<std::uint16_t>("f2", "<f4", {0x7bff, 0x0400, 0x8001}, {65504, 0x1p-14, -0x1p-24});
    check.operator()<std::uint16_t>("f2", "<f4", {0x0000, 0x03ff, 0xfc00},
                                    {0, 1023 * 0x1p-24, -std::numeric_limits<double>::infinity()});
    auto const nan = read(npy(dictionary("<f2", "False", "()"), raw(std::vector<std::uint16_t>{0x7e00})));
    CHECK(std::isnan(boltz::numbers_of<double>(nan)[0]));
    CHECK_THROWS_AS(boltz::numbers_of<float>({"<f2", {}, std::vector<std::byte>(2)}), boltz::ValueError);
}

TEST_CASE("a shape of Python 2's long integers is understood", "[io][npy]") {
    Reader const read;
    auto const payload = raw(std::vector<float>{1, 2, 3, 4, 5, 6});
    for (auto const* shape : {"(2L, 3L)", "(2L,3L,)", "(2, 3L)"})
        CHECK(read(npy(dictionary("<f4", "False", shape), payload)).shape == std::vector<std::size_t>{2, 3});
    for (auto const* shape : {"(2LL, 3)", "(L, 3)", "(2l, 3)", "(2 L, 3)"})
        CHECK_FALSE(read.refusal(npy(dictionary("<f4", "False", shape), payload)).empty());
}

} // namespace test_npy
