"""The command line for revisions of content: which were in force, what changed, going back, and replaying a case."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.content import changed_since, files_of, revisions
from bot.core.revisions import changes
from bot.packs.files import Files, collect
from bot.packs.problems import PackErrors
from bot.packs.read import examine_files, usable
from bot.ports import Store
from bot.settings import Settings
from bot.stores.open import with_store

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses


def show(options: argparse.Namespace, settings: Settings) -> int:
    """List the revisions that were in force, newest first, and what the newest changed."""

    async def work(store: Store) -> int:
        known = await revisions(store)
        for number, revision in enumerate(known):
            print(f"{revision.revision}  {revision.loaded_at}{'  (in force)' if number == 0 else ''}")
        if not known:
            print("No revision is kept yet; the running bot keeps each one that it loads.")
        print(*await changed_since(store), sep="\n", end="\n" if known else "")
        return FINE

    return with_store(settings, work, or_else=(PackErrors, OSError))


def rollback(options: argparse.Namespace, settings: Settings) -> int:
    """Write the files of an earlier revision back; a running bot takes them over by itself."""

    async def work(store: Store) -> int:
        wanted = await _kept(store, options.revision)
        if wanted is None:
            return COULD_NOT
        present = collect(settings.content).contents
        put_back(settings.content, present, wanted)
        lines = changes(present, wanted)
        print(*lines or ["Nothing had to be changed."], sep="\n")
        print(f"{settings.content} is as it was in revision {options.revision}.")
        return FINE

    return with_store(settings, work, or_else=(PackErrors, OSError))


def replay(options: argparse.Namespace, settings: Settings) -> int:
    """Screen a case's message again with the content that its case was made with."""

    async def work(store: Store) -> int:
        case = await store.case(options.case)
        if case is None or not case.text:
            print(f"There is no case {options.case} whose words are still kept.", file=sys.stderr)
            return COULD_NOT
        files = await _kept(store, case.pack_revision)
        if files is None:
            return COULD_NOT
        _screen_again(case.text, case.reply_to, Files(settings.content, files, ()), settings)
        return FINE

    return with_store(settings, work, or_else=(PackErrors, OSError))


def put_back(folder: Path, present: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> None:
    """Make the folder hold these files; each one is replaced at once. Raises OSError."""
    for name, data in wanted.items():
        path = folder / name
        if present.get(name) != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f"{path.name}.tmp")
            half.write_bytes(data)
            os.replace(half, path)
    for name in present.keys() - wanted.keys():
        (folder / name).unlink()


async def _kept(store: Store, revision: str) -> dict[str, bytes] | None:
    files = await files_of(store, revision)
    if files is None:
        print(f"Revision {revision} is not kept. These are: python -m bot content", file=sys.stderr)
    return files


def _screen_again(text: str, reply_to: str, files: Files, settings: Settings) -> None:
    from bot.readers import screener_for

    pack = usable(examine_files(files))
    screener = screener_for(pack, notice=settings.screening.notice, shadow=settings.screening.shadow)
    findings = screener.screen(text, reply_to=reply_to, trace=True)
    print(f"With revision {pack.revision}:")
    for finding in findings.findings:
        print(f"{finding.misconception}  {finding.probability:.0%}")
    print(*findings.trace or ["Nothing to flag."], sep="\n")
