"""docs/privacy.md names every column that is stored, and no other."""

import re
from pathlib import Path

from bot.stores.sqlite import FILE, connect, open_sqlite

PAGE = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text("utf-8")


def named() -> set[str]:
    """table.column for every column in the page's table."""
    found = set()
    for cell in re.findall(r"^\| (\w+\.[\w, ]+) \|", PAGE, re.MULTILINE):
        table, columns = cell.split(".", 1)
        found |= {f"{table}.{column}" for column in re.split(r",\s*", columns)}
    return found


async def test_the_page_names_every_column_that_is_stored(tmp_path: Path) -> None:
    async with open_sqlite(tmp_path):
        pass
    db = await connect(tmp_path / FILE)
    try:
        rows = await db.execute_fetchall(
            "SELECT m.name AS of_table, c.name AS column_name FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        )
    finally:
        await db.close()
    stored = {f"{r['of_table']}.{r['column_name']}" for r in rows}
    assert stored - named() == set(), "stored, but not told in docs/privacy.md"
    assert named() - stored == set(), "told in docs/privacy.md, but not stored"
