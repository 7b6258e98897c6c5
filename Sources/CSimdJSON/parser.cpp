#include "duplicates.hpp"
#include "explain.hpp"
#include "flatten.hpp"
#include "growing.hpp"
#include "include/CSimdJSON.h"
#include "tokens.hpp"

#include <simdjson.h>

#include <cstring>

static_assert(CSJ_PADDING >= simdjson::SIMDJSON_PADDING, "a text parsed in place would be overrun");

/// simdjson's DOM parser and the buffers that are kept from text to text. simdjson decides what is JSON;
/// what it leaves open (numbers beyond its range, keys that come twice, lone surrogates, depth) is decided here.
struct csj_parser {
  explicit csj_parser(size_t maximum_bytes) noexcept : dom(maximum_bytes), maximum_bytes(maximum_bytes) {}

  const csj_document *parse(const uint8_t *text, size_t length, bool in_place) noexcept;

  csj_failure failure = {};

private:
  simdjson::error_code run(const uint8_t *text, size_t length) noexcept;
  simdjson::error_code run_without_numbers(const uint8_t *text, size_t length) noexcept;
  const csj_document *flatten(const uint8_t *text, size_t length) noexcept;

  const csj_document *fail(csj_failure_code code, int64_t offset) noexcept {
    failure = {code, offset, nullptr, 0};
    return nullptr;
  }

  simdjson::dom::parser dom;
  size_t maximum_bytes;
  csj::Growing<uint8_t> copy;
  csj::Growing<uint8_t> substitute;
  csj::Growing<csj_node> nodes;
  csj::OpenKeys keys;
  csj_document document = {};
};

const csj_document *csj_parser::parse(const uint8_t *text, size_t length, bool in_place) noexcept {
  if (length > maximum_bytes) { return fail(CSJ_TOO_LARGE, -1); }
  if (length >= 3 && std::memcmp(text, "\xEF\xBB\xBF", 3) == 0) { return fail(CSJ_BYTE_ORDER_MARK, 0); }
  if (length == 0) { return fail(CSJ_EMPTY, 0); }
  if (!in_place) {
    if (!copy.reserve(length + CSJ_PADDING)) { return fail(CSJ_OUT_OF_MEMORY, -1); }
    std::memcpy(copy.data(), text, length);
    std::memset(copy.data() + length, ' ', CSJ_PADDING);
    text = copy.data();
  }
  simdjson::error_code error = run(text, length);
  if (error == simdjson::SUCCESS) { return flatten(text, length); }
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) {
    return fail(error == simdjson::CAPACITY ? CSJ_TOO_LARGE : CSJ_OUT_OF_MEMORY, -1);
  }
  failure = csj::explain(error, text, length, *dom.implementation);
  return nullptr;
}

simdjson::error_code csj_parser::run(const uint8_t *text, size_t length) noexcept {
  if (dom.capacity() < length || dom.doc.capacity() < length) {
    // By doubling, so that a row of growing texts is not a row of allocations. One level more than
    // we allow: the last level is checked by flatten, where empty containers count like any other.
    size_t capacity = 4096;
    while (capacity < length) { capacity *= 2; }
    simdjson::error_code error = dom.allocate(capacity, CSJ_MAXIMUM_DEPTH + 1);
    if (error == simdjson::SUCCESS) { error = dom.doc.allocate(capacity); }
    if (error != simdjson::SUCCESS) { return error; }
  }
  simdjson::error_code error = dom.implementation->parse(text, length, dom.doc);
  switch (error) {
  case simdjson::SUCCESS:
  case simdjson::MEMALLOC:
  case simdjson::CAPACITY:
  case simdjson::TAPE_ERROR:
  case simdjson::DEPTH_ERROR:
  case simdjson::STRING_ERROR:
  case simdjson::T_ATOM_ERROR:
  case simdjson::F_ATOM_ERROR:
  case simdjson::N_ATOM_ERROR:
  case simdjson::UTF8_ERROR:
  case simdjson::EMPTY:
  case simdjson::UNESCAPED_CHARS:
  case simdjson::UNCLOSED_STRING: return error;
  default: break;
  }
  // A number: malformed, or well formed and too large for simdjson, by whichever code its version says so.
  simdjson::error_code second = run_without_numbers(text, length);
  return second == simdjson::UNEXPECTED_ERROR ? error : second;
}

/// Parses again with every number replaced by a zero, in the same place, after their grammar was
/// checked here. UNEXPECTED_ERROR says that one of them is malformed.
simdjson::error_code csj_parser::run_without_numbers(const uint8_t *text, size_t length) noexcept {
  if (!substitute.reserve(length + CSJ_PADDING)) { return simdjson::MEMALLOC; }
  uint8_t *other = substitute.data();
  std::memcpy(other, text, length);
  std::memset(other + length, ' ', CSJ_PADDING);
  const uint32_t *positions = dom.implementation->structural_indexes.get();
  uint32_t count = dom.implementation->n_structural_indexes;
  for (uint32_t i = 0; i < count; i++) {
    size_t start = positions[i];
    if (text[start] != '-' && !csj::is_digit(text[start])) { continue; }
    size_t end = csj::token_end(text, i + 1 < count ? positions[i + 1] : length);
    if (!csj::is_number(text + start, end - start)) { return simdjson::UNEXPECTED_ERROR; }
    other[start] = '0';
    std::memset(other + start + 1, ' ', end - start - 1);
  }
  return dom.implementation->parse(other, length, dom.doc);
}

const csj_document *csj_parser::flatten(const uint8_t *text, size_t length) noexcept {
  uint32_t tokens = dom.implementation->n_structural_indexes;
  if (!nodes.reserve(tokens) || !keys.reserve(tokens)) { return fail(CSJ_OUT_OF_MEMORY, -1); }
  csj::Flattening flattening(text, length, *dom.implementation, dom.doc, nodes.data(), keys);
  uint32_t count = flattening.run();
  if (count == 0) {
    failure = flattening.failure;
    return nullptr;
  }
  document = {nodes.data(), text, dom.doc.string_buf.get(), count, uint32_t(length)};
  return &document;
}

csj_parser *csj_parser_create(size_t maximum_bytes) {
  // Offsets are 32 bits wide, also those into the strings, which take up to 5/3 of the text.
  const size_t limit = size_t(1) << 30;
  return new (std::nothrow) csj_parser(maximum_bytes < limit ? maximum_bytes : limit);
}

void csj_parser_destroy(csj_parser *parser) { delete parser; }

const csj_document *csj_parse(csj_parser *parser, const uint8_t *text, size_t length, bool in_place) {
  return parser->parse(text, length, in_place);
}

const csj_failure *csj_parser_failure(const csj_parser *parser) { return &parser->failure; }
