// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a library of packed matrix products offers, and whether the program has one.

#include <boltz/compute.hpp>
#include <boltz/executor.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace boltz::detail {

/// Where a product goes: from the layer below the weights to the one above (W), or back (W').
enum class Pass { up, down };

/// The weights between two layers, rearranged for their products.
class PackedWeights {
  public:
    virtual ~PackedWeights() = default;

    /// Takes over the values of the weights; the workers share the work.
    virtual void refresh(Block<float const> weights, Executor& executor) = 0;

    /// out += states W (up) or states W' (down). Called by several threads at once, on different rows.
    virtual void add_product(Pass pass, Block<float const> states, Block<float> out) const = 0;

    /// gradient = keep * gradient + factor * below' above; the workers share the rows of the gradient.
    virtual void accumulate(Block<float const> below, Block<float const> above, float factor, float keep,
                            Block<float> gradient, Executor& executor) = 0;
};

/// A library of packed matrix products. It is a property of the program: which one there is, is found out when it
/// runs, so no two parts of a program can disagree.
class ProductLibrary {
  public:
    /// Packed weights of this shape in this precision (not automatic); none where the library or the processor cannot
    /// do better than BLAS.
    [[nodiscard]] virtual std::unique_ptr<PackedWeights> pack(std::size_t below, std::size_t above,
                                                              Precision precision) const = 0;
    /// Why there is no bfloat16 here; empty where there is.
    [[nodiscard]] virtual std::string without_bfloat16() const = 0;
    /// Name and version, such as "oneDNN 2.6.3".
    [[nodiscard]] virtual std::string name() const = 0;

  protected:
    ~ProductLibrary() = default;
};

#define BOLTZ_TEXT_(x) #x
#define BOLTZ_TEXT(x) BOLTZ_TEXT_(x)
// Looked up weakly: null unless a translation unit of the program includes <boltz/onednn.hpp>.
extern "C" ProductLibrary const*
boltz_product_library() __asm__(BOLTZ_TEXT(__USER_LABEL_PREFIX__) "boltz_product_library") __attribute__((weak));
#undef BOLTZ_TEXT
#undef BOLTZ_TEXT_

/// The library of the program, or null.
[[nodiscard]] inline ProductLibrary const* product_library() {
    return boltz_product_library != nullptr ? boltz_product_library() : nullptr;
}

/// Why bfloat16 cannot be had in this program on this processor; empty where it can.
[[nodiscard]] inline std::string without_bfloat16() {
    ProductLibrary const* const library = product_library();
    return library != nullptr ? library->without_bfloat16()
                              : "this program was built without oneDNN (boltz::onednn, <boltz/onednn.hpp>)";
}

} // namespace boltz::detail
