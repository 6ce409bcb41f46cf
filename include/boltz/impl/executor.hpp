// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/executor.hpp>

#include <boltz/compute.hpp>
#include <boltz/detail/single_thread.hpp>
#include <boltz/version.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

namespace boltz {

BOLTZ_INLINE Executor::Executor(Compute const& compute) : compute_{checked(compute)} {
    helpers_.reserve(compute_.threads - 1);
    try {
        for (std::size_t i = 1; i < compute_.threads; ++i) helpers_.emplace_back([this] { serve(); });
    } catch (...) {
        close();
        throw;
    }
}

BOLTZ_INLINE Compute Executor::checked(Compute const& compute) {
    compute.validate();
    return compute;
}

BOLTZ_INLINE void Executor::close() {
    closing_ = true;
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
}

BOLTZ_INLINE void Executor::work() {
    for (;;) {
        std::size_t const index = next_.fetch_add(1, std::memory_order_relaxed);
        if (index >= tasks_) return;
        try {
            call_(object_, index);
        } catch (...) {
            std::lock_guard const lock{failing_};
            if (!failure_) failure_ = std::current_exception();
        }
    }
}

BOLTZ_INLINE void Executor::serve() {
    detail::SingleThreadedOpenMP const single;
    for (std::size_t seen = 0;;) {
        seen = await_change(round_, seen);
        if (closing_) return;
        work();
        if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
}

BOLTZ_INLINE std::size_t Executor::await_change(std::atomic<std::size_t> const& value, std::size_t old) {
    for (int look = 0; look < 64; ++look) {
        if (std::size_t const now = value.load(std::memory_order_acquire); now != old) return now;
        std::this_thread::yield();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

} // namespace boltz
