// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Loops over contiguous rows of numbers, each number by itself.
///
/// A number's result does not depend on its position in the row, nor on how rows are cut. With g++ and clang a kernel
/// runs in the widest registers of the processor; sets with fused multiply-add (avx2, avx512) agree bit for bit with
/// each other, those without (portable, base) round a few operations more. Nothing is allocated.

#include <boltz/detail/dispatch.hpp>
#include <boltz/detail/extremes.hpp>
#include <boltz/detail/philox.hpp>
#include <boltz/detail/reductions.hpp>
#include <boltz/detail/simd_math.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace boltz::detail {

/// 1 / (1 + exp(-x)), to 3 units in the last place; 0 where it is not a normal number, 1 from about 17 (37) on.
template <class V>
[[gnu::always_inline]] inline V logistic(V const& x) noexcept {
    using T = typename V::value_type;
    V const tail = exponential_of_negative(V::all(T{0}) - absolute(x));
    V const one = V::all(T{1});
    return select(less(x, V::all(T{0})), tail, one) / (one + tail);
}

template <class T>
struct SigmoidStep {
    T* x;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        chunk.store(logistic(chunk.template load<V>(x)), x);
    }
};

/// x = 1 / (1 + exp(-x)), stable for every x; a NaN stays one.
template <std::floating_point T>
void sigmoid(T* x, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(SigmoidStep<T>{x}, n, set);
}

template <class V>
[[gnu::always_inline]] inline V bernoulli_draw(V const& uniform, V const& mean) noexcept {
    using T = typename V::value_type;
    return select(less(uniform, mean), V::all(T{1}), V::all(T{0}));
}

template <class T>
struct DrawBernoulliStep {
    T const* mean;
    T* state;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk, V const& uniform) const noexcept {
        chunk.store(bernoulli_draw(uniform, chunk.template load<V>(mean)), state);
    }
};

/// state[j] = 1 if the uniform number at (row, first_column + j) is less than mean[j], else 0.
///
/// `state` may be `mean`. A mean of 1 gives 1 and a mean of 0 gives 0, always.
template <std::floating_point T>
void draw_bernoulli(std::type_identity_t<T> const* mean, T* state, std::uint64_t key, std::uint64_t row,
                    std::size_t first_column, std::size_t n, InstructionSet set = best_instruction_set()) noexcept {
    using Kernel = EachDrawnChunk<T, UniformNumbers, DrawBernoulliStep<T>>;
    dispatch(Kernel{{key, row, first_column}, {mean, state}, n}, set);
}

template <class T>
struct SigmoidAndDrawStep {
    T* x;
    T* state;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk, V const& uniform) const noexcept {
        V const mean = logistic(chunk.template load<V>(x));
        chunk.store(mean, x);
        chunk.store(bernoulli_draw(uniform, mean), state);
    }
};

/// sigmoid(x) and draw_bernoulli(x, state) in one pass, with the same bits as these two.
///
/// `state` may be `x` itself, which then holds the draw.
template <std::floating_point T>
void sigmoid_and_draw(T* x, T* state, std::uint64_t key, std::uint64_t row, std::size_t first_column, std::size_t n,
                      InstructionSet set = best_instruction_set()) noexcept {
    using Kernel = EachDrawnChunk<T, UniformNumbers, SigmoidAndDrawStep<T>>;
    dispatch(Kernel{{key, row, first_column}, {x, state}, n}, set);
}

template <class T>
struct ScaleStep {
    T* x;
    T factor;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        chunk.store(chunk.template load<V>(x) * V::all(factor), x);
    }
};

/// x = factor x.
template <std::floating_point T>
void scale(T* x, std::size_t n, std::type_identity_t<T> factor,
           InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(ScaleStep<T>{x, factor}, n, set);
}

template <class T>
struct AxpyStep {
    T* y;
    T const* x;
    T factor;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const sum = multiply_add(V::all(factor), chunk.template load<V>(x), chunk.template load<V>(y));
        chunk.store(sum, y);
    }
};

/// y = y + factor x.
template <std::floating_point T>
void axpy(T* y, std::type_identity_t<T> const* x, std::size_t n, std::type_identity_t<T> factor,
          InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(AxpyStep<T>{y, x, factor}, n, set);
}

template <class T>
struct AddSquaresStep {
    T* y;
    T const* x;
    T factor;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const number = chunk.template load<V>(x);
        chunk.store(multiply_add(V::all(factor), number * number, chunk.template load<V>(y)), y);
    }
};

/// y = y + factor x^2.
template <std::floating_point T>
void add_squares(T* y, std::type_identity_t<T> const* x, std::size_t n, std::type_identity_t<T> factor,
                 InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(AddSquaresStep<T>{y, x, factor}, n, set);
}

template <class T>
struct MomentumStep {
    T* parameter;
    T* velocity;
    T const* gradient;
    T momentum, rate, decay;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V const old = chunk.template load<V>(parameter);
        V const slope = multiply_add(V::all(T{0} - decay), old, chunk.template load<V>(gradient));
        V const kept = V::all(momentum) * chunk.template load<V>(velocity);
        V const step = multiply_add(V::all(rate), slope, kept);
        chunk.store(step, velocity);
        chunk.store(old + step, parameter);
    }
};

/// velocity = momentum velocity + rate (gradient - decay parameter), then parameter = parameter + velocity; one pass.
template <std::floating_point T>
void momentum_update(T* parameter, T* velocity, std::type_identity_t<T> const* gradient, std::size_t n,
                     std::type_identity_t<T> momentum, std::type_identity_t<T> rate, std::type_identity_t<T> decay,
                     InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(MomentumStep<T>{parameter, velocity, gradient, momentum, rate, decay}, n, set);
}

template <class T>
struct BytesStep {
    std::uint8_t const* in;
    T* out;
    T scale;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        chunk.store(chunk.template load_whole<V>(in) * V::all(scale), out);
    }
};

/// out = scale in, for bytes.
template <std::floating_point T>
void bytes_to_scaled(std::uint8_t const* in, T* out, std::size_t n, std::type_identity_t<T> scale,
                     InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(BytesStep<T>{in, out, scale}, n, set);
}

template <class T>
struct AddRowsStep {
    T* sum;
    Block<T const> rows;
    T factor;
    template <class V, class Chunk>
    [[gnu::always_inline]] inline void apply(Chunk chunk) const noexcept {
        V total = V::all(T{0});
        for (std::size_t i = 0; i < rows.rows; ++i)
            total = total + chunk.template load<V>(rows.data + i * rows.stride);
        chunk.store(multiply_add(V::all(factor), total, chunk.template load<V>(sum)), sum);
    }
};

/// sum[j] = sum[j] + factor (rows(0, j) + rows(1, j) + ...), added up from the first row to the last.
template <std::floating_point T>
void add_rows(T* sum, std::type_identity_t<Block<T const>> rows, std::type_identity_t<T> factor,
              InstructionSet set = best_instruction_set()) noexcept {
    for_each_chunk<T>(AddRowsStep<T>{sum, rows, factor}, rows.columns, set);
}

/// sum[j] = keep sum[j] + factor (rows(0, j) + rows(1, j) + ...); with a `keep` of 0, whatever `sum` held.
template <std::floating_point T>
void accumulate_rows(Vector<T>& sum, std::type_identity_t<Block<T const>> rows, double factor, double keep) noexcept {
    if (keep == 0)
        sum.fill(T{0});
    else
        scale(sum.data(), sum.size(), static_cast<T>(keep));
    add_rows(sum.data(), rows, static_cast<T>(factor));
}

} // namespace boltz::detail
