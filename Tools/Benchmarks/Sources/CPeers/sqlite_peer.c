#include "sqlite_table.h"

int peer_sqlite_append(const char *directory, const void *records, size_t length, unsigned batch,
                       struct peer_stretches *stretches, struct peer_outcome *outcome) {
  sqlite3 *database = NULL;
  sqlite3_stmt *begin = NULL, *insertion = NULL, *commit = NULL;
  struct record record;
  struct record_reader reader = records_begin(records, length);
  uint64_t first = 0;
  int status = 0;
  TRY(open_database(directory, &database));
  TRY(sqlite3_exec(database, schema, NULL, NULL, NULL));
  TRY(query_number(database, "SELECT count(*) FROM events", NULL, &first));
  TRY(sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &begin, NULL));
  TRY(sqlite3_prepare_v2(database, "INSERT INTO events VALUES (?, ?, ?, ?, ?)", -1, &insertion, NULL));
  TRY(sqlite3_prepare_v2(database, "COMMIT", -1, &commit, NULL));

  uint64_t position = first;
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  while (reader.next != reader.end) {
    TRY(sqlite3_step(begin));
    TRY(sqlite3_reset(begin));
    for (unsigned count = 0; count < batch && records_next(&reader, &record); count++)
      TRY(insert(insertion, &record, position++));
    TRY(sqlite3_step(commit));
    TRY(sqlite3_reset(commit));
    stretches_note(stretches, position - first, peer_seconds() - begun);
  }
  outcome->seconds = peer_seconds() - begun;
  outcome->cpu_seconds = peer_cpu_seconds() - cpu;
  outcome->events = position - first;
end:
  sqlite3_finalize(begin);
  sqlite3_finalize(insertion);
  sqlite3_finalize(commit);
  sqlite3_close(database);
  return status;
}

int peer_sqlite_check(const char *directory, uint64_t expected, const char *customer, struct peer_outcome *outcome) {
  sqlite3 *database = NULL;
  uint64_t count = 0, last = 0;
  int status = 0;
  TRY(open_database(directory, &database));
  TRY(query_number(database, "SELECT count(*) FROM events", NULL, &count));
  TRY(query_number(database, "SELECT max(position) FROM events WHERE customer = ?", customer, &last));
  if (count != expected || last + 1 != expected) {
    snprintf(outcome->error, sizeof outcome->error, "expected %llu events, found %llu, the last by its customer at %llu",
             (unsigned long long)expected, (unsigned long long)count, (unsigned long long)last);
    status = -1;
  }
end:
  sqlite3_close(database);
  return status;
}

int peer_sqlite_read(const char *directory, const char *customers, unsigned limit, uint64_t *nanoseconds,
                     struct peer_outcome *outcome) {
  sqlite3 *database = NULL;
  sqlite3_stmt *selection = NULL;
  char buffer[4096];
  const char *line;
  size_t length;
  int status = 0, code;
  TRY(open_database(directory, &database));
  TRY(sqlite3_prepare_v2(database, "SELECT body FROM events WHERE customer = ? ORDER BY position DESC LIMIT ?", -1,
                         &selection, NULL));
  while (lines_next(&customers, &line, &length)) {
    double begun = peer_seconds();
    sqlite3_bind_text(selection, 1, line, (int)length, SQLITE_STATIC);
    sqlite3_bind_int(selection, 2, (int)limit);
    while ((code = sqlite3_step(selection)) == SQLITE_ROW) {
      size_t bytes = (size_t)sqlite3_column_bytes(selection, 0);
      memcpy(buffer, sqlite3_column_text(selection, 0), bytes < sizeof buffer ? bytes : sizeof buffer);
      outcome->events += 1;
    }
    TRY(code);
    TRY(sqlite3_reset(selection));
    *nanoseconds++ = (uint64_t)((peer_seconds() - begun) * 1e9);
  }
end:
  sqlite3_finalize(selection);
  sqlite3_close(database);
  return status;
}

const char *peer_sqlite_version(void) {
  return sqlite3_libversion();
}
