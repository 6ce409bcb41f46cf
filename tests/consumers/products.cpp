// SPDX-License-Identifier: MIT
// A program that links boltz::onednn and says nothing of it in its own sources.

#include <boltz/dbm.hpp>
#include <boltz/detail/packed_weights.hpp>

#include <cstdio>

int main() {
    using namespace boltz;
    detail::ProductLibrary const* const library = detail::product_library();
    if (library == nullptr) {
        std::printf("no library of products\n");
        return 1;
    }
    RBM const rbm{StochasticLayer<Bernoulli>{70}, StochasticLayer<Bernoulli>{80}};
    Prepared const prepared{rbm, Compute{}};
    std::printf("%s; %s; bfloat16: %s\n", library->name().c_str(), prepared.description().c_str(),
                library->without_bfloat16().c_str());
}
