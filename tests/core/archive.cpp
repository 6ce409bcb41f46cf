// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <boltz/archive.hpp>
#include <boltz/error.hpp>

#include <xtensor/xbuilder.hpp>

namespace test_archive {

using namespace boltz;

namespace {

struct Inner {
    Vector<double> vector = xt::zeros<double>({3});
    std::uint64_t count = 0;

    template <class Archive>
    void archive(Archive& archive) {
        archive("vector", vector);
        archive("count", count);
    }
};

struct Outer {
    Matrix<float> matrix = xt::zeros<float>({2, 3});
    double rate = 0;
    Inner inner{};
    Inner last{};

    template <class Archive>
    void archive(Archive& archive) {
        archive("matrix", matrix);
        archive("rate", rate);
        archive.nested("inner", inner);
        archive.nested("last", last);
    }
};

Outer example() {
    Outer outer;
    outer.matrix(1, 2) = 5;
    outer.rate = 0.25;
    outer.inner.vector(1) = -1;
    outer.inner.count = 18446744073709551615u;
    outer.last.count = 7;
    return outer;
}

} // namespace

TEST_CASE("what is saved has names, types and shapes of NumPy", "[core]") {
    Outer outer = example();
    Arrays const arrays = to_arrays(outer);
    REQUIRE(arrays.size() == 6);
    CHECK(arrays.at("matrix").dtype == "<f4");
    CHECK(arrays.at("matrix").shape == std::vector<std::size_t>{2, 3});
    CHECK(arrays.at("matrix").bytes.size() == 24);
    CHECK(arrays.at("rate").dtype == "<f8");
    CHECK(arrays.at("rate").shape.empty());
    CHECK(arrays.at("inner/vector").shape == std::vector<std::size_t>{3});
    CHECK(arrays.at("inner/count").dtype == "<u8");
    CHECK(arrays.count("last/count") == 1);
}

TEST_CASE("what is loaded is what was saved", "[core]") {
    Outer saved = example();
    Outer loaded;
    from_arrays(to_arrays(saved), loaded);
    CHECK(loaded.matrix(1, 2) == 5);
    CHECK(loaded.rate == 0.25);
    CHECK(loaded.inner.vector(1) == -1);
    CHECK(loaded.inner.count == 18446744073709551615u);
    CHECK(loaded.last.count == 7);
}

TEST_CASE("a load that fails changes nothing and says why", "[core]") {
    Outer saved = example();
    Arrays const good = to_arrays(saved);
    auto const refuses = [](Arrays const& arrays, std::string const& reason) {
        Outer target;
        CHECK_THROWS_AS(from_arrays(arrays, target), FormatError);
        CHECK_THROWS_WITH(from_arrays(arrays, target), contains_text(reason));
        CHECK(target.matrix(1, 2) == 0);
        CHECK(target.rate == 0);
    };
    Arrays missing = good;
    missing.erase("last/count"); // the last one that is visited
    refuses(missing, "last/count");
    Arrays shape = good;
    shape.at("last/vector").shape = {4};
    refuses(shape, "last/vector");
    Arrays type = good;
    type.at("last/vector").dtype = "<f4";
    refuses(type, "<f4");
    Arrays truncated = good;
    truncated.at("last/vector").bytes.pop_back();
    refuses(truncated, "last/vector");
}

TEST_CASE("checking changes nothing", "[core]") {
    Outer saved = example();
    Outer target;
    Archive checking{to_arrays(saved), Archive::Mode::checking};
    CHECK_NOTHROW(target.archive(checking));
    CHECK(target.rate == 0);
}

} // namespace test_archive
