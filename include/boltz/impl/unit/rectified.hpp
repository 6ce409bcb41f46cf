// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/unit/rectified.hpp>

#include <boltz/unit/any_unit.hpp>

#define BOLTZ_INSTANCES(T) template class ActivationAdapter<Rectified, T>;
#include <boltz/detail/instantiate.hpp>
