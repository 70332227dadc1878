"""Memory that is free goes back to the system, and the process goes on as before."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.loading import Loader
from bot.settings import Screening, Settings

PACK = Path(__file__).parents[1] / "content" / "calcification"
HELD = """
import re, ssl, sqlite3, sys
from pathlib import Path
from bot.memory import give_back, hold_little

def held(kind):
    return int(re.search(kind + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

hold_little()
kept, thrown = [], []
for number in range(60_000):
    (kept if number % 100 == 0 else thrown).append(bytearray(1000))
high, code = held("RssAnon"), held("RssFile")
thrown.clear()
give_back()
print(high - held("RssAnon"), code - held("RssFile"))
give_back()
ssl.create_default_context()
print(sqlite3.connect(":memory:").execute("SELECT 6 * 7").fetchone()[0], sum(map(len, kept)))
"""


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what a process holds")
def test_free_memory_and_code_used_at_the_start_go_back_and_everything_still_works() -> None:
    said = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True).stdout.split()
    freed, code, answer, kept = map(int, said)
    assert freed > 30
    assert code > 2
    assert (answer, kept) == (42, 600_000)


def test_files_that_did_not_change_are_not_read_again() -> None:
    loader = Loader(Settings(content=PACK))
    assert loader.load() is loader.load()


def test_the_second_reader_can_be_switched_off() -> None:
    assert Loader(Settings(content=PACK)).load().screener.has_second_reader
    rules = Loader(Settings(content=PACK, screening=Screening(second_reader=False))).load().screener
    assert not rules.has_second_reader
    assert rules.screen("Just take vitamin D, it brings your blood calcium down.").findings
