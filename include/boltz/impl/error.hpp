// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/error.hpp>

#include <boltz/version.hpp>

#include <initializer_list>
#include <sstream>
#include <string>

namespace boltz {

namespace detail {

BOLTZ_INLINE std::string message_of(std::initializer_list<MessagePart> parts) {
    std::ostringstream message;
    message << "boltz: ";
    for (MessagePart const& part : parts) message << part;
    return message.str();
}

} // namespace detail

} // namespace boltz
