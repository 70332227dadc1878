"""The command line: run, check, screen, evaluate, health, and what keeps the store."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from bot import logs
from bot.core.pack import Pack
from bot.core.reader import Screener
from bot.core.screening import Screening
from bot.json_lines import BadLine, object_of
from bot.packs import example_command
from bot.packs import revisions as content_revisions
from bot.packs.due import list_due
from bot.packs.problems import PackErrors, Problem
from bot.packs.read import read_pack
from bot.settings import DEFAULT_FILE, Settings, SettingsError, load
from bot.stores import keeping

FINE, FOUND, COULD_NOT = 0, 1, 2  # exit statuses


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    options = _parser().parse_args(arguments)
    logs.set_up()
    try:
        settings = load(options.config)
        logs.set_up(settings.log, secrets=settings.secrets)
        status: int = options.command(options, settings)
    except (SettingsError, PackErrors) as error:
        print(error, file=sys.stderr)
        return COULD_NOT
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Answers health questions from curated content and flags known misconceptions for moderators.",
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_FILE, help="settings file (default: %(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the bot; with no tokens, the sandbox in your browser")
    run.set_defaults(command=_run)
    checking = commands.add_parser("check", help="find every problem in the content files")
    checking.add_argument("folder", nargs="?", type=Path, help="a pack (default: the one in the settings)")
    checking.add_argument("--json", action="store_true", help="one JSON object for each problem")
    checking.add_argument("--fix", action="store_true", help="mend what can be mended without asking")
    checking.add_argument("--online", action="store_true", help="also try every link")
    checking.add_argument("--rules", action="store_true", help="list every rule with its reason, and check nothing")
    checking.set_defaults(command=_check)
    schema = commands.add_parser("schema", help="write the schemas that give editors completion and inline errors")
    schema.add_argument("folder", nargs="?", type=Path, help="where to (default: beside the packs)")
    schema.set_defaults(command=_schema)
    _add_editing(commands)
    screening = commands.add_parser("screen", help="show what the bot would flag in a text, and why")
    screening.add_argument("text", nargs="?", help="the message")
    screening.add_argument("--reply-to", default="", help="the message that it answers")
    screening.add_argument(
        "--jsonl", action="store_true", help="read objects {id, text, reply_to?} from standard input"
    )
    screening.add_argument("--trace", action="store_true", help="print how each finding came about")
    screening.set_defaults(command=_screen)
    answering = commands.add_parser("answer", help="show which topic answers a text, and whether it is urgent")
    answering.add_argument("text", nargs="?", help="the question")
    answering.add_argument("--jsonl", action="store_true", help="read objects {id, text} from standard input")
    answering.set_defaults(command=_answer)
    gaps = commands.add_parser("gaps", help="list what people asked lately that no topic answers")
    gaps.add_argument("--json", action="store_true", help="one JSON array instead of text")
    gaps.set_defaults(command=_gaps)
    proposed = commands.add_parser("examples", help="what moderators proposed as examples: listed, approved, rejected")
    word = proposed.add_mutually_exclusive_group()
    word.add_argument("--approve", type=int, metavar="NUMBER", help="write it into its content file")
    word.add_argument("--reject", type=int, metavar="NUMBER", help="forget its words")
    proposed.set_defaults(command=example_command.examples)
    evaluating = commands.add_parser("evaluate", help="measure screening on labelled messages")
    evaluating.add_argument("files", nargs="*", type=Path, metavar="FILE", help="JSON lines: {id, text, labels, kind}")
    evaluating.add_argument(
        "--urgent", type=Path, metavar="FILE", help="measure red flags: {id, text, urgent, kind, part}"
    )
    evaluating.add_argument("--json", action="store_true", help="one JSON object instead of text")
    evaluating.add_argument("--plot", type=Path, metavar="FILE.png", help="draw curves and calibration")
    evaluating.set_defaults(command=_evaluate)
    content = commands.add_parser(
        "content", help="the content's revisions, listed and gone back to; reviews that are due"
    )
    content.set_defaults(command=content_revisions.show)
    steps = content.add_subparsers(metavar="WHAT")
    back = steps.add_parser("rollback", help="write the files of an earlier revision back")
    back.add_argument("revision", help="as `python -m bot content` lists it")
    back.set_defaults(command=content_revisions.rollback)
    reviews = steps.add_parser("due", help="what should be compared with its sources again, and when")
    reviews.add_argument("--json", action="store_true", help="one JSON array instead of text")
    reviews.set_defaults(command=list_due)
    stale = steps.add_parser("outdated", help="posted corrections whose text or sources have changed since")
    stale.add_argument("--json", action="store_true", help="one JSON array instead of text")
    stale.set_defaults(command=_outdated)
    amending = steps.add_parser("amend", help="bring an outdated correction to today's text; the running bot does it")
    amending.add_argument("case", help="a case's number, or all")
    amending.add_argument("--again", action="store_true", help="take it away and post it again, instead of editing it")
    amending.set_defaults(command=_amend)
    again = steps.add_parser("replay", help="screen a case's message with the content that its case was made with")
    again.add_argument("case", type=int, help="the number on the notice")
    again.set_defaults(command=content_revisions.replay)
    person = commands.add_parser("person", help="what is kept about a person: shown, exported or erased")
    person.add_argument("platform", help="discord, slack or sandbox")
    person.add_argument("id", help="the platform's own number for the person")
    wish = person.add_mutually_exclusive_group()
    wish.add_argument("--export", type=Path, metavar="FILE.json", help="write a copy for the person")
    wish.add_argument("--erase", action="store_true", help="forget the person; it can't be undone")
    person.set_defaults(command=keeping.person)
    auditing = commands.add_parser("audit", help="does the history of decisions show tampering?")
    auditing.add_argument("what", choices=["verify"], help="read the whole chain")
    auditing.add_argument("--head", help="a link that was written down earlier, and must still be there")
    auditing.set_defaults(command=keeping.verify)
    key = commands.add_parser("key", help="make a key for STORE_KEY, with which texts are encrypted at rest")
    key.set_defaults(command=keeping.key)
    health = commands.add_parser("health", help="ask a running bot whether it is well")
    health.set_defaults(command=_health)
    _add_store_commands(commands)
    return parser


def _add_store_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = {
        "migrate": "bring the store's tables up to date",
        "backup": "copy the store into one file, also while the bot runs",
        "restore": "fill the store from a backup",
        "move": "copy everything to another store, such as from SQLite to PostgreSQL",
    }
    for name, words in made.items():
        commands.add_parser(name, help=words, description=words).set_defaults(command=_keep_store, store_command=name)
    for name, words in (("backup", "a new file, good for SQLite and PostgreSQL alike"), ("restore", "a backup")):
        commands.choices[name].add_argument("file", type=Path, metavar="FILE", help=words)
    commands.choices["restore"].add_argument("--replace", action="store_true", help="throw away what the store holds")
    commands.choices["move"].add_argument("--to", required=True, metavar="URL", help="postgresql://…, or a folder")


def _keep_store(options: argparse.Namespace, settings: Settings) -> int:
    from bot.stores.command import keep_store

    return keep_store(options, settings.data, settings.store_url)


def _add_editing(commands: Any) -> None:
    """The commands for people who edit content."""
    beginning = commands.add_parser("new", help="begin a misconception or a topic: a few questions, and a valid file")
    beginning.add_argument("kind", choices=("misconception", "topic"))
    beginning.set_defaults(command=_new)
    trying = commands.add_parser("try", help="show live how an entry's examples score while you edit it")
    trying.add_argument("id", help="of a misconception or a topic")
    trying.add_argument("--once", action="store_true", help="look once, and don't watch for changes")
    trying.set_defaults(command=_try)
    rendering = commands.add_parser("render", help="show an entry as Discord, Slack and the sandbox show it")
    rendering.add_argument("id", help="of a misconception or a topic")
    rendering.add_argument("--html", type=Path, metavar="FILE.html", help="write a page to look at, instead of text")
    rendering.add_argument("--sheet", type=Path, metavar="FILE.html", help="write a fact sheet of one page, to print")
    rendering.add_argument("--claim-review", type=Path, metavar="FILE.json", help="write a ClaimReview (schema.org)")
    rendering.add_argument("--publisher", default="", help="who reviewed the claim (default: the pack's title)")
    rendering.add_argument("--url", default="", help="where the review is published")
    rendering.set_defaults(command=_render)


def _new(options: argparse.Namespace, settings: Settings) -> int:
    from bot.editing.commands import new

    return new(settings.content, options.kind, today=datetime.now(UTC).date(), out=sys.stdout)


def _try(options: argparse.Namespace, settings: Settings) -> int:
    from bot.editing.commands import try_out

    return try_out(settings.content, options.id, _screeners(settings), once=options.once, out=sys.stdout)


def _render(options: argparse.Namespace, settings: Settings) -> int:
    from bot.editing.commands import Wanted, render

    wanted = Wanted(options.html, options.sheet, options.claim_review, options.publisher, options.url)
    return render(settings.content, options.id, _screeners(settings), wanted, out=sys.stdout)


def _screeners(settings: Settings) -> Callable[[Pack], Screener]:
    from bot.readers import screeners

    return screeners(notice=settings.screening.notice, shadow=settings.screening.shadow)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from bot.app import run
    from bot.discord_.errors import DiscordUnusable
    from bot.slack_.errors import SlackUnusable
    from bot.stores.driver import StoreUnusable

    status = FINE
    try:
        asyncio.run(run(settings))
    except* (StoreUnusable, DiscordUnusable, SlackUnusable, OSError, PackErrors) as group:
        print(*group.exceptions, sep="\n", file=sys.stderr)
        status = COULD_NOT
    return status


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from bot.editing.fits import cut_remarks
    from bot.packs.command import Options, check
    from bot.packs.rules import rule_list

    if options.rules:
        print(rule_list())
        return FINE
    folder = options.folder or settings.content
    status = check(
        folder,
        Options(
            today=datetime.now(UTC).date(),
            as_json=options.json,
            fix=options.fix,
            screens_of=lambda pack: _checker(settings, pack),
            also=cut_remarks,
            extra=_dead_links(folder) if options.online else (),
        ),
        sys.stdout,
    )
    if not options.json:
        from bot.readers import model_state

        print(model_state())
    return status


def _dead_links(folder: Path) -> tuple[Problem, ...]:
    from bot.packs.online import dead_links
    from bot.packs.read import examine

    return asyncio.run(dead_links(examine(folder)))


def _checker(settings: Settings, pack: Pack) -> Screener:
    from bot.readers import checker_for

    return checker_for(pack, notice=settings.screening.notice, shadow=settings.screening.shadow)


def _schema(options: argparse.Namespace, settings: Settings) -> int:
    from bot.packs.editor_schema import FOLDER, write_schemas

    try:
        print(*write_schemas(options.folder or settings.content.parent / FOLDER), sep="\n")
    except OSError as error:
        print(f"The schemas can't be written: {error}", file=sys.stderr)
        return COULD_NOT
    return FINE


def _answer(options: argparse.Namespace, settings: Settings) -> int:
    from bot.answer import answer_lines, show

    pack = read_pack(settings.content).shown()
    if options.jsonl:
        return answer_lines(pack, sys.stdin, sys.stdout)
    if options.text is None:
        print('Say what to answer: python -m bot answer "text", or --jsonl < file', file=sys.stderr)
        return COULD_NOT
    return show(pack, options.text, sys.stdout)


def _outdated(options: argparse.Namespace, settings: Settings) -> int:
    from bot.packs.outdated import list_outdated

    return list_outdated(options, settings)


def _amend(options: argparse.Namespace, settings: Settings) -> int:
    from bot.packs.outdated import amend

    return amend(options, settings)


def _gaps(options: argparse.Namespace, settings: Settings) -> int:
    from bot.clock import SystemClock
    from bot.content_gaps import list_gaps
    from bot.stores.driver import StoreUnusable
    from bot.stores.open import open_store

    async def tell() -> None:
        async with open_store(settings.data, settings.store_url) as store:
            await list_gaps(store, SystemClock(), as_json=options.json, out=sys.stdout)

    try:
        asyncio.run(tell())
    except StoreUnusable as error:
        print(error, file=sys.stderr)
        return COULD_NOT
    return FINE


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from bot.evaluate import ExamplesUnusable, run
    from bot.plots import NoPlots

    pack = read_pack(settings.content)
    if not options.files and not options.urgent:
        print("Say what to measure: python -m bot evaluate FILE, or --urgent FILE", file=sys.stderr)
        return COULD_NOT
    try:
        if options.urgent:
            return _evaluate_urgent(options, pack)
        screener = _screener(settings, pack, shadow=0.0)
        return run(screener, options.files, pack.misconceptions, options, settings.screening.notice)
    except (ExamplesUnusable, NoPlots, OSError) as error:
        print(error, file=sys.stderr)
        return COULD_NOT


def _evaluate_urgent(options: argparse.Namespace, pack: Pack) -> int:
    from bot.core.urgent import UrgentReader
    from bot.evaluate_urgent import figures, judged, tell

    told = judged(UrgentReader(pack.safety.red_flags), options.urgent, pack.safety.urgent)
    if options.json:
        parts = {part: asdict(figures([t for t in told if t.part == part])) for part in {t.part for t in told}}
        print(json.dumps(parts, indent=2, sort_keys=True))
    else:
        tell(told, sys.stdout)
    return FINE


def _health(options: argparse.Namespace, settings: Settings) -> int:
    from bot.health import ask

    problems = ask(settings.health.host, settings.health.port)
    print(*problems or ["The bot is well."], sep="\n")
    return FOUND if problems else FINE


def _screen(options: argparse.Namespace, settings: Settings) -> int:
    screener = _screener(settings, read_pack(settings.content))
    if options.jsonl:
        return screen_lines(screener, sys.stdin, sys.stdout)
    if options.text is None:
        print('Say what to screen: python -m bot screen "text", or --jsonl < file', file=sys.stderr)
        return COULD_NOT
    _show(screener.screen(options.text, reply_to=options.reply_to, trace=options.trace), sys.stdout)
    return FINE


def _screener(settings: Settings, pack: Pack, *, shadow: float | None = None) -> Screener:
    from bot.readers import screener_for  # costs half a second where there is a model, so only where it is used

    least = settings.screening.shadow if shadow is None else shadow
    return screener_for(pack, notice=settings.screening.notice, shadow=least)


def screen_lines(screener: Screener, lines: TextIO, out: TextIO) -> int:
    """Answer each line of JSON with one line of JSON, in order; FOUND when a line was no usable object."""
    status = FINE
    for number, line in enumerate(lines, start=1):
        answer = _screen_line(screener, line, number)
        if "error" in answer:
            status = FOUND
        print(json.dumps(answer, ensure_ascii=False), file=out, flush=True)
    return status


def _screen_line(screener: Screener, line: str, number: int) -> dict[str, Any]:
    try:
        given = object_of(line, number)
    except BadLine as error:
        return {"id": None, "error": str(error)}
    reply_to = given.get("reply_to") or ""
    if not isinstance(reply_to, str):
        return {"id": None, "error": f"line {number}: reply_to should be text"}
    findings = screener.screen(given["text"], reply_to=reply_to).findings
    return {"id": given["id"], "findings": [asdict(f) for f in findings]}


def _show(screening: Screening, out: TextIO) -> None:
    if not screening.findings:
        print("Nothing to flag.", file=out)
    for finding in screening.findings:
        print(f"{finding.misconception}  {finding.probability:.0%}", file=out)
        print(f"  “{' '.join(finding.quote.split())}”", file=out)
        print(f"  {finding.why}", file=out)
    for line in screening.trace:
        print(f"  | {line}", file=out)


if __name__ == "__main__":
    sys.exit(main())
