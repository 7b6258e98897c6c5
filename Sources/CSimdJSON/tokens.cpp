#include "tokens.hpp"

#include "include/CSimdJSON.h"

#include <cstring>

namespace csj {

static const uint8_t *skip_digits(const uint8_t *cursor, const uint8_t *end) noexcept {
  while (cursor < end && is_digit(*cursor)) { cursor++; }
  return cursor;
}

bool is_number(const uint8_t *token, size_t length) noexcept {
  const uint8_t *cursor = token, *end = token + length;
  if (cursor < end && *cursor == '-') { cursor++; }
  if (cursor == end || !is_digit(*cursor)) { return false; }
  cursor = *cursor == '0' ? cursor + 1 : skip_digits(cursor, end);
  if (cursor < end && *cursor == '.') {
    const uint8_t *fraction = cursor + 1;
    cursor = skip_digits(fraction, end);
    if (cursor == fraction) { return false; }
  }
  if (cursor < end && (*cursor == 'e' || *cursor == 'E')) {
    cursor++;
    if (cursor < end && (*cursor == '+' || *cursor == '-')) { cursor++; }
    const uint8_t *exponent = cursor;
    cursor = skip_digits(exponent, end);
    if (cursor == exponent) { return false; }
  }
  return cursor == end;
}

static int hex_digit(uint8_t byte) noexcept {
  if (is_digit(byte)) { return byte - '0'; }
  uint8_t lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The four hexadecimal digits after \u, or -1.
static int32_t code_unit(const uint8_t *digits, const uint8_t *end) noexcept {
  if (end - digits < 4) { return -1; }
  int32_t unit = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(digits[i]);
    if (digit < 0) { return -1; }
    unit = unit << 4 | digit;
  }
  return unit;
}

ptrdiff_t find_bad_escape(const uint8_t *body, size_t length) noexcept {
  const uint8_t *end = body + length;
  for (const uint8_t *cursor = body; cursor < end; cursor++) {
    if (*cursor != '\\') { continue; }
    const uint8_t *start = cursor++;
    if (cursor == end || !std::strchr("\"\\/bfnrtu", *cursor) || *cursor == 0) { return start - body; }
    if (*cursor == 'u') {
      if (code_unit(cursor + 1, end) < 0) { return start - body; }
      cursor += 4;
    }
  }
  return -1;
}

ptrdiff_t find_lone_surrogate(const uint8_t *body, size_t length) noexcept {
  const uint8_t *end = body + length;
  const uint8_t *cursor = body;
  while ((cursor = static_cast<const uint8_t *>(std::memchr(cursor, '\\', size_t(end - cursor))))) {
    if (cursor[1] != 'u') {
      cursor += 2;
      continue;
    }
    int32_t unit = code_unit(cursor + 2, end);
    const uint8_t *start = cursor;
    cursor += 6;
    if (unit < 0xD800 || unit > 0xDFFF) { continue; }
    bool has_low_half = unit < 0xDC00 && end - cursor >= 6 && cursor[0] == '\\' && cursor[1] == 'u' &&
      (code_unit(cursor + 2, end) & 0xFC00) == 0xDC00;
    if (!has_low_half) { return start - body; }
    cursor += 6;
  }
  return -1;
}

} // namespace csj

bool csj_is_number(const uint8_t *bytes, size_t length) { return csj::is_number(bytes, length); }
