"""The sandbox's own little chat platform: posts and notices in one SQLite file that survives a kill."""

import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosqlite

from bot.clock import SystemClock
from bot.core import cards, wording
from bot.core.message import MessageKey, Person
from bot.core.review import Case, Correction
from bot.ports import Clock, Impossible, Record, Told
from bot.sandbox.feed import Feed
from bot.sandbox.posts import BOT, CHANNEL, PRIVATE_NOTE, Call, Kind, Post

PLATFORM = "sandbox"
FILE = "sandbox.sqlite3"

SCHEMA = """
CREATE TABLE IF NOT EXISTS sandbox_workspace (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sandbox_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, because it names the message's case
    channel TEXT NOT NULL,
    author_id TEXT NOT NULL,
    author_name TEXT NOT NULL,
    text TEXT NOT NULL,
    reply_to INTEGER,
    posted_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id INTEGER,
    topic TEXT NOT NULL DEFAULT '',
    edited INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    screened INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS sandbox_one_correction ON sandbox_posts (case_id)
    WHERE kind = 'correction' AND deleted = 0;
CREATE INDEX IF NOT EXISTS sandbox_unscreened ON sandbox_posts (id) WHERE screened = 0;
CREATE TABLE IF NOT EXISTS sandbox_notices (
    case_id INTEGER PRIMARY KEY, version INTEGER NOT NULL, shown_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sandbox_calls (
    name TEXT PRIMARY KEY,  -- of what is said once
    at TEXT NOT NULL,
    words TEXT NOT NULL,
    case_id INTEGER,
    picture BLOB
) STRICT;
"""


class WorkspaceUnusable(OSError):
    """The sandbox's file can't be opened or written; the message tells the operator where and what to do."""


@asynccontextmanager
async def open_workspace(folder: Path, clock: Clock | None = None) -> AsyncIterator["Workspace"]:
    """The workspace kept in `folder`. Raises WorkspaceUnusable."""
    path = folder / FILE
    try:
        _make(folder)
        db = await aiosqlite.connect(path, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise WorkspaceUnusable(_advice(path, error)) from error
    try:
        yield Workspace(db, await _prepare(db, path), clock or SystemClock())
    finally:
        await db.close()


class Workspace:
    """Posts, and the sandbox's Notifier (see bot.ports)."""

    def __init__(self, db: aiosqlite.Connection, workspace_id: str, clock: Clock) -> None:
        self._db = db
        self.id = workspace_id  # random, so that a new file never meets the cases of an older one
        self.clock = clock
        self.feed = Feed()

    async def add(
        self, author: Person, text: str, *, kind: Kind = Kind.MEMBER, reply_to: int | None = None, topic: str = ""
    ) -> Post:
        """Save a post. A member's post waits to be screened until `mark_screened`, also after a restart."""
        screened = kind is not Kind.MEMBER
        return await self._change(
            "INSERT INTO sandbox_posts (channel, author_id, author_name, text, reply_to, posted_at, kind, topic,"
            " screened) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            (CHANNEL, author.id, author.name, text, reply_to, self._now(), kind, topic, screened),
        )

    async def edit(self, post_id: int, text: str) -> Post:
        """Save the new text, which waits to be screened again."""
        return await self._change(
            "UPDATE sandbox_posts SET text = ?, edited = 1, screened = 0 WHERE id = ? RETURNING *", (text, post_id)
        )

    async def delete(self, post_id: int) -> Post:
        """Forget the text; that the post is gone waits to be told to the service."""
        return await self._change(
            "UPDATE sandbox_posts SET text = '', deleted = 1, screened = 0 WHERE id = ? RETURNING *", (post_id,)
        )

    async def mark_screened(self, post: Post) -> None:
        """The service knows about the post as it is here; a later edit stays unscreened."""
        await self._db.execute(
            "UPDATE sandbox_posts SET screened = 1 WHERE id = ? AND text = ? AND deleted = ?",
            (post.id, post.text, post.deleted),
        )

    async def post(self, post_id: int) -> Post | None:
        """The post with that number, deleted ones too."""
        return _first(await self._posts("WHERE id = ?", (post_id,)))

    async def posts(self, limit: int = 200) -> list[Post]:
        """The newest posts that still stand, oldest first."""
        newest = await self._posts("WHERE deleted = 0 ORDER BY id DESC LIMIT ?", (limit,))
        return newest[::-1]

    async def unscreened(self) -> list[Post]:
        """Members' posts that the service hasn't seen as they are now, oldest first."""
        return await self._posts("WHERE screened = 0 AND kind = ? ORDER BY id", (Kind.MEMBER,))

    async def notices(self) -> Mapping[int, int]:
        """The version of each case that moderators were last shown."""
        rows = await self._db.execute_fetchall("SELECT case_id, version FROM sandbox_notices")
        return {r["case_id"]: r["version"] for r in rows}

    async def show(self, case: Case, record: Mapping[str, Record], *, folded: int = 0) -> str:
        """See bot.ports.Notifier. The queue reads cases from the service; here is kept that it was told."""
        await self._db.execute(
            "INSERT INTO sandbox_notices VALUES (?, ?, ?) ON CONFLICT (case_id) DO UPDATE"
            " SET version = excluded.version, shown_at = excluded.shown_at WHERE excluded.version > version",
            (case.id, case.version, self._now()),
        )
        self.feed.publish()
        return f"notice-{case.id}"

    async def post_urgent(self, case: Case, words: str) -> None:
        """See bot.ports.Notifier."""
        await self._tell_once(Kind.URGENT, case, words)

    async def post_correction(self, case: Case) -> Told:
        """See bot.ports.Notifier."""
        if case.way is Correction.PRIVATE:
            return Told(str((await self._whisper(case, case.correction, topic=PRIVATE_NOTE)).id))
        post = await self._change(
            "INSERT INTO sandbox_posts (channel, author_id, author_name, text, reply_to, posted_at, kind, case_id,"
            " screened) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT (case_id) WHERE kind = 'correction' AND deleted = 0 DO UPDATE SET text = excluded.text"
            " RETURNING *",
            (CHANNEL, BOT.id, BOT.name, case.correction, *self._answered(case), self._now(), Kind.CORRECTION, case.id),
        )
        return Told(str(post.id), link=f"#post-{post.id}")

    async def amend_correction(self, case: Case) -> None:
        """See bot.ports.Notifier."""
        standing = await self._posts(
            "WHERE id = ? AND case_id = ? AND deleted = 0", (int(case.correction_ref), case.id)
        )
        if not standing:
            raise Impossible(wording.CORRECTION_GONE)
        await self._change(
            "UPDATE sandbox_posts SET text = ? WHERE id = ? RETURNING *", (case.correction, standing[0].id)
        )

    async def remove_correction(self, case: Case) -> None:
        """See bot.ports.Notifier."""
        await self._db.execute(
            "UPDATE sandbox_posts SET text = '', deleted = 1 WHERE kind = ? AND case_id = ? AND deleted = 0",
            (Kind.CORRECTION, case.id),
        )
        await self._db.execute(
            "UPDATE sandbox_posts SET text = ?, topic = '' WHERE kind = ? AND case_id = ? AND topic = ?",
            (wording.NOTE_TAKEN_BACK, Kind.WHISPER, case.id, PRIVATE_NOTE),
        )
        self.feed.publish()

    async def tell_author(self, case: Case, words: str) -> None:
        """See bot.ports.Notifier."""
        await self._whisper(case, words)

    async def escalate(self, case: Case) -> None:
        """See bot.ports.Notifier. The sandbox has no second channel: whoever moderates sees the call."""
        by = case.holder.id if case.holder else ""
        await self._call(f"escalation-{case.id}-{by}", cards.escalation_text(case), case)

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        """See bot.ports.Notifier."""
        names = f" ({', '.join(p.name for p in people)})" if people else ""
        await self._call(f"reminder-{case.id}", cards.reminder_text(case) + names, case)

    async def alert_admin(self, words: str) -> None:
        """See bot.ports.Notifier."""
        await self._call(f"alert-{self._now()}", words)

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        """See bot.ports.Notifier."""
        await self._call(name, words, picture=picture)

    async def calls(self, limit: int = 5) -> list[Call]:
        """The newest things that moderators were told, the newest first."""
        rows = await self._db.execute_fetchall(
            "SELECT name, at, words, case_id, picture IS NOT NULL AS drawn FROM sandbox_calls"
            " ORDER BY rowid DESC LIMIT ?",
            (limit,),
        )
        return [_called(r) for r in rows]

    async def picture(self, name: str) -> bytes | None:
        """The PNG that belongs to a call."""
        rows = list(await self._db.execute_fetchall("SELECT picture FROM sandbox_calls WHERE name = ?", (name,)))
        return rows[0]["picture"] if rows else None

    async def _call(self, name: str, words: str, case: Case | None = None, *, picture: bytes | None = None) -> None:
        """Tell the moderators something once."""
        await self._db.execute(
            "INSERT INTO sandbox_calls VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (name, self._now(), words, case.id if case else None, picture),
        )
        self.feed.publish()

    async def _whisper(self, case: Case, words: str, *, topic: str = "") -> Post:
        """Say something in the channel that only the author of the message sees; once for the same words."""
        return await self._tell_once(Kind.WHISPER, case, words, topic=topic)

    async def _tell_once(self, kind: Kind, case: Case, words: str, *, topic: str = "") -> Post:
        known = await self._posts(
            "WHERE kind = ? AND case_id = ? AND text = ? AND topic = ? AND deleted = 0", (kind, case.id, words, topic)
        )
        return _first(known) or await self._change(
            "INSERT INTO sandbox_posts (channel, author_id, author_name, text, reply_to, posted_at, kind, case_id,"
            " topic, screened) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING *",
            (CHANNEL, BOT.id, BOT.name, words, *self._answered(case), self._now(), kind, case.id, topic),
        )

    async def delete_message(self, case: Case) -> None:
        """See bot.ports.Notifier."""
        await self.delete(int(case.key.message))

    def key(self, post_id: int) -> MessageKey:
        """What the service calls the post."""
        return MessageKey(PLATFORM, self.id, CHANNEL, str(post_id))

    def owns(self, case: Case) -> bool:
        """Whether the case is about a post of this workspace."""
        return case.key.platform == PLATFORM and case.key.workspace == self.id

    def _answered(self, case: Case) -> tuple[int | None]:
        return (int(case.key.message) if self.owns(case) else None,)

    def _now(self) -> str:
        return self.clock.now().isoformat()

    async def _change(self, sql: str, values: tuple[Any, ...]) -> Post:
        """Run a statement that returns the one post it wrote, and tell the open pages."""
        rows = list(await self._db.execute_fetchall(sql, values))
        self.feed.publish()
        return _post(rows[0])

    async def _posts(self, rest: str, values: tuple[Any, ...]) -> list[Post]:
        return [_post(r) for r in await self._db.execute_fetchall(f"SELECT * FROM sandbox_posts {rest}", values)]


async def _prepare(db: aiosqlite.Connection, path: Path) -> str:
    """Make the tables and return the workspace's id."""
    db.row_factory = aiosqlite.Row
    try:
        await db.execute("PRAGMA busy_timeout = 5000")
        await db.execute("PRAGMA journal_mode = WAL")
        await db.executescript(SCHEMA)
        await db.execute("INSERT OR IGNORE INTO sandbox_workspace VALUES (1, ?)", (secrets.token_hex(8),))
        rows = list(await db.execute_fetchall("SELECT id FROM sandbox_workspace"))
    except sqlite3.Error as error:
        raise WorkspaceUnusable(_advice(path, error)) from error
    return str(rows[0]["id"])


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def _post(row: sqlite3.Row) -> Post:
    return Post(
        id=row["id"],
        channel=row["channel"],
        author=Person(row["author_id"], row["author_name"]),
        text=row["text"],
        posted_at=datetime.fromisoformat(row["posted_at"]),
        kind=Kind(row["kind"]),
        reply_to=row["reply_to"],
        case_id=row["case_id"],
        topic=row["topic"],
        edited=bool(row["edited"]),
        deleted=bool(row["deleted"]),
        screened=bool(row["screened"]),
    )


def _called(row: sqlite3.Row) -> Call:
    return Call(
        name=row["name"],
        at=datetime.fromisoformat(row["at"]),
        words=row["words"],
        case_id=row["case_id"],
        drawn=bool(row["drawn"]),
    )


def _first(posts: Iterable[Post]) -> Post | None:
    return next(iter(posts), None)


def _advice(path: Path, error: Exception) -> str:
    return f"The sandbox's file {path} can't be used: {error}. Check that the bot may write in that folder."
