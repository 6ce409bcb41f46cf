// SPDX-License-Identifier: MIT
#include <boltz/io/checkpoint_file.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/trainings.hpp"

#include <boltz/io/json.hpp>
#include <boltz/io/json_reader.hpp>
#include <boltz/random.hpp>

#include <xtensor/xbuilder.hpp>

#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace test_checkpoint_file {

using namespace boltz;
using boltz_test::TemporaryFolder;

namespace {

/// A session with a number, a vector and a random state.
struct Session {
    double number = 0.1;
    Vector<float> vector = xt::zeros<float>({3});
    Random random{4};

    template <class Archive>
    void archive(Archive& archive) {
        archive("number", number);
        archive("vector", vector);
        archive.nested("random", random);
    }
};

} // namespace

TEST_CASE("a session comes back from its checkpoint to the bit") {
    TemporaryFolder const folder;
    Session session;
    session.vector(1) = -2.5f;
    session.number = 1.0 / 3;
    static_cast<void>(session.random.split());
    write_checkpoint(folder / "c.npz", session, "somewhere");

    Session other;
    other.random = Random{99};
    resume(folder / "c.npz", other);
    CHECK(test::same(to_arrays(other), to_arrays(session)));
    CHECK(other.random.split().key() == session.random.split().key());
    Json const meta = parse_json(read_npz(folder / "c.npz").texts.at("meta.json")).value();
    CHECK(meta["note"] == "somewhere");
}

TEST_CASE("a state is saved without a copy of it, and the file is that of a copy") {
    struct Sink final : ArraySink {
        std::map<std::string, std::byte const*> seen;
        void put(std::string const& name, ArrayView const& array) override { seen[name] = array.bytes.data(); }
    };
    Session session;
    Sink sink;
    Archive archive{sink};
    archive.nested("first", session);
    CHECK(archive.arrays().empty());
    CHECK(sink.seen.size() == to_arrays(session).size());
    CHECK(sink.seen.at("first/vector") == reinterpret_cast<std::byte const*>(session.vector.data()));

    TemporaryFolder const folder;
    StateVisit const visit{[&](Archive& into) {
        into.nested("first", session);
        double passing = 2; // gone before the next array comes
        into("number", passing);
        passing = 3;
        into("other", passing);
        into.put("text", Array{"|u1", {2}, {std::byte{65}, std::byte{66}}});
    }};
    write_checkpoint(folder / "visited.npz", visit, "");
    write_checkpoint(folder / "copied.npz", visit(), "");
    Arrays const visited = read_checkpoint(folder / "visited.npz");
    CHECK(test::same(visited, read_checkpoint(folder / "copied.npz")));
    CHECK(test::same(visited, visit()));
    CHECK(visited.at("text").bytes[1] == std::byte{66});
    CHECK(visited.at("number").bytes != visited.at("other").bytes);
}

TEST_CASE("a checkpoint that is truncated, foreign or of another session changes nothing") {
    TemporaryFolder const folder;
    auto const path = folder / "c.npz";
    Session changed;
    changed.number = 7;
    changed.vector(0) = 1;
    write_checkpoint(path, to_arrays(changed), "");
    Npz const good = read_npz(path);
    std::string const whole = boltz_test::contents_of(path);
    auto const refused = [&] {
        Session session;
        Session fresh;
        std::string const message = boltz_test::message_of<FormatError>([&] { resume(path, session); });
        CHECK(test::same(to_arrays(session), to_arrays(fresh)));
        CHECK_FALSE(message.empty());
        return message;
    };
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        boltz_test::put(path, whole.substr(0, size));
        CHECK_THAT(refused(), contains_text("c.npz"));
    }
    std::string const deep = "{\"format\": \"boltz-checkpoint\", \"format_version\": " + std::string(80000, '[') +
                             std::string(80000, ']') + "}";
    for (std::string const& text : std::vector<std::string>{
             deep, "", "{", "7", "null", "{\"format\": 3}", "{\"format\": \"boltz-model\"}",
             "{\"format\": \"boltz-checkpoint\"}", "{\"format\": \"boltz-checkpoint\", \"format_version\": \"1\"}",
             "{\"format\": \"boltz-checkpoint\", \"format_version\": 2}"}) {
        Npz file = good;
        file.texts["meta.json"] = text;
        write_npz(path, file);
        CHECK_THAT(refused(), contains_text("c.npz"));
    }
    float const nan = std::numeric_limits<float>::quiet_NaN();
    Array bad{"<f4", {2}, std::vector<std::byte>(8)};
    std::memcpy(bad.bytes.data() + 4, &nan, 4);
    for (std::string const name :
         {"model/weights_0", "pretraining_1/model/unit_0/log_precision", "sampler/chains/layer_1"}) {
        Npz file = good;
        file.arrays[name] = bad;
        write_npz(path, file);
        CHECK_THAT(refused(), contains_text("c.npz: number 1 of array " + name));
    }
    for (std::string const name : {"number", "vector", "random/random_key", "random/random_calls"}) {
        Npz file = good;
        file.arrays.erase(name);
        write_npz(path, file);
        CHECK_THAT(refused(), contains_text(name));
        file.arrays[name] = {"<f4", {2}, std::vector<std::byte>(8)};
        write_npz(path, file);
        CHECK_THAT(refused(), contains_text(name));
    }
    // What callbacks and optimisers keep may be infinite.
    Session session;
    Npz file = good;
    file.arrays["callbacks/0/best/value"] = bad;
    write_npz(path, file);
    resume(path, session);
    CHECK(session.number == 7);
    CHECK_THROWS_AS(resume(folder / "none.npz", session), FileError);
}

} // namespace test_checkpoint_file
