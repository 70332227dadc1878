"""What all parts of the store share: the database, and the ways cases are read and written."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.core.message import MessageKey
from bot.core.review import UNDECIDED, Case, Duty, Status
from bot.stores.cipher import Cipher, Plain
from bot.stores.driver import Driver, Session, Value
from bot.stores.records import case_of_row, stamp

OF_MESSAGE = "platform = ? AND workspace = ? AND channel = ? AND message = ?"
STILL_UNDECIDED = ", ".join(f"'{status}'" for status in sorted(UNDECIDED))
JUDGED = ", ".join(f"'{status}'" for status in (Status.UPHELD, Status.DISMISSED, Status.APPEALED, Status.PROPOSED))


# When what is owed at once is due: before any time that a clock may be put back to.
AT_ONCE = stamp(datetime(2000, 1, 1, tzinfo=UTC))


class Statements:
    """A part of the store over one database."""

    def __init__(self, db: Driver, cipher: Cipher = Plain()) -> None:  # noqa: B008 - it has no state
        self._db = db
        self._cipher = cipher

    def trouble(self) -> str | None:
        return self._db.outage.trouble

    async def _cases(self, rest: str, *values: Value) -> list[Case]:
        rows = await self._db.rows(f"SELECT * FROM cases {rest}", *values)
        return [case_of_row(r, self._cipher.unseal(r["body"])) for r in rows]

    async def _one_case(self, rest: str, *values: Value) -> Case | None:
        return next(iter(await self._cases(rest, *values)), None)

    async def _number(self, sql: str, *values: Value) -> int:
        """What a statement counts; its column is called `number`."""
        return int((await self._db.rows(sql, *values))[0]["number"])


def named(key: MessageKey) -> tuple[str, str, str, str]:
    """The values of OF_MESSAGE."""
    return key.platform, key.workspace, key.channel, key.message


def marks(count: int) -> str:
    """That many `?`."""
    return ", ".join("?" * count)


async def enqueue(session: Session, case_id: int, case: Case, duties: Mapping[Duty, timedelta], at: datetime) -> None:
    """Owe the outside world these duties, each that much later than `at`."""
    for duty, later in duties.items():
        await owe(session, case_id, case, duty, stamp(at + later) if later else AT_ONCE)
    if duties:
        await session.announce()


async def owe(session: Session, case_id: int, case: Case, duty: Duty, due_at: str) -> None:
    await session.run(
        "INSERT INTO outbox (case_id, platform, duty, due_at) VALUES (?, ?, ?, ?)",
        case_id,
        case.key.platform,
        duty,
        due_at,
    )


async def write_report(session: Session, key: MessageKey, reporter_id: str, at: datetime) -> None:
    await session.run(
        "INSERT INTO reports (platform, workspace, channel, message, reporter_id, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        *named(key),
        reporter_id,
        stamp(at),
    )
