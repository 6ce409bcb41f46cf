// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Units: binary, categorical, multinomial, Gaussian, rectified and joint ones, and what a unit of one's own needs.

#include <boltz/unit/any_activation.hpp>
#include <boltz/unit/any_joint_unit.hpp>
#include <boltz/unit/any_unit.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/joint.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/unit/rectified.hpp>
#include <boltz/unit/unit.hpp>
