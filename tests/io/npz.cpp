// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>
#include <boltz/io/npz.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/zipped.hpp"

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace test_npz {

using namespace boltz_test;

namespace {

template <class T>
boltz::Array array_of(char const* dtype, std::vector<std::size_t> shape, std::vector<T> const& values) {
    auto const* const first = reinterpret_cast<std::byte const*>(values.data());
    return {dtype, std::move(shape), {first, first + values.size() * sizeof(T)}};
}

boltz::Npz example() {
    boltz::Npz npz;
    npz.arrays["weights_0"] = array_of<float>("<f4", {2, 3}, {1, 2, 3, 4, 5, 6});
    npz.arrays["session/velocity_0"] = array_of<double>("<f8", {2}, {0.5, -0.25});
    npz.arrays["random_key"] = array_of<std::uint64_t>("<u8", {}, {0xfedcba9876543210});
    npz.arrays["bytes"] = array_of<std::uint8_t>("|u1", {1, 3}, {1, 2, 255});
    npz.arrays["none"] = array_of<float>("<f4", {0, 3}, {});
    npz.texts["meta.json"] = "{\"format\": \"example\"}\n";
    npz.texts["empty.txt"] = "";
    return npz;
}

void check_equal(boltz::Npz const& a, boltz::Npz const& b) {
    CHECK(a.texts == b.texts);
    REQUIRE(a.arrays.size() == b.arrays.size());
    for (auto const& [name, array] : a.arrays) {
        CAPTURE(name);
        REQUIRE(b.arrays.contains(name));
        auto const& other = b.arrays.find(name)->second;
        CHECK(array.dtype == other.dtype);
        CHECK(array.shape == other.shape);
        CHECK(array.bytes == other.bytes);
    }
}

// The interpreter that has numpy, or an empty text. Some machines have several.
std::string python() {
    for (std::string const name : {"python3", "/usr/bin/python3"})
        if (std::system((name + " -c 'import numpy' >/dev/null 2>&1").c_str()) == 0) return name;
    return {};
}

} // namespace

TEST_CASE("arrays and texts read back as they were written", "[io][npz]") {
    TemporaryFolder const folder;
    auto const npz = example();
    boltz::write_npz(folder / "file.npz", npz);
    check_equal(boltz::read_npz(folder / "file.npz"), npz);
    CHECK(folder.count() == 1);
    boltz::write_npz(folder / "empty.npz", {});
    check_equal(boltz::read_npz(folder / "empty.npz"), {});
}

TEST_CASE("a large array survives", "[io][npz]") {
    TemporaryFolder const folder;
    std::vector<float> values(784 * 500);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 1013) * 0.25f;
    boltz::Npz npz;
    npz.arrays["weights_0"] = array_of("<f4", {784, 500}, values);
    boltz::write_npz(folder / "file.npz", npz);
    check_equal(boltz::read_npz(folder / "file.npz"), npz);
}

TEST_CASE("equal contents make equal files", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::write_npz(folder / "a.npz", example());
    boltz::write_npz(folder / "b.npz", boltz::read_npz(folder / "a.npz"));
    CHECK(contents_of(folder / "a.npz") == contents_of(folder / "b.npz"));
}

TEST_CASE("a file written entry by entry is the same as one written at once", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::write_npz(folder / "a.npz", example());
    put(folder / "b.npz", "the old contents");
    {
        auto const contents = example();
        boltz::NpzWriter file{folder / "b.npz"};
        for (auto const& [name, text] : contents.texts) file.add_text(name, text);
        for (auto const& [name, array] : contents.arrays) {
            auto copy = array; // gone before the file is there
            file.put(name, copy);
        }
        CHECK(contents_of(folder / "b.npz") == "the old contents");
        CHECK_THROWS_AS(file.put("bytes", contents.arrays.at("bytes")), boltz::ValueError);
        CHECK_THROWS_AS(file.add_text("empty.txt", ""), boltz::ValueError);
        file.finish();
    }
    CHECK(contents_of(folder / "a.npz") == contents_of(folder / "b.npz"));
    { // One that is given up.
        boltz::NpzWriter file{folder / "b.npz"};
        file.add_text("a", "b");
    }
    CHECK(contents_of(folder / "a.npz") == contents_of(folder / "b.npz"));
    CHECK(folder.count() == 2);
}

TEST_CASE("more entries than 16 bits can count, and a name that is no ASCII, survive", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::Npz npz;
    for (std::size_t i = 0; i < 65535; ++i) npz.texts["t" + std::to_string(i)] = i % 7 == 0 ? "seven" : "";
    npz.texts["größe.txt"] = "größe";
    boltz::write_npz(folder / "many.npz", npz);
    check_equal(boltz::read_npz(folder / "many.npz"), npz);
    npz.texts[std::string(70000, 'x')] = "";
    CHECK_THROWS_AS(boltz::write_npz(folder / "long.npz", npz), boltz::ValueError);
    CHECK(folder.count() == 1);
}

TEST_CASE("numpy.load reads what was written", "[io][npz]") {
    auto const interpreter = python();
    if (interpreter.empty()) {
        WARN("skipped: no python3 with numpy");
        return;
    }
    TemporaryFolder const folder;
    boltz::write_npz(folder / "file.npz", example());
    boltz::write_npy(folder / "file.npy", example().arrays.at("weights_0"));
    put(folder / "check.py", R"(
import numpy, sys
z = numpy.load(sys.argv[1] + '/file.npz', allow_pickle=False)
assert sorted(z.files) == sorted(['weights_0', 'session/velocity_0', 'random_key', 'bytes', 'none', 'meta.json', 'empty.txt'])
assert z['weights_0'].dtype == numpy.float32 and (z['weights_0'] == [[1, 2, 3], [4, 5, 6]]).all()
assert z['session/velocity_0'].dtype == numpy.float64 and (z['session/velocity_0'] == [0.5, -0.25]).all()
assert z['random_key'].shape == () and int(z['random_key']) == 0xfedcba9876543210
assert z['bytes'].dtype == numpy.uint8 and (z['bytes'] == [[1, 2, 255]]).all()
assert z['none'].shape == (0, 3)
assert bytes(z['meta.json']) == b'{"format": "example"}\n'
assert (numpy.load(sys.argv[1] + '/file.npy') == [[1, 2, 3], [4, 5, 6]]).all()
)");
    CHECK(std::system((interpreter + " " + (folder / "check.py").string() + " " + folder.path().string()).c_str()) ==
          0);
}

TEST_CASE("what numpy.savez and savez_compressed wrote is read", "[io][npz]") {
    auto const interpreter = python();
    if (interpreter.empty()) {
        WARN("skipped: no python3 with numpy");
        return;
    }
    TemporaryFolder const folder;
    put(folder / "make.py", R"(
import numpy, sys
arrays = {'weights_0': numpy.arange(1, 7, dtype='f4').reshape(2, 3), 'columns': numpy.arange(1, 7, dtype='f8').reshape(3, 2).T,
          'a/b': numpy.array([-1, 2]), 'short': numpy.array([-1, 2], 'i4'), 'zeros': numpy.zeros((300, 300)), 'one': numpy.uint8(7)}
numpy.savez(sys.argv[1] + '/stored.npz', **arrays)
numpy.savez_compressed(sys.argv[1] + '/deflated.npz', **arrays)
numpy.savez(sys.argv[1] + '/foreign.npz', a=numpy.zeros(3, 'c8'), b=numpy.zeros(3, '>f4'), **{'meta.json': b'{}'})
numpy.savez(sys.argv[1] + '/again.npz', **dict(numpy.load(sys.argv[1] + '/foreign.npz')))
)");
    REQUIRE(std::system((interpreter + " " + (folder / "make.py").string() + " " + folder.path().string()).c_str()) ==
            0);
    boltz::Npz expected;
    expected.arrays["weights_0"] = array_of<float>("<f4", {2, 3}, {1, 2, 3, 4, 5, 6});
    expected.arrays["columns"] = array_of<double>("<f8", {2, 3}, {1, 3, 5, 2, 4, 6});
    expected.arrays["a/b"] = array_of<std::int64_t>("<i8", {2}, {-1, 2});
    expected.arrays["short"] = array_of<std::int32_t>("<i4", {2}, {-1, 2});
    expected.arrays["zeros"] = array_of<double>("<f8", {300, 300}, std::vector<double>(90000));
    expected.arrays["one"] = array_of<std::uint8_t>("|u1", {}, {7});
    check_equal(boltz::read_npz(folder / "stored.npz"), expected);
    check_equal(boltz::read_npz(folder / "deflated.npz"), expected);
    for (auto const* name : {"foreign.npz", "again.npz"}) {
        auto const back = boltz::read_npz(folder / name);
        CHECK_THAT(back.foreign.at("a"), contains_text("entry a.npy holds items of type '<c8'"));
        CHECK(back.arrays.at("b").dtype == "<f4");
        CHECK(back.texts.at("meta.json") == "{}");
    }
}

TEST_CASE("an .npz file cut short anywhere is refused", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::write_npz(folder / "whole.npz", example());
    auto const whole = contents_of(folder / "whole.npz");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        put(folder / "file.npz", std::string_view{whole}.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(boltz::read_npz(folder / "file.npz"), boltz::FormatError);
    }
}

TEST_CASE("no changed byte of an .npz file slips an unchecked number in", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::Npz npz;
    npz.arrays["x"] = array_of<float>("<f4", {2}, {1, 2});
    boltz::write_npz(folder / "whole.npz", npz);
    auto const whole = contents_of(folder / "whole.npz");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (unsigned const change : {0x01u, 0x80u, 0xffu}) {
            auto broken = whole;
            broken[i] = static_cast<char>(static_cast<unsigned char>(broken[i]) ^ change);
            put(folder / "file.npz", broken);
            CAPTURE(i, change);
            boltz::Npz back;
            try {
                back = boltz::read_npz(folder / "file.npz");
            } catch (boltz::FormatError const&) {
            }
            // Dates, attributes and names are not protected by a checksum; whatever an array says is.
            for (auto const& [name, array] : back.arrays) CHECK(array.bytes == npz.arrays.at("x").bytes);
        }
    }
}

TEST_CASE("foreign files, folders and missing files are refused, naming the path", "[io][npz]") {
    TemporaryFolder const folder;
    put(folder / "text.npz", "this is no zip archive, whatever its name says");
    auto const foreign = message_of<boltz::FormatError>([&] { (void)boltz::read_npz(folder / "text.npz"); });
    CHECK(foreign.find((folder / "text.npz").string()) != std::string::npos);
    CHECK_THROWS_AS(boltz::read_npz(folder / "missing.npz"), boltz::FileError);
    CHECK_THROWS_AS(boltz::read_npz(folder.path()), boltz::FileError);
    CHECK_THROWS_AS(boltz::write_npz(folder.path(), example()), boltz::FileError);
    CHECK_THROWS_AS(boltz::write_npz(folder / "no/folder.npz", example()), boltz::FileError);
}

TEST_CASE("an entry that lies about its array is refused, naming path, entry and both values", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::Npz npz;
    npz.arrays["weights_0"] = array_of<float>("<f4", {2, 3}, {1, 2, 3, 4, 5, 6});
    boltz::write_npy(folder / "array.npy", npz.arrays["weights_0"]);
    auto entry = contents_of(folder / "array.npy");
    entry.replace(entry.find("(2, 3)"), 6, "(2, 9)");

    // The texts of an archive are free, so an entry of a wrong name becomes a lying array when it is renamed.
    boltz::Npz disguised;
    disguised.texts["weights_0.npx"] = entry;
    boltz::write_npz(folder / "file.npz", disguised);
    auto file = contents_of(folder / "file.npz");
    for (auto at = file.find(".npx"); at != std::string::npos; at = file.find(".npx", at)) file[at + 3] = 'y';
    put(folder / "file.npz", file);
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::read_npz(folder / "file.npz"); });
    INFO(message);
    CHECK(message.find((folder / "file.npz").string()) != std::string::npos);
    CHECK(message.find("weights_0.npy") != std::string::npos);
    CHECK(message.find("24 bytes") != std::string::npos);
    CHECK(message.find("(2, 9)") != std::string::npos);
}

TEST_CASE("a compressed file may not unpack to more than the limit, all entries together", "[io][npz]") {
    TemporaryFolder const folder;
    auto const path = folder / "file.npz";
    std::string const zeros(100000, '\0');
    put(path, zipped({{"a", zeros}, {"b", zeros}}));
    CHECK(boltz::read_npz(path).texts.at("b") == zeros);
    CHECK(boltz::read_npz(path, 200000).texts.size() == 2);
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::read_npz(path, 199999); });
    CHECK_THAT(message, contains_text("file.npz unpacks to 200000 bytes, but the limit is 199999"));
    // What is not compressed cannot surprise: it may have any size.
    boltz::write_npz(path, {.arrays = {}, .texts = {{"a", zeros}}});
    CHECK(boltz::read_npz(path, 10).texts.at("a") == zeros);
}

TEST_CASE("entries that share bytes are refused before any is unpacked", "[io][npz]") {
    TemporaryFolder const folder;
    std::vector<ZippedEntry> entries{{.name = "0", .contents = std::string(100000, '\0'), .wrong_sum = true}};
    for (int i = 1; i < 60; ++i) {
        entries.push_back(entries.front());
        entries.back().name = std::to_string(i);
        entries.back().shared = true;
    }
    put(folder / "file.npz", zipped(entries));
    auto const message = message_of<boltz::FormatError>([&] { (void)boltz::read_npz(folder / "file.npz"); });
    CHECK_THAT(message, contains_text("its 60 entries claim"));
}

TEST_CASE("an array that is smaller than its entry is refused before the rest is unpacked", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::write_npy(folder / "array.npy", array_of<float>("<f4", {2}, {1, 2}));
    auto const array = contents_of(folder / "array.npy");
    // A wrong checksum would be seen at the end.
    put(folder / "file.npz",
        zipped({{.name = "x.npy", .contents = array + std::string(1 << 22, '\0'), .wrong_sum = true}}));
    auto const refusal = [&] {
        return message_of<boltz::FormatError>([&] { (void)boltz::read_npz(folder / "file.npz"); });
    };
    CHECK_THAT(refusal(), contains_text("x.npy has 4194312 bytes of numbers") && contains_text("(2,)"));
    put(folder / "file.npz", zipped({{.name = "x.npy", .contents = array, .wrong_sum = true}}));
    CHECK_THAT(refusal(), contains_text("x.npy is corrupt"));
    // The archive claims more, or less, than there is.
    for (std::uint32_t const claimed : {9u, 127u, 135u, 137u, 1u << 30}) {
        CAPTURE(claimed);
        put(folder / "file.npz", zipped({{.name = "x.npy", .contents = array, .claimed = claimed}}));
        CHECK_THAT(refusal(), contains_text("file.npz: entry x.npy"));
    }
    put(folder / "file.npz", zipped({{.name = "x.npy", .contents = array}}));
    CHECK(boltz::read_npz(folder / "file.npz").arrays.at("x").bytes.size() == 8);
}

TEST_CASE("the same entry twice is refused", "[io][npz]") {
    TemporaryFolder const folder;
    boltz::Npz npz;
    npz.texts["aa.txt"] = "1";
    npz.texts["ab.txt"] = "2";
    boltz::write_npz(folder / "file.npz", npz);
    auto file = contents_of(folder / "file.npz");
    for (auto at = file.find("ab.txt"); at != std::string::npos; at = file.find("ab.txt", at)) file[at + 1] = 'a';
    put(folder / "file.npz", file);
    CHECK_THROWS_AS(boltz::read_npz(folder / "file.npz"), boltz::FormatError);
}

TEST_CASE("names and arrays that no .npz file can hold are refused before anything is written", "[io][npz]") {
    TemporaryFolder const folder;
    auto const refuses_name = [&](std::string const& name) {
        boltz::Npz npz;
        npz.arrays[name] = array_of<float>("<f4", {1}, {1});
        CHECK_THROWS_AS(boltz::write_npz(folder / "file.npz", npz), boltz::ValueError);
    };
    refuses_name("");
    refuses_name("/root");
    refuses_name("folder/");
    refuses_name(std::string{"a\0b", 3});
    boltz::Npz text;
    text.texts["weights_0.npy"] = "no array";
    CHECK_THROWS_AS(boltz::write_npz(folder / "file.npz", text), boltz::ValueError);
    boltz::Npz wrong;
    wrong.arrays["x"] = array_of<float>("<f4", {3}, {1, 2});
    CHECK_THROWS_AS(boltz::write_npz(folder / "file.npz", wrong), boltz::ShapeError);
    wrong.arrays["x"] = array_of<float>("<f2", {4}, {1, 2});
    CHECK_THROWS_AS(boltz::write_npz(folder / "file.npz", wrong), boltz::ValueError);
    CHECK(folder.count() == 0);
}

TEST_CASE("arrays that are no numbers are named and left out; one string of bytes is a text", "[io][npz]") {
    TemporaryFolder const folder;
    auto const path = folder / "file.npz";
    auto const npy = [](std::string const& dtype, std::string const& shape, std::string const& payload) {
        std::string const dictionary = "{'descr': " + dtype + ", 'fortran_order': False, 'shape': " + shape + ", }";
        return std::string{"\x93NUMPY\1\0", 8} + static_cast<char>(dictionary.size()) + '\0' + dictionary + payload;
    };
    std::string const x = npy("'>f4'", "(1,)", {"\x3f\x80\0\0", 4});
    put(path, zipped({{"x.npy", x},
                      {"title.npy", npy("'<U2'", "()", "a\0\0\0b\0\0\0")},
                      {"object.npy", npy("'|O'", "()", "pickled")},
                      {"record.npy", npy("[('a', '<f4')]", "()", "abcd")},
                      {"list.npy", npy("'|S2'", "(2,)", "abcd")},
                      {"meta.json.npy", npy("'|S9'", "()", {"{\"a\": 1}\0", 9})},
                      {"padded.npy", npy("'|S4'", "()", {"ab\0\0", 4})}}));
    auto const back = boltz::read_npz(path);
    CHECK(back.arrays.size() == 1);
    CHECK(boltz::numbers_of<float>(back.arrays.at("x")) == std::vector<float>{1});
    CHECK(back.texts == boltz::Texts{{"meta.json", "{\"a\": 1}"}, {"padded", "ab"}});
    REQUIRE(back.foreign.size() == 4);
    CHECK_THAT(back.foreign.at("title"), contains_text("file.npz: entry title.npy holds items of type '<U2'"));
    CHECK_THAT(back.foreign.at("object"), contains_text("'|O'"));
    CHECK_THAT(back.foreign.at("record"), contains_text("records"));
    CHECK_THAT(back.foreign.at("list"), contains_text("'|S2'"));
    // A broken array of numbers is still refused, and so is a name that is there twice.
    for (auto const& [name, contents] : {std::pair<std::string, std::string>{"y.npy", npy("'<f4'", "(2,)", "abcd")},
                                         {"y.npy", npy("'|S2'", "()", "abcd")},
                                         {"x.npy", npy("'|O'", "()", "abcd")},
                                         {"meta.json", "{}"}}) {
        CAPTURE(name);
        put(path, zipped({{"x.npy", x}, {"meta.json.npy", npy("'|S2'", "()", "{}")}, {name, contents}}));
        CHECK_THROWS_AS(boltz::read_npz(path), boltz::FormatError);
    }
}

} // namespace test_npz
