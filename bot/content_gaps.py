"""The `gaps` command: what people asked lately that no topic answers, for whoever writes content."""

import json
from typing import TextIO

from bot.core.gaps import Gap, fresh, often, read
from bot.moderation import GAPS
from bot.ports import Clock, Store


async def list_gaps(store: Store, clock: Clock, *, as_json: bool, out: TextIO) -> None:
    """Print the gaps, the most frequent first."""
    gaps = often(fresh(read(await store.recall(GAPS)), clock.now().date()))
    if as_json:
        told = [{"words": g.words, "times": g.times, "last": g.last.isoformat()} for g in gaps]
        print(json.dumps(told, ensure_ascii=False, indent=2), file=out)
    else:
        print(*map(_line, gaps) if gaps else ["Nothing was asked lately that no topic answers."], sep="\n", file=out)


def _line(gap: Gap) -> str:
    return f"{gap.times:>4} x  {gap.words}  (last on {gap.last})"
