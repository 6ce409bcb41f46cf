// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the library throws: one base and four kinds, each with a message that names the function,
/// the argument and both values, as in
/// `boltz: Trainer::fit: data has 5 columns, but layer 0 has 4 units`.

#include <boltz/version.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

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

// A text or a number of a message. Numbers are held, not referred to, so that what a loop counts stays in registers.
class MessagePart {
  public:
    template <class T>
    explicit MessagePart(T const& part) noexcept {
        if constexpr (std::convertible_to<T const&, std::string_view>) {
            kind_ = Kind::text;
            text_ = part;
        } else if constexpr (std::same_as<T, char>) {
            kind_ = Kind::character;
            character_ = part;
        } else if constexpr (std::same_as<T, float>) {
            kind_ = Kind::single;
            single_ = part;
        } else if constexpr (std::floating_point<T>) {
            kind_ = Kind::real;
            real_ = part;
        } else if constexpr (std::signed_integral<T>) {
            kind_ = Kind::integer;
            integer_ = part;
        } else {
            static_assert(std::convertible_to<T const&, unsigned long long>,
                          "a part of a message is a text or a number");
            kind_ = Kind::natural;
            natural_ = part;
        }
    }

    friend std::ostream& operator<<(std::ostream& out, MessagePart const& part) {
        switch (part.kind_) {
        case Kind::text: return out << part.text_;
        case Kind::character: return out << part.character_;
        case Kind::single: return write_digits(out, part.single_);
        case Kind::real: return write_digits(out, part.real_);
        case Kind::integer: return out << part.integer_;
        default: return out << part.natural_;
        }
    }

  private:
    enum class Kind { text, character, single, real, integer, natural };

    // As few digits as give the same number again: what is 1.0000001 must not read as 1.
    template <class T>
    static std::ostream& write_digits(std::ostream& out, T value) {
        std::array<char, 32> digits{};
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        return out.write(digits.data(), end - digits.data());
    }

    Kind kind_;
    union {
        std::string_view text_;
        char character_;
        float single_;
        double real_;
        long long integer_;
        unsigned long long natural_;
    };
};

[[nodiscard, gnu::cold]] std::string message_of(std::initializer_list<MessagePart> parts);

template <class Exception>
[[noreturn, gnu::cold, gnu::noinline]] void fail_with(std::initializer_list<MessagePart> parts) {
    throw Exception{message_of(parts)};
}

} // namespace detail

/// Throws an `Exception`, one of the kinds above, as the library does: its message is "boltz: " and the parts, one
/// after another. For units, sources and models of one's own:
///
///     boltz::fail<boltz::ValueError>(argument, " holds ", value, ", but spins lie in [-1, 1]");
///
/// A part is a text, a character or a number; numbers have as few digits as give the same number again. A check costs
/// its caller one comparison, since the message is put together out of line.
template <std::derived_from<Error> Exception, class... Parts>
[[noreturn]] inline void fail(Parts const&... parts) {
    detail::fail_with<Exception>({detail::MessagePart{parts}...});
}

namespace detail {

using boltz::fail;

} // namespace detail
} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/error.hpp>
#endif
