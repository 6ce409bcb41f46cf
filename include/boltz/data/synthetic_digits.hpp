// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Digit-like images drawn by a program, so that everything runs with no file at all.

#include <boltz/data/labelled_images.hpp>
#include <boltz/detail/stroke.hpp>
#include <boltz/draws.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace boltz {

namespace detail {

enum class Pen { straight, curved, loop };

// At most N items, so that a table of them is a constant and no code that every program compiles.
template <class T, std::size_t N>
class Few {
  public:
    constexpr Few() = default;
    constexpr Few(std::initializer_list<T> items) : size_{items.size()} {
        std::copy(items.begin(), items.end(), items_.begin());
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr T const* begin() const noexcept { return items_.data(); }
    [[nodiscard]] constexpr T const* end() const noexcept { return items_.data() + size_; }
    [[nodiscard]] constexpr T const& operator[](std::size_t index) const noexcept { return items_[index]; }

  private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

struct Stroke {
    Pen pen = Pen::straight;
    Few<Point, 10> points; // in the unit square, y down
};

// One way to write a digit.
using Skeleton = Few<Stroke, 2>;

// The ways people write 0 .. 9; the first of each digit is the commonest.
[[nodiscard]] constexpr std::array<Few<Skeleton, 3>, 10> digit_skeletons() {
    constexpr auto straight = Pen::straight;
    constexpr auto curved = Pen::curved;
    constexpr auto loop = Pen::loop;
    std::array<Few<Skeleton, 3>, 10> s;
    s[0] = {{{loop, {{.10f, 0}, {.90f, 0}, {1, .5f}, {.90f, 1}, {.10f, 1}, {0, .5f}}}},
            {{curved,
              {{.60f, .02f}, {.10f, 0}, {-.05f, .55f}, {.15f, 1.05f}, {.95f, 1.05f}, {1.05f, .1f}, {.45f, .03f}}}}};
    s[1] = {{{straight, {{.50f, 0}, {.50f, 1}}}},
            {{straight, {{.28f, .22f}, {.52f, 0}, {.52f, 1}}}},
            {{straight, {{.28f, .20f}, {.52f, 0}, {.52f, 1}}}, {straight, {{.22f, 1}, {.82f, 1}}}}};
    s[2] = {{{curved, {{.10f, .25f}, {.15f, -.05f}, {.95f, -.10f}, {.95f, .45f}, {.55f, .65f}, {.08f, 1}}},
             {straight, {{.08f, 1}, {.95f, 1}}}},
            {{curved,
              {{.10f, .20f},
               {.30f, -.08f},
               {1, -.05f},
               {.90f, .50f},
               {.45f, .95f},
               {.05f, 1.10f},
               {0, .78f},
               {.40f, .80f},
               {.60f, 1.02f},
               {1, .95f}}}}};
    s[3] = {{{curved, {{.10f, .12f}, {.30f, -.06f}, {.95f, -.05f}, {.95f, .45f}, {.35f, .47f}}},
             {curved, {{.35f, .47f}, {1.02f, .45f}, {1.02f, 1.02f}, {.40f, 1.08f}, {.05f, .88f}}}},
            {{straight, {{.12f, .02f}, {.85f, .02f}, {.42f, .42f}}},
             {curved, {{.42f, .42f}, {1.02f, .38f}, {1.05f, 1}, {.40f, 1.10f}, {.05f, .88f}}}}};
    s[4] = {{{straight, {{.15f, 0}, {.08f, .52f}, {.92f, .50f}}}, {straight, {{.80f, .02f}, {.74f, 1}}}},
            {{straight, {{.68f, 1}, {.72f, 0}, {.02f, .66f}, {.98f, .66f}}}},
            {{curved, {{.18f, 0}, {.02f, .48f}, {.30f, .58f}, {.85f, .42f}}}, {straight, {{.85f, .02f}, {.80f, 1}}}}};
    s[5] = {{{straight, {{.90f, .02f}, {.25f, .02f}, {.20f, .45f}}},
             {curved, {{.20f, .45f}, {.45f, .33f}, {1.02f, .38f}, {1.02f, 1.02f}, {.40f, 1.08f}, {.05f, .88f}}}},
            {{curved,
              {{.28f, .05f}, {.10f, .45f}, {.30f, .42f}, {1.05f, .48f}, {.95f, 1.05f}, {.35f, 1.05f}, {.08f, .92f}}},
             {straight, {{.28f, .05f}, {.95f, 0}}}}};
    s[6] = {{{curved,
              {{.75f, 0},
               {.35f, .10f},
               {.02f, .60f},
               {.08f, 1.05f},
               {.90f, 1.10f},
               {1, .50f},
               {.40f, .42f},
               {.12f, .72f}}}},
            {{curved,
              {{.45f, 0},
               {.10f, .30f},
               {-.05f, 1.08f},
               {.60f, 1.05f},
               {1.02f, .95f},
               {.80f, .45f},
               {.15f, .62f},
               {.12f, .80f}}}}};
    s[7] = {{{straight, {{.05f, .03f}, {.92f, .03f}, {.38f, 1}}}},
            {{straight, {{.05f, .05f}, {.92f, .02f}, {.40f, 1}}}, {straight, {{.35f, .50f}, {.85f, .48f}}}},
            {{curved, {{.05f, .18f}, {.10f, -.02f}, {.50f, .10f}, {1, .02f}, {.55f, .50f}, {.45f, 1}}}}};
    s[8] = {{{loop,
              {{.90f, .02f},
               {.08f, -.05f},
               {.05f, .42f},
               {.92f, .55f},
               {1, 1.02f},
               {.02f, 1.05f},
               {.05f, .60f},
               {.88f, .42f}}}},
            {{loop, {{.15f, 0}, {.85f, 0}, {.85f, .46f}, {.15f, .46f}}},
             {loop, {{.05f, .46f}, {.95f, .46f}, {.95f, 1}, {.05f, 1}}}}};
    s[9] = {{{loop, {{.88f, .06f}, {.20f, -.08f}, {.02f, .45f}, {.60f, .62f}, {.92f, .40f}}},
             {curved, {{.85f, .12f}, {.90f, .55f}, {.68f, 1}}}},
            {{loop, {{.85f, .02f}, {.12f, -.02f}, {.08f, .50f}, {.85f, .52f}}},
             {curved, {{.83f, .10f}, {.95f, .95f}, {.70f, 1.05f}, {.15f, .95f}}}}};
    return s;
}

// Draws one image: a skeleton bent, slanted, turned, scaled, moved and traced with a pen.
void draw_digit(Skeleton const& skeleton, std::span<float const> u, std::span<float const> bends,
                std::vector<Point>& polygon, std::vector<Point>& curve, Mask mask);

} // namespace detail

/// Draws `count` grey images of 28 x 28 pixels, ten kinds of pen strokes that look like handwritten digits.
///
/// Every digit has two or three skeletons of lines and quadratic B-splines; each image bends one (control points move
/// by 5 % of the size), slants it (-11 to 27 degrees), turns it (14 degrees either way), scales it (14.5 to 20.5
/// pixels high, 0.48 to 0.86 times as wide), moves it (2.1 pixels either way) and traces it with a pen of 1.5 to 3.5
/// pixels, anti-aliased. Labels are balanced to within one image and then shuffled. White on black and about as hard
/// as MNIST: softmax regression on the pixels of 20,000 errs on 8 % of others, on 1000 random features on 4 %.
/// Image i depends on the stream, its label and i alone. Cost: about 10 us an image.
[[nodiscard]] LabelledImages synthetic_digits(std::size_t count, Draws const& draws);

/// The same from a seed.
[[nodiscard]] inline LabelledImages synthetic_digits(std::size_t count, std::uint64_t seed) {
    return synthetic_digits(count, Draws::from_seed(seed));
}

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/synthetic_digits.hpp>
#endif
