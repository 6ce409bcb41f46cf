// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the library throws: one base and four kinds, each with a message that names the function,
/// the argument and both values, as in
/// `boltz: Trainer::fit: data has 5 columns, but layer 0 has 4 units`.

#include <concepts>
#include <sstream>
#include <stdexcept>
#include <string>

namespace boltz {

/// The base of everything that boltz throws.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Two sizes that must agree do not.
class ShapeError : public Error {
  public:
    using Error::Error;
};

/// An argument or a datum lies outside of its range, or is not a number.
class ValueError : public Error {
  public:
    using Error::Error;
};

/// A file is not what it claims to be: foreign, truncated, or of another model.
class FormatError : public Error {
  public:
    using Error::Error;
};

/// The operating system refused to open, read, write or rename a file.
class FileError : public Error {
  public:
    using Error::Error;
};

namespace detail {

// Messages are put together out of line so that a check costs its caller one comparison.
template <class Exception, class... Parts>
[[noreturn, gnu::cold, gnu::noinline]] void fail(Parts const&... parts) {
    std::ostringstream message;
    message << "boltz: ";
    (message << ... << parts);
    throw Exception{message.str()};
}

} // namespace detail
} // namespace boltz
