"""Members who talk and moderators who click, all the time, whatever happens to the bot meanwhile."""

import asyncio
import json
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.core.cards import ACT_WORDS, REASON_WORDS
from bot.core.review import Act
from bot.ports import Store
from bot.slack_.reply import WORKING
from bot.slack_.wording import TROUBLE, UPHELD
from tests.slack_.fake import Channel, FakeSlack, Json
from tests.slack_.people import Somebody, labels, words

TEXTS = ("tea cures all", "tea is blue", "tea cures all and is blue")
WAYS = ("Post as reply", "Send privately", "Record only")
ACTS = {ACT_WORDS[a]: a for a in Act} | dict.fromkeys(REASON_WORDS.values(), Act.DISMISS)
THANKS = {*UPHELD.values(), "Noted."}
WAITING = words(WORKING["blocks"])
FORMS = (Act.UPHOLD, Act.NOTE)  # what takes a form
PATIENCE = 20  # seconds until something is taken as never happening
_SHOWN = re.compile(r"history:(\d+):(\d+)")
Done = tuple[int, Act, str]  # case, act, person


class Crowd:
    """Keeps what was sent, and of that what was seen to be done."""

    def __init__(
        self, slack: FakeSlack, store: Store, health: Channel, mods: Channel, *, names: tuple[str, ...], seed: int
    ) -> None:
        self.slack, self.store, self.health, self.mods = slack, store, health, mods
        self.dice = random.Random(seed)
        self.member = Somebody(slack, slack.add_user("mina"))
        self.moderators = [Somebody(slack, slack.add_user(name)) for name in names]
        self.sent: Counter[Done] = Counter()
        self.done: Counter[Done] = Counter()
        self._count = 0
        self._deeds: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (4, self.post),
            (2, self.edit),
            (1, self.delete),
            (12, self.decide),
        )

    async def act(self) -> None:
        weights, deeds = zip(*self._deeds, strict=True)
        (deed,) = self.dice.choices(deeds, weights)
        await deed()

    async def begin(self) -> None:
        """Wait until a new process has dealt with what it was sent again, and noticed something new."""
        await self.slack.acknowledged()
        before = len(self.notices())
        await self.post()
        await asyncio.wait_for(self.slack.until(lambda: len(self.notices()) > before), PATIENCE)

    async def break_off(self, acts: int, *, late: bool) -> None:
        """Send a message and so many acts without waiting for any; return at once, or when the bot began to answer."""
        before = len(self.slack.calls)
        await self.post()
        for _ in range(acts):
            await self.decide(wait=False)
        if late:  # the message needs a notice, so there is a call at least
            await asyncio.wait_for(self.slack.until(lambda: len(self.slack.calls) > before), PATIENCE)

    async def post(self) -> None:
        self._count += 1
        await self.member.say(self.health, f"{self.dice.choice(TEXTS)}, says number {self._count}")

    async def edit(self) -> None:
        if message := self._of_member():
            self._count += 1
            text = self.dice.choice((f"{self.dice.choice(TEXTS)}, says number {self._count}", "tea is a drink"))
            await self.slack.edit(self.health, message, text)

    async def delete(self) -> None:
        if message := self._of_member():
            await self.slack.remove(self.health, message["ts"])

    async def decide(self, *, wait: bool = True) -> None:
        """Somebody presses something on a notice; who waits sees it done, or refused."""
        notice, who = dict(self.dice.choice(self.notices())), self.dice.choice(self.moderators)
        label = self.dice.choice([w for w in labels(notice["blocks"]) if w in ACTS])
        what = (seen(notice)[0], ACTS[label], who.id)
        self.sent[what] += 1
        before = await self._rows(what)
        mark = sum(self.sent.values())
        self.slack.views[who.id] = []
        await who.click(notice, label, self.mods, mark=mark)

        async def answered() -> bool:
            told = any(w.get("mark") == mark for w in self.slack.whispers)
            return told or self._has_form(who, what) or await self._rows(what) > before

        if wait or what[1] in FORMS:
            await self._until(answered)
        if self._has_form(who, what):
            await self._fill_in(what, who, before, wait=wait)
        if wait:
            self.done[what] += await self._rows(what) - before

    async def _fill_in(self, what: Done, who: Somebody, before: int, *, wait: bool) -> None:
        """Fill in the form that came; what it says to be done in the end must be."""
        if what[1] is Act.NOTE:
            await who.submit(note="Asked somebody.")
        else:
            await who.press(self.dice.choice(WAYS))
        if not wait:
            return

        async def answered() -> bool:
            return not labels(who.form["blocks"]) and words(who.form["blocks"]) != WAITING

        await self._until(answered)
        said = words(who.form["blocks"])
        assert said != TROUBLE
        assert await self._rows(what) == before + (said in THANKS)

    def notices(self) -> list[Json]:
        found = self.mods.messages.values()
        return [m for m in found if m.get("metadata", {}).get("event_type") == "case_notice"]

    @staticmethod
    def _has_form(who: Somebody, what: Done) -> bool:
        """Whether the form of that act is in front of them."""
        asked = who.form if who.has_form else {"callback_id": ""}
        return asked["callback_id"] == what[1] and json.loads(asked["private_metadata"])["case"] == what[0]

    async def _rows(self, what: Done) -> int:
        """How often the history says that it was done."""
        return sum((e.case_id, e.act, e.by.id) == what for e in await self.store.history(what[0]))

    async def _until(self, true: Callable[[], Awaitable[bool]]) -> None:
        await asyncio.wait_for(self.slack.until_so(true), PATIENCE)

    def _of_member(self) -> Json | None:
        said = [m for m in self.health.messages.values() if m.get("user") == self.member.id and "subtype" not in m]
        return self.dice.choice(said) if said else None


def seen(notice: Json) -> tuple[int, int]:
    """The case and the version that a notice shows."""
    found = _SHOWN.search(str(notice["blocks"]))
    assert found is not None
    return int(found[1]), int(found[2])
