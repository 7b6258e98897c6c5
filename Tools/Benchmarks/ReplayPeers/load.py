"""The events as each peer keeps them, made from NDJSON before any clock starts."""

import sqlite3

from statements import statements
from words import LISTS

SQLITE_TABLE = """
CREATE TABLE events (
  position INTEGER PRIMARY KEY, time INTEGER, type TEXT, customer TEXT, interaction TEXT, channel TEXT, agent TEXT,
  team TEXT, topic TEXT, outcome TEXT, instrument TEXT, score INTEGER, score_min INTEGER, score_max INTEGER,
  promise TEXT, due INTEGER, status TEXT, amount INTEGER
)
"""


def load(lines, folder, forms):
    """Writes the `forms` that are asked for, `strings` and `interned`, as DuckDB tables and Parquet, and `sqlite`."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
    connection.execute(f"ATTACH '{folder}/strings.duckdb' AS strings")
    run(connection, "load.sql", {"lines": str(lines)})
    if "interned" in forms:
        connection.execute(f"ATTACH '{folder}/interned.duckdb' AS interned")
        run(connection, "intern.sql", LISTS)
    for form in forms:
        if form == "sqlite":
            load_sqlite(connection, f"{folder}/events.sqlite")
        else:
            connection.execute(
                f"COPY (FROM {form}.events ORDER BY position) TO '{folder}/{form}.parquet' (COMPRESSION zstd)")
            connection.execute(f"CHECKPOINT {form}")
    count = connection.execute("SELECT count(*) FROM strings.events").fetchone()[0]
    connection.close()
    return count


def run(connection, file, parameters):
    for statement in statements(file):
        used = {name: value for name, value in parameters.items() if f"${name}" in statement}
        connection.execute(statement, used or None)


def load_sqlite(connection, path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(SQLITE_TABLE)
    database.execute("BEGIN")
    rows = connection.execute("SELECT * REPLACE (epoch_us(time) AS time, epoch_us(due) AS due) FROM strings.events")
    while batch := rows.fetchmany(50_000):
        database.executemany(f"INSERT INTO events VALUES ({', '.join('?' * len(batch[0]))})", batch)
    # The view of interactions is made faster by it than by sorting: 1.08 s for 1.30 s at a million events.
    database.execute("CREATE INDEX by_interaction ON events (customer, interaction) WHERE interaction IS NOT NULL")
    database.execute("COMMIT")
    database.close()
