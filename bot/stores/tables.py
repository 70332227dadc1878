"""The tables of the schema, as the migrations make them: read off an empty database in memory."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from bot.stores.driver import Dialect
from bot.stores.schema import migrations, statements

PASSING = frozenset({"workers", "leases"})  # about processes that run now; never copied


@dataclass(frozen=True, slots=True)
class Table:
    """What must be known of a table to copy it."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]  # of the columns: INTEGER, TEXT or BLOB
    key: tuple[str, ...]
    numbered: str  # the column whose numbers the database gives, or ""
    needs: frozenset[str]  # tables that its rows point to


def tables() -> list[Table]:
    """Every table that is kept, those that others point to first."""
    with closing(sqlite3.connect(":memory:")) as db:
        for script in migrations():
            for statement in statements(script, Dialect.SQLITE):
                db.execute(statement)
        names = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")]
        found = [_table(db, n) for n in names if n not in PASSING and not n.startswith("sqlite_")]
    return _ordered(found)


def _table(db: sqlite3.Connection, name: str) -> Table:
    columns = list(db.execute(f"PRAGMA table_info({name})"))  # number, name, type, not null, default, place in the key
    key = tuple(c[1] for c in sorted(columns, key=lambda c: int(c[5])) if c[5])
    counted = [c[1] for c in columns if c[5] and c[2] == "INTEGER"] if len(key) == 1 else []
    needs = frozenset(r[2] for r in db.execute(f"PRAGMA foreign_key_list({name})")) - {name}
    names, kinds = (tuple(c[n] for c in columns) for n in (1, 2))
    return Table(name, names, kinds, key, counted[0] if counted else "", needs)


def _ordered(found: list[Table]) -> list[Table]:
    done: list[Table] = []
    while len(done) < len(found):
        ready = [t for t in found if t not in done and t.needs <= {d.name for d in done}]
        done.append(ready[0])
    return done
