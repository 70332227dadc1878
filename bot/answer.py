"""The `answer` command: which topic answers a text, whether it is urgent, and whether the bot would offer it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

from bot.core import answers
from bot.core.pack import Pack
from bot.core.urgent import UrgentReader
from bot.json_lines import BadLine, object_of

FINE, FOUND = 0, 1  # exit statuses


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bot makes of a text."""

    topic: str | None
    score: float  # 0..1
    urgent: str | None  # key of the urgent text that comes before anything else
    offer: bool  # whether the answer would be offered under the text in a channel


def answering(pack: Pack) -> Callable[[str], Answered]:
    """Answers texts by the pack."""
    reader = UrgentReader(pack.safety.red_flags)

    def answer(text: str) -> Answered:
        found = answers.search(pack, text, limit=1)
        urgent = reader.key(text)
        topic, score = (found[0].topic, found[0].score) if found else (None, 0.0)
        return Answered(topic, score, urgent, offer=urgent is None and answers.offer(pack, text) is not None)

    return answer


def show(pack: Pack, text: str, out: TextIO) -> int:
    """Print the answer for people."""
    got = answering(pack)(text)
    if got.urgent:
        print(f"{pack.safety.urgent[got.urgent]}\n", file=out)
    if got.topic is None:
        print("There is nothing on that.", file=out)
        return FINE
    topic = pack.topics[got.topic]
    print(f"{topic.title}  ({got.topic}, {got.score:.0%}{', would be offered' if got.offer else ''})", file=out)
    print(topic.summary, file=out)
    for fact in topic.facts:
        print(f"- {fact.text}", file=out)
    return FINE


def answer_lines(pack: Pack, lines: TextIO, out: TextIO) -> int:
    """Answer each line of JSON with one line of JSON, in order; FOUND when a line was no usable object."""
    answer, status = answering(pack), FINE
    for number, line in enumerate(lines, start=1):
        told = _line(answer, line, number)
        status = FOUND if "error" in told else status
        print(json.dumps(told, ensure_ascii=False), file=out, flush=True)
    return status


def _line(answer: Callable[[str], Answered], line: str, number: int) -> dict[str, Any]:
    try:
        given = object_of(line, number)
    except BadLine as error:
        return {"id": None, "error": str(error)}
    got = answer(given["text"])
    return {"id": given["id"], "topic": got.topic, "score": got.score, "urgent": got.urgent, "offer": got.offer}
