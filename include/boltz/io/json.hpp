// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// JSON values, and how they are written.

#include <boltz/error.hpp>
#include <boltz/io/detail/excerpt.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace boltz {

/// A JSON value (RFC 8259): null, true or false, a number, a string, an array or an object.
///
/// Whole numbers of 64 bits are kept exactly, others are doubles. Values are made by conversion,
/// `Json::Object{{"unit", "bernoulli"}, {"size", 500}}`, and looked into by `[]`, which gives null for what is not
/// there, so that a text from a file can be asked for anything:
/// `meta["layers"][0]["size"].unsigned_or(0)`.
class Json {
  public:
    using Array = std::vector<Json>;
    /// Sorted by key.
    using Object = std::map<std::string, Json, std::less<>>;

    Json(std::nullptr_t = nullptr) noexcept {}
    template <class T>
        requires(std::is_arithmetic_v<T>)
    Json(T value)
    noexcept {
        if constexpr (std::same_as<T, bool>)
            value_ = value;
        else if constexpr (std::floating_point<T>)
            value_ = static_cast<double>(value);
        else if (value < T{0})
            value_ = static_cast<std::int64_t>(value);
        else
            value_ = static_cast<std::uint64_t>(value);
    }
    Json(std::string value) noexcept : value_{std::move(value)} {}
    Json(std::string_view value) : value_{std::string{value}} {}
    Json(char const* value) : value_{std::string{value}} {}
    Json(Array values) noexcept : value_{std::move(values)} {}
    Json(Object members) noexcept : value_{std::move(members)} {}
    /// An array.
    template <class T>
    Json(std::vector<T> const& values) : value_{Array(values.begin(), values.end())} {}

    /// The text of this value, which `parse_json` reads; without spaces for `indent` 0, else with a line for each
    /// element and member. Doubles have the fewest digits that give them again; those that are not finite become
    /// null. What is no UTF-8 in strings is replaced by U+FFFD.
    [[nodiscard]] std::string dump(std::size_t indent = 0) const;

    [[nodiscard]] bool is_null() const noexcept { return holds<std::monostate>(); }
    [[nodiscard]] bool is_boolean() const noexcept { return holds<bool>(); }
    [[nodiscard]] bool is_number() const noexcept {
        return holds<std::uint64_t>() || holds<std::int64_t>() || holds<double>();
    }
    /// Whether this is a whole number that is not negative and was not written with a point or an exponent.
    [[nodiscard]] bool is_unsigned() const noexcept { return holds<std::uint64_t>(); }
    [[nodiscard]] bool is_string() const noexcept { return holds<std::string>(); }
    [[nodiscard]] bool is_array() const noexcept { return holds<Array>(); }
    [[nodiscard]] bool is_object() const noexcept { return holds<Object>(); }

    /// What this value is.
    /// @throws FormatError if it is something else.
    [[nodiscard]] bool boolean() const { return get<bool>("true or false"); }
    [[nodiscard]] std::uint64_t unsigned_integer() const { return get<std::uint64_t>("a whole number from 0"); }
    [[nodiscard]] double number() const;
    [[nodiscard]] std::string const& string() const { return get<std::string>("a string"); }
    [[nodiscard]] Array const& array() const { return get<Array>("an array"); }
    [[nodiscard]] Array& array() { return const_cast<Array&>(std::as_const(*this).array()); }
    [[nodiscard]] Object const& object() const { return get<Object>("an object"); }
    [[nodiscard]] Object& object() { return const_cast<Object&>(std::as_const(*this).object()); }

    /// The whole number that this is, or `otherwise`.
    [[nodiscard]] std::uint64_t unsigned_or(std::uint64_t otherwise) const noexcept;

    /// The member of an object with this key; null if there is none, or this is no object.
    [[nodiscard]] Json const& operator[](std::string_view key) const noexcept;
    /// The element of an array; null if there is none, or this is no array.
    [[nodiscard]] Json const& operator[](std::size_t index) const noexcept;

    /// Numbers are compared by value: 1 is 1.0.
    friend bool operator==(Json const& a, Json const& b) {
        if (a.holds<double>() != b.holds<double>() && a.is_number() && b.is_number()) return a.number() == b.number();
        return a.value_ == b.value_;
    }

  private:
    template <class T>
    [[nodiscard]] bool holds() const noexcept {
        return std::holds_alternative<T>(value_);
    }

    template <class T>
    [[nodiscard]] T const& get(char const* kind) const {
        if (auto const* const value = std::get_if<T>(&value_)) return *value;
        detail::fail<FormatError>("Json: ", detail::excerpt(std::string_view{dump()}), " is not ", kind);
    }

    static Json const& null() noexcept;

    void write(std::string& out, std::size_t indent, std::size_t margin) const;

    template <class Items, class WriteItem>
    static void write_all(std::string& out, Items const& items, std::string_view brackets, std::size_t indent,
                          std::size_t margin, WriteItem const& write_item) {
        auto const begin_line = [&](std::size_t spaces) {
            if (indent > 0) out.append(1, '\n').append(spaces, ' ');
        };
        out += brackets[0];
        bool first = true;
        for (auto const& item : items) {
            if (!first) out += ',';
            first = false;
            begin_line(margin + indent);
            write_item(item, margin + indent);
        }
        if (!first) begin_line(margin);
        out += brackets[1];
    }

    // The longest are a negative double with 17 digits and an exponent of three, 24 characters.
    template <class T, class... Format>
    static void write_digits(std::string& out, T value, Format... format) {
        char digits[32];
        out.append(digits, std::to_chars(digits, digits + sizeof digits, value, format...).ptr);
    }

    // A number that has a point or an exponent is read as a double again, and not as a whole number.
    static void write_real(std::string& out, double value);

    // A number below 0 is an int64, any other whole number an uint64.
    std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string, Array, Object> value_;
};

namespace detail {

/// The beginning of a JSON value, for a message. For this type alone: a text is quoted as it is.
template <std::same_as<Json> J>
[[nodiscard]] std::string excerpt(J const& value) {
    return excerpt(std::string_view{value.dump()});
}

} // namespace detail

} // namespace boltz

#ifndef BOLTZ_COMPILED
#include <boltz/impl/io/json.hpp>
#endif
