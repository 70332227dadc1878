"""What the network gets to read of a message: the whole of it, and overlapping windows of a long one."""

import re

LONGEST = 12_000  # characters read of one message; Discord allows 4,000
SENTENCES = 3  # in one window
STRIDE = 1  # sentences from one window to the next, so that a claim and its pronoun meet in one of them
WORTHWHILE = 45  # words; a shorter message is read as a whole only
MOST_WINDOWS = 48

_SENTENCE = re.compile(r"[^.!?\n]*[.!?]+[\"'”’)\]]*(?=\s|$)|[^.!?\n]+(?:[.!?]+(?=\S)[^.!?\n]*)*")


def formatted(text: str, reply_to: str = "") -> str:
    """The message as the network was taught to see it: the message it answers comes first, as a quotation."""
    answered = " ".join(_readable(reply_to)[:400].split())
    body = _readable(text)
    return f"> {answered}\n{body}" if answered and not body.startswith(">") else body


def parts(text: str, reply_to: str = "") -> list[str]:
    """What is read of a message: a short one with the message it answers, a long one in windows of its own words.

    Windows never show the answered message, or its claims would be held against whoever corrects them.
    """
    body = formatted(text)
    if len(body.split(None, WORTHWHILE)) > WORTHWHILE:
        return windows(body)
    return [formatted(text, reply_to)]


def windows(text: str) -> list[str]:
    """The whole text, then its windows if it is long."""
    if len(text.split(None, WORTHWHILE)) <= WORTHWHILE:
        return [text]
    sentences = [s.strip() for s in _SENTENCE.findall(text) if s.strip()]
    last = max(0, len(sentences) - SENTENCES)
    starts = sorted({*range(0, last, STRIDE), last})[:MOST_WINDOWS]
    parts = [" ".join(sentences[at : at + SENTENCES]) for at in starts]
    return [text, *(p for p in parts if p != text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of the text starts and ends, without the blanks around it; at most MOST_WINDOWS."""
    found = [
        (m.start() + len(m.group()) - len(m.group().lstrip()), m.start() + len(m.group().rstrip()))
        for m in _SENTENCE.finditer(text[:LONGEST])
    ]
    return [(start, end) for start, end in found if start < end][:MOST_WINDOWS]


def _readable(text: str) -> str:
    """The start of the text, without the halves of broken characters that no tokenizer accepts."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
