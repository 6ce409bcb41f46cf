// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Packed matrix products by oneDNN, in float and in bfloat16.

#include <boltz/detail/bfloat16.hpp>
#include <boltz/detail/elementwise.hpp>
#include <boltz/detail/onednn_product.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/panels.hpp>
#include <boltz/error.hpp>
#include <boltz/types.hpp>

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
            return std::all_of(starts.begin(), starts.end(),
                               [&](Start start) { return find_product(side, 16, start)->fast(); });
        });
    }

    void refresh(Block<float const> weights, std::size_t first, std::size_t count) override {
        PanelShape const& shape = sides_[0].shape;
        if (weights.rows != shape.inner || weights.columns != shape.columns)
            fail<ShapeError>("packed weights: weights of ", weights.rows, " x ", weights.columns,
                             ", but those packed are ", shape.inner, " x ", shape.columns);
        pack_rows(weights, first, count, numbers_, sides_[0].panels(), sides_[1].panels());
    }

    void product(Pass pass, Block<float const> states, float const* bias, float factor,
                 Block<float> out) const override {
        Side const& side = sides_[pass == Pass::down];
        check(states.rows == out.rows && states.columns == side.shape.inner && out.columns == side.shape.columns,
              states, out);
        if (states.rows == 0) return;
        Borrowed const room{*this};
        bool const direct = factor == 1 && out.stride == out.columns;
        auto const product = find_product(side, states.rows,
                                          !direct           ? Start::zero
                                          : bias != nullptr ? Start::bias
                                                            : Start::output);
        auto* const result =
            direct ? out.data : static_cast<float*>(room->result.require(out.rows * out.columns * sizeof(float)));
        product->run(converted(states, room->operand), side.panels(), bias, result,
                     room->scratch.require(product->scratch_bytes()));
        for (std::size_t i = 0; !direct && i < out.rows; ++i) {
            float* const row = out.row(i).data();
            if (bias != nullptr) std::copy_n(bias, out.columns, row);
            axpy(row, result + i * out.columns, out.columns, factor);
        }
    }

    [[nodiscard]] std::size_t case_words(std::size_t cases) const noexcept override {
        return PanelShape{cases, sides_[0].shape.columns, numbers_}.words();
    }

    void pack_cases(Block<float const> above, std::size_t first, std::size_t count,
                    std::uint32_t* words) const override {
        if (above.columns != sides_[0].shape.columns)
            fail<ShapeError>("packed weights: states of ", above.columns, " columns, but the weights have ",
                             sides_[0].shape.columns);
        pack_rows(above, first, count, numbers_, words, nullptr);
    }

    void statistics(Block<float const> below, std::uint32_t const* above, float factor, float keep,
                    Block<float> out) const override {
        check(below.columns == out.rows && out.columns == sides_[0].shape.columns, below, out);
        if (out.stride != out.columns) {
            Matrix<float> dense = zero_matrix<float>(out.rows, out.columns);
            if (keep != 0) copy(out, Block{dense});
            statistics(below, above, factor, keep, dense);
            return copy(dense, out);
        }
        if (below.rows == 0) {
            for (std::size_t i = 0; i < out.rows; ++i)
                for (float& x : out.row(i)) x = keep == 0 ? 0 : keep * x;
            return;
        }
        auto const product = find_statistics(below.rows, out.rows, factor, keep);
        Borrowed const room{*this};
        product->run(converted(below, room->operand), above, nullptr, out.data,
                     room->scratch.require(product->scratch_bytes()));
    }

  private:
    using Tag = dnnl::memory::format_tag;
    using Type = dnnl::memory::data_type;
    using Desc = dnnl::memory::desc;

    using Product = std::shared_ptr<OneDnnProduct const>;

    /// What a product is added to.
    enum class Start { zero, bias, output };
    static constexpr std::array starts{Start::zero, Start::bias, Start::output};

    /// W or W', and its products by rows and start.
    struct Side {
        explicit Side(PanelShape panel_shape) : shape{panel_shape} {
            room.require(shape.words() * sizeof(std::uint32_t));
        }
        [[nodiscard]] std::uint32_t* panels() const noexcept { return static_cast<std::uint32_t*>(room.data()); }

        PanelShape shape;
        OneDnnRoom room;
        mutable std::map<std::pair<std::size_t, Start>, Product> products{};
    };

    /// What one thread needs: an operand's numbers, and what oneDNN keeps on the side.
    struct Rooms {
        OneDnnRoom operand;
        OneDnnRoom result;
        OneDnnRoom scratch;
    };

    /// Rooms that no other thread uses meanwhile.
    class Borrowed {
      public:
        explicit Borrowed(OneDnnWeights const& owner) : owner_{owner} {
            std::lock_guard const lock{owner_.mutex_};
            if (owner_.rooms_.empty()) {
                owner_.rooms_.reserve(++owner_.rooms_made_);
                rooms_ = std::make_unique<Rooms>();
            } else {
                rooms_ = std::move(owner_.rooms_.back());
                owner_.rooms_.pop_back();
            }
        }
        ~Borrowed() {
            std::lock_guard const lock{owner_.mutex_};
            owner_.rooms_.push_back(std::move(rooms_)); // there is room for all that were made
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

    // Made when they are first asked for, and again after so many others that keeping all would cost memory.
    template <class Key, class Make>
    Product find(std::map<Key, Product>& products, Key const& key, Make const& make) const {
        std::lock_guard const lock{mutex_};
        if (auto const found = products.find(key); found != products.end()) return found->second;
        if (products.size() >= most_products) products.clear();
        return products.emplace(key, std::make_shared<OneDnnProduct const>(make())).first->second;
    }

    Product find_product(Side const& side, std::size_t rows, Start start) const {
        std::size_t const inner = side.shape.inner;
        std::size_t const columns = side.shape.columns;
        return find(side.products, std::pair{rows, start}, [&] {
            return OneDnnProduct{{{dim(rows), dim(inner)}, type(), Tag::ab},
                                 panels(inner, columns),
                                 start == Start::bias ? Desc{{1, dim(columns)}, Type::f32, Tag::ab} : Desc{},
                                 {{dim(rows), dim(columns)}, Type::f32, Tag::ab},
                                 {.factor = 1, .keep = start == Start::output ? 1.0f : 0.0f}};
        });
    }

    Product find_statistics(std::size_t cases, std::size_t rows, float factor, float keep) const {
        std::size_t const columns = sides_[0].shape.columns;
        return find(statistics_, std::tuple{cases, rows, factor, keep}, [&] {
            return OneDnnProduct{{{dim(rows), dim(cases)}, type(), Tag::ba},
                                 panels(cases, columns),
                                 Desc{},
                                 {{dim(rows), dim(columns)}, Type::f32, Tag::ab},
                                 {.factor = factor, .keep = keep}};
        });
    }

    static constexpr std::size_t most_products = 64;

    PanelNumbers numbers_;
    std::array<Side, 2> sides_; // up, down
    mutable std::mutex mutex_;  // of products and rooms
    mutable std::map<std::tuple<std::size_t, std::size_t, float, float>, Product> statistics_;
    mutable std::vector<std::unique_ptr<Rooms>> rooms_;
    mutable std::size_t rooms_made_ = 0;
};

} // namespace boltz::detail
