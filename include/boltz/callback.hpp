// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Callbacks of trainings. `Checkpoint` and `BestCheckpoint` need the component boltz::io and are in
/// `<boltz/io.hpp>`.

#include <boltz/callback/activity_monitor.hpp>
#include <boltz/callback/best_metric.hpp>
#include <boltz/callback/classifier_monitor.hpp>
#include <boltz/callback/early_stop.hpp>
#include <boltz/callback/gap_monitor.hpp>
#include <boltz/callback/likelihood_monitor.hpp>
#include <boltz/callback/metric_log.hpp>
#include <boltz/callback/monitoring.hpp>
#include <boltz/callback/on_epoch_end.hpp>
#include <boltz/callback/progress.hpp>
#include <boltz/callback/pseudo_likelihood_monitor.hpp>
#include <boltz/callback/reconstruction_monitor.hpp>
#include <boltz/callback/reduce_rate_on_plateau.hpp>
#include <boltz/callback/stop_on_nan.hpp>
#include <boltz/callback/stop_when.hpp>
#include <boltz/callback/weight_monitor.hpp>
