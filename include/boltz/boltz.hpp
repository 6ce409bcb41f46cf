// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// All of boltz. Needs the components boltz::io and boltz::report.

#include <boltz/callback.hpp>
#include <boltz/data.hpp>
#include <boltz/evaluation.hpp>
#include <boltz/inference.hpp>
#include <boltz/io.hpp>
#include <boltz/layer.hpp>
#include <boltz/model.hpp>
#include <boltz/optimizer.hpp>
#include <boltz/pretraining.hpp>
#include <boltz/problem.hpp>
#include <boltz/report.hpp>
#include <boltz/sampling.hpp>
#include <boltz/training.hpp>
#include <boltz/unit.hpp>
