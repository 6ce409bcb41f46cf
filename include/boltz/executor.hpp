// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Hands blocks of rows to workers.

#include <boltz/compute.hpp>
#include <boltz/detail/single_thread.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace boltz {

/// The workers of one public call.
///
/// `for_each_block(rows, f)` cuts the rows into equal blocks whose boundaries depend on `rows` and
/// `Compute::block_rows` only, and calls `f(first, count)` for each on some worker. The caller's thread is one of
/// them, so one thread means no other thread at all. Handing out work allocates nothing. A session that a user
/// writes receives one and may ignore it.
class Executor {
  public:
    /// @throws ValueError if `compute` is out of range.
    explicit Executor(Compute const& compute);
    ~Executor() { close(); }
    Executor(Executor const&) = delete;
    Executor& operator=(Executor const&) = delete;

    [[nodiscard]] Compute const& compute() const noexcept { return compute_; }

    /// Calls `f(first, count)` for each of the fewest equal blocks of at most `compute().block_rows` rows; the last
    /// one may be shorter. An exception of `f` is rethrown here once all workers have stopped. A call from within `f`
    /// runs on its own thread.
    template <class F>
    void for_each_block(std::size_t rows, F&& f) {
        for_each_block(rows, compute_.block_rows, f);
    }

    /// The same with blocks of another size, for work that is not cut by cases.
    template <class F>
    void for_each_block(std::size_t rows, std::size_t block_rows, F&& f) {
        if (rows == 0) return;
        std::size_t const blocks = (rows - 1) / block_rows + 1;
        std::size_t const size = (rows - 1) / blocks + 1; // as many blocks of this size
        auto const block = [&](std::size_t index) {
            std::size_t const first = index * size;
            f(first, std::min(size, rows - first));
        };
        if (helpers_.empty() || blocks <= 1 || sharing_.exchange(true))
            for (std::size_t i = 0; i < blocks; ++i) block(i);
        else
            share(blocks, block);
    }

  private:
    static Compute checked(Compute const& compute);

    void close();

    template <class F>
    void share(std::size_t tasks, F const& task) {
        call_ = [](void const* object, std::size_t index) { (*static_cast<F const*>(object))(index); };
        object_ = &task;
        tasks_ = tasks;
        failure_ = nullptr;
        next_.store(0, std::memory_order_relaxed);
        busy_.store(helpers_.size(), std::memory_order_relaxed);
        round_.fetch_add(1, std::memory_order_release);
        round_.notify_all();
        work();
        for (std::size_t left = await_change(busy_, helpers_.size()); left != 0;) left = await_change(busy_, left);
        sharing_ = false;
        if (failure_) std::rethrow_exception(failure_);
    }

    void work();

    void serve();

    // Portions of work follow each other within microseconds, less than it takes to wake a sleeping thread; so look a
    // few times, letting others run, before going to sleep.
    static std::size_t await_change(std::atomic<std::size_t> const& value, std::size_t old);

    Compute compute_;
    detail::SingleThreadedProducts products_;
    detail::SingleThreadedOpenMP openmp_;
    void (*call_)(void const*, std::size_t) = nullptr;
    void const* object_ = nullptr;
    std::size_t tasks_ = 0;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::size_t> busy_{0};
    std::atomic<std::size_t> round_{0};
    std::atomic<bool> sharing_{false};
    std::atomic<bool> closing_{false};
    std::mutex failing_;
    std::exception_ptr failure_;
    std::vector<std::thread> helpers_;
};

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/executor.hpp>
#endif
