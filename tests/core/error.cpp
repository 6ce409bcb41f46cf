// SPDX-License-Identifier: MIT
#include <boltz/error.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <string>

using namespace boltz;

namespace {

template <class... Parts>
std::string message(Parts const&... parts) {
    try {
        fail<ValueError>(parts...);
    } catch (ValueError const& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("a message shows numbers so that what is wrong can be seen", "[core]") {
    CHECK(message("s is ", 1.0000001f) == "boltz: s is 1.0000001");
    CHECK(message(1.0000000000000002) == "boltz: 1.0000000000000002");
    CHECK(message(0.1f, ' ', 0.1, ' ', 2.0) == "boltz: 0.1 0.1 2");
    CHECK(message(999.0f, ' ', 1e30, ' ', -1e-300) == "boltz: 999 1e+30 -1e-300");
    CHECK(message(std::nan(""), ' ', -std::numeric_limits<float>::infinity()) == "boltz: nan -inf");
    CHECK(message(18446744073709551615u, ' ', -1) == "boltz: 18446744073709551615 -1");
}
