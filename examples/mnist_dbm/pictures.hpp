// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The pictures of the run.

#include "../support/mnist/machine.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

/// The height and width of the images that the pictures show.
struct Shape {
    std::size_t height;
    std::size_t width;
};

/// The filters of the first hidden units, 12 x 12: weights from every pixel, 0 as mid grey.
inline boltz::report::Image filters(boltz::Matrix<float> const& weights, Shape shape) {
    std::size_t const count = std::min<std::size_t>(144, weights.shape(1));
    return boltz::report::tile_columns(weights, 0, count, shape.height, shape.width, 12,
                                       {.contrast = boltz::report::Contrast::symmetric, .padding = 2, .border = 255});
}

/// Test digits above their mean-field reconstructions, ten pairs a row.
inline boltz::report::Image reconstructions(Machine const& model, boltz::ByteSource const& images,
                                            boltz::MeanField const& inference, Shape shape) {
    using namespace boltz;
    using namespace boltz::report;
    std::size_t const count = std::min<std::size_t>(30, images.rows());
    std::vector<std::size_t> first(count);
    for (std::size_t i = 0; i < count; ++i) first[i] = i;
    std::vector<Image> rows;
    infer_portions(
        model, Subset{images, first}, inference, {}, Draws::from_seed(0), [&](std::size_t, auto const& states) {
            Matrix<float> means = xt::zeros<float>({count, states[0].columns});
            model.input(0, states, Block{means});
            model.unit(0).mean(Block{means});
            for (std::size_t begin = 0; begin < count; begin += 10) {
                std::size_t const n = std::min<std::size_t>(10, count - begin);
                TileOptions const look{.padding = 2, .border = 255, .factor = 2};
                rows.push_back(stack(
                    {tile(Block<float const>{states[0].row_range(begin, n)}, shape.height, shape.width, 10, look),
                     tile(Block<float const>{Block{means}.row_range(begin, n)}, shape.height, shape.width, 10,
                          look)}));
            }
        });
    return captioned(stack(rows, {.gap = 12}),
                     {.title = "Test images (above) and their mean-field reconstructions (below)"});
}

/// How the means of the first hidden layer settle: one row a digit, one column a number of sweeps, units as a square
/// of grey cells.
inline boltz::report::Image trajectory(Machine const& model, boltz::LabelledImages const& images) {
    using namespace boltz;
    using namespace boltz::report;
    std::vector<std::size_t> const sweeps{0, 1, 2, 5, 10, 20};
    std::vector<std::size_t> chosen;
    for (int digit = 0; digit < 10 && chosen.size() < 6; ++digit)
        for (std::size_t i = 0; i < images.count; ++i)
            if (images.labels[i] == digit) {
                chosen.push_back(i);
                break;
            }
    std::size_t const units = model.sizes()[1];
    std::size_t width = 1;
    while (width * width < units) ++width;
    std::size_t const height = (units + width - 1) / width;

    std::vector<Matrix<float>> means;
    for (std::size_t const n : sweeps)
        means.push_back(
            features<1>(model, Subset{ByteSource{images}, chosen}, MeanField{.max_sweeps = n, .tolerance = 0}));
    // Cells and pixels as large as fits a row of this height.
    std::size_t const side = 112;
    auto const look = [](std::size_t extent) {
        return TileOptions{.padding = 4, .border = 255, .factor = std::max<std::size_t>(1, side / extent)};
    };
    std::vector<Image> rows;
    for (std::size_t d = 0; d < chosen.size(); ++d) {
        Matrix<float> pixels = xt::zeros<float>({std::size_t{1}, images.pixels()});
        ByteSource{images}.load(std::span<std::size_t const>{&chosen[d], 1}, Block{pixels}, Draws::from_seed(0));
        Matrix<float> cells = xt::zeros<float>({sweeps.size(), height * width});
        for (std::size_t s = 0; s < sweeps.size(); ++s)
            for (std::size_t j = 0; j < units; ++j) cells(s, j) = means[s](d, j);
        Image const digit = tile(pixels, images.height, images.width, 1, look(images.width));
        Image const states = tile(cells, height, width, sweeps.size(), look(width));
        std::size_t const gap = 8;
        if (d == 0) {
            Image heading = Image::grey(digit.width + gap + states.width, 22);
            auto const step = static_cast<float>(states.width) / static_cast<float>(sweeps.size());
            for (std::size_t s = 0; s < sweeps.size(); ++s)
                draw_text_centered(
                    heading, std::to_string(sweeps[s]),
                    {static_cast<float>(digit.width + gap) + step * (static_cast<float>(s) + 0.5f), 18});
            rows.push_back(heading);
        }
        rows.push_back(beside({digit, states}, {.gap = gap, .alignment = Alignment::center}));
    }
    return captioned(stack(rows), {.title = "Means of the first hidden layer, by number of mean-field sweeps"});
}

/// Means of the visible layer given the last state of long Gibbs chains.
inline boltz::report::Image samples(Machine const& model, std::size_t sweeps, Shape shape,
                                    boltz::Compute const& compute, boltz::Random& random) {
    using namespace boltz;
    using namespace boltz::report;
    auto states = sample(model, {.chains = 100, .sweeps = sweeps, .compute = compute}, random);
    Matrix<float> const means = conditional_means<0>(model, states);
    std::string const title = "Samples after " + std::to_string(sweeps) + " Gibbs sweeps from random states";
    return captioned(tile(means, shape.height, shape.width, 10, {.padding = 2, .border = 255, .factor = 2}),
                     {.title = title});
}

/// Curves of the metrics in a CSV file that MetricLog wrote: one chart a metric, one curve a phase.
inline boltz::report::Image curves(std::filesystem::path const& file) {
    using namespace boltz;
    using namespace boltz::report;
    std::map<std::string, std::map<std::string, std::map<double, double>>> charts;
    std::ifstream in{file};
    std::string line;
    auto const unquoted = [](std::string const& text) {
        return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
    };
    for (std::getline(in, line); std::getline(in, line);) {
        std::istringstream row{line};
        std::string phase, epoch, update, metric, value;
        std::getline(row, phase, ',');
        std::getline(row, epoch, ',');
        std::getline(row, update, ',');
        std::getline(row, metric, ',');
        std::getline(row, value, ',');
        if (epoch.empty() || value.empty()) continue; // a line that was cut off
        charts[unquoted(metric)][unquoted(phase)][std::strtod(epoch.c_str(), nullptr)] =
            std::strtod(value.c_str(), nullptr);
    }
    std::vector<std::pair<std::string, std::string>> const wanted{
        {"reconstruction_error", "Reconstruction error (squared, per pixel or unit)"},
        {"activation_1", "Mean activation of h1"},
        {"activation_2", "Mean activation of h2"},
        {"gap", "Bound: training less held-out (nats)"},
        {"training_error_percent", "Classifier: error on 1,000 training images (%)"},
        {"weight_norm_0", "Root mean square of W0"}};
    std::vector<Image> pictures;
    for (auto const& [metric, title] : wanted) {
        if (!charts.contains(metric)) continue;
        std::vector<Curve> lines;
        for (auto const& [phase, points] : charts[metric]) {
            Curve curve{.name = phase};
            for (auto const& [epoch, value] : points) {
                curve.x.push_back(epoch);
                curve.y.push_back(value);
            }
            lines.push_back(curve);
        }
        pictures.push_back(plot_curves(lines, {.title = title, .x_label = "epoch"}));
    }
    std::vector<Image> rows;
    for (std::size_t i = 0; i < pictures.size(); i += 2)
        rows.push_back(beside(
            std::span<Image const>{pictures.data() + i, std::min<std::size_t>(2, pictures.size() - i)}, {.gap = 16}));
    return rows.empty() ? Image::grey(1, 1) : with_margin(stack(rows, {.gap = 16}), 16);
}
