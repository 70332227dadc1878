"""The screener as it is put together: with the model, without it, and what it says of itself."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from bot.readers import MODEL, model_state, screener_for, screeners
from tests.sandbox.content import shipped_pack

CLAIM = "Just take vitamin D, it brings your blood calcium down."
NAME = "vitamin-d-lowers-calcium"


def truncated(folder: Path) -> None:
    network = folder / "reader.onnx"
    network.write_bytes(network.read_bytes()[:1000])


def of_another_version(folder: Path) -> None:
    path = folder / "reader.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format": 99}), "utf-8")


def missing(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (truncated, "reader.onnx is damaged"),
        (of_another_version, "format 99"),
        (missing, "tokenizer.json can't be read"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_and_the_rules_go_on(
    spoil: Callable[[Path], None], reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = copytree(MODEL, tmp_path / "model")
    spoil(folder)
    with caplog.at_level(logging.WARNING):
        screener = screener_for(shipped_pack(), notice=0.5, shadow=0.3, model=folder)
    assert reason in caplog.text
    assert reason in model_state(folder)
    assert not screener.has_second_reader
    assert NAME in {f.misconception for f in screener.screen(CLAIM).findings}


def test_a_claim_just_written_is_read_the_same_while_it_is_tried_and_when_it_is_live() -> None:
    pack = shipped_pack()
    new = replace(pack.misconceptions[NAME], id="vitamin-d-as-a-remedy")
    pack = replace(pack, misconceptions={**pack.misconceptions, new.id: new})
    live = screener_for(pack, notice=0.75, shadow=0.4)
    tried = screeners(notice=0.75, shadow=0.4)(pack)
    for text in (*new.flags, *new.passes):
        assert tried.screen(text) == live.screen(text)


def test_the_trace_names_the_words_both_readers_the_nearest_examples_and_what_would_have_stopped_it() -> None:
    screener = screener_for(shipped_pack(), notice=0.75, shadow=0.4)
    if not screener.has_second_reader:
        pytest.skip("no model in bot/second_reader/model")
    trace = "\n".join(line for line in screener.screen(CLAIM, trace=True).trace if line.startswith(NAME))
    for part in (
        "rule [",
        '"vitamin d"',
        "second reader",
        "nearest for: “",
        "nearest against: “",
        "would not be flagged",
    ):
        assert part in trace
