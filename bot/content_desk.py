"""What moderators and admins ask about the content in force."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.content import changed_since, revisions
from bot.core.content_report import Report, content_lines
from bot.core.evidence import Outdated
from bot.core.message import Workspace
from bot.core.reviews import due
from bot.moderation import Moderation
from bot.outdated import outdated_corrections


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say about the content, and the posted corrections that it has left behind."""

    lines: Sequence[str]
    outdated: Sequence[Outdated]


async def about_content(moderation: Moderation, now: datetime, *, of: Workspace | None = None) -> About:
    """Its revision, age, stages, what is wrong, due, and new; corrections of one workspace or all."""
    found = await outdated_corrections(moderation, of=of)
    return About(content_lines(await _report(moderation, now, found)), found)


async def _report(moderation: Moderation, now: datetime, found: Sequence[Outdated]) -> Report:
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
        outdated=found,
    )


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
