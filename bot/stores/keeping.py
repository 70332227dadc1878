"""The command line for what is kept: about a person, and in the audit chain."""

import argparse
import sys

from bot.clock import SystemClock
from bot.core import audit
from bot.core.audit import AuditRow
from bot.ports import Store
from bot.privacy import Privacy
from bot.settings import Settings
from bot.stores.open import with_store

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses
STEP = 10_000  # rows between two lines of progress


def person(options: argparse.Namespace, settings: Settings) -> int:
    """Show, export or erase what is kept about a person."""
    return with_store(settings, lambda store: _person(options, settings, store))


def verify(options: argparse.Namespace, settings: Settings) -> int:
    """Read the audit chain; FOUND when somebody changed it."""
    return with_store(settings, lambda store: _verify(store, options.head))


def key(options: argparse.Namespace, settings: Settings) -> int:
    """Print a new key."""
    from bot.stores.cipher import new_key

    print(new_key())
    return FINE


async def _person(options: argparse.Namespace, settings: Settings, store: Store) -> int:
    privacy = Privacy(store=store, clock=SystemClock(), keep_text=settings.policy.keep_text)
    if options.erase:
        pseudonym = await privacy.erase(options.platform, options.id)
        print(f"Erased. {pseudonym} stands in their place. A running bot takes their words off its notices.")
        return FINE
    kept = await privacy.kept(options.platform, options.id)
    if options.export:
        try:
            options.export.write_text(kept.as_json, "utf-8", "replace")
        except OSError as error:
            print(f"{options.export} can't be written: {error.strerror}.", file=sys.stderr)
            return COULD_NOT
    print(*kept.lines, sep="\n")
    return FINE


async def _verify(store: Store, head: str | None) -> int:
    walk = _Walk(await store.audit_key(), head)
    async for row in store.audit_rows():
        walk.on(row)
    print(f"{walk.count} rows, the newest with the link {walk.before or '(none)'}.")
    if head and not walk.met:
        print("The link that you gave is not in the chain: rows at its end were removed.")
    elif not walk.found:
        print("No sign of tampering.")
    return FOUND if walk.found or (head and not walk.met) else FINE


class _Walk:
    """Along the chain, row by row, so that its length does not matter."""

    def __init__(self, key: bytes, head: str | None) -> None:
        self._key, self._head = key, head
        self.before, self.count, self.found, self.met = audit.START, 0, 0, False

    def on(self, row: AuditRow) -> None:
        for broken in audit.breaks([row], self._key, self.before):
            self.found += 1
            print(f"row {broken.row} (case {row.case_id}): {broken.what}")
        self.before, self.count = row.link, self.count + 1
        self.met |= row.link == self._head
        if self.count % STEP == 0:
            print(f"{self.count} rows …", file=sys.stderr)
