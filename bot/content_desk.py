"""What moderators and admins ask about the content in force."""

from contextlib import suppress
from datetime import UTC, datetime

from bot.content import changed_since, revisions
from bot.core.content_report import Report, content_lines
from bot.core.reviews import due
from bot.moderation import Moderation


async def about_content(moderation: Moderation, now: datetime) -> list[str]:
    """Its revision, age, stages, what is wrong with it, what is due, and what changed last."""
    return content_lines(await _report(moderation, now))


async def _report(moderation: Moderation, now: datetime) -> Report:
    pack, known = moderation.whole, await revisions(moderation.store)
    in_force = bool(known) and known[0].revision == pack.revision
    return Report(
        pack=pack,
        now=now,
        loaded_at=_moment(known[0].loaded_at) if in_force else None,
        problems=moderation.content_problems,
        changes=await changed_since(moderation.store) if in_force else (),
        held_back=moderation.held_back,
        trials=await moderation.trials.numbers(),
        due=due(pack, now.date()),
    )


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
