// SPDX-License-Identifier: MIT
#pragma once

#include <boltz/io/detail/zip_writer.hpp>

#include <boltz/version.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

namespace boltz {

namespace detail {

BOLTZ_INLINE void ZipWriter::add(std::string name, std::initializer_list<std::span<std::byte const>> pieces) {
    Entry entry{std::move(name), 0, 0, written_};
    uLong sum = crc32_z(0, nullptr, 0);
    for (auto const piece : pieces) {
        if (piece.empty()) continue; // of nothing zlib would begin anew
        sum = crc32_z(sum, reinterpret_cast<Bytef const*>(piece.data()), piece.size());
        entry.size += piece.size();
    }
    entry.checksum = static_cast<std::uint32_t>(sum);
    Record record;
    bool const large = entry.size >= large_number;
    record.number(0x04034b50, 4);
    describe(record, entry, large);
    record.number(large ? 20u : 0u, 2); // bytes of further fields
    record.text(entry.name);
    if (large) {
        record.number(further_fields, 2);
        record.number(16, 2);
        record.number(entry.size, 8);
        record.number(entry.size, 8);
    }
    write(record.bytes);
    for (auto const piece : pieces) write(piece);
    entries_.push_back(std::move(entry));
}

BOLTZ_INLINE void ZipWriter::finish() {
    std::uint64_t const begin = written_;
    for (Entry const& entry : entries_) write(listed(entry).bytes);
    std::uint64_t const size = written_ - begin;
    std::uint64_t const count = entries_.size();
    Record end;
    if (count >= 0xffff || size >= large_number || begin >= large_number) {
        std::uint64_t const record_begin = written_;
        end.number(0x06064b50, 4);
        end.number(44, 8); // bytes of this record that follow
        end.number(made_by_unix, 2);
        end.number(version_of_large, 2);
        end.number(0, 8); // the number of this disk, and that where the list begins
        end.number(count, 8);
        end.number(count, 8);
        end.number(size, 8);
        end.number(begin, 8);
        end.number(0x07064b50, 4);
        end.number(0, 4);
        end.number(record_begin, 8);
        end.number(1, 4);
    }
    end.number(0x06054b50, 4);
    end.number(0, 4);
    end.number(std::min<std::uint64_t>(count, 0xffff), 2);
    end.number(std::min<std::uint64_t>(count, 0xffff), 2);
    end.number(std::min(size, large_number), 4);
    end.number(std::min(begin, large_number), 4);
    end.number(0, 2); // bytes of a comment
    write(end.bytes);
    file_.commit();
}

BOLTZ_INLINE void ZipWriter::Record::number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
}

BOLTZ_INLINE void ZipWriter::Record::text(std::string const& characters) {
    for (char const c : characters) bytes.push_back(static_cast<std::byte>(c));
}

BOLTZ_INLINE void ZipWriter::describe(Record& record, Entry const& entry, bool large) {
    bool const ascii = std::all_of(entry.name.begin(), entry.name.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    // One date for all (the first that zip knows), so that equal contents make equal files.
    constexpr unsigned first_of_january_1980 = 0x0021;
    record.number(large ? version_of_large : 10u, 2);
    record.number(ascii ? 0u : 0x0800u, 2); // the name is UTF-8
    record.number(0, 2);                    // not compressed
    record.number(0, 2);                    // midnight
    record.number(first_of_january_1980, 2);
    record.number(entry.checksum, 4);
    record.number(std::min(entry.size, large_number), 4);
    record.number(std::min(entry.size, large_number), 4);
    record.number(entry.name.size(), 2);
}

BOLTZ_INLINE ZipWriter::Record ZipWriter::listed(Entry const& entry) {
    bool const large = entry.size >= large_number;
    bool const far = entry.begin >= large_number;
    std::uint64_t const further = (large ? 16u : 0u) + (far ? 8u : 0u);
    Record record;
    record.number(0x02014b50, 4);
    record.number(made_by_unix, 2);
    describe(record, entry, large || far);
    record.number(further > 0 ? further + 4 : 0, 2);
    record.number(0, 2);           // bytes of a comment
    record.number(0, 2);           // the number of the disk
    record.number(0, 2);           // not known to be a text
    record.number(0x81b60000u, 4); // a plain file that everybody may read and write
    record.number(std::min(entry.begin, large_number), 4);
    record.text(entry.name);
    if (further == 0) return record;
    record.number(further_fields, 2);
    record.number(further, 2);
    if (large) {
        record.number(entry.size, 8);
        record.number(entry.size, 8);
    }
    if (far) record.number(entry.begin, 8);
    return record;
}

BOLTZ_INLINE void ZipWriter::write(std::span<std::byte const> bytes) {
    file_.write(bytes);
    written_ += bytes.size();
}

} // namespace detail

} // namespace boltz
