// SPDX-License-Identifier: MIT

/// @file
/// libFuzzer's side: all targets are one program, and the environment variable BOLTZ_FUZZ names the one to run.

#include "fuzz/fuzz.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

boltz_fuzz::Target chosen = nullptr;

} // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
    char const* const name = std::getenv("BOLTZ_FUZZ");
    auto const found = boltz_fuzz::targets().find(name == nullptr ? "" : name);
    if (found == boltz_fuzz::targets().end()) {
        std::fprintf(stderr, "BOLTZ_FUZZ must name one of");
        for (auto const& [known, target] : boltz_fuzz::targets())
            std::fprintf(stderr, " %.*s", static_cast<int>(known.size()), known.data());
        std::fprintf(stderr, "\n");
        std::exit(2);
    }
    chosen = found->second;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    chosen({reinterpret_cast<char const*>(data), size});
    return 0;
}
