"""The reader over a hand-written network, and over the shipped one where it is there."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("numpy")
pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

import numpy as np

from bot.ports import Scorer
from bot.second_reader.manifest import Manifest
from bot.second_reader.reader import AT_ONCE, ModelUnusable, SecondReader, batches, blended, load

if TYPE_CHECKING:
    from bot.second_reader.reader import Table

SHIPPED = Path(__file__).parents[2] / "bot" / "second_reader" / "model"
LABELS = ("tea-cures-colds", "milk-is-poison")


class WordSpotter:
    """A network that sees two words, and nothing after the fiftieth."""

    def read(self, texts: Sequence[str]) -> tuple["Table", "Table"]:
        seen = [" ".join(t.lower().split()[:50]) for t in texts]
        rows = [[float("tea" in t), float("milk" in t), float("juice" in t), 1.0] for t in seen]
        table = np.array(rows, np.float32)
        return table[:, :2] * 0.9, table


def reader(shown: Sequence[str] = LABELS) -> SecondReader:
    manifest = Manifest("1", LABELS, "none", "none", {})
    background = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1]], np.float32)
    return SecondReader(manifest, WordSpotter(), background, frozenset(shown))


def test_scores_each_label() -> None:
    assert reader().score("Tea cures colds") == pytest.approx({"tea-cures-colds": 0.9, "milk-is-poison": 0.0})


def test_a_reader_is_a_scorer() -> None:
    scorer: Scorer = reader()
    assert set(scorer.score("tea")) == set(LABELS)


def test_labels_that_the_pack_lacks_are_left_out() -> None:
    assert set(reader(["milk-is-poison"]).score("tea")) == {"milk-is-poison"}


def test_a_claim_at_the_end_of_a_long_post_counts() -> None:
    post = "We had a lovely day at the sea again and again. " * 18 + "By the way, milk is poison."
    assert reader().score(post)["milk-is-poison"] == pytest.approx(0.9)


def test_what_a_message_answers_is_read_too() -> None:
    assert reader().score("yes", reply_to="does tea cure colds?")["tea-cures-colds"] == pytest.approx(0.9)


def test_blank_text_has_no_scores() -> None:
    assert reader().score(" \n") == {}


def test_learns_a_new_misconception_without_forgetting_the_others() -> None:
    wiser = reader().learn("juice-makes-taller", ["juice makes you tall"] * 6, ["milk is white", "tea is hot"])
    assert wiser.score("drink juice")["juice-makes-taller"] > 2 * wiser.score("drink tea")["juice-makes-taller"]
    assert wiser.score("tea")["tea-cures-colds"] == pytest.approx(0.9)
    assert "juice-makes-taller" not in reader().score("juice")


def test_a_window_weighs_more_than_the_whole_but_not_alone() -> None:
    whole_denies, window_claims = np.array([[0.1], [0.95], [0.2]], np.float32), np.array([[0.9], [0.95]], np.float32)
    assert 0.5 < float(blended(whole_denies, "some text")[0]) < 0.95
    assert float(blended(window_claims, "some text")[0]) > 0.9
    assert float(blended(whole_denies[1:2], "some text")[0]) == pytest.approx(0.95)
    assert float(blended(whole_denies, "much text " * 200)[0]) == pytest.approx(0.95)


@pytest.mark.parametrize(
    "lengths",
    [[5], [256] * 41, [300, 20, 20, 20], [AT_ONCE + 100, 3], list(range(1, 80)), [8] * 1000],
)
def test_texts_are_read_in_small_batches_each_once(lengths: list[int]) -> None:
    read = list(batches(lengths))
    assert sorted(number for batch in read for number in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[n] for n in batch) <= AT_ONCE for batch in read)
    assert sum(map(len, read)) / len(read) >= 2 or max(lengths) > AT_ONCE / 4 or len(lengths) == 1


shipped = pytest.mark.skipif(not (SHIPPED / "reader.json").exists(), reason="no model in bot/second_reader/model")


@pytest.fixture(scope="module")
def trained() -> SecondReader:
    return load(SHIPPED)


@shipped
def test_shipped_model_tells_a_claim_from_its_denial(trained: SecondReader) -> None:
    name = "vitamin-d-lowers-calcium"
    assert trained.score("Just take vitamin D, it brings your blood calcium down.")[name] > 0.5
    assert trained.score("Vitamin D does not bring your blood calcium down, it raises it.")[name] < 0.3
    assert trained.score("Does vitamin D bring the calcium in the blood down?")[name] < 0.3


@shipped
@pytest.mark.parametrize("text", ["\ud800 broken", "e\u0301" * 100_000, "a" * 1_000_000, "\u202e\u200b", "😀" * 3000])
def test_shipped_model_survives_any_text(trained: SecondReader, text: str) -> None:
    assert all(score < 0.5 for score in trained.score(text).values())


@shipped
def test_a_long_post_scores_as_its_parts_do(trained: SecondReader) -> None:
    claim = "Just take vitamin D, it brings your blood calcium down."
    post = "We walked along the river and talked about the garden for a long while. " * 30
    name = "vitamin-d-lowers-calcium"
    assert trained.score(post + claim)[name] > 0.5 > trained.score(post)[name]


@shipped
def test_shipped_model_is_safe_to_share_between_threads(trained: SecondReader) -> None:
    texts = [f"Vitamin D lowers calcium, I read it {n} times." for n in range(16)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(trained.score, texts)) == [trained.score(t) for t in texts]


@shipped
def test_truncated_network_is_refused(tmp_path: Path) -> None:
    folder = copytree(SHIPPED, tmp_path / "model")
    network = folder / "reader.onnx"
    network.write_bytes(network.read_bytes()[:1000])
    with pytest.raises(ModelUnusable, match=r"reader\.onnx"):
        load(folder)
