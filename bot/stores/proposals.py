"""Examples that wait for an admin. They are written with the case that they come from, and go when its words go."""

from bot.core import proposals
from bot.core.message import Person
from bot.core.proposals import Label, Proposal
from bot.core.review import Act, Case
from bot.stores.driver import Row, Session, Value
from bot.stores.records import moment, stamp
from bot.stores.statements import Statements


class Proposals(Statements):
    """See bot.ports.Store for what each method promises."""

    async def proposals(self, *, limit: int) -> list[Proposal]:
        return await self._proposals("SELECT * FROM proposals ORDER BY id LIMIT ?", limit)

    async def proposals_from(self, case_id: int) -> list[Proposal]:
        return await self._proposals("SELECT * FROM proposals WHERE case_id = ? ORDER BY id", case_id)

    async def proposal(self, number: int) -> Proposal | None:
        return next(iter(await self._proposals("SELECT * FROM proposals WHERE id = ?", number)), None)

    async def proposals_about(self, platform: str, person_id: str) -> list[Proposal]:
        return await self._proposals(
            "SELECT proposals.* FROM proposals JOIN cases ON cases.id = proposals.case_id"
            " WHERE platform = ? AND (author_id = ? OR by_id = ?) ORDER BY proposals.id",
            platform,
            person_id,
            person_id,
        )

    async def _proposals(self, sql: str, *values: Value) -> list[Proposal]:
        return [_read(row, self._cipher.unseal(row["body"])) for row in await self._db.rows(sql, *values)]

    async def _write_proposals(
        self, session: Session, after: Case, act: Act, made: Proposal | None, settled: int | None
    ) -> None:
        """What a change of the case means for proposals from it."""
        if made is not None:
            await session.run(
                "INSERT INTO proposals (case_id, misconception, label, body, by_id, by_name, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id, misconception) DO NOTHING",
                made.case_id,
                made.misconception,
                made.label,
                self._cipher.seal(made.text),
                made.by.id,
                made.by.name,
                stamp(made.at),
            )
        elif settled is not None:
            await session.run("DELETE FROM proposals WHERE id = ? AND case_id = ?", settled, after.id)
        if not proposals.outlive(after, act):
            await session.run("DELETE FROM proposals WHERE case_id = ?", after.id)


def _read(row: Row, text: str) -> Proposal:
    at = moment(row["at"])
    assert at is not None
    by = Person(row["by_id"], row["by_name"])
    return Proposal(row["case_id"], row["misconception"], Label(row["label"]), text, by, at, id=row["id"])
