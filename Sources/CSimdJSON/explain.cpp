#include "explain.hpp"

#include "tokens.hpp"

#include <cstring>

namespace csj {

static csj_failure at(csj_failure_code code, int64_t offset) noexcept { return {code, offset, nullptr, 0}; }

/// Length of the longest prefix that is valid UTF-8. A prefix that only cuts a character short is at
/// most three bytes longer than a valid one, which makes validity monotone enough for a binary search.
static size_t valid_utf8_prefix(const uint8_t *text, size_t length) noexcept {
  auto last_valid = [&](size_t end) -> ptrdiff_t {
    for (size_t cut = 0; cut < 4 && cut <= end; cut++) {
      if (simdjson::validate_utf8(reinterpret_cast<const char *>(text), end - cut)) { return ptrdiff_t(end - cut); }
    }
    return -1;
  };
  if (last_valid(length) == ptrdiff_t(length)) { return length; }
  size_t low = 0, high = length;
  while (low < high) {
    size_t middle = low + (high - low + 1) / 2;
    if (last_valid(middle) >= 0) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return size_t(last_valid(low));
}

/// Stage 1 refuses a control character in a string, and a string without an end, but names no place.
static csj_failure explain_strings(simdjson::error_code error, const uint8_t *text, size_t length) noexcept {
  ptrdiff_t opened = -1;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"') {
      opened = opened < 0 ? ptrdiff_t(i) : -1;
    } else if (opened < 0 && text[i] == '\\') {
      // Valid nowhere, and stage 1 takes the quote that follows as escaped.
      return at(CSJ_REFUSED, int64_t(i));
    } else if (text[i] == '\\' && i + 1 < length && text[i + 1] >= 0x20) {
      i++;
    } else if (opened >= 0 && text[i] < 0x20 && error == simdjson::UNESCAPED_CHARS) {
      return at(CSJ_CONTROL_CHARACTER, int64_t(i));
    }
  }
  if (opened >= 0) { return at(CSJ_UNCLOSED_STRING, opened); }
  return at(CSJ_REFUSED, -1);
}

namespace {

/// Walks the tokens that stage 1 found, up to the first that may not stand where it stands.
class Walk {
public:
  Walk(const uint8_t *text, size_t length, const uint32_t *positions, uint32_t count) noexcept
    : text(text), length(length), positions(positions), count(count) {}

  csj_failure run() noexcept {
    while (failure.code == 0) { step(); }
    return failure;
  }

private:
  enum class State { value, first_element, first_key, key, colon, after_value };

  void step() noexcept {
    if (state == State::after_value && depth == 0) {
      return fail(index < count ? CSJ_EXPECTED_END : CSJ_REFUSED, index < count ? int64_t(position()) : -1);
    }
    uint8_t token = index < count ? text[position()] : 0;
    bool in_object = depth > 0 && is_object[depth - 1];
    switch (state) {
    case State::first_element:
      if (token == ']') { return close(); }
      [[fallthrough]];
    case State::value: return value(token);
    case State::first_key:
      if (token == '}') { return close(); }
      [[fallthrough]];
    case State::key:
      if (token != '"') { return fail(CSJ_EXPECTED_KEY, position()); }
      return string(State::colon);
    case State::colon:
      if (token != ':') { return fail(CSJ_EXPECTED_COLON, position()); }
      return advance(State::value);
    case State::after_value:
      if (token == (in_object ? '}' : ']')) { return close(); }
      if (token == ',') { return advance(in_object ? State::key : State::value); }
      return fail(in_object ? CSJ_EXPECTED_COMMA_IN_OBJECT : CSJ_EXPECTED_COMMA_IN_ARRAY, position());
    }
  }

  void value(uint8_t token) noexcept {
    switch (token) {
    case '"': return string(State::after_value);
    case '{':
    case '[':
      if (depth == CSJ_MAXIMUM_DEPTH) { return fail(CSJ_TOO_DEEP, position()); }
      is_object[depth++] = token == '{';
      return advance(token == '{' ? State::first_key : State::first_element);
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: break;
    }
    if (token != '-' && !is_digit(token)) { return fail(CSJ_EXPECTED_VALUE, position()); }
    if (!is_number(text + position(), end() - position())) { return fail(CSJ_MALFORMED_NUMBER, position()); }
    advance(State::after_value);
  }

  void string(State after) noexcept {
    const uint8_t *body = text + position() + 1;
    size_t body_length = end() - position() - 2;
    ptrdiff_t bad = find_bad_escape(body, body_length);
    if (bad >= 0) { return fail(CSJ_ESCAPE, position() + 1 + bad); }
    bad = find_lone_surrogate(body, body_length);
    if (bad >= 0) { return fail(CSJ_LONE_SURROGATE, position() + 1 + bad); }
    advance(after);
  }

  void literal(const char *word) noexcept {
    size_t token_length = end() - position();
    if (token_length != std::strlen(word) || std::memcmp(text + position(), word, token_length) != 0) {
      return fail(CSJ_MALFORMED_LITERAL, position());
    }
    advance(State::after_value);
  }

  void close() noexcept {
    depth--;
    advance(State::after_value);
  }

  void advance(State next) noexcept {
    index++;
    state = next;
  }

  void fail(csj_failure_code code, int64_t offset) noexcept { failure = at(code, offset); }

  int64_t position() const noexcept { return index < count ? positions[index] : int64_t(length); }
  int64_t end() const noexcept { return int64_t(token_end(text, index + 1 < count ? positions[index + 1] : length)); }

  const uint8_t *text;
  size_t length;
  const uint32_t *positions;
  uint32_t count;
  uint32_t index = 0;
  State state = State::value;
  uint32_t depth = 0;
  bool is_object[CSJ_MAXIMUM_DEPTH] = {};
  csj_failure failure = {};
};

} // namespace

csj_failure explain(
  simdjson::error_code error, const uint8_t *text, size_t length,
  const simdjson::internal::dom_parser_implementation &implementation) noexcept {
  // Before anything else, or UTF-16 would be explained by its zeros.
  size_t prefix = valid_utf8_prefix(text, length);
  if (prefix < length) { return at(CSJ_NOT_UTF8, int64_t(prefix)); }
  switch (error) {
  case simdjson::EMPTY: return at(CSJ_EMPTY, int64_t(length));
  case simdjson::UNESCAPED_CHARS:
  case simdjson::UNCLOSED_STRING: return explain_strings(error, text, length);
  default:
    return Walk(text, length, implementation.structural_indexes.get(), implementation.n_structural_indexes).run();
  }
}

} // namespace csj
