// SPDX-License-Identifier: MIT
#include <boltz/unit/any_unit.hpp>

#include "support/unit_conformance.hpp"

#include <boltz/archive.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/run_time_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/unit/any_joint_unit.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace test_any_unit {

using namespace boltz;

namespace {

/// A unit that offers what every unit must and nothing else: 0 or 1, as binary units are.
struct Coin {
    static constexpr std::string_view name = "coin";

    template <class T>
    void mean(Block<T> x) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (T& value : x.row(i)) value = 1 / (1 + std::exp(-value));
    }
    template <class T>
    void sample(Block<T> x, Draws const& draws) const {
        mean(x);
        std::vector<double> uniform(x.columns);
        for (std::size_t i = 0; i < x.rows; ++i) {
            draws.uniform(i, 0, std::span{uniform});
            for (std::size_t j = 0; j < x.columns; ++j) x(i, j) = uniform[j] < static_cast<double>(x(i, j)) ? 1 : 0;
        }
    }
    template <class T>
    void add_log_partition(Block<T const> x, std::span<double> out) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (T const value : x.row(i)) out[i] += std::log1p(std::exp(static_cast<double>(value)));
    }
    template <class T>
    void add_conjugate(Block<T const> mean, std::span<double> out) const {
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (T const value : mean.row(i)) {
                auto const m = static_cast<double>(value);
                out[i] += m * std::log(m) + (1 - m) * std::log(1 - m);
            }
    }
    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const {}
};

template <class T>
bool same(Matrix<T> const& a, Matrix<T> const& b) {
    return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin());
}

template <class T>
Matrix<T> drawn(AnyUnit<T> const& unit, Matrix<T> x, std::uint64_t seed) {
    unit.sample(Block<T>{x}, Draws::from_seed(seed));
    return x;
}

/// Every third unit is clamped.
template <class T>
Matrix<T> some_clamped(std::size_t rows, std::size_t size) {
    Matrix<T> mask = xt::zeros<T>({rows, size});
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < size; ++j) mask(i, j) = (i + j) % 3 == 0 ? T{1} : T{0};
    return mask;
}

template <class T>
std::vector<double> own_parameters(AnyUnit<T>& unit) {
    std::vector<double> result;
    unit.for_each_parameters([&](std::span<double> values, std::size_t first) {
        CHECK(first == result.size());
        result.insert(result.end(), values.begin(), values.end());
    });
    return result;
}

/// What a unit keeps in files.
template <class T>
Arrays kept(AnyUnit<T>& unit) {
    struct {
        AnyUnit<T>& unit;
        void archive(Archive& archive) { unit.archive(archive, "unit"); }
    } whole{unit};
    return to_arrays(whole);
}

bool same(Arrays const& a, Arrays const& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto const& x, auto const& y) {
        return x.first == y.first && x.second.dtype == y.second.dtype && x.second.shape == y.second.shape &&
               x.second.bytes == y.second.bytes;
    });
}

bool same(UnitDescription const& a, UnitDescription const& b) {
    return a.name == b.name && a.size == b.size &&
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                      [](auto const& x, auto const& y) { return same(x, y); });
}

/// Whether a call is refused, and what it gives if not.
template <class F>
std::string outcome(F&& f) {
    try {
        return std::to_string(f());
    } catch (ValueError const&) {
        return "refused";
    }
}

/// Every function of two units gives the same bits. `deep` looks at the parts, too.
template <class T>
void check_same(AnyUnit<T>& a, AnyUnit<T>& b, std::size_t size, bool deep = true) {
    std::size_t const rows = 9;
    Draws const draws = Draws::from_seed(3);
    CHECK(a.name() == b.name());
    CHECK(same(a.describe(size), b.describe(size)));
    CHECK(a.parts() == b.parts());
    CHECK_NOTHROW(a.check_size(size));
    CHECK_NOTHROW(b.check_size(size));

    auto const x = test::natural_parameters<T>(rows, size, 1.5);
    auto const states = drawn(a, x, 8);
    CHECK(same(states, drawn(b, x, 8)));
    auto const mask = some_clamped<T>(rows, size);
    Matrix<T> const empty = xt::zeros<T>({rows, size});
    /// f(unit, x, state) of both, which may change x and the state.
    auto const check = [&](Matrix<T> const& start, Matrix<T> const& state, auto const& f) {
        Matrix<T> xa = start, xb = start, sa = state, sb = state;
        f(a, Block<T>{xa}, Block<T>{sa});
        f(b, Block<T>{xb}, Block<T>{sb});
        CHECK(same(xa, xb));
        CHECK(same(sa, sb));
    };
    check(x, empty, [](auto const& unit, auto x_, auto) { unit.mean(x_); });
    check(x, empty, [&](auto const& unit, auto x_, auto state) { unit.mean_and_sample(x_, state, draws); });
    check(x, states, [&](auto const& unit, auto x_, auto state) { unit.mean_given(x_, test::reading(mask), state); });
    check(x, states,
          [&](auto const& unit, auto x_, auto state) { unit.sample_given(x_, test::reading(mask), state, draws); });
    Matrix<T> mean = x;
    a.mean(Block<T>{mean});
    REQUIRE(a.draws_from_mean() == b.draws_from_mean());
    if (a.draws_from_mean()) {
        check(mean, empty, [&](auto const& unit, auto m, auto state) { unit.draw(m, state, draws); });
    } else {
        Matrix<T> state = empty;
        CHECK_THROWS_AS(a.draw(test::reading(mean), Block<T>{state}, draws), ValueError);
        CHECK_THROWS_AS(b.draw(test::reading(mean), Block<T>{state}, draws), ValueError);
    }
    auto const sums = [&](auto const& f) {
        std::vector<double> of_a(rows, 0.25), of_b(rows, 0.25);
        f(a, std::span{of_a});
        f(b, std::span{of_b});
        CHECK(of_a == of_b);
    };
    sums([&](auto const& unit, auto out) { unit.add_log_partition(test::reading(x), out); });
    sums([&](auto const& unit, auto out) { unit.add_conjugate(test::reading(mean), out); });
    sums([&](auto const& unit, auto out) { unit.add_self_energy(test::reading(states), out); });

    // Possible states, and impossible ones in each column: the same refusal in the same words.
    auto const refusal = [&](auto const& unit, Matrix<T> const& data) -> std::string {
        try {
            unit.validate(test::reading(data), "data", 7);
            return {};
        } catch (ValueError const& error) {
            return error.what();
        }
    };
    CHECK(refusal(a, states).empty());
    CHECK(refusal(b, states).empty());
    for (std::size_t j = 0; j < size; ++j) {
        Matrix<T> wrong = states;
        wrong(4, j) = std::numeric_limits<T>::quiet_NaN();
        CHECK_FALSE(refusal(a, wrong).empty());
        CHECK(refusal(a, wrong) == refusal(b, wrong));
        Matrix<T> between = states;
        between(4, j) = T(0.25);
        auto const row = test::reading(between).row(4);
        CHECK(a.lies_between_states(row) == b.lies_between_states(row));
        CHECK(outcome([&] { return a.natural_parameter(0.3, 0.01, j); }) ==
              outcome([&] { return b.natural_parameter(0.3, 0.01, j); }));
        CHECK(a.precision(j) == b.precision(j));
    }
    REQUIRE(a.countable() == b.countable());
    CHECK(a.state_count(size) == b.state_count(size));
    if (a.countable()) {
        Matrix<T> one = empty, other = empty;
        for (std::size_t index = 0; index < static_cast<std::size_t>(a.state_count(size)); index += 7) {
            a.write_state(index, Block<T>{one}.row(0));
            b.write_state(index, Block<T>{other}.row(0));
            CHECK(same(one, other));
        }
    } else {
        CHECK(std::isinf(a.state_count(size)));
        Matrix<T> one = empty;
        CHECK_THROWS_AS(a.write_state(0, Block<T>{one}.row(0)), ValueError);
        CHECK_THROWS_AS(b.write_state(0, Block<T>{one}.row(0)), ValueError);
    }
    std::vector<VariableGroup> groups_a, groups_b;
    REQUIRE(a.add_variables(5, size, groups_a) == b.add_variables(5, size, groups_b));
    REQUIRE(groups_a.size() == groups_b.size());
    for (std::size_t g = 0; g < groups_a.size(); ++g) {
        CHECK(groups_a[g].first == groups_b[g].first);
        CHECK(groups_a[g].columns == groups_b[g].columns);
        CHECK(groups_a[g].trials == groups_b[g].trials);
    }

    REQUIRE(a.learned_count() == b.learned_count());
    CHECK(own_parameters(a).size() == a.learned_count());
    CHECK(own_parameters(a) == own_parameters(b));
    for (Moment const moment : {Moment::state, Moment::mean}) {
        std::vector<double> of_a(a.learned_count(), 0.5), of_b(a.learned_count(), 0.5);
        a.add_parameter_gradient(test::reading(states), moment, 0.3, std::span{of_a});
        b.add_parameter_gradient(test::reading(states), moment, 0.3, std::span{of_b});
        CHECK(of_a == of_b);
    }
    CHECK(same(kept(a), kept(b)));
    auto const copy = a.clone();
    CHECK(same(kept(*copy), kept(a)));
    // Averages with other parameters of their own.
    auto const changed = a.clone();
    changed->for_each_parameters([](std::span<double> values, std::size_t) {
        for (double& value : values) value += 1;
    });
    auto const changed_b = b.clone();
    changed_b->assign(*changed_b->clone());
    changed_b->for_each_parameters([](std::span<double> values, std::size_t) {
        for (double& value : values) value += 1;
    });
    copy->average_with(*changed);
    auto const copy_b = b.clone();
    copy_b->average_with(*changed_b);
    CHECK(same(kept(*copy), kept(*copy_b)));
    CHECK(same(kept(*copy), kept(a)) == (a.learned_count() == 0));
    copy->assign(a);
    CHECK(same(kept(*copy), kept(a)));
    if (!deep) return;
    for (std::size_t p = 0; p < a.parts(); ++p) {
        auto const part_a = a.part(p);
        auto const part_b = b.part(p);
        auto const description = a.describe(size);
        check_same(*part_a, *part_b, description.parts.empty() ? size : description.parts[p].size, a.parts() > 1);
    }
}

template <class... Layers>
void check_joint(Layers const&... layers) {
    using T = typename std::tuple_element_t<0, std::tuple<Layers...>>::value_type;
    JointLayer<Layers...> typed{layers...};
    auto at_run_time = RunTimeLayer<T>::joint({&layers...});
    CHECK(at_run_time.size() == typed.size());
    CHECK(std::equal(typed.bias().begin(), typed.bias().end(), at_run_time.bias().begin()));
    AnyLayer<T>& any = typed;
    check_same(any.unit(), at_run_time.unit(), typed.size());
    auto const copy = at_run_time.clone();
    check_same(any.unit(), copy->unit(), typed.size());
}

template <class U, class T>
StochasticLayer<U, T> layer(std::size_t size, U unit = U{}) {
    StochasticLayer<U, T> result{size, std::move(unit)};
    for (std::size_t j = 0; j < size; ++j) result.bias()(j) = static_cast<T>(j) / 8 - T(0.3);
    return result;
}

template <class T>
StochasticLayer<Gaussian, T> learned(std::size_t size) {
    auto result = layer<Gaussian, T>(size, Gaussian::learned());
    for (std::size_t j = 0; j < size; ++j) result.unit().parameters()[j] = 0.3 * static_cast<double>(j) - 0.4;
    return result;
}

} // namespace

TEMPLATE_TEST_CASE("a unit of five functions has a default for everything else", "[unit]", float, double) {
    using T = TestType;
    STATIC_REQUIRE(concepts::Unit<Coin, T>);
    StochasticLayer<Coin, T> layer{6};
    AnyUnit<T>& unit = static_cast<AnyLayer<T>&>(layer).unit();
    CHECK(unit.name() == "coin");
    CHECK(same(unit.describe(6), UnitDescription{"coin", 6, {}}));
    CHECK(unit.parts() == 1);
    CHECK(unit.part(0)->name() == "coin");
    CHECK_NOTHROW(unit.prepare(1000));
    CHECK_NOTHROW(unit.check_size(7));

    // The five themselves.
    Draws const draws = Draws::from_seed(3);
    auto const x = test::natural_parameters<T>(9, 6, 1.5);
    Matrix<T> mean = x;
    Coin{}.mean(Block<T>{mean});
    Matrix<T> sampled = x;
    Coin{}.sample(Block<T>{sampled}, draws);
    Matrix<T> of_unit = x;
    unit.mean(Block<T>{of_unit});
    CHECK(same(of_unit, mean));
    CHECK(same(drawn(unit, x, 3), sampled));
    CHECK(test::log_partition(unit, x) == test::log_partition(Coin{}, x));
    std::vector<double> conjugate(9, 0.0), expected(9, 0.0);
    unit.add_conjugate(test::reading(mean), std::span{conjugate});
    Coin{}.add_conjugate(test::reading(mean), std::span{expected});
    CHECK(conjugate == expected);

    // Means and draws in one.
    Matrix<T> means = x;
    Matrix<T> state = xt::zeros<T>({9, 6});
    unit.mean_and_sample(Block<T>{means}, Block<T>{state}, draws);
    CHECK(same(means, mean));
    CHECK(same(state, sampled));
    CHECK_FALSE(unit.draws_from_mean());
    CHECK_THROWS_WITH(unit.draw(test::reading(mean), Block<T>{state}, draws),
                      contains_text("coin units cannot draw from their means"));

    // Free units are independent of clamped ones, which keep their values.
    auto const mask = some_clamped<T>(9, 6);
    Matrix<T> const values = xt::ones<T>({9, 6}) * T(0.5);
    means = x;
    unit.mean_given(Block<T>{means}, test::reading(mask), test::reading(values));
    Matrix<T> given = values;
    Matrix<T> used_up = x;
    unit.sample_given(Block<T>{used_up}, test::reading(mask), Block<T>{given}, draws);
    for (std::size_t i = 0; i < 9; ++i)
        for (std::size_t j = 0; j < 6; ++j) {
            CHECK(means(i, j) == (mask(i, j) != 0 ? T(0.5) : mean(i, j)));
            CHECK(given(i, j) == (mask(i, j) != 0 ? T(0.5) : sampled(i, j)));
        }

    // Any finite number is possible, and none is taken for a mean.
    Matrix<T> odd = xt::zeros<T>({1, 6});
    odd(0, 2) = T(-17.5);
    CHECK_NOTHROW(unit.validate(test::reading(odd), "data"));
    CHECK_FALSE(unit.lies_between_states(test::reading(odd).row(0)));
    odd(0, 2) = std::numeric_limits<T>::infinity();
    CHECK_THROWS_WITH(unit.validate(test::reading(odd), "data", 3),
                      contains_text("data holds inf in row 3, column 2"));

    CHECK_THROWS_WITH(unit.natural_parameter(0.5, 0.01, 0), contains_text("coin"));
    CHECK_FALSE(unit.countable());
    CHECK(unit.state_count(6) == std::numeric_limits<double>::infinity());
    CHECK_THROWS_WITH(unit.write_state(0, Block<T>{state}.row(0)), contains_text("coin"));
    CHECK(unit.precision(0) < 0);
    std::vector<VariableGroup> groups;
    CHECK_FALSE(unit.add_variables(0, 6, groups));
    CHECK(groups.empty());

    CHECK(unit.learned_count() == 0);
    CHECK(own_parameters(unit).empty());
    CHECK_NOTHROW(unit.add_parameter_gradient(test::reading(sampled), Moment::state, 1, {}));
    CHECK(kept(unit).empty());
    auto const copy = unit.clone();
    CHECK_NOTHROW(copy->average_with(unit));
    CHECK_NOTHROW(copy->assign(unit));
}

TEST_CASE("a unit takes over one of its kind only", "[unit]") {
    UnitAdapter<Multinomial, float> three{Multinomial{3}};
    UnitAdapter<Multinomial, float> const five{Multinomial{5}};
    UnitAdapter<Bernoulli, float> const binary{Bernoulli{}};
    three.assign(five);
    CHECK(three.unit.trials() == 5);
    CHECK_THROWS_WITH(three.assign(binary), contains_text("a layer of multinomial units cannot take over bernoulli"));
    CHECK_THROWS_AS(three.average_with(binary), ValueError);
    CHECK(three.unit.trials() == 5);
}

TEST_CASE("units of a joint layer that are known when the program runs give the bits of those known before",
          "[unit]") {
    check_joint(layer<Bernoulli, float>(3), layer<Multinomial, float>(4, Multinomial{2}));
    check_joint(layer<Bernoulli, double>(2), layer<Categorical, double>(6, Categorical{3}),
                layer<Multinomial, double>(3));
    check_joint(learned<double>(2), layer<Bernoulli, double>(3), learned<double>(1));
    check_joint(layer<Gaussian, float>(2), layer<Multinomial, float>(2));
}

TEST_CASE("a unit of five functions stands beside those of the library in a joint layer", "[unit]") {
    check_joint(layer<Bernoulli, double>(3), layer<Coin, double>(4));
    check_joint(layer<Coin, float>(2), learned<float>(2), layer<Coin, float>(1));
}

TEST_CASE("joint layers of joint layers are the same at run time", "[unit]") {
    JointLayer const inner{layer<Bernoulli, double>(2), learned<double>(2)};
    check_joint(inner, layer<Multinomial, double>(3));
    // And a joint layer made at run time is a part as any other.
    auto const part = RunTimeLayer<double>::joint({&inner});
    auto const labels = layer<Multinomial, double>(3);
    auto nested = RunTimeLayer<double>::joint({&part, &labels});
    CHECK(nested.size() == 7);
    CHECK(nested.unit().describe(7).parts[0].parts[0].parts[1].name == "gaussian");
    CHECK(nested.unit().learned_count() == 2);
}

TEST_CASE("run-time joint units refuse parts that do not fit, and are then as they were", "[unit]") {
    auto const a = layer<Multinomial, float>(2, Multinomial{3});
    auto const b = layer<Bernoulli, float>(3);
    auto const c = layer<Multinomial, float>(2, Multinomial{4});
    auto const units = [](auto const&... layers) {
        std::vector<std::unique_ptr<AnyUnit<float>>> result;
        (result.push_back(static_cast<AnyLayer<float> const&>(layers).unit().clone()), ...);
        return result;
    };
    CHECK_THROWS_AS((AnyJointUnit<float>{units(a, b), {2}}), ShapeError);
    CHECK_THROWS_AS((AnyJointUnit<float>{{}, {}}), ShapeError);
    CHECK_THROWS_WITH((RunTimeLayer<float>{xt::zeros<float>({6}), std::make_unique<AnyJointUnit<float>>(
                                                                      units(a, b), std::vector<std::size_t>{2, 3})}),
                      contains_text("the parts have 5 units, but the layer has 6"));

    AnyJointUnit<float> unit{units(a, b), {2, 3}};
    auto const before = kept(unit);
    CHECK_THROWS_AS(unit.assign(AnyJointUnit<float>{units(a, b, c), {2, 3, 2}}), ValueError);
    CHECK_THROWS_AS(unit.assign(AnyJointUnit<float>{units(c, c), {2, 2}}), ValueError); // the first part would do
    CHECK(same(kept(unit), before));
    unit.assign(AnyJointUnit<float>{units(c, b), {2, 3}});
    CHECK_FALSE(same(kept(unit), before));
}

TEST_CASE("a run-time layer is copied with its unit, and assigned", "[unit]") {
    auto const numbers = learned<double>(2);
    auto const labels = layer<Multinomial, double>(3);
    auto first = RunTimeLayer<double>::joint({&numbers, &labels});
    auto second = first;
    second.bias()(0) = 9;
    second.unit().for_each_parameters([](std::span<double> values, std::size_t) { values[0] = 5; });
    CHECK(first.bias()(0) == numbers.bias()(0));
    CHECK_FALSE(same(kept(first.unit()), kept(second.unit())));
    first = second;
    CHECK(first.bias()(0) == 9);
    CHECK(same(kept(first.unit()), kept(second.unit())));
}

} // namespace test_any_unit
