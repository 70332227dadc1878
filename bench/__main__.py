"""Speeds, as ratios measured side by side in one run: `make bench`.

Contenders take turns, round by round, on the same messages; the median round counts, less that of an empty loop.
"""

import argparse
import asyncio
import gzip
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from bench import load
from bench.loop import loop_rows
from bench.on_discord import click_rows, throughput_rows
from bench.rows import Row
from bot.core.concepts import VAGUE
from bot.core.pack import Pack, Vocabulary
from bot.core.reader import Screener
from bot.packs.read import read_pack
from bot.readers import MODEL, screener_for
from bot.settings import Settings

CHAT = Path(__file__).with_name("chat.txt")
MANY = 5000  # misconceptions in the big pack
Read = Callable[[str], object]


def main() -> None:
    options = _options()
    pack = read_pack(Settings().content)
    chat = _messages(options.messages)
    subject = [text for m in pack.misconceptions.values() for text in (*m.flags, *m.passes)]
    rounds = 3 if options.quick else 9
    rows = [*_chat_rows(pack, chat, rounds), *_subject_rows(pack, subject, rounds), *_start_rows(rounds)]
    rows += asyncio.run(loop_rows(pack, subject))
    rows += asyncio.run(throughput_rows(pack, chat * (2 if options.quick else 20), rounds))
    flagged = [text for m in pack.misconceptions.values() for text in m.flags]
    rows += asyncio.run(click_rows(pack, chat, flagged, 5 if options.quick else 20))
    for row in rows:
        ratio = f"{row.ratio:8.2f} x {row.against}" if row.ratio is not None else ""
        print(f"{row.name:<52} {row.microseconds:>12,.2f} µs {ratio}")
    short = ["--seconds", "15"] if options.quick else []
    load.memory(short, pack, _messages(CHAT))
    load.load(short, pack, _messages(CHAT))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows]))


def _chat_rows(pack: Pack, chat: Sequence[str], rounds: int) -> list[Row]:
    """Ordinary chat: the gate, against what other bots do with the same terms."""
    terms = _terms(pack)
    one = re.compile("|".join(map(re.escape, terms)), re.IGNORECASE)
    many = [re.compile(re.escape(term), re.IGNORECASE) for term in terms]
    contenders: dict[str, Read] = {
        "ordinary chat: screening": Screener(pack).screen,
        f"ordinary chat: screening, {MANY} misconceptions": Screener(_grown(pack, MANY)).screen,
        f"ordinary chat: one alternation of {len(terms)} terms": one.search,
        f"ordinary chat: a list of {len(terms)} searches": lambda text: any(p.search(text) for p in many),
        **_phrase_matcher(terms),
    }
    times = _race(contenders, chat, rounds)
    times["ordinary chat: screening, every word for the first time"] = _fresh(pack, chat, rounds)
    base = times["ordinary chat: screening"]
    return [Row(name, t, "our screening", t / base) for name, t in times.items()]


def _subject_rows(pack: Pack, subject: Sequence[str], rounds: int) -> list[Row]:
    contenders: dict[str, Read] = {"on the subject: rules only": Screener(pack).screen}
    if MODEL.exists():
        contenders["on the subject: with the second reader"] = screener_for(pack, notice=0.5, shadow=0.3).screen
    return [Row(name, t) for name, t in _race(contenders, subject, rounds).items()]


def _start_rows(rounds: int) -> list[Row]:
    """A fresh process until its screener is ready."""
    ready = (
        "from bot.packs.read import read_pack; from bot.settings import Settings;"
        "from bot.readers import screener_for; screener_for(read_pack(Settings().content), notice=0.5, shadow=0.3)"
    )
    bare, ours = (_median(lambda c=code: _ran(c), rounds) for code in ("pass", ready))
    return [Row("start: a process until the screener is ready", ours * 1e6, "an empty Python", ours / bare)]


def _race(contenders: dict[str, Read], messages: Sequence[str], rounds: int) -> dict[str, float]:
    """Microseconds for a message, over an empty loop."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    empty: list[float] = []
    for number in range(rounds):
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        empty.append(_timed(lambda text: None, messages))
        for name, read in contenders.items():
            times[name].append(_timed(read, messages))
    print(file=sys.stderr)
    idle = statistics.median(empty)
    return {name: (statistics.median(t) - idle) / len(messages) * 1e6 for name, t in times.items()}


def _fresh(pack: Pack, messages: Sequence[str], rounds: int) -> float:
    """As `_race`, with a screener each round that has seen no word yet."""
    idle = _median(lambda: _timed(lambda text: None, messages), rounds)
    first = _median(lambda: _timed(Screener(pack).screen, messages), rounds)
    return (first - idle) / len(messages) * 1e6


def _timed(read: Read, messages: Sequence[str]) -> float:
    started = time.perf_counter()
    for message in messages:
        read(message)
    return time.perf_counter() - started


def _median(act: Callable[[], float], rounds: int) -> float:
    return statistics.median(act() for _ in range(rounds))


def _ran(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - started


def _terms(pack: Pack) -> list[str]:
    """The phrases by which the subject is known, as plain text."""
    phrases = (p for name in pack.vocabulary.things for p in pack.vocabulary.concepts.get(name, ()))
    return sorted({p.replace("…", " ").rstrip("*") for p in phrases if not p.startswith(VAGUE)})


def _grown(pack: Pack, size: int) -> Pack:
    """The pack with so many misconceptions, each copy with words of its own."""
    concepts, things, wrong = dict(pack.vocabulary.concepts), list(pack.vocabulary.things), dict(pack.misconceptions)
    originals = list(pack.misconceptions.values())
    for number in range(len(originals), size):
        original, thing = originals[number % len(originals)], f"thing-{number}"
        concepts[thing] = (f"zq{number}x", f"qz{number}y wort{number}")
        things.append(thing)
        rules = tuple(replace(rule, say=(thing, *rule.say[1:])) for rule in original.claims)
        wrong[f"{original.id}-{number}"] = replace(original, id=f"{original.id}-{number}", claims=rules)
    vocabulary = Vocabulary(concepts, tuple(things), pack.vocabulary.cues)
    return replace(pack, misconceptions=wrong, vocabulary=vocabulary)


def _phrase_matcher(terms: Sequence[str]) -> dict[str, Read]:
    try:
        import spacy  # type: ignore[import-not-found, unused-ignore]
        from spacy.matcher import PhraseMatcher  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        print("spaCy is not installed, so its PhraseMatcher is left out (pip install spacy)", file=sys.stderr)
        return {}
    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("subject", [language.make_doc(term) for term in terms])
    return {"ordinary chat: spaCy's PhraseMatcher": lambda text: matcher(language.make_doc(text))}


def _messages(path: Path) -> list[str]:
    return [line for line in _lines(path) if line.strip()]


def _lines(path: Path) -> Iterator[str]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in data.decode("utf-8").splitlines():
        yield json.loads(line)["text"] if ".jsonl" in path.name else line


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--messages", type=Path, default=CHAT, help="ordinary chat: text lines or .jsonl(.gz)")
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["store"]:
        from bench.store import main as measure_store

        measure_store(sys.argv[2:])
    elif sys.argv[1:2] in (["load"], ["memory"]):
        measured = load.load if sys.argv[1] == "load" else load.memory
        raise SystemExit(measured(sys.argv[2:], read_pack(Settings().content), _messages(CHAT)))
    else:
        main()
