"""How misconceptions fare that no training has seen: each is learned from six examples to flag and six to pass.

    python bench/held_back.py                                     # invented ones (newcomers.jsonl), the shipped model
    python bench/train_reader.py --without ID … --networks 1 --out build/held-back     # a model that never saw them
    python bench/held_back.py build/held-back --examples FILE --measure FILE            # learns each, and measures it

Of `--examples` the first six messages that assert the misconception, and the first six that come close, are learned.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `bot`, when it is not installed

from bot.core.reader import Screener
from bot.packs.read import read_pack
from bot.readers import MODEL
from bot.second_reader.reader import load
from bot.settings import Settings

SIX = 6
LIKELY = 0.65  # of the second reader alone: what becomes a notice at 0.75 where there are no rules
HERE = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--examples", type=Path)
    parser.add_argument("--measure", type=Path)
    options = parser.parse_args()
    if options.model is None:
        _newcomers()
    else:
        _held_back(options)


def _held_back(options: argparse.Namespace) -> None:
    """The pack's own misconceptions that the model was trained without."""
    pack, model = read_pack(Settings().content), load(options.model)
    examples, messages = _read(options.examples), _read(options.measure)
    alone, both = [], []
    for name in sorted(pack.misconceptions.keys() - set(model.manifest.labels)):
        flags = [e["text"] for e in examples if name in e["labels"]][:SIX]
        passes = [e["text"] for e in examples if e.get("note") == f"near: {name}"][:SIX]
        learned = model.learn(name, flags, passes)
        screener = Screener(pack, scorer=learned, weights=model.manifest.weights)
        alone.append(_f1(messages, name, lambda e, n=name, r=learned: r.score(e["text"])[n] >= 0.5))
        both.append(_f1(messages, name, lambda e, n=name, s=screener: _flagged(s, e, n)))
        print(f"{name:<44} examples alone {alone[-1]:.2f}   with its rules {both[-1]:.2f}")
    print(f"mean F1 {statistics.mean(alone):.3f} from examples alone, {statistics.mean(both):.3f} with rules")


def _newcomers() -> None:
    """Of the invented ones, all messages but those learned are judged, with the unseen sets beside them."""
    rows, model = _read(HERE / "newcomers.jsonl"), load(MODEL)
    learned: set[str] = set()
    names = list(dict.fromkeys(row["note"].partition(": ")[2] for row in rows))
    for name in names:
        flags = [row for row in rows if name in row["labels"]][:SIX]
        passes = [row for row in rows if row["note"] == f"near: {name}"][:SIX]
        model = model.learn(name, [row["text"] for row in flags], [row["text"] for row in passes])
        learned |= {row["id"] for row in (*flags, *passes)}
    messages = [row for row in rows if row["id"] not in learned]
    messages += [row for name in ("unseen", "unseen2") for row in _read(HERE / f"{name}.jsonl")]
    scores = {row["id"]: model.score(row["text"], reply_to=row.get("reply_to") or "") for row in messages}
    found = {n: _f1(messages, n, lambda e, n=n: scores[e["id"]].get(n, 0.0) >= LIKELY) for n in names}
    for name, value in found.items():
        print(f"{name:<44} examples alone {value:.2f}")
    print(f"mean F1 {statistics.mean(found.values()):.3f} from examples alone, {len(messages)} messages")


def _flagged(screener: Screener, message: dict[str, Any], name: str) -> bool:
    found = screener.screen(message["text"], reply_to=message.get("reply_to") or "").findings
    return name in {f.misconception for f in found}


def _f1(messages: list[dict[str, Any]], name: str, flags: Any) -> float:
    right = wrong = missed = 0
    for message in messages:
        flagged, labelled = flags(message), name in message["labels"]
        right, wrong, missed = (
            right + (flagged and labelled),
            wrong + (flagged > labelled),
            missed + (flagged < labelled),
        )
    return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
