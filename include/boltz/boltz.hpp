// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// All of boltz. Needs the components boltz::io and boltz::report.

#include <boltz/data/synthetic_digits.hpp>
#include <boltz/dbm.hpp>
#include <boltz/evaluation/exact/exact_expectations.hpp>
#include <boltz/io.hpp>
#include <boltz/mlp.hpp>
#include <boltz/problem/bars_and_stripes.hpp>
#include <boltz/report.hpp>
