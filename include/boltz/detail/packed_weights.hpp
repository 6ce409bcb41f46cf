// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What a library of packed matrix products offers, and whether the program has one.

#include <boltz/compute.hpp>
#include <boltz/graph.hpp>
#include <boltz/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace boltz::detail {

/// The weights between two layers, rearranged for their products.
class PackedWeights {
  public:
    virtual ~PackedWeights() = default;

    /// Rows that are taken over together: `refresh` begins at a multiple of it.
    static constexpr std::size_t strip = 16;

    /// Takes over rows first .. first + count - 1 of the weights. Called by several threads at once, on different
    /// rows.
    /// @throws ShapeError if these are weights of another shape.
    virtual void refresh(Block<float const> weights, std::size_t first, std::size_t count) = 0;

    /// out += factor * states W (up) or factor * states W' (down); where `bias` is not null, out = bias + that.
    /// Called by several threads at once, on different rows.
    /// @throws ShapeError if states or result do not fit the weights.
    virtual void product(Pass pass, Block<float const> states, float const* bias, float factor,
                         Block<float> out) const = 0;

    /// 32-bit words that `pack_cases` fills for so many cases.
    [[nodiscard]] virtual std::size_t case_words(std::size_t cases) const noexcept = 0;

    /// Rearranges rows first .. first + count - 1 of states of the layer above for `statistics`; `first` is a
    /// multiple of `strip`. All rows of the weights share them. Called by several threads at once, on different rows.
    /// @throws ShapeError if the states do not fit the weights.
    virtual void pack_cases(Block<float const> above, std::size_t first, std::size_t count,
                            std::uint32_t* words) const = 0;

    /// out = keep * out + factor * below' above, for some columns of `below`, the rows of `out`. Called by several
    /// threads at once.
    virtual void statistics(Block<float const> below, std::uint32_t const* above, float factor, float keep,
                            Block<float> out) const = 0;
};

/// A library of packed matrix products. It is a property of the program: which one there is, is found out when it
/// runs, so no two parts of a program can disagree.
class ProductLibrary {
  public:
    /// Packed weights of this shape in this precision (not automatic), zeros until refreshed; none where the library
    /// or the processor cannot do better than BLAS.
    [[nodiscard]] virtual std::unique_ptr<PackedWeights> pack(std::size_t below, std::size_t above,
                                                              Precision precision) const = 0;
    /// Why there is no bfloat16 here; empty where there is.
    [[nodiscard]] virtual std::string without_bfloat16() const = 0;
    /// Whether products in bfloat16 take less time here than those in float.
    [[nodiscard]] virtual bool gains_by_bfloat16() const = 0;
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
[[nodiscard]] std::string without_bfloat16();

/// Whether bfloat16 can be had in this program on this processor and takes less time than float.
[[nodiscard]] bool gains_by_bfloat16();

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/detail/packed_weights.hpp>
#endif
