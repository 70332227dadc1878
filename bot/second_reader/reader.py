"""The second reader at run time: ONNX Runtime, a tokenizer and numpy, all loaded only when a model is."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.core.combine import EDGE
from bot.core.variants import restanced
from bot.second_reader import light_head, manifest
from bot.second_reader.light_head import LightHead
from bot.second_reader.manifest import Manifest, ModelUnusable
from bot.second_reader.windows import formatted, parts, sentence_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float32]

__all__ = ["ModelUnusable", "SecondReader", "load"]

TELLING = 0.3  # a sentence below this does not make the claim by itself
BATCH = 16  # texts read at once by `score_all`, of about the same length; more would mostly read padding
PIECES = 256  # word pieces of one text that are read; windows carry what lies beyond
AT_ONCE = (
    512  # word pieces of all texts that are read at once, padding too: what this needs in memory is soon given back
)
WHOLE = 0.3  # the share of a long message's log-odds that it has as a whole; its most telling window has the rest
DOUBT = 0.02  # nearer to 0 or 1 than this the whole does not weigh more
READ_WHOLE = 180  # words that surely are within PIECES


def load(folder: Path, *, known: Collection[str] | None = None) -> SecondReader:
    """The reader in that folder; with `known`, scores of other misconceptions are left out.

    Raises ModelUnusable with a plain reason.
    """
    about = manifest.read(folder)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads wait by spinning; small tables don't need them
    try:
        import numpy as np
        import onnxruntime  # type: ignore[import-untyped, unused-ignore]
        from tokenizers import Tokenizer
    except ImportError as problem:
        raise ModelUnusable(f"The package {problem.name} is not installed.") from problem
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # a message is small; threads cost more
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # they would keep what one long post took
        session = onnxruntime.InferenceSession(folder / "reader.onnx", options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        background = np.load(folder / "background.npy", mmap_mode="r", allow_pickle=False)  # seldom looked at
    except Exception as problem:  # each library has its own errors for a file that it can't use
        raise ModelUnusable(f"The model in {folder} can't be loaded: {type(problem).__name__}.") from problem
    shown = frozenset(about.labels) if known is None else frozenset(about.labels) & frozenset(known)
    return SecondReader(about, OnnxNetwork(session, tokenizer), background, shown)


class Network(Protocol):
    """Reads texts. May be called from several threads at once."""

    def read(self, texts: Sequence[str]) -> tuple[Table, Table]:
        """A row for each text: probabilities in the order of the labels, and the text's vector."""


@dataclass(frozen=True, slots=True)
class OnnxNetwork:
    """The exported network with its tokenizer; both libraries are safe to call from several threads."""

    session: Any
    tokenizer: Any

    def read(self, texts: Sequence[str]) -> tuple[Table, Table]:
        import numpy as np

        rows = [self.tokenizer.encode(text).ids[:PIECES] for text in texts]
        read: list[tuple[Any, Any]] = [()] * len(rows)  # type: ignore[list-item]  # each is filled in below
        for batch in batches([len(row) for row in rows]):
            found = self.session.run(None, {"pieces": _padded([rows[number] for number in batch])})
            for number, *row in zip(batch, *found, strict=True):
                read[number] = (row[0], row[1])
        probabilities, vectors = map(np.stack, zip(*read, strict=True))
        return probabilities, vectors


@dataclass(frozen=True, slots=True)
class SecondReader:
    """How likely each misconception is asserted. Frozen, so threads may share it."""

    manifest: Manifest
    network: Network
    background: Table  # vectors of the shipped examples, for `learn`
    shown: frozenset[str]
    heads: Mapping[str, LightHead] = field(default_factory=dict)

    def score(self, text: str, *, reply_to: str = "") -> Mapping[str, float]:
        """Probability by misconception, 0..1; of a long message the whole counts, and its most telling part more."""
        if not text.strip():
            return {}
        return self._scores(text, *self.network.read(parts(text, reply_to)))

    def score_all(self, texts: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        """The scores of many texts, by text: several times faster than one after the other."""
        import numpy as np

        rows = sorted(((part, text) for text in set(texts) if text.strip() for part in parts(text, "")), key=_length)
        batches = [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
        with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as threads:
            read = list(threads.map(self.network.read, ([part for part, _ in batch] for batch in batches)))
        found: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        for batch, (probabilities, vectors) in zip(batches, read, strict=True):
            for number, (_, text) in enumerate(batch):
                found[text].append((probabilities[number], vectors[number]))
        return {text: self._scores(text, *map(np.stack, zip(*held, strict=True))) for text, held in found.items()}

    def _scores(self, text: str, probabilities: Table, vectors: Table) -> Mapping[str, float]:
        trained = zip(self.manifest.labels, blended(probabilities, text).tolist(), strict=True)
        scores = {label: p for label, p in trained if label in self.shown}
        return scores | {label: float(head.score(vectors).max()) for label, head in self.heads.items()}

    def locate(self, text: str, misconception: str) -> tuple[int, int]:
        """The sentence that asserts it most by itself; the whole text where none does."""
        spans = sentence_spans(text)
        label = self.manifest.labels.index(misconception) if misconception in self.manifest.labels else None
        if len(spans) < 2 or label is None:
            return 0, len(text)
        alone, _ = self.network.read([formatted(text[start:end]) for start, end in spans])
        best = int(alone[:, label].argmax())
        return spans[best] if alone[best, label] >= TELLING else (0, len(text))

    def nearest(self, text: str, examples: Sequence[str]) -> int:
        """By the angle between the network's vectors."""
        import numpy as np

        _, vectors = self.network.read([formatted(t) for t in (text, *examples)])
        unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return int((unit[1:] @ unit[0]).argmax())

    def learn(self, misconception: str, flags: Sequence[str], passes: Sequence[str]) -> SecondReader:
        """A reader that also knows a misconception from a few examples to flag and to pass; no training needed.

        What is denied, asked or supposed of the examples to flag is learned with them, to pass.
        """
        if not flags:
            return self
        turned = [variant for text in flags for variant in restanced(text)]
        _, for_it = self.network.read([formatted(t) for t in (*flags, *(v.text for v in turned if v.keeps))])
        rejected = (v.text for v in turned if not v.keeps)
        _, against = self.network.read([formatted(t) for t in (*passes, *rejected, *OFF_TOPIC)])
        head = light_head.fit(for_it, against, self.background)
        return replace(self, heads={**self.heads, misconception: head})


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Which texts to read together, the shortest first: as many as are within AT_ONCE when padded to the longest."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[number] > AT_ONCE:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    import numpy as np

    pieces = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for at, row in enumerate(rows):
        pieces[at, : len(row)] = row
    return pieces


def blended(probabilities: Table, text: str) -> Table:
    """One probability for each misconception, from those of a message (first row) and of its windows (the others).

    The whole knows of a rejection that stands elsewhere. It has no say where it is too long to be read to its end.
    """
    import numpy as np

    most: Table = probabilities.max(0)
    if len(probabilities) == 1 or len(text.split()) > READ_WHOLE:
        return most
    whole = np.clip(probabilities[0], DOUBT, 1 - DOUBT)
    window = np.clip(most, EDGE, 1 - EDGE)
    odds = WHOLE * np.log(whole / (1 - whole)) + (1 - WHOLE) * np.log(window / (1 - window))
    judged: Table = (1 / (1 + np.exp(-odds))).astype(np.float32)
    return judged


def _length(row: tuple[str, str]) -> int:
    return -len(row[0])  # the longest first, so that a text stands before its windows


OFF_TOPIC = ("Good morning everyone, how was your weekend?", "Thanks, that helped a lot!")
