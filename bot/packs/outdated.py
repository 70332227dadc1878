"""The command line for posted corrections that are out of date: listed, amended, posted again."""

import argparse
import json
import sys

from bot.clock import SystemClock
from bot.core.evidence import Outdated
from bot.core.message import Person
from bot.core.reader import Screener
from bot.core.review import Act, Refused
from bot.moderation import Moderation
from bot.outdated import outdated_corrections, renew
from bot.packs.problems import PackErrors
from bot.packs.read import read_pack
from bot.ports import Store
from bot.reading import ReadingRoom
from bot.settings import Settings
from bot.stores.open import with_store

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses
ALL = 10**9  # corrections that are looked through
SOMEBODY = Person("command-line", "somebody at the command line")


def list_outdated(options: argparse.Namespace, settings: Settings) -> int:
    """Print the posted corrections that would read differently today; FOUND where there are any. Raises PackErrors."""

    async def work(store: Store) -> int:
        found = await outdated_corrections(_service(store, settings), most=ALL)
        if options.json:
            print(json.dumps([_object(s) for s in found], ensure_ascii=False, indent=2))
        else:
            print(*[s.line for s in found] or ["Every posted correction reads as it would today."], sep="\n")
        return FOUND if found else FINE

    return with_store(settings, work, or_else=(PackErrors, OSError))


def amend(options: argparse.Namespace, settings: Settings) -> int:
    """Bring one outdated correction, or all, to today's text; the running bot changes the posts. Raises PackErrors."""

    async def work(store: Store) -> int:
        service, clock, act = _service(store, settings), SystemClock(), Act.REISSUE if options.again else Act.AMEND
        found = await outdated_corrections(service, most=ALL)
        wanted = [s for s in found if options.case in ("all", str(s.case.id))]
        status = FINE if wanted or options.case == "all" else COULD_NOT
        for stale in wanted:
            try:
                if not stale.text:
                    raise Refused(f"Case {stale.case.id}: {stale.why}. Please undo the case instead.")
                at, seen = clock.now(), stale.case.version
                await renew(service, stale.case.id, act, by=SOMEBODY, at=at, version=seen, text=stale.text)
                print(f"Case {stale.case.id}: the running bot changes the correction now.")
            except Refused as refusal:
                print(refusal, file=sys.stderr)
                status = FOUND
        if not wanted:
            print("Nothing is out of date there. See: python -m bot content outdated")
        return status

    return with_store(settings, work, or_else=(PackErrors, OSError))


def _object(stale: Outdated) -> dict[str, object]:
    case = stale.case
    seen = {"case": case.id, "platform": case.key.platform, "link": case.correction_link}
    return seen | {"why": stale.why, "was": case.correction, "text": stale.text}


def _service(store: Store, settings: Settings) -> Moderation:
    pack = read_pack(settings.content)
    room = ReadingRoom(Screener(pack))  # nothing is read here
    return Moderation(pack=pack, screener=room, store=store, clock=SystemClock(), policy=settings.policy)
