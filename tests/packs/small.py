"""A small pack on disk, cut from the shipped one, for tests that break it."""

import re
import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "content" / "calcification"
TOPICS = ("overview", "vitamin-d-calcium")
WRONG = ("vitamin-d-lowers-calcium", "nothing-can-be-done")


def small_pack(folder: Path) -> Path:
    """A copy of the shipped pack with two topics and two misconceptions, which has no errors."""
    for name in ("topics", "misconceptions"):
        (folder / name).mkdir(parents=True)
    for name in ("sources", "safety"):
        shutil.copy(SHIPPED / f"{name}.yaml", folder)
    for topic in TOPICS:
        shutil.copy(SHIPPED / "topics" / f"{topic}.yaml", folder / "topics")
    for wrong in WRONG:
        text = (SHIPPED / "misconceptions" / f"{wrong}.yaml").read_text("utf-8")
        (folder / "misconceptions" / f"{wrong}.yaml").write_text(_with_rules(text), "utf-8")
    (folder / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    return folder


def _with_rules(text: str) -> str:
    """The misconception with rules that our small vocabulary knows."""
    return re.sub(
        r"^claims:.*?^flags:", "claims:\n  - [vitamin-d, lowers]\nflags:", text, flags=re.DOTALL | re.MULTILINE
    )


VOCABULARY = """concepts:
  vitamin-d: [vitamin d, d3]
  lowers: [lowers, brings down]
cues:
  - {kind: denial, say: [not, no]}
"""
PACK = 'name: calcification\ntitle: "Soft-tissue calcification"\norder:\n  - overview\n  - vitamin-d-calcium\n'
