// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Zip archives put together by hand for tests of readers, those among them that no tool would write.

#include "support/gzipped.hpp"

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace boltz_test {

/// An entry of a hand-made archive: what is in it, and what the archive says of it.
struct ZippedEntry {
    std::string name;
    std::string contents;
    bool shared = false;       ///< uses the bytes of the entry before it
    std::uint32_t claimed = 0; ///< size that the archive claims, if it is not 0
    bool wrong_sum = false;    ///< whether the checksum is wrong
    bool stored = false;       ///< whether the contents are not compressed
};

/// A zip archive of these entries, deflated unless they are stored.
[[nodiscard]] inline std::string zipped(std::vector<ZippedEntry> const& entries) {
    auto const number = [](std::size_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
        return text;
    };
    std::string file;
    std::string directory;
    std::size_t offset = 0;
    for (ZippedEntry const& entry : entries) {
        // A gzip stream is a header of 10 bytes, what a zip archive has, the checksum and the size.
        std::string const stream = entry.stored ? std::string{} : gzipped(entry.contents);
        std::string const packed = entry.stored ? entry.contents : stream.substr(10, stream.size() - 18);
        auto const* const bytes = reinterpret_cast<Bytef const*>(entry.contents.data());
        std::string sum = number(crc32(0, bytes, static_cast<uInt>(entry.contents.size())), 4);
        if (entry.wrong_sum) sum[0] = static_cast<char>(sum[0] ^ 1);
        std::size_t const size = entry.claimed > 0 ? entry.claimed : entry.contents.size();
        std::string const described = number(20, 2) + number(0, 2) + number(entry.stored ? 0 : 8, 2) + number(0, 2) +
                                      number(0x21, 2) + sum + number(packed.size(), 4) + number(size, 4) +
                                      number(entry.name.size(), 2);
        if (!entry.shared) {
            offset = file.size();
            file += "PK\3\4" + described + number(0, 2) + entry.name + packed;
        }
        directory += "PK\1\2" + number(20, 2) + described + number(0, 2) + number(0, 2) + number(0, 2) +
                     number(0, 2) + number(0, 4) + number(offset, 4) + entry.name;
    }
    return file + directory + "PK\5\6" + number(0, 4) + number(entries.size(), 2) + number(entries.size(), 2) +
           number(directory.size(), 4) + number(file.size(), 4) + number(0, 2);
}

} // namespace boltz_test
