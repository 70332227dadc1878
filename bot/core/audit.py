"""The chain of history rows: each row's link covers the row before it, so that a changed or missing row shows.

After the hash chains of Haber & Stornetta (1991). Names and notes are covered by keyed marks of their own, so that a
person can be erased without breaking the chain.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ERASED = "erased-"  # how the pseudonym of an erased person begins
START = ""  # the link before the first row


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of history as it is stored."""

    id: int
    case_id: int
    act: str
    by_id: str
    at: str
    detail: str
    pack_revision: str
    by_mark: str
    detail_mark: str
    link: str


@dataclass(frozen=True, slots=True)
class Break:
    """A row at which the chain shows that somebody changed something."""

    row: int
    what: str


def mark(value: str, key: bytes) -> str:
    """A keyed hash of a value that may have to be forgotten later."""
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def link(before: str, row: AuditRow, key: bytes) -> str:
    """The link of a row that follows the row with the link `before`; `row.id` and `row.link` don't count."""
    covered = [before, row.case_id, row.act, row.at, row.pack_revision, row.by_mark, row.detail_mark]
    return mark(json.dumps(covered), key)


def breaks(rows: Iterable[AuditRow], key: bytes, before: str = START) -> Iterator[Break]:
    """What is wrong with the rows, given in order after the row with the link `before`."""
    for row in rows:
        erased = row.by_id.startswith(ERASED)
        if not hmac.compare_digest(row.link, link(before, row, key)):
            yield Break(row.id, "the row was changed, or the row before it is missing")
        elif not erased and row.by_mark != mark(row.by_id, key):
            yield Break(row.id, "the person was changed")
        elif (row.detail or not erased) and row.detail_mark != mark(row.detail, key):
            yield Break(row.id, "the note was changed")
        before = row.link
