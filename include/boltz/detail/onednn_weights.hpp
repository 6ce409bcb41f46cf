// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Packed matrix products by oneDNN, in float and in bfloat16.

#include <boltz/detail/bfloat16.hpp>
#include <boltz/detail/onednn_product.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/panels.hpp>
#include <boltz/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz::detail {

/// The weights between two layers as panels of W and of W'.
class OneDnnWeights final : public PackedWeights {
  public:
    OneDnnWeights(std::size_t below, std::size_t above, PanelNumbers numbers)
        : numbers_{numbers}, sides_{Side{{below, above, numbers}}, Side{{above, below, numbers}}} {}

    /// Whether oneDNN has fast kernels for it on this processor.
    [[nodiscard]] bool fast() const {
        return std::all_of(sides_.begin(), sides_.end(), [&](Side const& side) {
            return find_product(side, 16, side.shape.columns, Start::output).fast() &&
                   find_product(side, 16, side.shape.columns, Start::bias).fast();
        });
    }

    void refresh(Block<float const> weights, std::size_t first, std::size_t count) override {
        pack_rows(weights, first, count, numbers_, sides_[0].panels(), sides_[1].panels());
    }

    void product(Pass pass, Block<float const> states, float const* bias, Block<float> out) const override {
        Side const& side = sides_[pass == Pass::down];
        check(states.rows == out.rows && states.columns == side.shape.inner && out.columns == side.shape.columns,
              states, out);
        if (states.rows == 0) return;
        OneDnnProduct const& product =
            find_product(side, states.rows, out.stride, bias != nullptr ? Start::bias : Start::output);
        Borrowed const room{*this};
        product.run(converted(states, room->operand), side.panels(), bias, out.data,
                    room->scratch.require(product.scratch_bytes()));
    }

    [[nodiscard]] std::size_t case_words(std::size_t cases) const noexcept override {
        return PanelShape{cases, sides_[0].shape.columns, numbers_}.words();
    }

    void pack_cases(Block<float const> above, std::size_t first, std::size_t count,
                    std::uint32_t* words) const override {
        pack_rows(above, first, count, numbers_, words, nullptr);
    }

    void statistics(Block<float const> below, std::uint32_t const* above, float factor, float keep,
                    Block<float> out) const override {
        check(below.columns == out.rows && out.columns == sides_[0].shape.columns, below, out);
        if (below.rows == 0) return;
        OneDnnProduct const& product = find_statistics(below.rows, factor, keep, out);
        Borrowed const room{*this};
        product.run(converted(below, room->operand), above, nullptr, out.data,
                    room->scratch.require(product.scratch_bytes()));
    }

  private:
    using Tag = dnnl::memory::format_tag;
    using Type = dnnl::memory::data_type;
    using Desc = dnnl::memory::desc;

    /// What a product is added to.
    enum class Start { output, bias };

    /// W or W', and its products by rows, row stride of the output, and start.
    struct Side {
        explicit Side(PanelShape panel_shape) : shape{panel_shape} {
            room.require(shape.words() * sizeof(std::uint32_t));
        }
        [[nodiscard]] std::uint32_t* panels() const noexcept { return static_cast<std::uint32_t*>(room.data()); }

        PanelShape shape;
        OneDnnRoom room;
        mutable std::map<std::tuple<std::size_t, std::size_t, Start>, OneDnnProduct> products{};
    };

    /// What one thread needs: an operand's numbers, and what oneDNN keeps on the side.
    struct Rooms {
        OneDnnRoom operand;
        OneDnnRoom scratch;
    };

    /// Rooms that no other thread uses meanwhile.
    class Borrowed {
      public:
        explicit Borrowed(OneDnnWeights const& owner) : owner_{owner} {
            std::lock_guard const lock{owner_.mutex_};
            if (owner_.rooms_.empty()) {
                rooms_ = std::make_unique<Rooms>();
            } else {
                rooms_ = std::move(owner_.rooms_.back());
                owner_.rooms_.pop_back();
            }
        }
        ~Borrowed() {
            std::lock_guard const lock{owner_.mutex_};
            owner_.rooms_.push_back(std::move(rooms_));
        }
        Borrowed(Borrowed const&) = delete;
        Borrowed& operator=(Borrowed const&) = delete;
        Rooms* operator->() const noexcept { return rooms_.get(); }

      private:
        OneDnnWeights const& owner_;
        std::unique_ptr<Rooms> rooms_;
    };

    static dnnl::memory::dim dim(std::size_t n) { return static_cast<dnnl::memory::dim>(n); }
    [[nodiscard]] bool rounds() const noexcept { return numbers_ == PanelNumbers::bfloat16; }
    [[nodiscard]] Type type() const noexcept { return rounds() ? Type::bf16 : Type::f32; }
    [[nodiscard]] Desc panels(std::size_t inner, std::size_t columns) const {
        return {{dim(inner), dim(columns)}, type(), rounds() ? Tag::BA16a64b2a : Tag::BA16a64b};
    }

    static void check(bool fits, Block<float const> in, Block<float const> out) {
        if (!fits)
            fail<ShapeError>("packed product: operands of ", in.rows, " x ", in.columns, " do not fit a result of ",
                             out.rows, " x ", out.columns);
    }

    // Floats that lie row after row already are read where they are.
    void const* converted(Block<float const> block, OneDnnRoom& room) const {
        if (rounds()) {
            auto* const to =
                static_cast<std::uint16_t*>(room.require(block.rows * block.columns * sizeof(std::uint16_t)));
            for (std::size_t i = 0; i < block.rows; ++i)
                to_bfloat16(block.row(i).data(), to + i * block.columns, block.columns);
            return to;
        }
        if (block.stride == block.columns) return block.data;
        auto* const to = static_cast<float*>(room.require(block.rows * block.columns * sizeof(float)));
        for (std::size_t i = 0; i < block.rows; ++i)
            std::copy_n(block.row(i).data(), block.columns, to + i * block.columns);
        return to;
    }

    OneDnnProduct const& find_product(Side const& side, std::size_t rows, std::size_t stride, Start start) const {
        std::lock_guard const lock{mutex_};
        std::tuple const key{rows, stride, start};
        if (auto const found = side.products.find(key); found != side.products.end()) return found->second;
        std::size_t const inner = side.shape.inner;
        std::size_t const columns = side.shape.columns;
        OneDnnProduct made{{{dim(rows), dim(inner)}, type(), Tag::ab},
                           panels(inner, columns),
                           start == Start::bias ? Desc{{1, dim(columns)}, Type::f32, Tag::ab} : Desc{},
                           {{dim(rows), dim(columns)}, Type::f32, {dim(stride), 1}},
                           {.factor = 1, .keep = start == Start::output ? 1.0f : 0.0f}};
        return side.products.emplace(key, std::move(made)).first->second;
    }

    OneDnnProduct const& find_statistics(std::size_t cases, float factor, float keep, Block<float> out) const {
        std::lock_guard const lock{mutex_};
        std::tuple const key{cases, out.rows, out.stride, factor, keep};
        if (auto const found = statistics_.find(key); found != statistics_.end()) return found->second;
        OneDnnProduct made{{{dim(out.rows), dim(cases)}, type(), Tag::ba},
                           panels(cases, out.columns),
                           Desc{},
                           {{dim(out.rows), dim(out.columns)}, Type::f32, {dim(out.stride), 1}},
                           {.factor = factor, .keep = keep}};
        return statistics_.emplace(key, std::move(made)).first->second;
    }

    PanelNumbers numbers_;
    std::array<Side, 2> sides_; // up, down
    mutable std::mutex mutex_;  // of products and rooms
    mutable std::map<std::tuple<std::size_t, std::size_t, std::size_t, float, float>, OneDnnProduct> statistics_;
    mutable std::vector<std::unique_ptr<Rooms>> rooms_;
};

} // namespace boltz::detail
