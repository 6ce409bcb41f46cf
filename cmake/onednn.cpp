// SPDX-License-Identifier: MIT

/// @file
/// What boltz::onednn compiles into each program that links it.

#include <boltz/onednn.hpp>
