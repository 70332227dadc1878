"""Fits when a question is taken to be about the subject at all: `python -m bench.fit_answers`.

Logistic regression (gradient descent, L2) over what `bot.core.topic_index` knows of a question, on the tuning parts of
bench/answers.jsonl and bench/answers_fresh.jsonl. It prints the weights that `topic_index.SUBJECT` holds.
"""

import json
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.core.answers import LONGEST, index_of
from bot.packs.read import read_pack

Table = NDArray[np.float64]
HERE = Path(__file__).parent
FILES = ("answers.jsonl", "answers_fresh.jsonl")
STEPS, RATE, CALM = 6000, 0.5, 0.002
OFF = 3.0  # an answer to a question about something else counts like three that are missed


def main() -> None:
    index = index_of(read_pack(HERE.parent / "content" / "calcification").shown())
    rows = [json.loads(line) for line in chain.from_iterable((HERE / f).open(encoding="utf-8") for f in FILES)]
    rows = [r for r in rows if r.get("part") == "tuning" and "offer" not in r]
    table = np.array([index.evidence(r["text"][:LONGEST]) for r in rows])
    about = np.array([r["topic"] is not None for r in rows], float)
    print("SUBJECT = (", ", ".join(f"{w:.2f}" for w in fitted(table, about)), ")")


def fitted(table: Table, about: Table) -> list[float]:
    """One weight for each column, and what is added at the end."""
    mean, spread = table.mean(0), table.std(0) + 1e-9
    known = np.c_[(table - mean) / spread, np.ones(len(table))]
    counts = np.where(about > 0, 1.0, OFF)
    weights = np.zeros(known.shape[1])
    for _ in range(STEPS):
        guessed = 1 / (1 + np.exp(-known @ weights))
        weights -= RATE * (known.T @ (counts * (guessed - about)) / counts.sum() + CALM * weights)
    plain = weights[:-1] / spread
    return [*plain, float(weights[-1] - (plain * mean).sum())]


if __name__ == "__main__":
    main()
