"""The stores: one SQL implementation of `bot.ports.Store`, on SQLite (embedded) and on PostgreSQL (shared).

    driver.py     what the SQL needs of a database: rows, run, a transaction. Two implementations of some 100 lines:
    sqlite.py     SQLite through aiosqlite         postgres.py     PostgreSQL through asyncpg
    schema.py     numbered migrations, written once in SQLite's words and turned into PostgreSQL's
    sql.py        the store itself, put together from
                  cases.py, proposals.py, reports.py, outbox.py, asking.py, memory.py: the statements, by what they
                  are about
    records.py    cases as rows: what is a column, and what travels as JSON

To add a method: put the promise into `bot.ports.Store`, the SQL into the module that fits, and a test into
`tests/stores/test_store.py`, which runs on both databases. To add a column or a table: a new file
`migrations/NNNN_what_it_is.sql`; then name it in records.py or in the statement that uses it.

SQL that both understand, and the few rules that make it so:
- `?` marks a value. Values are str, int, bytes or None: times go through `records.stamp`, enums are strings already,
  truth is 0 or 1.
- `ON CONFLICT (columns) DO UPDATE` instead of INSERT OR REPLACE; `count(*) FILTER (WHERE …)` instead of sum(a = b);
  every selected column stands in GROUP BY or in an aggregate; in ON CONFLICT … WHERE, columns carry the table's name.
- An index with WHERE serves only statements that say the same in so many words (`AND fingerprint <> ''`).
- A new row's number comes from `RETURNING id`.
- A change that must not be lost in a race names what it expects in its WHERE, and looks at what `run` returns.
"""
