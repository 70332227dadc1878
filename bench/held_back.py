"""How misconceptions fare that no training has seen: each is learned from six examples to flag and six to pass.

    python bench/held_back.py                    # invented ones (newcomers.jsonl), the shipped model
    python bench/train_reader.py --without ID … --networks 1 --out build/held-back     # a model that never saw them
    python bench/held_back.py build/held-back    # learns each of them without its rules, and measures it

Of `starter.jsonl` the first six messages that assert the misconception, and the first six that come close, are learned;
`wm`, `wn` and `wo.jsonl` and the unseen sets, by other hands, are judged. With `--fit` the weights for new ones are
fitted, and each is judged with weights fitted on the others.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `bot`, when it is not installed

import numpy as np

from bot.core.pack import Misconception, Pack
from bot.core.reader import Screener
from bot.packs.read import read_pack
from bot.readers import MODEL, taught
from bot.second_reader.reader import load
from bot.settings import Settings

SIX = 6
NOTICE = 0.75
HERE = Path(__file__).resolve().parent
JUDGED = ("examples/wm", "examples/wn", "examples/wo", "unseen3", "unseen4")
AT = (0.2, 0.25, 0.3, 0.35, 0.4)
Message = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    pack, model = read_pack(Settings().content), load(options.model or MODEL)
    if options.model:
        rows = _read("examples/starter")
        names = sorted(pack.misconceptions.keys() - set(model.manifest.labels))
        judged = [row for name in JUDGED for row in _read(name)]
    else:
        rows = _read("newcomers")
        names = list(dict.fromkeys(row["note"].partition(": ")[2] for row in rows))
        judged = [row for name in ("newcomers", "unseen3", "unseen4") for row in _read(name)]
    learned, pack = _with_new(pack, names, rows)
    judged = [row for row in judged if row["id"] not in learned]
    reader = taught(model, pack)
    screener = Screener(pack, scorer=reader, weights=model.manifest.weights, trained=model.manifest.labels)
    print(f"{len(names)} new misconceptions, {len(judged)} messages")
    if options.fit:
        _fit(screener, names, judged)
    else:
        _judge(screener, names, judged)


def _with_new(pack: Pack, names: Sequence[str], rows: Sequence[Message]) -> tuple[set[str], Pack]:
    """The pack with these misconceptions, with six and six of the examples, and without rules or words of its own."""
    learned, new = set(), {}
    for name in names:
        flags = [row for row in rows if name in row["labels"]][:SIX]
        passes = [row for row in rows if row["note"] == f"near: {name}"][:SIX]
        learned |= {row["id"] for row in (*flags, *passes)}
        texts = {"flags": tuple(r["text"] for r in flags), "passes": tuple(r["text"] for r in passes)}
        known = pack.misconceptions.get(name) or _invented(pack, name, flags)
        new[name] = replace(known, claims=(), **texts)
    kept = _used(pack, pack.misconceptions.keys() - set(names))
    words = {c: phrases for c, phrases in pack.vocabulary.concepts.items() if c in kept}
    things = tuple(thing for thing in pack.vocabulary.things if thing in kept)
    vocabulary = replace(pack.vocabulary, concepts=words, things=things)
    return learned, replace(pack, misconceptions={**pack.misconceptions, **new}, vocabulary=vocabulary)


def _used(pack: Pack, others: set[str]) -> set[str]:
    """The concepts that are there without the new ones: of the others' rules, or of none."""
    by = {
        m.id: {c.strip() for r in m.claims for item in (*r.say, *r.unless) for c in item.split("|")}
        for m in pack.misconceptions.values()
    }
    only_new = set().union(*(c for m, c in by.items() if m not in others)) - set().union(*(by[m] for m in others))
    return set(pack.vocabulary.concepts) - only_new


def _invented(pack: Pack, name: str, flags: Sequence[Message]) -> Misconception:
    """A misconception of which there are only messages: the first of them stands for the claim."""
    return replace(next(iter(pack.misconceptions.values())), id=name, claim=flags[0]["text"], correction="")


def _judge(screener: Screener, names: Sequence[str], messages: Sequence[Message]) -> None:
    found = {row["id"]: screener.screen(row["text"], reply_to=row.get("reply_to") or "").findings for row in messages}
    flagged = {key: {f.misconception for f in findings if f.probability >= NOTICE} for key, findings in found.items()}
    scores = {n: _f1(np.array([n in flagged[r["id"]] for r in messages]), _wanted(n, messages)) for n in names}
    for name, score in scores.items():
        print(f"{name:<44} {score:.2f}")
    print(f"mean F1 {statistics.mean(scores.values()):.3f}, from examples alone")


def _fit(screener: Screener, names: Sequence[str], messages: Sequence[Message]) -> None:
    said = [_features(screener, row) for row in messages]
    rows = {n: np.array([features[n] for features in said]) for n in names}
    wanted = {n: _wanted(n, messages) for n in names}
    chances = {}
    for name in names:
        others = [n for n in names if n != name]
        weights = _newton(np.concatenate([rows[n] for n in others]), np.concatenate([wanted[n] for n in others]))
        chances[name] = 1 / (1 + np.exp(-rows[name] @ weights))
    for least in AT:
        scores = {n: _f1(chances[n] >= least, wanted[n]) for n in names}
        print(f"each by the others' weights, at {least}: mean F1 {statistics.mean(scores.values()):.3f}", scores)
    print(
        "weights of all:", _newton(np.concatenate(list(rows.values())), np.concatenate(list(wanted.values()))).round(3)
    )


def _features(screener: Screener, row: Message) -> Mapping[str, tuple[float, ...]]:
    return {name: (1.0, *features) for name, features in screener.newcomers(row["text"]).items()}


def _wanted(name: str, messages: Sequence[Message]) -> Any:
    return np.array([name in row["labels"] for row in messages])


def _f1(flags: Any, wanted: Any) -> float:
    return round(float(2 * (flags & wanted).sum() / max(1, flags.sum() + wanted.sum())), 3)


def _newton(rows: Any, wanted: Any, pull: float = 0.01) -> Any:
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        guess = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        bend = (rows * (guess * (1 - guess))[:, None]).T @ rows + pull * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, rows.T @ (guess - wanted) + pull * weights)
    return weights


def _read(name: str) -> list[Message]:
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


if __name__ == "__main__":
    main()
