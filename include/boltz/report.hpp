// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Pictures: tiles of images, captions, curves, PNG and GIF. Needs the component boltz::report.

#include <boltz/report/axis.hpp>
#include <boltz/report/gif.hpp>
#include <boltz/report/image.hpp>
#include <boltz/report/paint.hpp>
#include <boltz/report/plot.hpp>
#include <boltz/report/png.hpp>
#include <boltz/report/text.hpp>
#include <boltz/report/tile.hpp>
