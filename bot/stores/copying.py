"""Copies a whole store into another, of either kind, and counts both sides before anything is final."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from bot.stores.driver import Dialect, Driver, Row, Session, StoreUnusable, Value
from bot.stores.tables import Table, tables

PAGE = 500  # rows read and written at a time
Progress = Callable[[str, int, int], None]  # table, rows done, rows in all


async def copy(source: Driver, target: Driver, *, replace: bool, progress: Progress) -> Mapping[str, int]:
    """Make the target hold what the source holds at one instant; return the number of rows by table.

    All or nothing. Raises StoreUnusable where the target holds cases and `replace` is false, or where the counts
    differ in the end.
    """
    async with source.snapshot() as reading, target.transaction() as writing:
        held = await _count(writing, "cases")
        if held and not replace:
            raise StoreUnusable(f"The store to be filled already holds {held:,} cases; nothing was changed.")
        every = tables()
        for table in reversed(every):
            await writing.run(f"DELETE FROM {table.name}")
        counts = {t.name: await _copy(reading, writing, t, progress) for t in every}
        for table in every:
            await _check(reading, writing, table.name)
            if table.numbered and target.dialect is Dialect.POSTGRES:
                await writing.rows(_NEXT_NUMBER.format(table=table.name, column=table.numbered))
    return counts


async def _copy(reading: Session, writing: Session, table: Table, progress: Progress) -> int:
    total, done = await _count(reading, table.name), 0
    progress(table.name, done, total)
    names, marks = ", ".join(table.columns), ", ".join("?" * len(table.columns))
    async for page in _pages(reading, table):
        values = [[row[c] for c in table.columns] for row in page]
        await writing.run_many(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
        done += len(page)
        progress(table.name, done, total)
    return done


async def _pages(reading: Session, table: Table) -> AsyncIterator[Sequence[Row]]:
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    last: list[Value] = []
    while True:
        after = f"WHERE ({key}) > ({marks})" if last else ""
        page = await reading.rows(f"SELECT * FROM {table.name} {after} ORDER BY {key} LIMIT ?", *last, PAGE)
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = [page[-1][c] for c in table.key]


async def _check(reading: Session, writing: Session, table: str) -> None:
    expected, found = await _count(reading, table), await _count(writing, table)
    if expected != found:
        raise StoreUnusable(f"{table}: {found:,} of {expected:,} rows arrived; nothing was changed.")


async def _count(session: Session, table: str) -> int:
    return int((await session.rows(f"SELECT count(*) AS number FROM {table}"))[0]["number"])


_NEXT_NUMBER = (
    "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table}))"
    " WHERE EXISTS (SELECT 1 FROM {table})"
)
