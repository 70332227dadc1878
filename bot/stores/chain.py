"""History rows, written as a chain in which tampering shows."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.core.audit import START, AuditRow, link, mark
from bot.core.review import HistoryEntry
from bot.stores.driver import Row, Session
from bot.stores.records import stamp
from bot.stores.statements import Statements, marks

KEY = "audit.key"  # in `remembered`; sealed where there is a key for that
PAGE = 1000  # rows read at once


class Chain(Statements):
    """See bot.ports.Store for what each method promises."""

    async def audit_rows(self) -> AsyncIterator[AuditRow]:
        last = 0
        while True:
            page = await self._db.rows(
                "SELECT * FROM history WHERE id > ? AND link <> '' ORDER BY id LIMIT ?", last, PAGE
            )
            for row in page:
                yield self._audit_row(row)
            if len(page) < PAGE:
                return
            last = page[-1]["id"]

    async def audit_key(self) -> bytes:
        return await self._chain_key(self._db)

    async def _write_history(self, session: Session, entry: HistoryEntry) -> None:
        if self._db.chain_lock:
            await session.rows(self._db.chain_lock)  # rows of two processes must not follow the same row
        key = await self._chain_key(session)
        newest = await session.rows("SELECT link FROM history WHERE id = (SELECT max(id) FROM history)")
        row = AuditRow(
            id=0,
            case_id=entry.case_id,
            act=entry.act,
            by_id=entry.by.id,
            at=stamp(entry.at),
            detail=entry.detail,
            pack_revision=entry.pack_revision,
            by_mark=mark(entry.by.id, key),
            detail_mark=mark(entry.detail, key),
            link="",
        )
        row = replace(row, link=link(newest[0]["link"] if newest else START, row, key))
        await session.run(
            "INSERT INTO history (case_id, act, by_id, by_name, at, detail, pack_revision, by_mark, detail_mark, link)"
            f" VALUES ({marks(10)})",
            row.case_id,
            row.act,
            row.by_id,
            entry.by.name,
            row.at,
            self._cipher.seal(row.detail) if row.detail else "",
            row.pack_revision,
            row.by_mark,
            row.detail_mark,
            row.link,
        )

    async def _chain_key(self, session: Session) -> bytes:
        """Made with the first row; sessions that make it are alone, see `chain_lock`."""
        rows = await session.rows("SELECT value FROM remembered WHERE key = ?", KEY)
        if not rows:
            fresh = secrets.token_hex(32)
            await session.run("INSERT INTO remembered (key, value) VALUES (?, ?)", KEY, self._cipher.seal(fresh))
            return bytes.fromhex(fresh)
        return bytes.fromhex(self._cipher.unseal(rows[0]["value"]))

    def _audit_row(self, row: Row) -> AuditRow:
        return AuditRow(
            id=row["id"],
            case_id=row["case_id"],
            act=row["act"],
            by_id=row["by_id"],
            at=row["at"],
            detail=self._cipher.unseal(row["detail"]),
            pack_revision=row["pack_revision"],
            by_mark=row["by_mark"],
            detail_mark=row["detail_mark"],
            link=row["link"],
        )
