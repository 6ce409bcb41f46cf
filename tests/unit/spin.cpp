// SPDX-License-Identifier: MIT
#include "support/unit_conformance.hpp"

#include "../../examples/small/spin.hpp"

namespace test_spin {

using namespace boltz;

TEST_CASE("a user's own unit fulfils what a unit must", "[unit][statistical]") {
    test::check_unit(Spin{}, 1);
    test::check_unit(Spin{}, 5);
    test::check_refusal(Spin{}, 2, {1, -1.5f});
    test::check_natural_parameter(Spin{}, {-0.5, 0.0, 0.9});
}

namespace {

// A unit with nothing but what the concept asks for.
struct Minimal {
    static constexpr std::string_view name = "minimal";
    template <class T>
    void mean(Block<T> x) const {
        Spin{}.mean(x);
    }
    template <class T>
    void sample(Block<T> x, Draws const& draws) const {
        Spin{}.sample(x, draws);
    }
    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const {
        Spin{}.add_log_partition(x, out);
    }
    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const {
        Spin{}.add_conjugate(mean, out);
    }
    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const {}
};

} // namespace

TEST_CASE("what a unit need not offer has defaults", "[unit]") {
    STATIC_REQUIRE(concepts::Unit<Minimal, float>);
    STATIC_REQUIRE(!concepts::EnumerableUnit<Minimal, float>);
    STATIC_REQUIRE(!detail::DrawsFromMean<Minimal, float>);
    Matrix<float> const x = test::natural_parameters<float>(10, 3, 1.0);
    Matrix<float> mean = x;
    Matrix<float> state = xt::zeros<float>({10, 3});
    detail::mean_and_sample(Minimal{}, Block{mean}, Block{state}, Draws::from_seed(2));
    Matrix<float> expected = x;
    Spin{}.mean(Block{expected});
    CHECK(std::equal(mean.begin(), mean.end(), expected.begin()));
    expected = x;
    Spin{}.sample(Block{expected}, Draws::from_seed(2));
    CHECK(std::equal(state.begin(), state.end(), expected.begin()));
    test::check_refusal(Minimal{}, 2, {1, std::numeric_limits<float>::infinity()});
}

TEST_CASE("a unit that counts its own rows is told where they lie", "[unit]") {
    Matrix<float> states = xt::zeros<float>({1, 2});
    states(0, 1) = 2;
    CHECK_THROWS_WITH(detail::validate(Spin{}, test::reading(states), "data", 64),
                      contains_text("data (rows from 64 on) holds 2, but"));
}

} // namespace test_spin
