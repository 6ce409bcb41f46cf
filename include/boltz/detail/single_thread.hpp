// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Keeps the product library to one thread a product while boltz's own workers run.

#include <boltz/version.hpp>

#include <mutex>

#define BOLTZ_TEXT_(x) #x
#define BOLTZ_TEXT(x) BOLTZ_TEXT_(x)
#define BOLTZ_OPTIONAL(name) __asm__(BOLTZ_TEXT(__USER_LABEL_PREFIX__) name) __attribute__((weak))

namespace boltz::detail {

// Looked up weakly: a plain BLAS has none of these, and then needs none.
extern "C" {
void boltz_openblas_set_num_threads(int threads) BOLTZ_OPTIONAL("openblas_set_num_threads");
int boltz_openblas_get_num_threads() BOLTZ_OPTIONAL("openblas_get_num_threads");
void boltz_omp_set_num_threads(int threads) BOLTZ_OPTIONAL("omp_set_num_threads");
int boltz_omp_get_max_threads() BOLTZ_OPTIONAL("omp_get_max_threads");
}

#undef BOLTZ_OPTIONAL
#undef BOLTZ_TEXT
#undef BOLTZ_TEXT_

/// While one of these lives, OpenBLAS runs each product on the thread that asks for it.
///
/// OpenBLAS has only a setting for the whole process, so it is changed by the first guard and restored by the
/// last; that count is the only state of the process that boltz keeps.
class SingleThreadedProducts {
  public:
    SingleThreadedProducts() {
        if (boltz_openblas_set_num_threads == nullptr || boltz_openblas_get_num_threads == nullptr) return;
        std::lock_guard const lock{mutex_};
        if (count_++ > 0) return;
        outside_ = boltz_openblas_get_num_threads();
        if (outside_ != 1) boltz_openblas_set_num_threads(1);
    }
    ~SingleThreadedProducts() {
        if (boltz_openblas_set_num_threads == nullptr || boltz_openblas_get_num_threads == nullptr) return;
        std::lock_guard const lock{mutex_};
        if (--count_ == 0 && outside_ != 1) boltz_openblas_set_num_threads(outside_);
    }
    SingleThreadedProducts(SingleThreadedProducts const&) = delete;
    SingleThreadedProducts& operator=(SingleThreadedProducts const&) = delete;

  private:
    inline static std::mutex mutex_;
    inline static int count_ = 0;
    inline static int outside_ = 1;
};

/// While one of these lives, OpenMP code called from this thread runs on this thread alone; an OpenBLAS built
/// with OpenMP obeys this value, which each thread has for itself.
class SingleThreadedOpenMP {
  public:
    SingleThreadedOpenMP() {
        if (boltz_omp_set_num_threads == nullptr || boltz_omp_get_max_threads == nullptr) return;
        outside_ = boltz_omp_get_max_threads();
        boltz_omp_set_num_threads(1);
    }
    ~SingleThreadedOpenMP() {
        if (outside_ > 0) boltz_omp_set_num_threads(outside_);
    }
    SingleThreadedOpenMP(SingleThreadedOpenMP const&) = delete;
    SingleThreadedOpenMP& operator=(SingleThreadedOpenMP const&) = delete;

  private:
    int outside_ = 0;
};

} // namespace boltz::detail
