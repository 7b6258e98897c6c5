// What the text of single tokens must look like, for the cases that simdjson leaves to us: numbers
// outside the range of double and 64-bit integers, surrogate pairs, and the place of an error.
#pragma once

#include <cstddef>
#include <cstdint>

namespace csj {

inline bool is_space(uint8_t byte) noexcept {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

inline bool is_digit(uint8_t byte) noexcept { return uint8_t(byte - '0') < 10; }

/// Where the token ends that is followed, after white space at most, by whatever stands at `next`.
inline size_t token_end(const uint8_t *text, size_t next) noexcept {
  while (is_space(text[next - 1])) { next--; }
  return next;
}

/// Whether `token` is wholly a number of RFC 8259, section 6, of any length and exponent.
bool is_number(const uint8_t *token, size_t length) noexcept;

/// Offset of the first backslash that starts no escape of RFC 8259, section 7, or -1.
/// `body` is a string without its quotes.
ptrdiff_t find_bad_escape(const uint8_t *body, size_t length) noexcept;

/// Offset of the first \u escape that is half a surrogate pair, or -1. All escapes are well formed.
ptrdiff_t find_lone_surrogate(const uint8_t *body, size_t length) noexcept;

} // namespace csj
