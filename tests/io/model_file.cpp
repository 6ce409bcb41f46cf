// SPDX-License-Identifier: MIT
#include <boltz/io/json_reader.hpp>
#include <boltz/io/model_file.hpp>

#include "support/catch.hpp"
#include "support/model_zoo.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace test_model_file {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

template <class M>
void check_round_trip(M const& model) {
    TemporaryFolder const folder;
    save(folder / "m.npz", model);
    M const back = load<M>(folder / "m.npz");
    CHECK(back.sizes() == model.sizes());
    CHECK(test::same(test::parameters(back), test::parameters(model)));
    // The same model makes the same file.
    save(folder / "again.npz", back);
    CHECK(boltz_test::contents_of(folder / "again.npz") == boltz_test::contents_of(folder / "m.npz"));
}

template <class M>
Arrays to_arrays_of(M model) {
    return to_arrays(model);
}

auto small() { return test::randomised(test::bernoulli_dbm<float>(3, 2, 2), 1, 1, 1); }
using Small = decltype(small());

/// The message with which a file is refused; empty if it is not.
template <class M = Small>
std::string refused(std::filesystem::path const& path) {
    try {
        static_cast<void>(load<M>(path));
    } catch (FormatError const& error) {
        return error.what();
    }
    return {};
}

/// A good model file, changed.
template <class Change>
std::string refused_after(Change&& change) {
    TemporaryFolder const folder;
    save(folder / "m.npz", small());
    Npz file = read_npz(folder / "m.npz");
    Json meta = parse_json(file.texts["meta.json"]).value();
    change(file, meta);
    if (file.texts.contains("meta.json") && !file.texts["meta.json"].starts_with("raw"))
        file.texts["meta.json"] = meta.dump();
    write_npz(folder / "m.npz", file);
    return refused(folder / "m.npz");
}

} // namespace

TEST_CASE("a model comes back from its file to the bit, whatever its units and depth") {
    test::for_each_model<double>([](auto const& model) { check_round_trip(model); });
    check_round_trip(test::randomised(test::mixed_dbm<float>(), 1, 1, 1));
    check_round_trip(test::randomised(test::gaussian_dbm<float>(), 1, 1, 1));
    check_round_trip(test::randomised(test::gaussian_rbm<float>(), 1, 1, 1));
}

TEST_CASE("what units keep of their own comes back") {
    TemporaryFolder const folder;
    auto const gaussian = test::gaussian_dbm<double>();
    save(folder / "g.npz", gaussian);
    auto const back = load<std::remove_const_t<decltype(gaussian)>>(folder / "g.npz");
    CHECK(back.layer<0>().unit().log_precision()(0) == gaussian.layer<0>().unit().log_precision()(0));
    CHECK(back.layer<0>().unit().log_precision()(1) == gaussian.layer<0>().unit().log_precision()(1));
    CHECK(back.layer<2>().unit().part<1>().trials() == 2);
    auto const mixed = test::mixed_dbm<float>();
    save(folder / "m.npz", mixed);
    CHECK(load<std::remove_const_t<decltype(mixed)>>(folder / "m.npz").layer<0>().unit().trials() == 3);
}

TEST_CASE("the description in a file says what the model is") {
    TemporaryFolder const folder;
    save(folder / "m.npz", test::mixed_dbm<float>());
    Json const meta = parse_json(read_npz(folder / "m.npz").texts.at("meta.json")).value();
    CHECK(meta["format"] == "boltz-model");
    CHECK(meta["format_version"] == 1);
    CHECK(meta["boltz_version"] == version);
    CHECK(meta["model"] == "DBM");
    CHECK(meta["value_type"] == "float32");
    REQUIRE(meta["layers"].array().size() == 3);
    CHECK(meta["layers"][0] == Json::Object{{"unit", "multinomial"}, {"size", 3}});
    CHECK(meta["layers"][1]["unit"] == "joint");
    CHECK(meta["layers"][1]["size"] == 5);
    CHECK(meta["layers"][1]["parts"][1] == Json::Object{{"unit", "multinomial"}, {"size", 3}});
}

TEST_CASE("the text of a description is as it has always been, and its version may be written as 1.0") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    save(path, small());
    Npz file = read_npz(path);
    std::string const layer = "    {\n      \"size\": 2,\n      \"unit\": \"bernoulli\"\n    }";
    CHECK(file.texts.at("meta.json") ==
          std::string{"{\n  \"boltz_version\": \""}.append(version).append(
              "\",\n  \"format\": \"boltz-model\",\n  \"format_version\": 1,\n  \"layers\": [\n"
              "    {\n      \"size\": 3,\n      \"unit\": \"bernoulli\"\n    },\n" +
              layer + ",\n" + layer + "\n  ],\n  \"model\": \"DBM\",\n  \"value_type\": \"float32\"\n}"));
    auto& text = file.texts.at("meta.json");
    text.replace(text.find("\"format_version\": 1"), 19, "\"format_version\": 1.0");
    write_npz(path, file);
    CHECK(refused(path).empty());
}

TEST_CASE("a file of another model is refused with both kinds") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    save(path, small());
    CHECK(refused(path).empty());
    CHECK_THAT(refused<decltype(test::bernoulli_rbm<float>())>(path),
               contains_text("m.npz has 3 layers") && contains_text("2"));
    CHECK_THAT(refused<decltype(test::bernoulli_dbm<double>())>(path),
               contains_text("float32") && contains_text("float64"));
    using Other = DBM<StochasticLayer<Bernoulli>, StochasticLayer<Gaussian>, StochasticLayer<Bernoulli>>;
    CHECK_THAT(refused<Other>(path), contains_text("bernoulli") && contains_text("gaussian"));
    using Joint = DBM<StochasticLayer<Bernoulli>, JointLayer<StochasticLayer<Bernoulli>, StochasticLayer<Bernoulli>>,
                      StochasticLayer<Bernoulli>>;
    CHECK_THAT(refused<Joint>(path), contains_text("bernoulli") && contains_text("joint"));

    save(path, test::mixed_dbm<float>());
    using Three =
        DBM<StochasticLayer<Multinomial>,
            JointLayer<StochasticLayer<Bernoulli>, StochasticLayer<Multinomial>, StochasticLayer<Bernoulli>>,
            StochasticLayer<Spin>>;
    CHECK_THAT(refused<Three>(path), contains_text("m.npz") && contains_text("3 parts"));
}

TEST_CASE("a file that is no model is refused by name") {
    TemporaryFolder const folder;
    write_npz(folder / "foreign.npz", {.arrays = {}, .texts = {{"readme", "no model"}}});
    CHECK_THAT(refused(folder / "foreign.npz"), contains_text("foreign.npz has no meta.json"));
    boltz_test::put(folder / "text.npz", "this is no zip archive");
    CHECK_THAT(refused(folder / "text.npz"), contains_text("text.npz"));
    boltz_test::put(folder / "empty.npz", "");
    CHECK_THAT(refused(folder / "empty.npz"), contains_text("empty.npz"));
    CHECK_THROWS_AS(load<Small>(folder / "none.npz"), FileError);
    CHECK_THROWS_AS(load<Small>(folder.path()), FileError);
}

TEST_CASE("a description that is wrong or lies is refused") {
    for (std::string const text :
         {"", "{", "5", "null", "[]", "{}", "\"boltz-model\"", "{\"format\": 5}", "{\"format\": null}",
          "{\"format\": \"boltz-checkpoint\", \"format_version\": 1}", "{\"format\": \"boltz-model\"}",
          "{\"format\": \"boltz-model\", \"format_version\": 2}",
          "{\"format\": \"boltz-model\", \"format_version\": []}",
          "{\"format\": \"boltz-model\", \"format_version\": 1}",
          "{\"format\": \"boltz-model\", \"format_version\": 1, \"layers\": 3, \"value_type\": \"float32\"}",
          "{\"format\": \"boltz-model\", \"format_version\": 1, \"layers\": [], \"value_type\": \"float32\"}",
          "{\"format\": \"boltz-model\", \"format_version\": 1, \"layers\": [1, 2, 3], \"value_type\": "
          "\"float32\"}"}) {
        CAPTURE(text);
        TemporaryFolder const folder;
        save(folder / "m.npz", small());
        Npz file = read_npz(folder / "m.npz");
        file.texts["meta.json"] = text;
        write_npz(folder / "m.npz", file);
        CHECK_THAT(refused(folder / "m.npz"), contains_text("m.npz"));
    }
    auto const layer = [](Json& meta, std::size_t l) -> Json& { return meta.object()["layers"].array()[l]; };
    for (Json const& value : {Json{0}, Json{-1}, Json{2.5}, Json{"3"}, Json{nullptr}, Json{4}, Json{1ull << 40}})
        for (std::size_t l = 0; l < 3; ++l) {
            CAPTURE(l, value.dump());
            CHECK_FALSE(refused_after([&](Npz&, Json& meta) { layer(meta, l).object()["size"] = value; }).empty());
        }
    CHECK_FALSE(refused_after([&](Npz&, Json& meta) { layer(meta, 1).object()["unit"] = 7; }).empty());
    CHECK_FALSE(refused_after([&](Npz&, Json& meta) { layer(meta, 1) = "bernoulli"; }).empty());
    for (Json const& value : {Json{32}, Json{"float64"}})
        CHECK_FALSE(refused_after([&](Npz&, Json& meta) { meta.object()["value_type"] = value; }).empty());
}

TEST_CASE("a description nested without end, or of long words, is refused in few words") {
    std::string const deep = std::string(80000, '[') + std::string(80000, ']');
    std::string const format = "\"format\": \"boltz-model\", \"format_version\": ";
    for (std::string const& text :
         {deep, "{" + format + deep + "}", "{" + format + "1, \"value_type\": " + deep + ", \"layers\": []}",
          "{" + format + "1, \"value_type\": \"float32\", \"layers\": [" + deep + ", 1, 2]}",
          "{" + format + "\"" + std::string(100000, 'v') + "\"}",
          "{" + format + "1, \"layers\": [], \"value_type\": \"" + std::string(100000, 'v') + "\"}"}) {
        TemporaryFolder const folder;
        save(folder / "m.npz", small());
        Npz file = read_npz(folder / "m.npz");
        file.texts["meta.json"] = text;
        write_npz(folder / "m.npz", file);
        auto const message = refused(folder / "m.npz");
        CHECK_THAT(message, contains_text("m.npz"));
        CHECK(message.size() < 300 + folder.path().string().size());
    }
}

TEST_CASE("arrays that are missing or have another shape or type are refused") {
    for (std::string const name : {"weights_0", "weights_1", "bias_0", "bias_1", "bias_2"}) {
        CAPTURE(name);
        CHECK_THAT(refused_after([&](Npz& file, auto&) { file.arrays.erase(name); }), contains_text(name));
        CHECK_THAT(refused_after([&](Npz& file, auto&) {
                       file.arrays.at(name).shape.insert(file.arrays.at(name).shape.end(), 2, 1);
                   }),
                   contains_text(name));
        CHECK_THAT(refused_after([&](Npz& file, auto&) {
                       file.arrays.at(name) = {"<f4", {}, std::vector<std::byte>(4)};
                   }),
                   contains_text(name));
        CHECK_THAT(refused_after([&](Npz& file, auto&) {
                       Array& array = file.arrays.at(name);
                       array.dtype = "<f8";
                       array.bytes.resize(2 * array.bytes.size());
                   }),
                   contains_text(name));
    }
    CHECK_THAT(refused_after([](Npz& file, auto&) {
                   std::swap(file.arrays.at("weights_0").shape[0], file.arrays.at("weights_0").shape[1]);
               }),
               contains_text("weights_0 has shape (2, 3)") && contains_text("it must have shape (3, 2)"));
    CHECK_THAT(refused_after([](Npz& file, auto&) {
                   file.arrays["bias_0"] = {"<f4", {3, 2}, std::vector<std::byte>(24)};
               }),
               contains_text("bias_0 has shape (3, 2)"));
}

TEST_CASE("biases may be rows or columns of a matrix, and weights and biases whole numbers") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    auto model = small();
    for (auto& w : model.weights(0)) w = std::round(3 * w);
    for (auto& b : model.layer<1>().bias()) b = -2;
    save(path, model);
    Npz file = read_npz(path);
    file.arrays.at("bias_0").shape = {1, 3};
    file.arrays.at("bias_2").shape = {2, 1};
    auto const whole = [](Array& array, auto type) {
        std::vector<decltype(type)> numbers;
        for (float const number : numbers_of<float>(array)) numbers.push_back(static_cast<decltype(type)>(number));
        array.bytes.resize(numbers.size() * sizeof(type));
        std::memcpy(array.bytes.data(), numbers.data(), array.bytes.size());
    };
    whole(file.arrays.at("weights_0"), std::int64_t{});
    file.arrays.at("weights_0").dtype = "<i8";
    whole(file.arrays.at("bias_1"), std::int32_t{});
    file.arrays.at("bias_1").dtype = "<i4";
    write_npz(path, file);
    CHECK(test::same(test::parameters(load<Small>(path)), test::parameters(model)));
}

TEST_CASE("a weight or bias that is no array of numbers is refused for that") {
    Npz file{.arrays = to_arrays_of(small()), .texts = {}, .foreign = {{"bias_1", "bias_1 holds objects"}}};
    file.texts["meta.json"] = detail::describe(small()).dump();
    CHECK(boltz_test::message_of<FormatError>([&] { (void)model_from<Small>(file, "m.npz"); }).empty());
    file.arrays.erase("bias_1");
    CHECK(boltz_test::message_of<FormatError>([&] { (void)model_from<Small>(file, "m.npz"); }) ==
          "bias_1 holds objects");
}

TEST_CASE("sizes that agree with each other but not with the parts of a joint layer are refused") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    auto const model = test::mixed_dbm<float>();
    save(path, model);
    Npz const good = read_npz(path);
    for (auto const& [first, second] :
         {std::pair<std::size_t, std::size_t>{1, 3}, {2, 4}, {std::size_t{1} << 40, 3}, {0, 5}, {5, 0}}) {
        Npz file = good;
        Json meta = parse_json(file.texts["meta.json"]).value();
        auto& parts = meta.object()["layers"].array()[1].object()["parts"].array();
        parts[0].object()["size"] = first;
        parts[1].object()["size"] = second;
        file.texts["meta.json"] = meta.dump();
        write_npz(path, file);
        CHECK_FALSE(refused<std::remove_const_t<decltype(model)>>(path).empty());
    }
    Npz file = good;
    file.arrays.at("unit_0/trials").bytes.assign(8, std::byte{0});
    write_npz(path, file);
    CHECK_THAT(refused<std::remove_const_t<decltype(model)>>(path), contains_text("trials"));
}

TEST_CASE("a model with a number that is not finite is refused, naming file and array") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    for (float const bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        for (std::string const name : {"weights_0", "weights_1", "bias_0", "bias_2"})
            CHECK_THAT(refused_after([&](Npz& file, auto&) {
                           std::memcpy(file.arrays.at(name).bytes.data() + sizeof bad, &bad, sizeof bad);
                       }),
                       contains_text("m.npz: number 1 of array " + name));
        // What the model does not have may be as it likes.
        CHECK(
            refused_after([&](Npz& file, auto&) {
                std::memcpy((file.arrays["history"] = {"<f4", {1}, std::vector<std::byte>(4)}).bytes.data(), &bad, 4);
            }).empty());
    }
    auto const gaussian = test::gaussian_dbm<double>();
    save(path, gaussian);
    Npz file = read_npz(path);
    double const bad = -std::numeric_limits<double>::infinity();
    std::memcpy(file.arrays.at("unit_0/log_precision").bytes.data(), &bad, sizeof bad);
    write_npz(path, file);
    CHECK_THAT(refused<std::remove_const_t<decltype(gaussian)>>(path), contains_text("unit_0/log_precision"));
}

TEST_CASE("a truncated or corrupted file is refused wherever it ends") {
    TemporaryFolder const folder;
    auto const path = folder / "m.npz";
    save(path, small());
    std::string const whole = boltz_test::contents_of(path);
    for (std::size_t size = 0; size < whole.size(); size += size < 100 || size + 100 > whole.size() ? 1 : 13) {
        boltz_test::put(path, whole.substr(0, size));
        CHECK_FALSE(refused(path).empty());
    }
    // One bit off: refused, or a byte that nothing depends on.
    Arrays const expected = test::parameters(small());
    for (std::size_t at = 0; at < whole.size(); at += 5) {
        std::string bad = whole;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        boltz_test::put(path, bad);
        bool harmless = true;
        try {
            harmless = test::same(test::parameters(load<Small>(path)), expected);
        } catch (FormatError const&) {
        }
        CHECK(harmless);
    }
}

TEST_CASE("a model that cannot be saved leaves the old file") {
    TemporaryFolder const folder;
    CHECK_THROWS_AS(save(folder / "none/m.npz", small()), FileError);
    std::string const longest(250, 'm');
    boltz_test::put(folder / longest, "old");
    CHECK_THROWS_AS(save(folder / longest, small()), FileError);
    CHECK(boltz_test::contents_of(folder / longest) == "old");
    CHECK(folder.count() == 1);
}

TEST_CASE("a model that is not finite is not saved, and leaves the old file") {
    TemporaryFolder const folder;
    boltz_test::put(folder / "m.npz", "old");
    auto model = small();
    model.weights(1)(0, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(save(folder / "m.npz", model),
                      contains_text("save: ") && contains_text("m.npz: number 1 of array weights_1 is not a number"));
    CHECK(boltz_test::contents_of(folder / "m.npz") == "old");
    CHECK(folder.count() == 1);
}

TEST_CASE("numpy.load opens a model") {
    if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0) {
        WARN("skipped: python3 with NumPy is not installed");
        return;
    }
    TemporaryFolder const folder;
    auto model = test::gaussian_rbm<float>();
    model.weights()(1, 2) = 0.625f;
    save(folder / "m.npz", model);
    std::string const program = "import json, sys, numpy\n"
                                "m = numpy.load(sys.argv[1])\n"
                                "assert m['weights_0'].shape == (2, 3) and m['weights_0'].dtype == numpy.float32\n"
                                "assert m['weights_0'][1, 2] == 0.625\n"
                                "assert m['bias_1'].shape == (3,)\n"
                                "assert abs(m['unit_0/log_precision'][0] - 0.4) < 1e-12\n"
                                "assert json.loads(m['meta.json'])['layers'][0]['unit'] == 'gaussian'\n";
    boltz_test::put(folder / "check.py", program);
    CHECK(std::system(
              ("python3 '" + (folder / "check.py").string() + "' '" + (folder / "m.npz").string() + "'").c_str()) ==
          0);
}

} // namespace test_model_file
