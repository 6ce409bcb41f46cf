// SPDX-License-Identifier: MIT
// Included by headers of impl/ after they have defined BOLTZ_INSTANCES(T), the templates of theirs that the compiled
// library holds for each number type; hence no #pragma once.

#ifdef BOLTZ_COMPILING
namespace boltz {
BOLTZ_INSTANCES(float)
BOLTZ_INSTANCES(double)
} // namespace boltz
#endif
#undef BOLTZ_INSTANCES
