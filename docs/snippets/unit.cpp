// SPDX-License-Identifier: MIT

/// @file
/// The code of docs/units.md: a unit of one's own, and how it is used and checked.

#include "../../examples/small/spin.hpp"
#include "require.hpp"

#include <boltz/io.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// [unit]
#include <boltz/rbm.hpp>

/// Counts 0 .. n: n binary units that share their weights. p(s | x) is binomial with p = 1 / (1 + exp(-x)).
///
/// e(s) = -log(n choose s), A(x) = n log(1 + exp(x)), mean n p, A*(m) = m log(m / n) + (n - m) log(1 - m / n).
class Binomial {
  public:
    static constexpr std::string_view name = "binomial";

    explicit Binomial(std::size_t trials = 1) : trials_{trials} {}

    template <class T>
    void mean(boltz::Block<T> x) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (T& value : x.row(i)) value = static_cast<T>(n() / (1 + std::exp(-double(value))));
    }

    template <class T>
    void sample(boltz::Block<T> x, boltz::Draws const& draws) const {
        mean(x);
        std::vector<double> uniform(trials_);
        for (std::size_t i = 0; i < x.rows; ++i)
            for (std::size_t j = 0; j < x.columns; ++j) {
                draws.uniform(i, j * trials_, std::span{uniform}); // columns of its own for each unit
                double const p = double(x(i, j)) / n();
                x(i, j) = static_cast<T>(std::ranges::count_if(uniform, [p](double u) { return u < p; }));
            }
    }

    template <class T>
    void add_log_partition(boltz::Block<T const> x, std::span<double> out) const {
        for (std::size_t i = 0; i < x.rows; ++i)
            for (double const value : x.row(i))
                out[i] += n() * (std::max(value, 0.0) + std::log1p(std::exp(-std::abs(value))));
    }

    template <class T>
    void add_conjugate(boltz::Block<T const> mean, std::span<double> out) const {
        auto const term = [](double m, double p) { return m > 0 ? m * std::log(p) : 0; };
        for (std::size_t i = 0; i < mean.rows; ++i)
            for (double const m : mean.row(i)) out[i] += term(m, m / n()) + term(n() - m, 1 - m / n());
    }

    template <class T>
    void add_self_energy(boltz::Block<T const> states, std::span<double> out) const {
        for (std::size_t i = 0; i < states.rows; ++i)
            for (double const s : states.row(i))
                out[i] -= std::lgamma(n() + 1) - std::lgamma(s + 1) - std::lgamma(n() - s + 1);
    }
    // [unit]
    // [enumerable]
    double state_count(std::size_t size) const { return std::pow(n() + 1, double(size)); }

    template <class T>
    void write_state(std::size_t index, std::span<T> out) const {
        for (T& s : out) {
            s = static_cast<T>(index % (trials_ + 1));
            index /= trials_ + 1;
        }
    }
    // [enumerable]
    // [validate]
    template <class T>
    void validate(boltz::Block<T const> states, std::string_view argument) const {
        for (std::size_t i = 0; i < states.rows; ++i)
            for (T const s : states.row(i))
                if (!(s >= 0 && s <= n()))
                    boltz::fail<boltz::ValueError>(argument, " holds ", s, ", but counts lie in [0, ", n(), "]");
    }
    // [validate]
    // [archive]
    void archive(boltz::Archive& archive) {
        std::uint64_t trials = trials_;
        archive("trials", trials);
        trials_ = static_cast<std::size_t>(trials);
    }
    // [archive]
    // [unit_end]
  private:
    double n() const { return static_cast<double>(trials_); }

    std::size_t trials_;
};
// [unit_end]

namespace {

void use() {
    // [use]
    using namespace boltz;
    static_assert(concepts::Unit<Binomial, float> && concepts::EnumerableUnit<Binomial, double>);

    RBM rbm{StochasticLayer<Binomial, double>{4, Binomial{3}}, StochasticLayer<Spin, double>{3}};
    Random random{7};
    initialise_weights(rbm, 0.5, random);
    double const log_z = exact_log_partition(rbm); // 2^3 states of the spins, counts summed out by A(x)
    auto states = sample(rbm, {.chains = 1000, .sweeps = 50}, random);
    // [use]
    double sum = 0;
    for (double const s : states[0].row(0)) sum += s;
    require(sum >= 0 && sum <= 12 && std::isfinite(log_z), "states are counts");

    // [check]
    // log Z sums the counts out by their A(x). The other road: every state of the counts, the spins summed out.
    double z = 0;
    Matrix<double> counts = xt::zeros<double>({std::size_t{1}, std::size_t{4}});
    for (std::size_t state = 0; state < 256; ++state) {
        rbm.visible().unit().write_state(state, Block{counts}.row(0));
        z += std::exp(-free_energy(rbm, Block{counts})[0]);
    }
    bool const agree = std::abs(log_z - std::log(z)) < 1e-10;
    // [check]
    require(agree, "A(x) of a unit agrees with its states and e(s)");

    // [file]
    save("counts.npz", rbm);
    auto const machine = load_machine<double>("counts.npz", UnitKinds<double>::library().add<Binomial>().add<Spin>());
    // [file]
    require(machine.weights() == rbm.weights() && machine.unit(0).name() == "binomial", "a file keeps the unit");

    counts(0, 0) = 4;
    std::string refusal;
    try {
        static_cast<void>(exact_log_likelihood(rbm, Block{counts}));
    } catch (ValueError const& error) {
        refusal = error.what();
    }
    require(refusal.ends_with("holds 4, but counts lie in [0, 3]"), "states that a unit cannot have are refused");
}

} // namespace

int main() { use(); }
