// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Kernels compiled for several instruction sets in one translation unit, and the choice among them at run time.

#include <boltz/detail/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace boltz::detail {

/// What a kernel may be compiled for: `portable` by compilers without vector types, by g++ and clang `base` for every
/// processor and the others for x86-64.
///
/// With BOLTZ_BASE_KERNELS defined, in all files of a program, the last two are left out: it compiles faster, above
/// all with sanitizers, and its kernels run slower.
enum class InstructionSet { portable, base, avx2, avx512 };

/// True if this program, on this processor, can run kernels of the set.
[[nodiscard]] inline bool runs(InstructionSet set) noexcept {
    switch (set) {
#if defined(__GNUC__)
    case InstructionSet::base: return true;
#if defined(__x86_64__) && !defined(BOLTZ_BASE_KERNELS)
    case InstructionSet::avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::avx512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
#endif
    default: return false;
#else
    default: return set == InstructionSet::portable;
#endif
    }
}

/// The fastest set that runs here; a few loads and comparisons.
[[nodiscard]] inline InstructionSet best_instruction_set() noexcept {
    if (runs(InstructionSet::avx512)) return InstructionSet::avx512;
    if (runs(InstructionSet::avx2)) return InstructionSet::avx2;
    return runs(InstructionSet::base) ? InstructionSet::base : InstructionSet::portable;
}

/// The packs of a set: 8 bytes of numbers in an array, or one vector register of some bytes.
struct PortableRegisters {
    template <class T>
    using Pack = ArrayPack<T, 8 / sizeof(T)>;
};

#if defined(__GNUC__)

template <std::size_t Bytes>
struct VectorRegisters {
    template <class T>
    using Pack = VectorPack<T, Bytes / sizeof(T)>;
};

#if defined(__x86_64__) && !defined(BOLTZ_BASE_KERNELS)
template <class Kernel>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]] auto run_avx512(Kernel kernel) noexcept {
    return kernel.template run<VectorRegisters<64>>();
}
template <class Kernel>
[[gnu::target("avx2,fma")]] auto run_avx2(Kernel kernel) noexcept {
    return kernel.template run<VectorRegisters<32>>();
}
#endif

#endif

/// Runs `kernel.run<Registers>()`, an always-inlined template, compiled for an instruction set that runs here.
///
/// The kernel is copied: pointers and numbers only, and its result is a number, never a pack.
template <class Kernel>
auto dispatch(Kernel kernel, InstructionSet set) noexcept {
    switch (set) {
#if defined(__GNUC__)
#if defined(__x86_64__) && !defined(BOLTZ_BASE_KERNELS)
    case InstructionSet::avx512: return run_avx512(kernel);
    case InstructionSet::avx2: return run_avx2(kernel);
#endif
    default: return kernel.template run<VectorRegisters<16>>();
#else
    default: return kernel.template run<PortableRegisters>();
#endif
    }
}

/// Consecutive numbers that fill a pack; `at` is the index of the first.
struct WholeChunk {
    std::size_t at;

    template <class V, class T>
    [[nodiscard, gnu::always_inline]] inline V load(T const* row) const noexcept {
        return V::load(row + at);
    }
    template <class V, class U>
    [[nodiscard, gnu::always_inline]] inline V load_whole(U const* row) const noexcept {
        return from_whole<V>(row + at);
    }
    template <class V, class T>
    [[gnu::always_inline]] inline void store(V const& pack, T* row) const noexcept {
        pack.store(row + at);
    }
};

/// Lanes first .. last - 1 of a pack; `at` is the index of the first of them. The other lanes are loaded as 0 and
/// never stored, so a number goes through the same arithmetic wherever it lies in its row.
struct PartialChunk {
    std::size_t at;
    std::size_t first;
    std::size_t last;

    template <class V, class T>
    [[nodiscard, gnu::always_inline]] inline V load(T const* row) const noexcept {
        T buffer[V::lanes] = {};
        for (std::size_t lane = first; lane < last; ++lane) buffer[lane] = row[at + lane - first];
        return V::load(buffer);
    }
    template <class V, class U>
    [[nodiscard, gnu::always_inline]] inline V load_whole(U const* row) const noexcept {
        U buffer[V::lanes] = {};
        for (std::size_t lane = first; lane < last; ++lane) buffer[lane] = row[at + lane - first];
        return from_whole<V>(buffer);
    }
    template <class V, class T>
    [[gnu::always_inline]] inline void store(V const& pack, T* row) const noexcept {
        T buffer[V::lanes];
        pack.store(buffer);
        for (std::size_t lane = first; lane < last; ++lane) row[at + lane - first] = buffer[lane];
    }
};

/// A kernel that calls `step.apply<Pack>(chunk)` for all chunks of a row of n numbers of type T.
template <class T, class Step>
struct EachChunk {
    Step step;
    std::size_t n;

    template <class Registers>
    [[gnu::always_inline]] inline void run() const noexcept {
        using V = typename Registers::template Pack<T>;
        std::size_t at = 0;
        for (; at + V::lanes <= n; at += V::lanes) step.template apply<V>(WholeChunk{at});
        if (at < n) step.template apply<V>(PartialChunk{at, 0, n - at});
    }
};

/// Runs a step over a row.
template <class T, class Step>
void for_each_chunk(Step step, std::size_t n, InstructionSet set) noexcept {
    dispatch(EachChunk<T, Step>{step, n}, set);
}

} // namespace boltz::detail
