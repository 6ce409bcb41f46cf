// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Packed matrix products by oneDNN, in float and in bfloat16.

#include <boltz/detail/bfloat16.hpp>
#include <boltz/detail/packed_weights.hpp>
#include <boltz/detail/panels.hpp>
#include <boltz/detail/products.hpp>

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace boltz::detail {

/// The one processor that products run on.
[[nodiscard]] inline dnnl::engine const& onednn_engine() {
    static dnnl::engine const engine{dnnl::engine::kind::cpu, 0};
    return engine;
}

/// A product out = keep * out + factor * a b of given shapes, ready to run on any thread.
class OneDnnProduct {
  public:
    /// @throws dnnl::error if oneDNN has no such product.
    OneDnnProduct(dnnl::memory::desc a, dnnl::memory::desc b, dnnl::memory::desc out, float factor, float keep)
        : a_{std::move(a)}, b_{std::move(b)}, out_{std::move(out)} {
        dnnl::post_ops after;
#if DNNL_VERSION_MAJOR >= 3
        if (factor != 1) after.append_eltwise(dnnl::algorithm::eltwise_linear, factor, 0);
#else
        if (factor != 1) after.append_eltwise(1, dnnl::algorithm::eltwise_linear, factor, 0);
#endif
        if (keep != 0) after.append_sum(keep);
        dnnl::primitive_attr attributes;
        attributes.set_post_ops(after);
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user); // so that any thread may run it
#if DNNL_VERSION_MAJOR >= 3
        dnnl::matmul::primitive_desc const description{onednn_engine(), a_, b_, out_, attributes};
#else
        dnnl::matmul::primitive_desc const description{dnnl::matmul::desc{a_, b_, out_}, attributes, onednn_engine()};
#endif
        primitive_ = dnnl::matmul{description};
        scratch_ = description.scratchpad_desc();
        fast_ = std::string_view{description.impl_info_str()}.starts_with("brg");
    }

    /// Whether this is the kernel for packed operands and not a slow fallback.
    [[nodiscard]] bool fast() const noexcept { return fast_; }
    [[nodiscard]] std::size_t scratch_bytes() const { return scratch_.get_size(); }

    void run(void const* a, void const* b, float* out, void* scratch) const {
        auto const memory = [](dnnl::memory::desc const& shape, void const* data) {
            return dnnl::memory{shape, onednn_engine(), const_cast<void*>(data)};
        };
        dnnl::stream stream{onednn_engine()};
        primitive_.execute(stream, {{DNNL_ARG_SRC, memory(a_, a)},
                                    {DNNL_ARG_WEIGHTS, memory(b_, b)},
                                    {DNNL_ARG_DST, memory(out_, out)},
                                    {DNNL_ARG_SCRATCHPAD, memory(scratch_, scratch)}});
        stream.wait();
    }

  private:
    dnnl::memory::desc a_, b_, out_, scratch_;
    dnnl::matmul primitive_;
    bool fast_ = false;
};

/// Memory that starts at a line of the cache; it grows, never shrinks, and then loses its contents.
class OneDnnRoom {
  public:
    void* require(std::size_t bytes) {
        if (lines_.size() * sizeof(Line) < bytes) lines_.assign((bytes + sizeof(Line) - 1) / sizeof(Line), Line{});
        return lines_.data();
    }
    [[nodiscard]] void const* data() const noexcept { return lines_.data(); }

  private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    std::vector<Line> lines_;
};

/// What one thread needs: an operand's numbers, and what oneDNN keeps on the side.
struct OneDnnRooms {
    OneDnnRoom operand;
    OneDnnRoom scratch;
};

/// The weights between two layers as panels of W and of W'.
class OneDnnWeights final : public PackedWeights {
  public:
    OneDnnWeights(std::size_t below, std::size_t above, PanelNumbers numbers)
        : numbers_{numbers}, sides_{Side{{below, above, numbers}}, Side{{above, below, numbers}}} {}

    /// Whether oneDNN has fast kernels for it on this processor.
    [[nodiscard]] bool fast() const { return product(sides_[0], 16, 1).fast() && product(sides_[1], 16, 1).fast(); }

    void refresh(Block<float const> weights, Executor& executor) override {
        std::size_t const up = sides_[0].shape.panels();
        executor.for_each_block(up + sides_[1].shape.panels(), 1, [&](std::size_t panel, std::size_t) {
            bool const down = panel >= up;
            Side& side = sides_[down];
            std::size_t const index = down ? panel - up : panel;
            pack_panel(weights, down ? PanelOperand::transposed : PanelOperand::weights, side.shape, index,
                       side.panel(index));
        });
    }

    void add_product(Pass pass, Block<float const> states, Block<float> out) const override {
        Side const& side = sides_[pass == Pass::down];
        check(states.rows == out.rows && states.columns == side.shape.inner && out.columns == side.shape.columns,
              states, out);
        if (states.rows == 0) return;
        OneDnnProduct const& product = this->product(side, states.rows, out.stride);
        Borrowed const room{*this};
        void const* const operand = converted(states, room->operand);
        product.run(operand, side.panels.data(), out.data, room->scratch.require(product.scratch_bytes()));
    }

    void accumulate(Block<float const> below, Block<float const> above, float factor, float keep,
                    Block<float> gradient, Executor& executor) override {
        check(below.rows == above.rows && below.columns == gradient.rows && above.columns == gradient.columns, below,
              gradient);
        if (below.rows == 0) return detail::scale_rows(gradient, keep);
        // Workers share the conversion of what all of them read.
        std::size_t const bytes = bytes_of(above.columns);
        auto* const shared = static_cast<std::byte*>(above_.require(above.rows * bytes));
        executor.for_each_block(above.rows, [&](std::size_t first, std::size_t count) {
            convert(above.row_range(first, count), shared + first * bytes);
        });
        executor.for_each_block(
            gradient.rows, gradient_rows(gradient.rows), [&](std::size_t first, std::size_t count) {
                OneDnnProduct const& product =
                    statistics(below.rows, count, gradient.columns, gradient.stride, factor, keep);
                Borrowed const room{*this};
                void* const operand = room->operand.require(below.rows * bytes_of(count));
                convert(below.column_range(first, count), operand);
                product.run(operand, shared, gradient.row_range(first, count).data,
                            room->scratch.require(product.scratch_bytes()));
            });
    }

  private:
    using Tag = dnnl::memory::format_tag;
    using Type = dnnl::memory::data_type;

    /// W or W', and its products by number of rows.
    struct Side {
        explicit Side(PanelShape panel_shape) : shape{panel_shape} { panel(0); }
        std::uint32_t* panel(std::size_t index) {
            void* const first = panels.require(shape.panels() * shape.panel_words() * sizeof(std::uint32_t));
            return static_cast<std::uint32_t*>(first) + index * shape.panel_words();
        }
        PanelShape shape;
        OneDnnRoom panels;
        mutable std::map<std::pair<std::size_t, std::size_t>, OneDnnProduct> products{};
    };

    /// Room that no other thread uses meanwhile.
    class Borrowed {
      public:
        explicit Borrowed(OneDnnWeights const& owner) : owner_{owner} {
            std::lock_guard const lock{owner_.mutex_};
            if (owner_.rooms_.empty()) {
                room_ = std::make_unique<OneDnnRooms>();
            } else {
                room_ = std::move(owner_.rooms_.back());
                owner_.rooms_.pop_back();
            }
        }
        ~Borrowed() {
            std::lock_guard const lock{owner_.mutex_};
            owner_.rooms_.push_back(std::move(room_));
        }
        Borrowed(Borrowed const&) = delete;
        Borrowed& operator=(Borrowed const&) = delete;
        OneDnnRooms* operator->() const noexcept { return room_.get(); }

      private:
        OneDnnWeights const& owner_;
        std::unique_ptr<OneDnnRooms> room_;
    };

    static dnnl::memory::dim dim(std::size_t n) { return static_cast<dnnl::memory::dim>(n); }
    [[nodiscard]] Type type() const noexcept { return numbers_ == PanelNumbers::float32 ? Type::f32 : Type::bf16; }
    [[nodiscard]] std::size_t bytes_of(std::size_t numbers) const noexcept {
        return numbers * (numbers_ == PanelNumbers::float32 ? sizeof(float) : sizeof(std::uint16_t));
    }

    static void check(bool fits, Block<float const> in, Block<float const> out) {
        if (!fits)
            fail<ShapeError>("packed product: operands of ", in.rows, " x ", in.columns, " do not fit a result of ",
                             out.rows, " x ", out.columns);
    }

    // The numbers of a block as products read them, row after row.
    void convert(Block<float const> block, void* to) const noexcept {
        for (std::size_t i = 0; i < block.rows; ++i)
            if (numbers_ == PanelNumbers::float32)
                std::copy_n(block.row(i).data(), block.columns, static_cast<float*>(to) + i * block.columns);
            else
                to_bfloat16(block.row(i).data(), static_cast<std::uint16_t*>(to) + i * block.columns, block.columns);
    }

    // Floats that lie row after row already are read where they are.
    void const* converted(Block<float const> block, OneDnnRoom& room) const {
        if (numbers_ == PanelNumbers::float32 && block.stride == block.columns) return block.data;
        void* const to = room.require(block.rows * bytes_of(block.columns));
        convert(block, to);
        return to;
    }

    OneDnnProduct const& product(Side const& side, std::size_t rows, std::size_t stride) const {
        std::lock_guard const lock{mutex_};
        std::size_t const columns = side.shape.columns;
        std::size_t const inner = side.shape.inner;
        std::pair const key{rows, stride};
        if (auto const found = side.products.find(key); found != side.products.end()) return found->second;
        OneDnnProduct made{
            {{dim(rows), dim(inner)}, type(), Tag::ab},
            {{dim(inner), dim(columns)}, type(), numbers_ == PanelNumbers::float32 ? Tag::BA16a64b : Tag::BA16a64b2a},
            {{dim(rows), dim(columns)}, Type::f32, {dim(std::max(stride, columns)), 1}},
            1,
            1};
        return side.products.emplace(key, std::move(made)).first->second;
    }

    OneDnnProduct const& statistics(std::size_t cases, std::size_t rows, std::size_t columns, std::size_t stride,
                                    float factor, float keep) {
        std::lock_guard const lock{mutex_};
        std::tuple const key{cases, rows, factor, keep};
        if (auto const found = statistics_.find(key); found != statistics_.end()) return found->second;
        OneDnnProduct made{{{dim(rows), dim(cases)}, type(), Tag::ba},
                           {{dim(cases), dim(columns)}, type(), Tag::ab},
                           {{dim(rows), dim(columns)}, Type::f32, {dim(stride), 1}},
                           factor,
                           keep};
        return statistics_.emplace(key, std::move(made)).first->second;
    }

    PanelNumbers numbers_;
    std::array<Side, 2> sides_; // up, down
    OneDnnRoom above_;
    mutable std::mutex mutex_; // of products and rooms
    std::map<std::tuple<std::size_t, std::size_t, float, float>, OneDnnProduct> statistics_;
    mutable std::vector<std::unique_ptr<OneDnnRooms>> rooms_;
};

} // namespace boltz::detail
