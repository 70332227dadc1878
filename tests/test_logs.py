"""Log lines: two forms, and what never stands in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import Form, set_up
from tests.conftest import PRIVATE


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    """The root logger as it was, after each test."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


def written(form: Form, *secrets: str) -> io.StringIO:
    out = io.StringIO()
    set_up(form, secrets=secrets, stream=out)
    return out


def test_a_line_is_readable() -> None:
    out = written(Form.READABLE)
    logging.getLogger("bot.x").warning("case %s waits", 7)
    assert out.getvalue().rstrip().endswith("WARNING case 7 waits")


def test_a_line_is_json() -> None:
    out = written(Form.JSON)
    logging.getLogger("bot.x").warning("case %s waits", 7)
    line = json.loads(out.getvalue())
    assert (line["event"], line["level"], line["logger"]) == ("case 7 waits", "warning", "bot.x")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("form", Form)
def test_a_failure_names_its_places_but_not_its_words(form: Form) -> None:
    out = written(form)
    try:
        raise ValueError("my private lab results")
    except ValueError:
        logging.getLogger("bot.x").exception("post 3 could not be screened")
    assert "ValueError" in out.getvalue()
    assert "test_logs.py:" in out.getvalue()
    assert "private" not in out.getvalue()


@pytest.mark.parametrize("form", Form)
def test_a_token_is_hidden_even_when_a_library_writes_it(form: Form) -> None:
    out = written(form, "", "xoxb-secret")
    logging.getLogger("library").info("GET with xoxb-secret")
    assert "xoxb-secret" not in out.getvalue()
    assert "GET with [hidden]" in out.getvalue()


@pytest.mark.parametrize(
    ("line", "private"),
    [
        ("could not screen 'tea cures all'", True),
        ("refused: Mina tried", True),
        ("GET with xoxb-1", True),
        ("channel 12: read 3 messages posted meanwhile", False),
    ],
)
def test_the_whole_suites_check_knows_what_is_private(line: str, private: bool) -> None:
    assert bool(PRIVATE.search(line)) is private
