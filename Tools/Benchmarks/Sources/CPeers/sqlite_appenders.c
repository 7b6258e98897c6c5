#include "appenders.h"
#include "sqlite_table.h"

struct destination {
  sqlite3 *database;
  sqlite3_stmt *begin, *insertion, *commit;
  uint64_t position;
};

static int write_to_sqlite(void *argument, const struct record *const *records, unsigned count,
                           struct peer_outcome *outcome) {
  struct destination *destination = argument;
  sqlite3 *database = destination->database;
  int status = 0;
  TRY(sqlite3_step(destination->begin));
  TRY(sqlite3_reset(destination->begin));
  for (unsigned index = 0; index < count; index++)
    TRY(insert(destination->insertion, records[index], destination->position + index));
  TRY(sqlite3_step(destination->commit));
  TRY(sqlite3_reset(destination->commit));
  destination->position += count;
end:
  return status;
}

int peer_sqlite_append_concurrently(const char *directory, const void *records, size_t length, unsigned appenders,
                                    uint64_t *nanoseconds, struct peer_outcome *outcome) {
  struct destination destination = {0};
  sqlite3 *database = NULL;
  int status = 0;
  TRY(open_database(directory, &database));
  TRY(sqlite3_exec(database, schema, NULL, NULL, NULL));
  TRY(query_number(database, "SELECT count(*) FROM events", NULL, &destination.position));
  TRY(sqlite3_prepare_v2(database, "BEGIN IMMEDIATE", -1, &destination.begin, NULL));
  TRY(sqlite3_prepare_v2(database, "INSERT INTO events VALUES (?, ?, ?, ?, ?)", -1, &destination.insertion, NULL));
  TRY(sqlite3_prepare_v2(database, "COMMIT", -1, &destination.commit, NULL));
  destination.database = database;
  status = append_concurrently(write_to_sqlite, &destination, records, length, appenders, nanoseconds, outcome);
end:
  sqlite3_finalize(destination.begin);
  sqlite3_finalize(destination.insertion);
  sqlite3_finalize(destination.commit);
  sqlite3_close(database);
  return status;
}
