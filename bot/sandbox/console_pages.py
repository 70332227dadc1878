"""The addresses under which the page asks for what stands around the queue: counts, numbers, charts, tables, pauses."""

from collections.abc import Callable

from aiohttp import web

from bot.plots import NoPlots
from bot.sandbox import wording
from bot.sandbox.console import FORMS, LONGEST_SPAN, Console
from bot.sandbox.payload import BadPayload, Payload, storable
from bot.sandbox.people import Role, Visitor
from bot.sandbox.room import NotHere
from bot.sandbox.workspace import Workspace


class ConsolePages:
    """Each answer is for moderators; `need` refuses everybody else."""

    def __init__(self, console: Console, workspace: Workspace, need: Callable[[web.Request, Role], Visitor]) -> None:
        self._console = console
        self._workspace = workspace
        self._need = need

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/person", self._person),
            web.get("/numbers", self._numbers),
            web.get("/content", self._content),
            web.post("/renew", self._renew),
            web.get("/numbers.png", self._chart),
            web.get("/picture", self._picture),
            web.get("/export", self._export),
            web.post("/pause", self._pause),
            web.post("/resume", self._resume),
        ]

    async def _person(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        person = storable(request.query.get("id", "")[:100])
        return web.json_response({"lines": await self._console.person(person)})

    async def _numbers(self, request: web.Request) -> web.Response:
        visitor = self._need(request, Role.MODERATOR)
        return web.json_response({"lines": await self._console.numbers(visitor, _days(request))})

    async def _content(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        return web.json_response(await self._console.content())

    async def _renew(self, request: web.Request) -> web.Response:
        visitor = self._need(request, Role.MODERATOR)
        await self._console.renew(visitor, Payload.of(await request.read()))
        return web.json_response({"done": True})

    async def _chart(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        try:
            picture = await self._console.picture(_days(request))
        except NoPlots as error:
            raise NotHere(str(error)) from None
        return web.Response(body=picture, content_type="image/png")

    async def _picture(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        picture = await self._workspace.picture(storable(request.query.get("name", "")[:100]))
        if picture is None:
            raise NotHere(wording.NO_PICTURE)
        return web.Response(body=picture, content_type="image/png")

    async def _export(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        form = request.query.get("form", "csv")
        if form not in FORMS:
            raise BadPayload(wording.one_of("form", FORMS))
        table = await self._console.table(_days(request), form)
        name = {"Content-Disposition": f'attachment; filename="cases.{form}"'}
        return web.Response(text=table, content_type=FORMS[form], headers=name)

    async def _pause(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        await self._console.pause(everywhere=await _everywhere(request))
        return web.json_response({"done": True})

    async def _resume(self, request: web.Request) -> web.Response:
        self._need(request, Role.MODERATOR)
        await self._console.resume(everywhere=await _everywhere(request))
        return web.json_response({"done": True})


def number_in(request: web.Request, name: str) -> int | None:
    """A positive whole number in the address; None where there is none. Raises BadPayload."""
    given = request.query.get(name, "")
    if not given:
        return None
    return Payload({name: int(given) if given.isdecimal() and len(given) < 16 else given}).number(name)


async def _everywhere(request: web.Request) -> bool:
    return Payload.of(await request.read()).flag("everywhere")


def _days(request: web.Request) -> int:
    return min(number_in(request, "days") or 30, LONGEST_SPAN)
