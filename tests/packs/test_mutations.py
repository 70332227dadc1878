"""Four hundred broken content files: each rule broken in several ways, found at the right line, in words that help."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.core.content_checks import Level
from bot.core.reader import Screener
from bot.packs.check import check_pack
from bot.packs.problems import Problem
from bot.packs.rules import RULES

STONES = Path(__file__).parent / "kidney-stones"
TODAY = date(2026, 11, 25)
DIET, ASK = "topics/diet.yaml", "topics/ask-doctor.yaml"
CUT, PILLS = "misconceptions/cut-out-calcium.yaml", "misconceptions/water-pills-raise-calcium.yaml"
PACK, SOURCES, SAFETY, WORDS = "pack.yaml", "sources.yaml", "safety.yaml", "vocabulary.yaml"


@dataclass(frozen=True)
class Mutant:
    """One edit of one file; the line to be blamed is the first that holds `at` after it (the edit's own by default)."""

    rule: str
    file: str
    old: str
    new: str
    at: str = ""
    says: str = ""
    skip: int = 0  # how many occurrences of `old` stay as they are

    @property
    def name(self) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.old[:18]} to {self.new[:18]}".casefold())
        return f"{self.rule}-{Path(self.file).stem}-{words}"

    def edit(self, text: str) -> tuple[str, int]:
        """The broken text, and the line to be blamed."""
        place = -1
        for _ in range(self.skip + 1):
            place = text.index(self.old, place + 1)
        changed = text[:place] + self.new + text[place + len(self.old) :]
        start = changed.index(self.at) if self.at else place
        return changed, changed.count("\n", 0, start) + 1


KEYS = {
    PACK: ("name", "title", "order"),
    DIET: ("id", "title", "aliases", "summary", "reviewed_on", "facts"),
    ASK: ("title", "aliases", "summary", "reviewed_on", "facts"),
    CUT: ("id", "severity", "claim", "correction", "sources", "claims", "flags", "passes"),
    PILLS: ("severity", "claim", "correction", "sources"),
    SAFETY: ("disclaimer", "footer", "long_disclaimer", "urgent", "red_flags", "canned", "correction_template"),
    WORDS: ("concepts", "things", "cues"),
}
NEEDED = {
    DIET: KEYS[DIET],
    CUT: KEYS[CUT][:5],
    SAFETY: tuple(key for key in KEYS[SAFETY] if key != "red_flags"),
    PACK: ("name", "title"),
}
TEXTS = {
    PACK: ("title",),
    DIET: ("title", "summary"),
    ASK: ("title", "summary"),
    CUT: ("claim",),
    PILLS: ("claim",),
    SOURCES: ("  title", "  publisher", "  url"),
}
LISTS = {PACK: ("order",), DIET: ("aliases",), ASK: ("aliases",), CUT: ("sources",), PILLS: ("sources",)}


def misspelt() -> Iterator[Mutant]:
    for file, keys in KEYS.items():
        for key in keys:
            for wrong in sorted({key.capitalize(), f"{key[:-1]}{key[-1] * 2}", f"{key}_"}):
                yield Mutant("unknown-key", file, f"\n{key}:", f"\n{wrong}:", at=f"{wrong}:", says=f"`{key}`")
    for file, key in ((DIET, "sources"), (DIET, "text"), (SOURCES, "year"), (SOURCES, "publisher"), (WORDS, "say")):
        yield Mutant("unknown-key", file, f"{key}:", f"{key}x:", says=f"`{key}`")
    for file in KEYS:
        yield Mutant("unknown-key", file, f"\n{KEYS[file][0]}:", f"\nqqq: 1\n{KEYS[file][0]}:", at="qqq", says="Known")


def left_out() -> Iterator[Mutant]:
    for file, keys in NEEDED.items():
        text = (STONES / file).read_text("utf-8")
        for key in keys:
            found = re.search(rf"^{key}:.*\n(?:[ \n].*\n|\n)*", text, re.MULTILINE)
            assert found, key
            rule = "no-source" if key == "sources" else "missing-key"
            first = next(line for line in text.split("\n") if re.match(r"\w+:", line) and not line.startswith(key))
            yield Mutant(rule, file, found.group(), "", at=first, says=key)
    for key in ("title", "publisher", "url", "confirmed"):
        text = (STONES / SOURCES).read_text("utf-8")
        found = re.search(rf"^  {key}:.*\n(?:    .*\n)*", text, re.MULTILINE)
        assert found
        yield Mutant(
            "missing-key", SOURCES, found.group(), "", at="  publisher:" if key == "title" else "  title:", says=key
        )


def doubled() -> Iterator[Mutant]:
    for file in (PACK, DIET, ASK, CUT, PILLS):
        key = KEYS[file][1]
        line = next(x for x in (STONES / file).read_text("utf-8").split("\n") if x.startswith(f"{key}:"))
        yield Mutant("repeated-key", file, f"{line}\n", f"{line}\n{key}: again\n", at=f"{key}: again", says="twice")
    yield Mutant("repeated-key", SOURCES, "niddk-gallstones:", "borghi-2002:", says="twice")
    yield Mutant("repeated-key", WORDS, "  calcium:", "  stones:", says="twice")
    yield Mutant("repeated-key", SAFETY, "  diagnosis_request:", "  dosing_request:", says="twice")


def value_of(file: str, key: str) -> str:
    """The line of the key, without the line break."""
    return next(x for x in (STONES / file).read_text("utf-8").split("\n") if x.startswith(f"{key}:"))


def wrong_types() -> Iterator[Mutant]:
    for file, keys in TEXTS.items():
        for key in keys:
            line = next(
                x for x in (STONES / file).read_text("utf-8").split("\n") if x.startswith(f"{key}:") and ">-" not in x
            )
            for value, says in (("7", "quotes"), ("true", "quotes"), ("[a, b]", "text"), ("{a: b}", "text")):
                if key != "  url" or value != "7":
                    yield Mutant("wrong-type", file, line, f"{key}: {value}", says=says)
            yield Mutant("empty", file, line, f"{key}:", says="empty")
            if key != "  url":
                yield Mutant("empty", file, line, f'{key}: "  "', says="empty")
    for file, keys in LISTS.items():
        for key in keys:
            yield Mutant("wrong-type", file, value_of(file, key), f"{key}: borghi-2002", says="a list")
            yield Mutant("wrong-type", file, value_of(file, key), f"{key}: {{a: b}}", says="a list")
    yield Mutant("wrong-type", SOURCES, "confirmed: yes", "confirmed: 1", says="yes or no")
    yield Mutant("wrong-type", SOURCES, "confirmed: no", "confirmed: maybe", says="yes or no")
    yield Mutant("wrong-type", SOURCES, "year: 2002", 'year: "2002"', says="whole number")
    yield Mutant("wrong-type", CUT, "  - {say: [stones, cut-out]}", "  - 5", says="keys and values")
    yield Mutant("wrong-type", PILLS, "within: 12", "within: far", says="whole number")
    yield Mutant("wrong-type", WORDS, "things: [stones, calcium, diuretic]", "things: stones", says="a list")
    yield Mutant("wrong-type", SAFETY, "  words: {self: [i, im, my]}", "  words: {self: i}", says="a list")
    yield Mutant("number", PILLS, "within: 12", "within: 0", says="1 or more")
    yield Mutant("number", PILLS, "within: 12", "within: -3", says="1 or more")
    yield Mutant("number", SOURCES, "year: 2002", "year: 0", says="1 or more")
    yield Mutant("empty", DIET, "[food, eating, kidney stones]", "[food, '', eating]", says="empty")


def no_yaml() -> Iterator[Mutant]:
    for file, line in (
        (PACK, 'title: "Kidney stones"'),
        (DIET, 'title: "Diet and kidney stones"'),
        (ASK, 'summary: "Questions that you can take along."'),
        (CUT, 'claim: "If you get kidney stones you should cut out all calcium."'),
    ):
        key, _, value = line.partition(": ")
        bare = value.strip('"')
        yield Mutant("yaml", file, line, f"{key}: {value[:-1]}", says="quote")
        yield Mutant("yaml", file, line, f"{key}: Note: {bare}", says="quotes")
        yield Mutant("yaml", file, line, f"{key}: *{bare}", says="quotes")
        yield Mutant("yaml", file, line, f"{key}: &a {value}", says="quotes")
        yield Mutant("yaml", file, line, f"{key}: !x {value}", says="tag")
        yield Mutant("yaml", file, line, f"{key}: @{bare}", says="quotes")
        yield Mutant("yaml", file, line, f"\t{line}", says="spaces")
        yield Mutant("yaml", file, line, f'{key}: {value[:-1]}\x07"', says="character")
        yield Mutant("yaml", file, line, f"{key} {value}", says="colon")
    yield Mutant("yaml", DIET, "kidney stones]", "kidney stones", at="[food", says="bracket")
    yield Mutant(
        "yaml", ASK, "aliases: [questions, doctor]", "aliases: [questions doctor", at="[questions", says="bracket"
    )
    yield Mutant("yaml", WORDS, "reach: sentence}", "reach: sentence", at="kind: question", says="brace")
    for file in (DIET, CUT, PACK):
        yield Mutant("yaml", file, f"\n{KEYS[file][1]}:", f"\n---\n{KEYS[file][1]}:", at="---", says="---")
        yield Mutant("yaml", file, f"\n{KEYS[file][1]}:", f"\n? [a]\n: b\n{KEYS[file][1]}:", at="? [a]", says="key")


def words_and_names() -> Iterator[Mutant]:
    for file, old, wrong, near in (
        (CUT, "severity: harmful", "severity: harmfull", "`harmful`"),
        (CUT, "severity: harmful", "severity: Harmful", "`harmful`"),
        (CUT, "severity: harmful", "severity: severe", "harmful, misleading or minor"),
        (PILLS, "severity: misleading", "severity: misleding", "`misleading`"),
        (PILLS, "severity: misleading", "stage: shaddow\nseverity: misleading", "`shadow`"),
        (WORDS, "kind: denial", "kind: deny", "`denial`"),
        (WORDS, "kind: question", "kind: Question", "`question`"),
        (WORDS, "reach: sentence", "reach: sentences", "`sentence`"),
    ):
        yield Mutant("choice", file, old, wrong, says=near)
    for file, key in ((CUT, "severity: harmful"), (DIET, "id: diet"), (PILLS, "severity: misleading")):
        for wrong, says in (("shaddow", "`shadow`"), ("retird", "`retired`"), ("Draft", "`draft`"), ("on", "one of")):
            yield Mutant("choice", file, key, f"{key}\nstage: {wrong}", at="stage:", says=says)
    for file, old, wrong in (
        (PACK, "name: kidney-stones", "name: Kidney stones"),
        (PACK, "name: kidney-stones", f"name: {'x' * 40}"),
        (DIET, "id: diet", "id: Diet"),
        (DIET, "id: diet", "id: die t"),
        (CUT, "id: cut-out-calcium", "id: cut_out_calcium"),
        (DIET, "sources: [borghi-2002]", "sources: [Borghi 2002]"),
        (SOURCES, "borghi-2002:", "Borghi:"),
        (SOURCES, "kdigo-2017:", "kdigo 2017:"),
    ):
        yield Mutant("name", file, old, wrong, says="hyphens")
    for wrong in ("2026-13-01", "2026-02-30"):
        yield Mutant("yaml", DIET, "2026-11-24", wrong, says="no date")
    for wrong in ("November", "24.11.2026", "2026/11/24", "20261124", "2026-11-24 10:00:00", "true", "[2026]"):
        yield Mutant("date", DIET, "2026-11-24", wrong, says="2026-01-31")


def between_files() -> Iterator[Mutant]:
    yield Mutant("file-name", DIET, "id: diet", "id: food", says="Rename")
    yield Mutant("file-name", CUT, "id: cut-out-calcium", "id: cut-calcium", says="Rename")
    yield Mutant("twice", DIET, "id: diet", "id: ask-doctor", says="Keep one")
    yield Mutant("twice", PILLS, "id: water-pills-raise-calcium", "id: cut-out-calcium", says="Keep one")
    for file, old, wrong, says in (
        (DIET, "[borghi-2002]", "[borghi-2020]", "`borghi-2002`"),
        (DIET, "[borghi-2002, nkf", "[borgi-2002, nkf", "`borghi-2002`"),
        (ASK, "[kdigo-2017, nkf-calcium-stones-2025]", "[kdigo-2017, nkf-calcium-stones]", "`nkf-calcium-stones-2025`"),
        (CUT, "[borghi-2002, nkf", "[somebody, nkf", "sources.yaml"),
        (PILLS, "furosemide-review-2008]", "furosemide-review]", "`furosemide-review-2008`"),
    ):
        yield Mutant("unknown-source", file, old, wrong, says=says)
    yield Mutant("unknown-topic", PACK, "[diet, ask-doctor]", "[diets, ask-doctor]", says="`diet`")
    yield Mutant("unknown-topic", PACK, "[diet, ask-doctor]", "[diet, zebra]", says="Remove it")
    yield Mutant("unknown-topic", SAFETY, "/kidney-stones ask-doctor", "/kidney-stones ask-docter", at="diagnosis_r")
    for file, old, wrong, says in (
        (CUT, "[stones, cut-out]", "[stone, cut-out]", "`stones`"),
        (CUT, "[stones, cut-out]", "[stones, cut-outs]", "`cut-out`"),
        (CUT, "[stones, cut-out]", "[stones, cut-out|zebra]", "vocabulary.yaml"),
        (CUT, "[stones, cut-out]}", "[stones, cut-out], unless: [raise]}", "`raises`"),
        (PILLS, "[diuretic, raises", "[diuretics, raises", "`diuretic`"),
    ):
        yield Mutant("unknown-concept", file, old, wrong, says=says)
    for wrong in ('"!!"', '"…"', '"~"'):
        yield Mutant("phrase", WORDS, "zero dairy", wrong, says="never found")
    yield Mutant("phrase", WORDS, "is it true", '"a & b & c"', at="kind: question", says="Keep two")
    for wrong in ("diet", "Food", "diet and kidney-stones", "KIDNEY STONES"):
        yield Mutant("alias", ASK, "[questions,", f"['{wrong}',", says="`diet`")
    same = "If you get kidney stones, you should cut out ALL calcium"
    yield Mutant("same-claim", PILLS, "Diuretics (water pills) raise your blood calcium.", same, says="Merge")
    yield Mutant(
        "same-example",
        CUT,
        "passes:",
        'passes:\n  - "had a stone? zero dairy for life"',
        at='  - "had a stone? zero dairy for life"\n  - "Normal',
        says="remove",
    )
    yield Mutant(
        "same-example", CUT, "passes:", 'passes:\n  - "HAD  a stone? zero dairy for life"', at="HAD", says="remove"
    )
    yield Mutant(
        "same-example", PILLS, "passes:", '  - "all water pills  push your calcium up"\npasses:', says="Remove one"
    )
    yield Mutant(
        "same-example",
        PILLS,
        '  - "Water pills do not',
        '  - "Thiazides lower calcium in the urine and can help some stone formers."\n  - "Water pills do not',
        says="Remove one",
    )
    for file in (CUT, PILLS):
        text = (STONES / file).read_text("utf-8")
        flags, passes = text[text.index("flags:") : text.index("passes:")], text[text.index("passes:") :]
        yield Mutant("no-example", file, flags, "flags: []\n", at="flags:", says="flags")
        yield Mutant("no-example", file, passes, "passes: []\n", at="passes:", says="true statements")


def texts() -> Iterator[Mutant]:
    for wrong, says in (
        ("{correctoin}", "`correction`"),
        ("{0}", "Known here"),
        ("{correction!r}", "`correction`"),
        ("(it)", "{correction}"),
        ("{correction", "brace"),
    ):
        yield Mutant("template", SAFETY, "{correction}", wrong, at="correction_template", says=says)
    yield Mutant("template", SAFETY, "{reviewed_on}", "{reviewed}", at="footer", says="`reviewed_on`")
    long = "Short words do well here. " * 60
    for file, key, line in (
        (DIET, "summary", 'summary: "Kidney stones form in the urine."'),
        (ASK, "summary", 'summary: "Questions that you can take along."'),
        (DIET, "title", 'title: "Diet and kidney stones"'),
        (CUT, "claim", 'claim: "If you get kidney stones you should cut out all calcium."'),
    ):
        yield Mutant("too-long", file, line, f'{key}: "{long}"', says="Cut")
    yield Mutant("too-long", DIET, 'title: "Diet and', f'title: "{"x" * 151}', says="150 fit in Slack")
    yield Mutant("too-long", DIET, "[food,", f"[{'food ' * 30},", says="100 fit in Discord")
    yield Mutant("too-long", DIET, '"In a 5-year', f'"{long} In a 5-year', says="1024")
    yield Mutant("too-long", CUT, "  diet.", f"  diet. {long}", at="correction:", says="1024")
    yield Mutant("too-long", CUT, "  diet.", f"  diet. {'&' * 720}", at="correction:", says="Slack")
    yield Mutant("too-long", SAFETY, "I can't suggest a dose.", long * 2, at="dosing_request", says="2000")
    for wrong, says in (
        ("pubmed.ncbi.nlm.nih.gov/1", "https://"),
        ("https://pubmed", "https://example.org"),
        ("https://pubmed.gov/a b", "spaces"),
        ("http://pubmed.ncbi.nlm.nih.gov/1", "https"),
        ("mailto:a@example.org", "https://"),
        ("https://[::1", "https://"),
        ("", "https://"),
    ):
        yield Mutant("url", SOURCES, "https://pubmed.ncbi.nlm.nih.gov/11784873/", wrong, says=says)
    yield Mutant("no-source", DIET, "    sources: [borghi-2002]\n", "", at='- text: "In a', says="sources.yaml")
    yield Mutant("no-source", DIET, "[borghi-2002]", "[]", says="sources.yaml")
    yield Mutant("no-source", CUT, "[borghi-2002, nkf-calcium-stones-2025]", "[]", says="sources.yaml")
    yield Mutant("no-shown-source", DIET, "[borghi-2002]", "[niddk-gallstones]", says="confirmed: yes")
    yield Mutant(
        "no-shown-source", CUT, "[borghi-2002, nkf-calcium-stones-2025]", "[niddk-gallstones]", says="clinician"
    )
    yield Mutant(
        "no-shown-source", ASK, "[kdigo-2017, nkf-calcium-stones-2025]", "[niddk-gallstones]", says="clinician"
    )
    for wrong, says in (
        ("2027-11-24", "year"),
        ("2025-11-24", "again"),
        ("2019-01-01", "again"),
        ("2026-11-26", "year"),
    ):
        yield Mutant("review-date", DIET, "2026-11-24", wrong, says=says)
        dated = f"severity: harmful\nreviewed_on: {wrong}"
        yield Mutant("review-date", CUT, "severity: harmful", dated, at="2" + wrong[1:], says=says)
    for old, wrong in (
        ("stones are calcium so stop eating calcium", "stones are made of many things"),
        ("calcium-free diet stops kidney stones", "the weather is fine today"),
        ("Drink more fluid to prevent stones.", "Cut out all dairy to prevent a stone."),
    ):
        yield Mutant("held-back", CUT, old, wrong, at="cut-out-calcium", says="under `")


TONES = (
    "You are wrong about this.",
    "You're completely mistaken.",
    "Only an idiot would think so.",
    "This is nonsense.",
    "It was your own fault.",
    "You should have known.",
    "People like you spread this.",
    "That is a stupid idea.",
    "Quacks say so.",
    "You must see a doctor.",
    "You have to stop now.",
    "Stop spreading this.",
    "Delete this post.",
    "Shut up and read.",
    "This is FALSE AND VERY WRONG.",
    "Never ever do it!!",
)
OF_THE_PERSON = ("Your claim is not right.", "What you said is not right.", "Your post needs care.")
DOSES = (
    "Take 500 mg a day.",
    "Use two tablets each night.",
    "Take 1,000 IU with food.",
    "You should take 10 drops.",
    "The right dose is 50 mcg.",
    "Start with 5-10 ml.",
    "It works best at 400 micrograms.",
    "Give half a teaspoon.",
    "Drink a tablespoon each day.",
    "Double your dose if it does not help.",
    "Skip the evening dose.",
    "Reduce your calcium dose.",
)


def wording() -> Iterator[Mutant]:
    for number, text in enumerate(TONES):
        file, old = ((CUT, "  diet."), (PILLS, "Only some do:"), (DIET, "protein works"))[number % 3]
        yield Mutant("tone", file, old, f"{text} {old.strip()}" if file != CUT else f"  diet. {text}", says="“")
    yield from (Mutant("tone", CUT, "  diet.", f"  diet. {text}", says="claim") for text in OF_THE_PERSON)
    for number, text in enumerate(DOSES):
        file, old = ((CUT, "  diet."), (DIET, "      protein works"), (DIET, '"In a 5-year'))[number % 3]
        new = {0: f"  diet. {text}", 1: f"      {text} protein works", 2: f'"{text} In a 5-year'}[number % 3]
        yield Mutant("dosing", file, old, new, says="pharmacist")
    yield Mutant(
        "disclaimer", SAFETY, "not medical advice", "from good books", at="disclaimer:", says="not medical advice"
    )
    yield Mutant("disclaimer", SAFETY, "It does not replace your own clinician.", "It is good.", at="long_disclaimer:")
    yield Mutant("disclaimer", SAFETY, "not advice for one person", "for all", at="correction_template:")
    hard = "Interdisciplinary nutritional interventions necessitate individualised multifactorial considerations"
    longest = "and then we go on and on " * 8
    yield Mutant("reading-grade", CUT, "  diet.", f"  diet. {hard}. {hard}.", at=hard, says="shorter words")
    yield Mutant("reading-grade", PILLS, "Only some do:", f"Only {longest} some do:", says="Split")
    yield Mutant("reading-grade", DIET, '"In a 5-year', f'"{hard}. {hard}. {hard}. In a 5-year', says="shorter words")
    yield Mutant("reading-grade", ASK, "Should I change", f"{hard} {longest} I change", says="Split")


OPPOSED = (  # what one correction says, and what the other
    ("calcium raises the risk of kidney trouble", "calcium lowers the risk of kidney trouble"),
    ("plain water is safe for tired kidneys", "plain water is dangerous for tired kidneys"),
    ("salt always harms the tired kidneys of patients", "salt never harms the tired kidneys of patients"),
)


def against_each_other() -> Iterator[Mutant]:
    """Both corrections get a sentence; the second must be blamed."""
    for one, other in OPPOSED:
        yield Mutant("contradiction", PILLS, "Only some do:", f"{other}.\n  Only some do:", says=one)
    denied = "Cutting calcium can not make things worse for most calcium stones."
    yield Mutant("contradiction", PILLS, "Only some do:", f"{denied} Only some do:", says="their sources")
    yield Mutant(
        "contradiction",
        PILLS,
        "Only some do:",
        "Kidney stones? Cut out all calcium.\n  Only",
        at="correction:",
        says="`cut-out-calcium`",
    )
    yield Mutant(
        "contradiction", CUT, "  diet.", "  diet. All water pills raise calcium.", at="correction:", says="`water-pills"
    )


def before_the_screener() -> Iterator[Mutant]:
    claim, other = "With kidney stones cut out all calcium.", "Furosemide raises your calcium."
    yield Mutant("self-flag", CUT, "  diet.", f"  diet. {claim}", at="correction:", says="false claim")
    yield Mutant("self-flag", DIET, "Kidney stones form in the urine.", claim, says="false claim")
    yield Mutant(
        "self-flag", DIET, "In a 5-year trial men on such a diet had fewer repeat stones.", claim, says="`cut-out"
    )
    yield Mutant("self-flag", ASK, "Should I change what I eat, and can I see a dietitian?", other, says="`water-pills")
    yield Mutant("self-flag", SAFETY, "I can't suggest a dose.", claim, at="dosing_request", says="this text")
    yield Mutant("example", CUT, '"calcium-free diet stops kidney stones"', '"I like tea"', says="try cut-out-calcium")
    yield Mutant("example", CUT, '"had a stone? zero dairy for life"', '"no more of it for me"', says="vocabulary.yaml")
    yield Mutant("example", CUT, '"Drink more fluid to prevent stones."', f'"{claim}"', says="narrower")
    yield Mutant("example", PILLS, '"lasix is why your calcium is high"', '"lasix is fun"', says="try water-pills")
    yield Mutant("example", PILLS, "Water pills do not raise calcium in everybody.", other, says="narrower")
    yield Mutant(
        "example",
        PILLS,
        "[diuretic, raises, calcium], within: 12",
        "[diuretic, raises, calcium], within: 1",
        at='"all water',
        says="claims:",
    )
    yield Mutant("example", CUT, "[stones, cut-out]", "[diuretic, cut-out]", at='"stones are calcium', says="claims:")


MUTANTS = [
    *misspelt(), *left_out(), *doubled(), *wrong_types(), *no_yaml(), *words_and_names(), *between_files(), *texts(),
    *wording(), *against_each_other(), *before_the_screener(),
]  # fmt: skip
ELSEWHERE = {
    "files",
    "thread",
    "cut",
    "dead-link",
    "expired-source",
    "collision",
    "hidden-topic",
}  # rules that other tests break


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(STONES, tmp_path / "pack")
    return tmp_path / "pack"


def test_an_example_thread_is_checked_too(pack: Path) -> None:
    posts = '  - {author: "Wren", text: "Salt?"}\n  - {author: "Atlas", text: "No.", answers: 2}\n'
    (pack / "thread.yaml").write_text(f"posts:\n{posts}", "utf-8")
    found = found_in(pack)
    assert [(p.rule, p.line) for p in found] == [("thread", 3)]
    assert "Count from 1" in found[0].hint
    (pack / "thread.yaml").write_text(f"posts:\n{posts.replace('answers: 2', 'answers: 1')}", "utf-8")
    assert found_in(pack) == ()


@pytest.mark.parametrize("stage", ["draft", "shadow", "paused", "retired"])
def test_a_text_that_sends_people_to_a_topic_that_is_not_live_is_found(pack: Path, stage: str) -> None:
    topic = pack / "topics" / "ask-doctor.yaml"
    topic.write_text(topic.read_text("utf-8").replace("id: ask-doctor", f"id: ask-doctor\nstage: {stage}"), "utf-8")
    (found,) = found_in(pack)
    assert (found.rule, Path(found.file).name) == ("hidden-topic", "safety.yaml")
    assert f"stage is `{stage}`" in found.message


def found_in(pack: Path) -> tuple[Problem, ...]:
    return check_pack(pack, today=TODAY, screens_of=Screener)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_found_at_its_line_with_words_that_help(pack: Path, mutant: Mutant) -> None:
    for one, _ in OPPOSED:
        if one == mutant.says:
            text = (pack / CUT).read_text("utf-8").replace("  diet.", f"  diet. {one}.")
            (pack / CUT).write_text(text, "utf-8")
    text, line = mutant.edit((pack / mutant.file).read_text("utf-8"))
    (pack / mutant.file).write_text(text, "utf-8")
    found = found_in(pack)
    fitting = [p for p in found if p.rule == mutant.rule and p.file == str(pack / mutant.file) and p.line == line]
    assert fitting, [f"{p.rule} {p}" for p in found]
    assert mutant.says in f"{fitting[0].message} {fitting[0].hint}"
    assert fitting[0].hint
    assert fitting[0].column <= len(text.split("\n")[line - 1]) + 1


def test_there_are_three_hundred_and_each_rule_is_broken_in_several_ways() -> None:
    counts = Counter(m.rule for m in MUTANTS)
    assert len({(m.file, m.old, m.new, m.skip) for m in MUTANTS}) >= 300
    assert set(RULES) - ELSEWHERE == set(counts)
    assert {rule: n for rule, n in counts.items() if n < 2} == {"same-claim": 1}


def test_the_pack_itself_is_fine() -> None:
    assert found_in(STONES) == ()


def test_expired_evidence_is_named_wherever_it_is_used(pack: Path) -> None:
    path = pack / SOURCES
    path.write_text(
        path.read_text("utf-8").replace("  year: 2002\n", "  year: 2002\n  expires_on: 2026-01-01\n"), "utf-8"
    )
    found = [p for p in found_in(pack) if p.rule == "expired-source"]
    assert [Path(p.file).name for p in found] == ["cut-out-calcium.yaml", "diet.yaml", "diet.yaml"]
    assert all("2026-01-01" in p.message and p.severity is Level.WARNING for p in found)
    path.write_text(path.read_text("utf-8").replace("2026-01-01", "2027-01-01"), "utf-8")
    assert found_in(pack) == ()


def test_two_misconceptions_that_fire_on_each_others_examples_are_told_once(pack: Path) -> None:
    text = (pack / CUT).read_text("utf-8").replace("id: cut-out-calcium", "id: no-dairy")
    text = text.replace("If you get", "When you get").replace('"had a stone? zero', '"had a stone? well, zero')
    (pack / "misconceptions" / "no-dairy.yaml").write_text(text, "utf-8")
    found = [p for p in found_in(pack) if p.rule == "collision"]
    assert [(Path(p.file).name, p.line) for p in found] == [("cut-out-calcium.yaml", 13)]
    assert "`no-dairy`" in found[0].message
    assert "`unless:`" in found[0].hint


def test_a_wrong_example_comes_with_its_trace(pack: Path) -> None:
    path = pack / PILLS
    path.write_text(path.read_text("utf-8").replace("Water pills do not raise", "Water pills raise"), "utf-8")
    wrong = next(p for p in found_in(pack) if p.rule == "example")
    assert any("rule [diuretic + raises + calcium]" in step for step in wrong.trace)
