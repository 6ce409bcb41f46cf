// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Data of any kind behind one interface.

#include <boltz/data/binarised.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/draws.hpp>
#include <boltz/types.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

namespace boltz::detail {

/// A data source of any kind, which gives numbers of one type: what algorithms see of data. Called once a block of
/// rows.
template <std::floating_point T>
class AnySource {
  public:
    virtual ~AnySource() = default;
    [[nodiscard]] virtual std::size_t rows() const = 0;
    [[nodiscard]] virtual std::size_t columns() const = 0;
    [[nodiscard]] virtual Binarisation binarisation() const = 0;
    virtual void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const = 0;
    virtual void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const = 0;
};

/// A source of kind `S` as an `AnySource`. `Held` is `S`, or `S const&` for a source that outlives this object.
template <class Held, std::floating_point T>
class SourceAdapter final : public AnySource<T> {
  public:
    explicit SourceAdapter(Held source) : source_{std::forward<Held>(source)} {}
    [[nodiscard]] std::size_t rows() const override { return source_.rows(); }
    [[nodiscard]] std::size_t columns() const override { return source_.columns(); }
    [[nodiscard]] Binarisation binarisation() const override { return binarisation_of(source_); }
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override {
        source_.load(indices, out, draws);
    }
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override {
        detail::load_means(source_, indices, out, draws);
    }

  private:
    Held source_;
};

/// A source without what it draws afresh at each presentation, see `MeansOf`. Refers to it.
template <std::floating_point T>
class MeansView final : public AnySource<T> {
  public:
    explicit MeansView(AnySource<T> const& source) noexcept : source_{source} {}
    [[nodiscard]] std::size_t rows() const override { return source_.rows(); }
    [[nodiscard]] std::size_t columns() const override { return source_.columns(); }
    [[nodiscard]] Binarisation binarisation() const override { return Binarisation::none; }
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;

  private:
    AnySource<T> const& source_;
};

/// Two sources side by side, as `SideBySide`. Refers to them.
template <std::floating_point T>
class SideBySideView final : public AnySource<T> {
  public:
    SideBySideView(AnySource<T> const& left, AnySource<T> const& right) noexcept : left_{left}, right_{right} {}
    [[nodiscard]] std::size_t rows() const override { return left_.rows(); }
    [[nodiscard]] std::size_t columns() const override { return left_.columns() + right_.columns(); }
    [[nodiscard]] Binarisation binarisation() const override { return left_.binarisation(); }
    void load(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;
    void load_means(std::span<std::size_t const> indices, Block<T> out, Draws const& draws) const override;

  private:
    AnySource<T> const& left_;
    AnySource<T> const& right_;
};

} // namespace boltz::detail

#ifndef BOLTZ_COMPILED
#include <boltz/impl/data/detail/source.hpp>
#endif
