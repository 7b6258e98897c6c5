"""Statements of an SQL file, one by one: these files have no semicolon but at the end of one."""

import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent


def statements(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    text = "\n".join(line.split("--")[0].rstrip() for line in text.splitlines())
    return [statement.strip() for statement in text.split(";") if statement.strip()]
