// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Gives a program packed matrix products by oneDNN, in float and in bfloat16.
///
/// Include this in one translation unit of a program (or more, it does not matter) and link oneDNN 2.6 or later; the
/// CMake target boltz::onednn does both; a library that needs it links it PUBLIC. Every training, inference and
/// sampling of the program then uses it, whichever translation unit it was compiled in. Needs AVX-512; on other
/// processors BLAS goes on computing the products. bfloat16 needs AVX512-BF16 or AMX; trainings take it by
/// themselves where it gains time.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/onednn_weights.hpp>

#include <memory>
#include <string>

namespace boltz::detail {

/// oneDNN as the program's library of packed products.
class OneDnn final : public ProductLibrary {
  public:
    [[nodiscard]] std::unique_ptr<PackedWeights> pack(std::size_t below, std::size_t above,
                                                      Precision precision) const override {
        if (!runs(InstructionSet::avx512)) return nullptr;
        try {
            auto weights = std::make_unique<OneDnnWeights>(
                below, above, precision == Precision::bfloat16 ? PanelNumbers::bfloat16 : PanelNumbers::float32);
            return weights->fast() ? std::move(weights) : nullptr;
        } catch (dnnl::error const&) { // it may have been told to use less of the processor
            return nullptr;
        }
    }

    [[nodiscard]] std::string without_bfloat16() const override {
        if (!multiplies_bfloat16()) return "this processor has neither AVX512-BF16 nor AMX";
        static bool const fast = pack(64, 64, Precision::bfloat16) != nullptr;
        return fast ? "" : name() + " has no fast bfloat16 products on this processor";
    }

    /// Intel's AVX512-BF16 multiplies as many numbers a cycle as its float units, and states must be rounded first:
    /// there only AMX gains.
    [[nodiscard]] bool gains_by_bfloat16() const override {
        return without_bfloat16().empty() && (multiplies_tiles() || !made_by_intel());
    }

    [[nodiscard]] std::string name() const override {
        dnnl_version_t const* const version = dnnl_version();
        return "oneDNN " + std::to_string(version->major) + '.' + std::to_string(version->minor) + '.' +
               std::to_string(version->patch);
    }

  private:
    static bool multiplies_tiles() {
        auto const tiles = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_amx);
        return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & tiles) == tiles;
    }
    static bool made_by_intel() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
        return __builtin_cpu_is("intel");
#else
        return false;
#endif
    }
    static bool multiplies_bfloat16() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
        return runs(InstructionSet::avx512) && __builtin_cpu_supports("avx512bf16");
#else
        return false;
#endif
    }
};

// What the other headers look for. Weak, as declared there, and so the same in however many translation units; inline
// it would be left out of all that do not call it. Visible, since all shared libraries of a program must find the
// same.
extern "C" __attribute__((visibility("default"))) ProductLibrary const* boltz_product_library() {
    static OneDnn const library;
    return &library;
}

} // namespace boltz::detail
