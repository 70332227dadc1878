"""`python -m bot examples`: what moderators proposed, for whoever runs the bot, who may approve it or turn it down."""

import argparse

from bot.clock import SystemClock
from bot.core.message import Person
from bot.core.pack import Pack
from bot.core.proposals import LABEL_WORDS, Proposal
from bot.core.review import Case, Refused
from bot.core.screening_checks import Screens
from bot.packs.examples import ExampleFiles
from bot.ports import Store
from bot.proposing import Proposing
from bot.settings import Settings
from bot.stores.open import with_store

FINE = 0  # exit status
OPERATOR = Person("operator", "whoever runs the bot")


def examples(options: argparse.Namespace, settings: Settings) -> int:
    """List what waits, or decide on one."""

    def screens_of(pack: Pack) -> Screens:
        from bot.readers import MODEL, screener_for  # costs a second, so only where something is written

        wanted = settings.screening
        model = MODEL if wanted.second_reader else None
        return screener_for(pack, notice=wanted.notice, shadow=wanted.shadow, model=model)

    async def work(store: Store) -> int:
        files = ExampleFiles(settings.content, screens_of)
        return await _examples(options, Proposing(store=store, clock=SystemClock(), write=files.write))

    return with_store(settings, work, or_else=(Refused,))


async def _examples(options: argparse.Namespace, proposing: Proposing) -> int:
    if options.approve:
        print(await proposing.approve(options.approve, OPERATOR, _any))
    elif options.reject:
        print(await proposing.reject(options.reject, OPERATOR, _any))
    else:
        found = await proposing.waiting(_any)
        print(*map(_line, found) if found else ["No example waits."], sep="\n")
    return FINE


def _line(proposal: Proposal) -> str:
    about = f"{proposal.misconception}, {LABEL_WORDS[proposal.label]}; case {proposal.case_id}"
    return f"{proposal.id:>4}  {proposal.text}\n      ({about}, proposed by {proposal.by.name})"


def _any(case: Case) -> bool:
    return True
