// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// One matrix product by oneDNN, ready to run.

#include <boltz/version.hpp>

#include <oneapi/dnnl/dnnl.hpp>

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace boltz::detail {

/// The one processor that products run on.
[[nodiscard]] inline dnnl::engine const& onednn_engine() {
    static dnnl::engine const engine{dnnl::engine::kind::cpu, 0};
    return engine;
}

/// Memory that starts at a line of the cache. It grows, never shrinks, and is zeros after it has grown.
class OneDnnRoom {
  public:
    void* require(std::size_t bytes) {
        if (lines_.size() * sizeof(Line) < bytes) lines_.assign((bytes + sizeof(Line) - 1) / sizeof(Line), Line{});
        return lines_.data();
    }
    [[nodiscard]] void* data() const noexcept { return const_cast<Line*>(lines_.data()); }

  private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    std::vector<Line> lines_;
};

/// A product out = keep * out + factor * (bias + a b) of given shapes, ready to run on any thread.
class OneDnnProduct {
  public:
    /// The numbers of the formula.
    struct Scales {
        float factor = 1;
        float keep = 0;
    };

    /// An empty `bias` is none.
    /// @throws dnnl::error if oneDNN has no such product.
    OneDnnProduct(dnnl::memory::desc a, dnnl::memory::desc b, dnnl::memory::desc bias, dnnl::memory::desc out,
                  Scales scales)
        : a_{std::move(a)}, b_{std::move(b)}, bias_{std::move(bias)}, out_{std::move(out)} {
        dnnl::post_ops after;
#if DNNL_VERSION_MAJOR >= 3
        if (scales.factor != 1) after.append_eltwise(dnnl::algorithm::eltwise_linear, scales.factor, 0);
#else
        if (scales.factor != 1) after.append_eltwise(1, dnnl::algorithm::eltwise_linear, scales.factor, 0);
#endif
        if (scales.keep != 0) after.append_sum(scales.keep);
        dnnl::primitive_attr attributes;
        attributes.set_post_ops(after);
        attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user); // so that any thread may run it
        has_bias_ = bias_ != dnnl::memory::desc{};
#if DNNL_VERSION_MAJOR >= 3
        auto const description = has_bias_
                                     ? dnnl::matmul::primitive_desc{onednn_engine(), a_, b_, bias_, out_, attributes}
                                     : dnnl::matmul::primitive_desc{onednn_engine(), a_, b_, out_, attributes};
#else
        dnnl::matmul::desc const operation =
            has_bias_ ? dnnl::matmul::desc{a_, b_, bias_, out_} : dnnl::matmul::desc{a_, b_, out_};
        dnnl::matmul::primitive_desc const description{operation, attributes, onednn_engine()};
#endif
        primitive_ = dnnl::matmul{description};
        scratch_ = description.scratchpad_desc();
        fast_ = std::string_view{description.impl_info_str()}.starts_with("brg");
    }

    /// Whether this is the kernel for packed operands and not a slow fallback.
    [[nodiscard]] bool fast() const noexcept { return fast_; }
    [[nodiscard]] std::size_t scratch_bytes() const { return scratch_.get_size(); }

    /// Runs on the calling thread alone; `bias` is read only if there is one.
    void run(void const* a, void const* b, float const* bias, float* out, void* scratch) const {
        auto const memory = [](dnnl::memory::desc const& shape, void const* data) {
            return dnnl::memory{shape, onednn_engine(), const_cast<void*>(data)};
        };
        std::unordered_map<int, dnnl::memory> operands{{DNNL_ARG_SRC, memory(a_, a)},
                                                       {DNNL_ARG_WEIGHTS, memory(b_, b)},
                                                       {DNNL_ARG_DST, memory(out_, out)},
                                                       {DNNL_ARG_SCRATCHPAD, memory(scratch_, scratch)}};
        if (has_bias_) operands.emplace(DNNL_ARG_BIAS, memory(bias_, bias));
        dnnl::stream stream{onednn_engine()};
        primitive_.execute(stream, operands);
        stream.wait();
    }

  private:
    dnnl::memory::desc a_, b_, bias_, out_, scratch_;
    dnnl::matmul primitive_;
    bool has_bias_ = false;
    bool fast_ = false;
};

} // namespace boltz::detail
