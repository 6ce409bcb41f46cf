// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A function that is referred to for the time of a call.

#include <boltz/version.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace boltz::detail {

template <class Signature>
class FunctionRef;

/// Something that can be called, of any type, for the time of one call: a parameter type for functions that are
/// compiled once. Refers to its object; allocates nothing.
template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
  public:
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> &&
                 std::is_invocable_r_v<Result, F&, Arguments...>)
    FunctionRef(F&& function)
    noexcept
        : object_{const_cast<void*>(static_cast<void const*>(std::addressof(function)))},
          call_{[](void* object, Arguments... arguments) -> Result {
              return static_cast<Result>(
                  (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Arguments>(arguments)...));
          }} {}
    Result operator()(Arguments... arguments) const { return call_(object_, std::forward<Arguments>(arguments)...); }

  private:
    void* object_;
    Result (*call_)(void*, Arguments...);
};

} // namespace boltz::detail
