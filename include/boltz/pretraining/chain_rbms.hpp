// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The RBMs of a chain of layers, with the types of its layers.

#include <boltz/concepts.hpp>
#include <boltz/detail/index.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/model/boltzmann_machine.hpp>
#include <boltz/model/rbm.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/training/callback.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace boltz::detail {

/// The RBMs of a chain machine of type `M`, as a stack and, for callbacks, as what they are: `RBM<...>` of the
/// machine's own layers. With labels on the top layer, the last RBM has these beside its visible layer.
template <concepts::Model M, bool Labels>
class ChainRbms {
    using T = typename M::value_type;
    static constexpr std::size_t depth = M::depth;
    static_assert(!Labels || depth >= 3, "labels on the top layer need a hidden layer between them and the data");

    template <std::size_t I>
    static auto make(M const& machine) {
        if constexpr (Labels && I + 1 == count)
            return RBM{JointLayer{machine.template layer<depth - 3>(), machine.template layer<depth - 1>()},
                       machine.template layer<depth - 2>()};
        else
            return RBM{machine.template layer<I>(), machine.template layer<I + 1>()};
    }
    static Stack<T> stack_of(M const& machine) {
        std::vector<std::unique_ptr<BoltzmannMachine<T>>> rbms;
        for_each_index<count>([&](auto i) { rbms.push_back(std::make_unique<rbm_type<i>>(make<i>(machine))); });
        Stack<T> result{std::move(rbms), Labels};
        result.copy_weights_of(machine);
        return result;
    }

  public:
    /// How many RBMs there are.
    static constexpr std::size_t count = Labels ? depth - 2 : depth - 1;
    template <std::size_t I>
    using rbm_type = decltype(make<I>(std::declval<M const&>()));

    /// RBMs that start from the parameters of the machine.
    explicit ChainRbms(M const& machine) : stack_{stack_of(machine)} {}
    ChainRbms(ChainRbms const&) = delete; // a copy of the stack would lose the types
    ChainRbms& operator=(ChainRbms const&) = delete;

    [[nodiscard]] Stack<T>& stack() noexcept { return stack_; }
    /// `f(rbm)` with RBM `i` as its own type.
    template <class F>
    void visit(std::size_t i, F&& f) {
        for_each_index<count>([&](auto number) {
            if (number == i) f(static_cast<rbm_type<number>&>(stack_.rbm(i)));
        });
    }
    /// Whether `C` is a callback of one of the RBMs: one that watches only the RBM with the labels is a callback too.
    template <class C>
    [[nodiscard]] static constexpr bool some_watched_by() {
        return []<std::size_t... I>(std::index_sequence<I...>) { return (concepts::Callback<C, rbm_type<I>> || ...); }
        (std::make_index_sequence<count>{});
    }

  private:
    Stack<T> stack_;
};

/// The RBMs of a machine whose layers are known when the program runs.
template <std::floating_point T, bool Labels>
class ChainRbms<BoltzmannMachine<T>, Labels> {
  public:
    explicit ChainRbms(BoltzmannMachine<T> const& machine) : stack_{Stack<T>::of_chain(machine, Labels)} {}
    ChainRbms(ChainRbms const&) = delete;
    ChainRbms& operator=(ChainRbms const&) = delete;

    [[nodiscard]] Stack<T>& stack() noexcept { return stack_; }
    template <class F>
    void visit(std::size_t i, F&& f) {
        f(stack_.rbm(i));
    }
    template <class C>
    [[nodiscard]] static constexpr bool some_watched_by() {
        return concepts::Callback<C, BoltzmannMachine<T>>;
    }

  private:
    Stack<T> stack_;
};

} // namespace boltz::detail
