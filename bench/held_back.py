"""How misconceptions fare that no training has seen: each is learned from six examples to flag and six to pass.

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
from bot.second_reader.reader import load
from bot.settings import Settings

SIX = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--measure", type=Path, required=True)
    options = parser.parse_args()
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
