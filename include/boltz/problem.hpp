// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Problems with a known solution.

#include <boltz/problem/bars_and_stripes.hpp>
