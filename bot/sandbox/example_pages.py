"""The addresses under which the page proposes examples from decisions, and an admin decides on them."""

from collections.abc import Callable

from aiohttp import web

from bot.core.proposals import LABEL_WORDS, LONGEST, Choice, Draft, Label, Proposal
from bot.proposing import Proposing
from bot.sandbox import wording
from bot.sandbox.console_pages import number_in
from bot.sandbox.payload import BadPayload, Payload
from bot.sandbox.people import Role, Visitor
from bot.sandbox.view import Json
from bot.sandbox.workspace import Workspace


class ExamplePages:
    """Proposing is for moderators, deciding for admins; `need` refuses everybody else."""

    def __init__(
        self, proposing: Proposing, workspace: Workspace, need: Callable[[web.Request, Role], Visitor]
    ) -> None:
        self._proposing = proposing
        self._workspace = workspace
        self._need = need

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/examples", self._waiting),
            web.get("/examples/draft", self._draft),
            web.post("/examples/propose", self._propose),
            web.post("/examples/approve", self._approve),
            web.post("/examples/reject", self._reject),
        ]

    async def _draft(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        case = number_in(request, "case")
        if case is None:
            raise BadPayload(wording.missing("case"))
        return web.json_response(_draft_json(await self._proposing.draft(case, self._workspace.owns)))

    async def _propose(self, request: web.Request) -> web.Response:
        visitor = self._need(request, Role.MODERATOR)
        payload = Payload.of(await request.read())
        choice = Choice(payload.text("claim"), payload.choice("label", Label))
        words = payload.text("words", longest=4 * LONGEST)
        await self._proposing.propose(payload.number("case"), choice, words, visitor.person, self._workspace.owns)
        return self._changed({"done": True})

    async def _waiting(self, request: web.Request) -> web.Response:
        self._need(request, Role.ADMIN)
        waiting = await self._proposing.waiting(self._workspace.owns)
        return web.json_response({"waiting": [_proposal_json(p) for p in waiting]})

    async def _approve(self, request: web.Request) -> web.Response:
        visitor, number = self._need(request, Role.ADMIN), await _number(request)
        return self._changed({"words": await self._proposing.approve(number, visitor.person, self._workspace.owns)})

    async def _reject(self, request: web.Request) -> web.Response:
        visitor, number = self._need(request, Role.ADMIN), await _number(request)
        return self._changed({"words": await self._proposing.reject(number, visitor.person, self._workspace.owns)})

    def _changed(self, answer: Json) -> web.Response:
        self._workspace.feed.publish()
        return web.json_response(answer)


async def _number(request: web.Request) -> int:
    return Payload.of(await request.read()).number("id")


def _draft_json(draft: Draft) -> Json:
    return {
        "case": draft.case.id,
        "text": draft.text,
        "longest": LONGEST,
        "choices": [{"claim": c.misconception, "label": c.label} for c in draft.choices],
        "labels": [{"label": label, "words": words} for label, words in LABEL_WORDS.items()],
    }


def _proposal_json(proposal: Proposal) -> Json:
    return {
        "id": proposal.id,
        "case": proposal.case_id,
        "claim": proposal.misconception,
        "label": LABEL_WORDS[proposal.label],
        "text": proposal.text,
        "by": proposal.by.name,
    }
