// SPDX-License-Identifier: MIT
// A program that uses the component for files.

#include <boltz/io.hpp>
#include <boltz/version.hpp>

#include <cstdio>

int main() { std::printf("boltz %s: files\n", boltz::version); }
