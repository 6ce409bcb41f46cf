// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Data sources: rows in memory, binarised, labelled, on several layers, parts of others; synthetic digits.

#include <boltz/data/binarised.hpp>
#include <boltz/data/bit_source.hpp>
#include <boltz/data/byte_scale.hpp>
#include <boltz/data/byte_source.hpp>
#include <boltz/data/compact_matrix.hpp>
#include <boltz/data/labelled_images.hpp>
#include <boltz/data/matrix_source.hpp>
#include <boltz/data/means_of.hpp>
#include <boltz/data/on_layers.hpp>
#include <boltz/data/one_hot.hpp>
#include <boltz/data/packed_bits.hpp>
#include <boltz/data/side_by_side.hpp>
#include <boltz/data/subset.hpp>
#include <boltz/data/synthetic_digits.hpp>
