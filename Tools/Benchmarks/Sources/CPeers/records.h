// Walks the records that CPeers.h describes.
#pragma once

#include "CPeers.h"

#include <stdbool.h>
#include <string.h>

struct record {
  const char *source, *id, *customer, *body;
  uint16_t source_length, id_length, customer_length;
  uint32_t body_length;
};

struct record_reader {
  const char *next, *end;
};

static inline struct record_reader records_begin(const void *records, size_t length) {
  return (struct record_reader){records, (const char *)records + length};
}

static inline bool records_next(struct record_reader *reader, struct record *record) {
  if (reader->next == reader->end) return false;
  const char *bytes = reader->next;
  memcpy(&record->body_length, bytes, 4);
  memcpy(&record->source_length, bytes + 4, 2);
  memcpy(&record->id_length, bytes + 6, 2);
  memcpy(&record->customer_length, bytes + 8, 2);
  record->source = bytes + 12;
  record->id = record->source + record->source_length;
  record->customer = record->id + record->id_length;
  record->body = record->customer + record->customer_length;
  reader->next = record->body + record->body_length;
  return true;
}

/// The next line of a text, without its end.
static inline bool lines_next(const char **text, const char **line, size_t *length) {
  if (**text == 0) return false;
  *line = *text;
  *length = strcspn(*text, "\n");
  *text += *length;
  if (**text == '\n') *text += 1;
  return true;
}

/// Notes the time at which so many events were durable, if that ends a stretch or several.
static inline void stretches_note(struct peer_stretches *stretches, uint64_t events, double seconds) {
  if (!stretches) return;
  while (stretches->count < stretches->capacity && events >= (stretches->count + 1) * stretches->events)
    stretches->seconds[stretches->count++] = seconds;
}
