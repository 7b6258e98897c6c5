"""What is in a contestant's views, read by a fresh connection after the clock has stopped."""

import pathlib
import sqlite3

from statements import statements

VIEWS = ["timeline", "consistency", "churn"]


def figures(views):
    """The figures of `check.sql` by name, all of them integers; nothing asked for is 0."""
    question, = statements("check.sql")
    views = pathlib.Path(views)
    if (views / "views.sqlite").exists():
        connection = sqlite3.connect(views / "views.sqlite")
    else:
        import duckdb

        connection = duckdb.connect()
        if (views / "views.duckdb").exists():
            connection.execute(f"ATTACH '{views}/views.duckdb' AS views (READ_ONLY); USE views")
        else:
            for view in VIEWS:
                path = next(views.glob(f"{view}.*"))
                connection.execute(f"CREATE VIEW {view} AS FROM '{path}'")
    answer = connection.execute(question)
    names = [column[0] for column in answer.description]
    found = {name: int(value or 0) for name, value in zip(names, answer.fetchone())}
    connection.close()
    return found


def differences(answers):
    """Lines that name each figure in which a contestant that has it differs from the first; none, if they agree."""
    (first, expected), *others = answers.items()
    return [
        f"{name}: {figure} is {found[figure]:,}, {first} says {expected[figure]:,}"
        for name, found in others for figure in found if found[figure] != expected[figure]
    ]
