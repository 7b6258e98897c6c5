// The table of the SQLite peer, and how a record is put into it.
#pragma once

#include "records.h"

#include <sqlite3.h>
#include <stdio.h>

// Leaves the function's `end` with the error's words.
#define TRY(call)                                                                                  \
  do {                                                                                             \
    int code_ = (call);                                                                            \
    if (code_ != SQLITE_OK && code_ != SQLITE_DONE && code_ != SQLITE_ROW) {                       \
      snprintf(outcome->error, sizeof outcome->error, "%s: %s", #call,                             \
               database ? sqlite3_errmsg(database) : sqlite3_errstr(code_));                       \
      status = -1;                                                                                 \
      goto end;                                                                                    \
    }                                                                                              \
  } while (0)

// A cache of 64 MiB: 5 to 15 % faster at 300,000 events than the default of 2 MiB.
static const char *const settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;";

static const char *const schema =
    "CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL,"
    " customer TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (source, id));"
    "CREATE INDEX IF NOT EXISTS events_of_customers ON events (customer, position);";

static inline int open_database(const char *directory, sqlite3 **database) {
  char path[4096];
  snprintf(path, sizeof path, "%s/events.sqlite", directory);
  int code = sqlite3_open(path, database);
  if (code == SQLITE_OK) code = sqlite3_exec(*database, settings, NULL, NULL, NULL);
  return code;
}

static inline int insert(sqlite3_stmt *statement, const struct record *record, uint64_t position) {
  sqlite3_bind_int64(statement, 1, (sqlite3_int64)position);
  sqlite3_bind_text(statement, 2, record->source, record->source_length, SQLITE_STATIC);
  sqlite3_bind_text(statement, 3, record->id, record->id_length, SQLITE_STATIC);
  sqlite3_bind_text(statement, 4, record->customer, record->customer_length, SQLITE_STATIC);
  sqlite3_bind_text(statement, 5, record->body, (int)record->body_length, SQLITE_STATIC);
  int code = sqlite3_step(statement);
  return code == SQLITE_DONE ? sqlite3_reset(statement) : code;
}

static inline int query_number(sqlite3 *database, const char *sql, const char *text, uint64_t *number) {
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
  if (code == SQLITE_OK && text) code = sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (code == SQLITE_ROW) *number = (uint64_t)sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return code;
}
