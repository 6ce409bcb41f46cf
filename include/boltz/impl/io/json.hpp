// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/json.hpp>

#include <boltz/io/detail/json_string.hpp>
#include <boltz/version.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace boltz {

BOLTZ_INLINE std::string Json::dump(std::size_t indent) const {
    std::string out;
    write(out, indent, 0);
    return out;
}

BOLTZ_INLINE double Json::number() const {
    if (auto const* const whole = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*whole);
    if (auto const* const negative = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*negative);
    return get<double>("a number");
}

BOLTZ_INLINE std::uint64_t Json::unsigned_or(std::uint64_t otherwise) const noexcept {
    auto const* const whole = std::get_if<std::uint64_t>(&value_);
    return whole != nullptr ? *whole : otherwise;
}

BOLTZ_INLINE Json const& Json::operator[](std::string_view key) const noexcept {
    if (auto const* const members = std::get_if<Object>(&value_))
        if (auto const found = members->find(key); found != members->end()) return found->second;
    return null();
}

BOLTZ_INLINE Json const& Json::operator[](std::size_t index) const noexcept {
    auto const* const values = std::get_if<Array>(&value_);
    return values != nullptr && index < values->size() ? (*values)[index] : null();
}

BOLTZ_INLINE Json const& Json::null() noexcept {
    static Json const value;
    return value;
}

BOLTZ_INLINE void Json::write(std::string& out, std::size_t indent, std::size_t margin) const {
    if (auto const* const text = std::get_if<std::string>(&value_)) {
        detail::append_json_string(out, *text);
    } else if (auto const* const values = std::get_if<Array>(&value_)) {
        write_all(out, *values, "[]", indent, margin,
                  [&](Json const& value, std::size_t inside) { value.write(out, indent, inside); });
    } else if (auto const* const members = std::get_if<Object>(&value_)) {
        write_all(out, *members, "{}", indent, margin, [&](auto const& member, std::size_t inside) {
            detail::append_json_string(out, member.first);
            out += indent > 0 ? ": " : ":";
            member.second.write(out, indent, inside);
        });
    } else if (auto const* const truth = std::get_if<bool>(&value_)) {
        out += *truth ? "true" : "false";
    } else if (auto const* const whole = std::get_if<std::uint64_t>(&value_)) {
        write_digits(out, *whole);
    } else if (auto const* const negative = std::get_if<std::int64_t>(&value_)) {
        write_digits(out, *negative);
    } else if (auto const* const real = std::get_if<double>(&value_); real != nullptr && std::isfinite(*real)) {
        write_real(out, *real);
    } else {
        out += "null";
    }
}

BOLTZ_INLINE void Json::write_real(std::string& out, double value) {
    double const size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e15)) return write_digits(out, value, std::chars_format::scientific);
    std::size_t const begin = out.size();
    write_digits(out, value, std::chars_format::fixed);
    if (out.find('.', begin) == std::string::npos) out += ".0";
}

} // namespace boltz
