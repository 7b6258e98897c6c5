// The C face of simdjson: parse one text, get a flat array of its values in document order.
//
// One crossing per text, whatever it holds. Only C lives in this header, so that Swift reads it
// without C++ interoperability.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that must be readable after a text that is parsed in place; their content is ignored.
enum { CSJ_PADDING = 64 };

/// Arrays and objects may lie in one another this many levels deep; a scalar at the root has depth 0.
enum { CSJ_MAXIMUM_DEPTH = 64 };

typedef enum csj_kind {
  CSJ_NULL,
  CSJ_FALSE,
  CSJ_TRUE,
  CSJ_NUMBER,
  CSJ_STRING,
  CSJ_ARRAY,
  CSJ_OBJECT,
} csj_kind;

/// One value. Offsets named `raw` count in the text, the others in the document's `strings`.
typedef struct csj_node {
  /// The value exactly as it came, quotes and brackets included.
  uint32_t raw_offset;
  uint32_t raw_length;
  /// A string's bytes after unescaping; 0 for every other kind.
  uint32_t string_offset;
  uint32_t string_length;
  /// The member's key after unescaping; meaningful where `is_member`.
  uint32_t key_offset;
  uint32_t key_length;
  /// Where the key's opening quote stands in the text.
  uint32_t key_raw_offset;
  /// Index of the first node after this one and all below it: the next sibling, if there is one.
  uint32_t next;
  /// Elements of an array, members of an object.
  uint32_t count;
  uint8_t kind;
  /// How many containers enclose the value.
  uint8_t depth;
  bool is_member;
  /// The string, as it came, had escapes.
  bool is_escaped;
} csj_node;

/// What a parse lends until the parser's next parse: node 0 is the root.
typedef struct csj_document {
  const csj_node *nodes;
  const uint8_t *text;
  const uint8_t *strings;
  uint32_t count;
  uint32_t length;
} csj_document;

typedef enum csj_failure_code {
  CSJ_EMPTY = 1,
  CSJ_BYTE_ORDER_MARK,
  CSJ_TOO_LARGE,
  CSJ_OUT_OF_MEMORY,
  CSJ_NOT_UTF8,
  CSJ_CONTROL_CHARACTER,
  CSJ_UNCLOSED_STRING,
  CSJ_ESCAPE,
  CSJ_LONE_SURROGATE,
  CSJ_MALFORMED_NUMBER,
  CSJ_MALFORMED_LITERAL,
  CSJ_TOO_DEEP,
  CSJ_DUPLICATE_KEY,
  CSJ_EXPECTED_VALUE,
  CSJ_EXPECTED_KEY,
  CSJ_EXPECTED_COLON,
  CSJ_EXPECTED_COMMA_IN_OBJECT,
  CSJ_EXPECTED_COMMA_IN_ARRAY,
  CSJ_EXPECTED_END,
  /// simdjson refused the text, and the second look did not find where.
  CSJ_REFUSED,
} csj_failure_code;

/// Where a text was refused. An offset of -1 is unknown.
typedef struct csj_failure {
  csj_failure_code code;
  int64_t offset;
  /// The key that came twice, of `CSJ_DUPLICATE_KEY`; lent until the next parse.
  const uint8_t *key;
  uint32_t key_length;
} csj_failure;

typedef struct csj_parser csj_parser;

/// A parser for texts of up to `maximum_bytes` bytes (at most 1 GiB); NULL when memory is short.
/// It belongs to one thread at a time.
csj_parser *csj_parser_create(size_t maximum_bytes);
void csj_parser_destroy(csj_parser *parser);

/// Parses one text strictly (RFC 8259, UTF-8, no key twice in an object). With `in_place` the text is
/// read where it lies, needs `CSJ_PADDING` readable bytes after it and must outlive the document;
/// otherwise it is copied once. Returns NULL on failure; `csj_parser_failure` then tells why.
const csj_document *csj_parse(csj_parser *parser, const uint8_t *text, size_t length, bool in_place);

/// Why the last parse returned NULL.
const csj_failure *csj_parser_failure(const csj_parser *parser);

/// Whether the bytes are wholly a number after the grammar of RFC 8259, of any length and exponent.
bool csj_is_number(const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
