// SPDX-License-Identifier: MIT

/// @file
/// The JSON text `meta.json` of a model, beside arrays that fit: of binary, grey, softmax and joint units.

#include "fuzz/fuzz.hpp"

#include <boltz/io/model_file.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/stochastic_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/multinomial.hpp>

namespace {

using namespace boltz;
using Binary = StochasticLayer<Bernoulli>;
using Labels = StochasticLayer<Multinomial>;

Arrays arrays_of_all() {
    DBM machine{JointLayer{Binary{2}, Labels{3}}, Binary{2}, StochasticLayer<Gaussian>{3}};
    return to_arrays(machine);
}

template <class... M>
void read_as(Npz const& file) {
    ((void)boltz_fuzz::attempt([&] { return model_from<M>(file, "file"); }), ...);
}

} // namespace

BOLTZ_FUZZ(description) {
    static Arrays const arrays = arrays_of_all();
    Npz const file{.arrays = arrays, .texts = {{"meta.json", std::string{bytes}}}};
    // What was read is the same when it is written and read again.
    if (auto const value = parse_json(bytes)) {
        (void)detail::excerpt(*value);
        boltz_fuzz::require(parse_json(value->dump()) == value, "a JSON value is the same when it is written");
    }
    read_as<DBM<JointLayer<Binary, Labels>, Binary, StochasticLayer<Gaussian>>, DBM<Labels, Binary, Labels>,
            DBM<Binary, Binary, JointLayer<Binary, Binary>>>(file);
}
