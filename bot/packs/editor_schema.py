"""JSON Schemas of the content files, from the models: completion, help and inline errors in common editors."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.packs.files import FOLDERS
from bot.packs.read import KINDS

Schema = dict[str, Any]
FOLDER = "schema"  # beside the packs
DRAFT = "http://json-schema.org/draft-07/schema#"  # what editors know best

_HELP: Mapping[str, Mapping[str, str]] = {
    "pack": {
        "name": "Small letters, digits, hyphens. It is also the name of the command: /name",
        "title": "What the pack is about, as people read it.",
        "order": "The ids of topics in the order in which they are listed. Others follow at the end.",
    },
    "topics": {
        "id": "The same as the file's name, without .yaml.",
        "title": "The heading of the answer.",
        "aliases": "Other words that people may type for this topic.",
        "summary": "One or two plain sentences; they stand above the facts.",
        "reviewed_on": "The day on which a person last compared the facts with their sources, such as 2026-01-31.",
        "facts": "What is true, one point each, each with its sources.",
        "facts.text": "One fact in plain words.",
        "facts.sources": "Keys of sources.yaml. Only confirmed sources are shown.",
        "questions": "Ways to ask for it, by which it is found; never shown.",
        "stage": "live: people find it. draft: only checked. shadow: who would have found it is counted."
        " paused, retired: not found.",
    },
    "misconceptions": {
        "id": "The same as the file's name, without .yaml.",
        "severity": "How much harm believing it can do.",
        "stage": "live: moderators are told. draft: only checked. shadow: looked for and counted."
        " paused, retired: not looked for; earlier cases stay.",
        "reviewed_on": "The day on which a person last compared the correction with its sources. May be left out.",
        "claim": "The false claim, as one plain sentence.",
        "correction": "What moderators may post. It speaks of the claim, never of a person.",
        "sources": "Keys of sources.yaml that show the correction to be right.",
        "claims": "How the claim is recognised: concepts of vocabulary.yaml that meet within a few words.",
        "claims.say": 'Concepts that must all be said; "a|b" stands for a or b.',
        "claims.within": "The most words from the first concept to the last.",
        "claims.ordered": "yes: they must come in this order.",
        "claims.unless": "Not where the sentence also says one of these concepts.",
        "flags": "Messages that make the claim, in different words. The bot should flag each of them.",
        "passes": "Messages that come close but are true, ask, deny or quote. The bot should leave them alone.",
    },
    "sources": {
        "title": "The title of the page or paper.",
        "publisher": "Who published it: a journal, an agency, an organisation.",
        "url": "The https address of the page.",
        "confirmed": "yes: a person saw this page and it says so. Only then are members shown it.",
        "year": "The year of publication.",
        "expires_on": "The day after which `check` asks for newer evidence, such as 2028-12-31. May be left out.",
        "doi": "For editors; never shown.",
        "pmid": "For editors; never shown.",
        "pmcid": "For editors; never shown.",
        "nbk": "For editors; never shown.",
        "note": "For editors; never shown.",
    },
    "safety": {
        "disclaimer": "Stands below every answer. It says that this is no medical advice.",
        "footer": "Stands below pages; {reviewed_on} and {source_list} are filled in.",
        "long_disclaimer": "The disclaimer at length.",
        "urgent": "Texts for people who may need help now, by key.",
        "red_flags": "By what a message shows that somebody may need help now.",
        "red_flags.signs": "Names, each with the phrases that mean it. word*: any ending; …: a few words between.",
        "red_flags.levels": "Measured values that are a sign.",
        "red_flags.levels.sign": "The sign's name.",
        "red_flags.levels.of": "Phrases for what is measured; the number stands right after or before.",
        "red_flags.levels.least": "The lowest number that is the sign.",
        "red_flags.levels.below": "Numbers from here on are something else, such as another unit.",
        "red_flags.levels.unless": "Words after the number that make it something else.",
        "red_flags.rules": "Which urgent text follows; the most serious first, and the first that fits counts.",
        "red_flags.rules.message": "A key of `urgent`.",
        "red_flags.rules.say": "Signs that must be going on now; “a|b”: one of them.",
        "red_flags.rules.given": "Signs that need only be named.",
        "red_flags.words": "How a sign is meant: of whom, when, and how much in earnest.",
        "red_flags.words.self": "The writer.",
        "red_flags.words.near": "Somebody with the writer.",
        "red_flags.words.general": "Nobody in particular.",
        "red_flags.words.lesson": "Words of textbooks.",
        "red_flags.words.now": "Going on now.",
        "red_flags.words.past": "Long ago.",
        "red_flags.words.over": "It ended, or somebody has seen to it.",
        "red_flags.words.supposed": "It may come, or might have.",
        "red_flags.words.denied": "A denial that reaches over a list.",
        "red_flags.words.denied_next": "A denial of what comes next.",
        "red_flags.words.stop": "A denial does not reach past these.",
        "red_flags.words.retold": "Films, books, news, lessons.",
        "red_flags.words.jest": "Jokes.",
        "red_flags.words.asks": "How a question begins.",
        "red_flags.words.idle": "Phrases in which nothing means what it seems to.",
        "canned": "Answers to what the bot must not answer, by key.",
        "correction_template": "Around every correction; {correction} and {source_links} are filled in.",
        "guidance": "How the bot and its moderators behave; for people, the bot does not read it.",
        "guidance.urgent": "For people; the bot does not read it.",
        "guidance.never_do": "For people; the bot does not read it.",
        "guidance.moderator_note": "For people; the bot does not read it.",
        "guidance.severity": "For people; the bot does not read it.",
    },
    "thread": {
        "posts": "A short conversation that the sandbox replays, to show what the bot does.",
        "posts.author": "A made-up name.",
        "posts.text": "What they write. Never a real person's message.",
        "posts.answers": "Which post it answers: 1 for the first one.",
    },
    "vocabulary": {
        "concepts": "Names, each with the phrases that mean it. word*: any ending; …: a few words between.",
        "things": "Concepts that “it” can stand for. A message that names none of them is not read.",
        "cues": "Words that show how a writer stands to a claim: denials, questions, quotations and others.",
        "cues.kind": "What the cue does to the claim.",
        "cues.say": "The words of the cue.",
        "cues.reach": "Which words the cue governs.",
        "cues.within": "How many words a forward or backward cue reaches.",
    },
}


def schemas() -> Mapping[str, Schema]:
    """The schema of each kind of content file, by the name of the schema's file."""
    return {schema_name(kind): _schema(kind) for kind in KINDS}


def schema_name(kind: str) -> str:
    """The name of the schema's file for a kind of content file."""
    return f"{kind.removesuffix('s') if kind in FOLDERS else kind}.json"


def mode_line(kind: str) -> str:
    """The comment that tells an editor where the schema is, for a file of that kind in a pack."""
    up = "../.." if kind in FOLDERS else ".."
    return f"# yaml-language-server: $schema={up}/{FOLDER}/{schema_name(kind)}"


def write_schemas(folder: Path) -> Iterator[Path]:
    """Write every schema into the folder; the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(as_text(schema), "utf-8")
        yield path


def as_text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def unexplained(kind: str) -> tuple[str, ...]:
    """Keys of that kind of file for which there is no help."""
    schema = _schema(kind)
    return tuple(path for path, part in _keys(schema, schema) if "description" not in part)


def _schema(kind: str) -> Schema:
    made = _tidy(TypeAdapter(KINDS[kind]).json_schema(mode="validation"))
    for path, part in _keys(made, made):
        if path in _HELP[kind]:
            part["description"] = _HELP[kind][path]
    return {"$schema": DRAFT, **made}


def _tidy(part: Any) -> Any:
    """Without what says nothing to an editor; a mapping takes no keys but those that it names."""
    if isinstance(part, list):
        return [_tidy(p) for p in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _tidy(value) for key, value in part.items() if not _says_nothing(key, value)}
    return kept | ({"additionalProperties": False} if "patternProperties" in kept else {})


def _says_nothing(key: str, value: Any) -> bool:
    return (key in ("title", "description") and isinstance(value, str)) or (key == "default" and not value)


def _keys(part: Schema, whole: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every key that a file may have, dotted, with its part of the schema; keys that editors invent are left out."""
    for name, inner in part.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield here, inner
        yield from _keys(inner, whole, here)
    below = [part.get("items"), *part.get("anyOf", ()), *part.get("patternProperties", {}).values()]
    below += [whole["$defs"][part["$ref"].rpartition("/")[2]]] if "$ref" in part else []
    for inner in filter(None, below):
        yield from _keys(inner, whole, path)
