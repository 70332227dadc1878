"""`render`: what people will see of an entry, on each platform, on paper and on the web."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from bot.core.cards import answer, correction_text
from bot.core.pack import Misconception, Pack, Topic
from bot.core.reader import Screener
from bot.editing.documents import claim_review, fact_sheet, preview_page
from bot.editing.markup import blocks_html, blocks_text, discord_html, slack_html
from bot.editing.previews import previews
from bot.packs.read import read_pack
from bot.slack_.blocks import actions, button, choice, option, section
from tests.packs.small import SHIPPED
from tests.packs.test_mutations import DIET, STONES
from tests.test_command_line import bot

CHROMIUM = shutil.which("chromium")
NASTY = '<script>alert(1)</script> **b** & "q" *s* [x](https://e.org) <!channel>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(STONES, tmp_path / "pack")


@pytest.fixture
def pack(folder: Path) -> Pack:
    return read_pack(folder)


class Tags(HTMLParser):
    """The elements of a page, its links, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_topic_is_shown_on_every_platform_with_all_its_facts_and_sources(pack: Pack) -> None:
    shown = previews(pack.topics["diet"], pack, Screener(pack))
    assert [(p.platform, p.what) for p in shown] == [
        ("Discord", "answer, page 1"),
        ("Slack", "answer, page 1"),
        ("Sandbox", "answer"),
    ]
    for preview in shown:
        page = Tags(preview.html)
        for fact in pack.topics["diet"].facts:
            assert fact.text in preview.text
            assert fact.text in page.words
        assert {s.url for s in pack.citations(("borghi-2002", "nkf-calcium-stones-2025"))} == set(page.links)
        assert pack.safety.disclaimer in page.words


def test_a_misconception_is_shown_as_correction_and_as_notice(pack: Pack) -> None:
    wrong = pack.misconceptions["cut-out-calcium"]
    shown = {(p.platform, p.what): p for p in previews(wrong, pack, Screener(pack))}
    assert set(shown) == {(p, w) for p in ("Discord", "Slack", "Sandbox") for w in ("correction", "notice")}
    for platform in ("Discord", "Slack", "Sandbox"):
        assert correction_text((wrong.id,), pack).split(" Sources:")[0] in shown[platform, "correction"].text
        card = shown[platform, "notice"]
        assert wrong.flags[0] in card.text
        assert "stop eating calcium" in Tags(card.html).words
        assert wrong.correction[:60] in card.text
        assert "Not a misconception" in card.text or platform == "Discord"  # whose buttons are no part of the embed


def test_an_example_that_is_not_found_still_has_a_preview_that_says_so(folder: Path) -> None:
    path = folder / "misconceptions" / "cut-out-calcium.yaml"
    path.write_text(path.read_text("utf-8").replace("stones are calcium so stop eating calcium", "I like tea"), "utf-8")
    pack = read_pack(folder)
    shown = previews(pack.misconceptions["cut-out-calcium"], pack, Screener(pack))
    assert any("would not flag this example yet" in p.text for p in shown)


def test_nothing_in_a_text_becomes_markup_of_the_page(folder: Path) -> None:
    path = folder / DIET
    line = json.dumps(NASTY)
    path.write_text(path.read_text("utf-8").replace('"Kidney stones form in the urine."', line), "utf-8")
    pack = read_pack(folder)
    page = preview_page("t", previews(pack.topics["diet"], pack, Screener(pack)))
    sheet = fact_sheet(pack.topics["diet"], pack)
    for made in (page, sheet):
        assert "<script" not in made
        assert "alert(1)" in Tags(made).words
        assert "script" not in Tags(made).names


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a [b](https://e.org/x)** <c", "<b>a <a href='https://e.org/x' rel='noopener noreferrer'>b</a></b> &lt;c"),
        ("> q\nx", "<blockquote>q</blockquote>x"),
        ("<https://e.org>", "<a href='https://e.org' rel='noopener noreferrer'>https://e.org</a>"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("\\*a\\* b\u200b", "*a* b"),
    ],
)
def test_discords_markup(text: str, html: str) -> None:
    assert discord_html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* &lt;b&gt; &amp;amp;", "<b>a</b> &lt;b&gt; &amp;amp;"),
        (
            "<https://e.org/x|one &amp; two>\n",
            "<a href='https://e.org/x' rel='noopener noreferrer'>one &amp; two</a><br>",
        ),
        ("say `/tea &lt;x&gt;`", "say <code>/tea &lt;x&gt;</code>"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
    ],
)
def test_slacks_markup(text: str, html: str) -> None:
    assert slack_html(text) == html


def test_buttons_of_slack_are_shown_where_they_stand() -> None:
    menu = choice("x", "Why", [option("Joke", "1")])
    shown = [
        section("Case 1", button("a", "Open", "1")),
        actions("b", [button("c", "<Go>", "1", style="danger"), menu]),
    ]
    assert blocks_html(shown) == (
        "<div class='blocks'><p><span class='beside'><span class='button '>Open</span></span>Case 1</p>"
        "<p class='buttons'><span class='button danger'>&lt;Go&gt;</span><span class='button '>Why ▾</span></p></div>"
    )
    assert blocks_text(shown) == "Case 1 [Open]\n[<Go>] [Why]"


def test_a_fact_sheet_has_everything_that_the_answer_has(pack: Pack) -> None:
    topic = pack.topics["diet"]
    page = Tags(fact_sheet(topic, pack))
    shown = answer(topic, pack)
    for words in (shown.title, shown.summary, *(t for t, _ in shown.facts), *(s.label for s in shown.sources)):
        assert words in page.words
    assert [s.url for s in shown.sources] == page.links
    assert pack.safety.long_disclaimer in page.words
    assert "Reviewed on 2026-11-24." in page.words


def test_a_fact_sheet_on_a_claim_tells_it_from_what_is_known(pack: Pack) -> None:
    wrong = pack.misconceptions["cut-out-calcium"]
    words = Tags(fact_sheet(wrong, pack)).words
    assert words.index("People say") < words.index(wrong.claim) < words.index("What is known")
    assert words.index("What is known") < words.index(wrong.correction)


def test_a_claim_review_has_what_schema_org_asks_for(pack: Pack) -> None:
    wrong = pack.misconceptions["cut-out-calcium"]
    made = json.loads(claim_review(wrong, pack, publisher="A clinic", url="https://example.org/claim"))
    assert (made["@context"], made["@type"]) == ("https://schema.org", "ClaimReview")
    assert (made["claimReviewed"], made["url"]) == (wrong.claim, "https://example.org/claim")
    assert (made["author"]["@type"], made["author"]["name"]) == ("Organization", "A clinic")
    rating = made["reviewRating"]
    assert (rating["ratingValue"], rating["worstRating"], rating["bestRating"]) == (1, 1, 5)
    assert rating["alternateName"] == "False"
    assert made["itemReviewed"]["@type"] == "Claim"
    assert [c["url"] for c in made["citation"]] == [s.url for s in pack.citations(wrong.sources)]
    assert "url" not in json.loads(claim_review(wrong, pack))


def test_unconfirmed_sources_are_nowhere(folder: Path) -> None:
    path = folder / "misconceptions" / "cut-out-calcium.yaml"
    path.write_text(path.read_text("utf-8").replace("[borghi-2002,", "[niddk-gallstones,"), "utf-8")
    pack = read_pack(folder)
    wrong = pack.misconceptions["cut-out-calcium"]
    made = (*(p.html + p.text for p in previews(wrong, pack, Screener(pack))), claim_review(wrong, pack))
    assert not any("gallstones" in text for text in (*made, fact_sheet(wrong, pack)))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
async def test_each_fact_sheet_of_the_pack_that_ships_fits_one_printed_page() -> None:
    pack = read_pack(SHIPPED)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        page = await browser.new_page()
        entries: tuple[Topic | Misconception, ...] = (*pack.topics.values(), *pack.misconceptions.values())
        for entry in entries:
            await page.set_content(fact_sheet(entry, pack))
            printed = await page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1, entry.id
        await browser.close()


class TestCommand:
    def test_text_by_default(self, folder: Path) -> None:
        done = bot("render", "diet", env={"BOT_CONTENT": str(folder)})
        assert done.returncode == 0, done.stderr
        assert [line for line in done.stdout.splitlines() if line.startswith("===")] == [
            "=== Discord: answer, page 1",
            "=== Slack: answer, page 1",
            "=== Sandbox: answer",
        ]

    def test_files(self, folder: Path, tmp_path: Path) -> None:
        page, sheet, review = (tmp_path / name for name in ("a.html", "b.html", "c.json"))
        wanted = ["--html", str(page), "--sheet", str(sheet), "--claim-review", str(review)]
        done = bot("render", "cut-out-calcium", *wanted, "--publisher", "A clinic", env={"BOT_CONTENT": str(folder)})
        assert done.returncode == 0, done.stderr
        assert Tags(page.read_text("utf-8")).names.count("section") == 3
        assert "People say" in sheet.read_text("utf-8")
        assert json.loads(review.read_text("utf-8"))["author"]["name"] == "A clinic"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["nobody"], "No misconception and no topic is called nobody"),
            (["diet", "--claim-review", "x.json"], "is a topic"),
            (["diet", "--sheet", "/nowhere/x.html"], "can't be written"),
        ],
    )
    def test_what_can_not_be_done_is_told(self, folder: Path, arguments: list[str], says: str) -> None:
        done = bot("render", *arguments, env={"BOT_CONTENT": str(folder)})
        assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (2, True, False)
