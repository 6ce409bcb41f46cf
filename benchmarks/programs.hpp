// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the programs that are compared with other libraries have in common: their arguments, images and output.

#include <boltz/boltz.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace bench {

using BinaryLayer = boltz::StochasticLayer<boltz::Bernoulli>;

/// What a program is asked to do: `program [folder with MNIST's files | synthetic] [images] [precision] [threads]`.
struct Arguments {
    std::string folder = "synthetic";
    std::size_t images = 10'000; ///< the first ones of the training set
    boltz::Precision precision = boltz::Precision::float32;
    std::size_t threads = 1;
    bool one_setting = false; ///< whether precision and threads were given

    /// @throws boltz::ValueError if an argument cannot be understood.
    Arguments(int argc, char** argv) {
        std::vector<std::string_view> const words(argv + 1, argv + argc);
        if (words.size() > 4) boltz::detail::fail<boltz::ValueError>("there are ", words.size(), " arguments, not 4");
        if (words.size() > 0) folder = words[0];
        if (words.size() > 1) images = number(words[1]);
        if (words.size() > 2) precision = named(words[2]);
        if (words.size() > 3) threads = number(words[3]);
        one_setting = words.size() > 2;
    }

  private:
    static std::size_t number(std::string_view word) {
        std::size_t value = 0;
        auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (error != std::errc{} || end != word.data() + word.size() || value == 0)
            boltz::detail::fail<boltz::ValueError>("argument is '", word, "', but must be a number of at least 1");
        return value;
    }
    static boltz::Precision named(std::string_view word) {
        for (auto const precision : {boltz::Precision::float32, boltz::Precision::bfloat16})
            if (word == to_string(precision)) return precision;
        boltz::detail::fail<boltz::ValueError>("precision is '", word, "', but must be float32 or bfloat16");
    }
};

/// Training and test images: those of the folder, or synthetic ones.
inline boltz::Mnist load_images(Arguments const& arguments) {
    if (arguments.folder == "synthetic")
        return {boltz::synthetic_digits(arguments.images, 1), boltz::synthetic_digits(10'000, 2)};
    boltz::Mnist all = boltz::read_mnist(arguments.folder);
    all.train = all.train.part(0, std::min(arguments.images, all.train.count));
    return all;
}

/// One line of a program's output: a number, its unit, and what it is.
inline void print(double value, char const* unit, std::string const& what) {
    std::printf("%.4f %s %s\n", value, unit, what.c_str());
    std::fflush(stdout);
}

/// Runs a program's work; what it throws becomes a message.
template <class F>
int run(int argc, char** argv, F&& work) {
    try {
        work(Arguments{argc, argv});
        return 0;
    } catch (std::exception const& error) {
        std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
        return 1;
    }
}

} // namespace bench
