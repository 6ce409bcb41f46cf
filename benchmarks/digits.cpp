// SPDX-License-Identifier: MIT

/// @file
/// Writes synthetic digits under the names of MNIST's four files, so that programs in other languages can read them.
///
/// benchmark_digits <folder> <training images>

#include <boltz/boltz.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

namespace {

void write(std::filesystem::path const& folder, std::string const& part, boltz::LabelledImages const& images) {
    boltz::write_idx(folder / (part + "-images-idx3-ubyte"),
                     {{images.count, images.height, images.width}, images.images});
    boltz::write_idx(folder / (part + "-labels-idx1-ubyte"), {{images.count}, images.labels});
}

} // namespace

int main(int argc, char** argv) {
    long const count = argc == 3 ? std::atol(argv[2]) : 0;
    if (count < 1) {
        std::fprintf(stderr, "usage: %s <folder> <training images>\n", argv[0]);
        return 1;
    }
    try {
        std::filesystem::create_directories(argv[1]);
        write(argv[1], "train", boltz::synthetic_digits(static_cast<std::size_t>(count), 1));
        write(argv[1], "t10k", boltz::synthetic_digits(10'000, 2));
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
}
