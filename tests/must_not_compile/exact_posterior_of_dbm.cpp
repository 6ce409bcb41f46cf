// expect: constraints not satisfied|no matching (member )?function
// SPDX-License-Identifier: MIT
#include <boltz/dbm.hpp>

using namespace boltz;

int main() {
    DBM const dbm{StochasticLayer<Bernoulli>{4}, StochasticLayer<Bernoulli>{3}, StochasticLayer<Bernoulli>{2}};
#ifdef POSITIVE_CONTROL
    auto session = MeanField{}.bind(dbm);
#else
    auto session = ExactPosterior{}.bind(dbm);
#endif
    static_cast<void>(session);
}
