#include "appenders.h"
#include "lmdb_tables.h"

struct destination {
  MDB_env *environment;
  struct tables tables;
  enum peer_indexes indexes;
  size_t position;
};

static int write_to_lmdb(void *argument, const struct record *const *records, unsigned count,
                         struct peer_outcome *outcome) {
  struct destination *destination = argument;
  MDB_txn *transaction = NULL;
  int status = 0;
  TRY(mdb_txn_begin(destination->environment, NULL, 0, &transaction));
  for (unsigned index = 0; index < count; index++)
    TRY(put(transaction, &destination->tables, destination->indexes, records[index], destination->position + index));
  MDB_txn *full = transaction;
  transaction = NULL;  // A commit frees it, even one that fails.
  TRY(mdb_txn_commit(full));
  destination->position += count;
end:
  if (transaction) mdb_txn_abort(transaction);
  return status;
}

int peer_lmdb_append_concurrently(const char *directory, const void *records, size_t length, unsigned appenders,
                                  enum peer_indexes indexes, uint64_t *nanoseconds, struct peer_outcome *outcome) {
  struct destination destination = {.indexes = indexes};
  MDB_txn *transaction = NULL;
  MDB_stat stat;
  int status = 0;
  TRY(open_environment(directory, 0, &destination.environment));
  TRY(mdb_txn_begin(destination.environment, NULL, 0, &transaction));
  TRY(open_tables(transaction, MDB_CREATE, indexes, &destination.tables));
  TRY(mdb_stat(transaction, destination.tables.events, &stat));
  destination.position = stat.ms_entries;
  MDB_txn *opening = transaction;
  transaction = NULL;
  TRY(mdb_txn_commit(opening));
  status = append_concurrently(write_to_lmdb, &destination, records, length, appenders, nanoseconds, outcome);
end:
  if (transaction) mdb_txn_abort(transaction);
  if (destination.environment) mdb_env_close(destination.environment);
  return status;
}
