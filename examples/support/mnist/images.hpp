// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The images of a run.

#include "options.hpp"

#include <boltz/boltz.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

/// Images of the run: those to train on, and those to report the error on.
struct Images {
    std::string name;
    boltz::LabelledImages train;
    boltz::LabelledImages test;
    std::string test_name = "test";
    std::string note{}; ///< what to know of the bytes; mostly empty
};

/// The folder with the images from the root on, so that a resumed run finds it from anywhere, or nothing for
/// synthetic digits.
inline std::string data_folder(Options const& options, std::filesystem::path const& dataset = "mnist") {
    if (!options.data.empty()) return std::filesystem::absolute(options.data).lexically_normal().string();
    char const* const base = std::getenv("BOLTZ_DATA_DIR");
    if (base == nullptr || *base == '\0' || !std::filesystem::exists(base / dataset)) return {};
    return std::filesystem::absolute(base / dataset).lexically_normal().string();
}

/// The images that the options ask for.
/// @throws as `read_mnist`; ValueError if a label is not a digit.
inline Images read_images(Options const& options) {
    using namespace boltz;
    Images images;
    std::string const& folder = options.data;
    if (folder.empty()) {
        std::size_t const count = options.limit > 0 ? std::min<std::size_t>(options.limit, 60'000) : 20'000;
        std::cout << "No MNIST found (--data, $BOLTZ_DATA_DIR/mnist): taking synthetic digits, drawn by the "
                     "program.\n";
        images = {.name = "synthetic digits",
                  .train = synthetic_digits(count, options.seed),
                  .test = synthetic_digits(std::min<std::size_t>(count, 5'000), options.seed + 1)};
    } else {
        Mnist mnist = read_mnist(folder);
        images = {.name = folder, .train = std::move(mnist.train), .test = std::move(mnist.test)};
        images.note = images.train.byte_scale().note(folder);
        if (!images.note.empty()) std::cout << "Note: " << images.note << ".\n";
    }
    if (options.limit > 0 && options.limit < images.train.count) images.train = images.train.part(0, options.limit);
    if (options.validation > 0) {
        Random random{0x76616c6964};
        Split const parts = split(images.train.count, options.validation, random);
        auto const choose = [&](std::vector<std::size_t> const& indices) {
            LabelledImages chosen{.count = indices.size(),
                                  .height = images.train.height,
                                  .width = images.train.width,
                                  .images = {},
                                  .labels = {},
                                  .scale = images.train.byte_scale()};
            for (std::size_t const i : indices) {
                auto const pixels = images.train.image(i);
                chosen.images.insert(chosen.images.end(), pixels.begin(), pixels.end());
                chosen.labels.push_back(images.train.labels[i]);
            }
            return chosen;
        };
        images.test = choose(parts.validation);
        images.train = choose(parts.training);
        images.test_name = "validation";
    }
    for (auto const* part : {&images.train, &images.test})
        for (std::size_t i = 0; i < part->labels.size(); ++i)
            if (part->labels[i] > 9)
                fail<ValueError>("read_images: label ", i, " is ", int{part->labels[i]}, ", but must be a digit");
    return images;
}
