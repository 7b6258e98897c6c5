"""One peer in a process of its own: `peer.py NAME DATA VIEWS`.

It opens what it reads, says `ready`, waits for a line, and builds the views from DATA in the empty folder VIEWS. Then
it prints one line of JSON: `seconds` and `cpu_seconds` from that line on until the views are on disk, and
`resident_kb`, the most in the same stretch.
"""

import json
import os
import re
import resource
import sqlite3
import sys
import time

from statements import statements
from words import NUMBERS

IS_NAMED = "NOT starts_with(customer, 'anon:') AND customer <> 'company:self'"
MACROS = {
    "strings": [
        f"is_named(customer) AS {IS_NAMED}",
        "first_word(word, time) AS arg_min(word, time)",
        "last_word(word, time) AS arg_max(word, time)",
    ],
    # A number below 256 fits below the time: the greatest of plain integers is found faster than the row that has it.
    "interned": [
        "is_named(customer) AS customer > 0",
        "first_word(word, time) AS (min(epoch_us(time) * 256 + word) & 255)::UTINYINT",
        "last_word(word, time) AS (max(epoch_us(time) * 256 + word) & 255)::UTINYINT",
    ],
}


def interned(sql):
    """Each quoted word of the catalogue as its number."""
    return re.sub(r"'([A-Za-z.]+)'", lambda match: str(NUMBERS.get(match[1], match[0])), sql)


def duckdb_views(data, views, form):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    connection.execute(f"ATTACH '{data}/{form}.duckdb' AS data (READ_ONLY)")
    for macro in MACROS[form]:
        connection.execute(f"CREATE MACRO memory.main.{macro}")
    connection.execute("SET search_path = 'data,memory'")
    lines = [line if form == "strings" else interned(line) for line in statements("duckdb.sql")]

    def build():
        connection.execute(f"ATTACH '{views}/views.duckdb' AS views")
        for line in lines:
            connection.execute(line)
        connection.execute("CHECKPOINT views")

    return build


def polars_views(data, views, form, in_memory):
    import polars

    import polars_views as polars_page

    path = f"{data}/{form}.parquet"
    events = polars.read_parquet(path).lazy() if in_memory else polars.scan_parquet(path)
    customer = polars.col("customer")
    if form == "strings":
        is_named = ~customer.str.starts_with("anon:") & (customer != "company:self")
        return lambda: polars_page.build(events, views, lambda word: word, is_named)
    return lambda: polars_page.build(events, views, NUMBERS.__getitem__, customer > 0)


def sqlite_views(data, views):
    connection = sqlite3.connect(f"{data}/events.sqlite", isolation_level=None)
    for setting in ["cache_size = -262144", "temp_store = MEMORY", "threads = 2"]:
        connection.execute(f"PRAGMA {setting}")

    def build():
        connection.execute(f"ATTACH '{views}/views.sqlite' AS views")
        connection.execute("PRAGMA views.journal_mode = OFF")
        connection.execute("PRAGMA views.synchronous = FULL")
        for line in statements("sqlite.sql"):
            connection.execute(line)

    return build


def python_views(data, views):
    import python_views as python_page

    return lambda: python_page.build(f"{data}/events.ndjson", views)


PEERS = {
    "duckdb": lambda data, views: duckdb_views(data, views, "strings"),
    "duckdb-interned": lambda data, views: duckdb_views(data, views, "interned"),
    "polars": lambda data, views: polars_views(data, views, "strings", False),
    "polars-interned": lambda data, views: polars_views(data, views, "interned", False),
    "polars-in-memory": lambda data, views: polars_views(data, views, "strings", True),
    "polars-in-memory-interned": lambda data, views: polars_views(data, views, "interned", True),
    "sqlite": sqlite_views,
    "python": python_views,
}


def resident_kb():
    with open("/proc/self/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])


def main():
    name, data, views = sys.argv[1:]
    build = PEERS[name](data, views)
    print("ready", flush=True)
    sys.stdin.readline()
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # VmHWM begins anew: proc(5)
    cpu, begun = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    build()
    seconds, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": used, "resident_kb": resident_kb()}), flush=True)
    sys.stdout.flush()
    # Closing is not measured, and has nothing to write.
    os._exit(0)


if __name__ == "__main__":
    main()
