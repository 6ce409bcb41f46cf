// expect: constraints not satisfied|constraint.* not satisfied
// SPDX-License-Identifier: MIT
#include <boltz/layer/stochastic_layer.hpp>

#include <string_view>

using namespace boltz;

/// A unit without its conjugate A*.
struct Zero {
    static constexpr std::string_view name = "zero";

    template <class T>
    void mean(Block<T>) const {}
    template <class T>
    void sample(Block<T>, Draws const&) const {}
    template <class T>
    void add_log_partition(Block<T const>, std::span<double>) const {}
#ifdef POSITIVE_CONTROL
    template <class T>
    void add_conjugate(Block<T const>, std::span<double>) const {}
#endif
    template <class T>
    void add_self_energy(Block<T const>, std::span<double>) const {}
};

int main() {
    StochasticLayer<Zero> const layer{3};
    static_cast<void>(layer);
}
