"""Slack over real sockets: a Web API that takes nothing it should not, and what people do there."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, WSMsgType, web
from slack_sdk.signature import SignatureVerifier

from bot.ports import Clock
from bot.slack_.setup import SCOPES
from tests.slack_.kit import BadBlocks, check_blocks, check_view
from tests.slack_.methods import METHODS, Fault

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-good", "xapp-good", "signing-secret"
TEAM, BOT, BOT_USER, APP = "T0TEA", "B0BOT", "U0BOT", "A0APP"
LONGEST_TEXT = 40_000
Json = dict[str, Any]


class Refusal(Exception):
    """Slack's `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        self.answer = {"ok": False, "error": error, **more}
        super().__init__(error)


@dataclass
class Channel:
    id: str
    name: str
    members: set[str] = field(default_factory=set)
    private: bool = False
    archived: bool = False
    messages: dict[str, Json] = field(default_factory=dict)  # by ts; replies too

    @property
    def top(self) -> list[Json]:
        return [m for m in self.messages.values() if m.get("thread_ts", m["ts"]) == m["ts"]]

    def replies(self, ts: str) -> list[Json]:
        return [m for m in self.messages.values() if m.get("thread_ts") == ts and m["ts"] != ts]


@dataclass
class View:
    id: str
    user: str
    content: Json
    root: str


class FakeSlack:
    """One workspace. What the bot does wrong is kept in `faults`, and fails the test in the end."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.url = ""
        self.scopes = set(SCOPES)
        self.users: dict[str, Json] = {BOT_USER: {"id": BOT_USER, "name": "helper", "is_bot": True}}
        self.groups: dict[str, list[str]] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, list[View]] = {}  # by person: the forms that are open, the topmost last
        self.homes: dict[str, Json] = {}
        self.whispers: list[Json] = []  # ephemeral messages and answers to commands: {user, channel, blocks, …}
        self.files: list[Json] = []
        self.calls: list[tuple[str, Json]] = []
        self.faults: list[str] = []
        self.statuses: list[int] = []  # of the bot's answers, in HTTP mode
        self.token_works = True
        self.address = ""  # where requests go, in HTTP mode
        self.signature = signed
        self.delivers = True  # False: events are kept for nobody, as while the bot is down
        self._wrong: dict[str, list[Fault]] = {}
        self._count = itertools.count(1)
        self._triggers: dict[str, str] = {}  # trigger -> person
        self._answers: dict[str, Json] = {}  # token of a response_url -> where it answers
        self._uploads: dict[str, bytes] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._unacknowledged: dict[str, tuple[asyncio.Future[Json], Json]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._was_called = asyncio.Event()
        self._backlog: deque[tuple[str, Json]] = deque()
        self.acknowledgements: list[float] = []  # seconds that each took

    # what a test arranges

    def add_user(self, name: str, *, admin: bool = False) -> str:
        user = f"U0{name.upper()}"
        profile = {"display_name": name, "real_name": f"{name.title()} Tester"}
        self.users[user] = {"id": user, "name": name, "profile": profile, "is_admin": admin, "deleted": False}
        return user

    def add_channel(self, name: str, *, private: bool = False, bot: bool = True) -> Channel:
        channel = Channel(f"C0{name.upper()}", name, {BOT_USER} if bot else set(), private)
        self.channels[channel.id] = channel
        return channel

    def goes_wrong(self, method: str, **fault: Any) -> None:
        """The next calls of the method fail."""
        self._wrong.setdefault(method, []).append(Fault(**fault))

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until the bot's calls have made it true."""
        while not true():
            self._was_called.clear()
            await self._was_called.wait()

    async def until_so(self, true: Callable[[], Awaitable[bool]]) -> None:
        """The same for what has to be asked for."""
        self._was_called.clear()
        while not await true():
            await self._was_called.wait()
            self._was_called.clear()

    async def until_called(self) -> None:
        """Wait for the bot's next call, also one that fails."""
        self._was_called.clear()
        await self._was_called.wait()

    def new_ts(self) -> str:
        return f"{int(self.clock.now().timestamp())}.{next(self._count):06d}"

    # what people do; each is an event or a payload that goes to the bot

    async def post(self, user: str, channel: Channel, text: str, *, thread: str = "", **more: Any) -> Json:
        message: Json = {"type": "message", "user": user, "text": text, "ts": self.new_ts(), "team": TEAM, **more}
        if thread:
            message["thread_ts"] = thread
        self._put(channel, message)
        await self.tell({**message, "channel": channel.id, "channel_type": "channel", "event_ts": message["ts"]})
        return message

    async def edit(self, channel: Channel, message: Json, text: str) -> None:
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.new_ts()}}
        await self.tell(self._changed(channel, message, before))

    async def remove(self, channel: Channel, ts: str) -> None:
        message = channel.messages.pop(ts)
        if channel.replies(ts):  # the place of a message with replies is kept
            tombstone = {"subtype": "tombstone", "ts": ts, "text": "This message was deleted.", "hidden": True}
            channel.messages[ts] = tombstone | {"thread_ts": ts, "user": "USLACKBOT", "type": "message"}
            await self.tell(self._changed(channel, tombstone, message))
            return
        event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": channel.id}
        await self.tell(event | {"ts": self.new_ts(), "deleted_ts": ts, "previous_message": message})

    async def tell(self, event: Json, *, event_id: str = "", retry: int = 0) -> None:
        """An event for the bot."""
        name = event_id or f"Ev{next(self._count)}"
        payload: Json = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event": event, "event_id": name}
        payload |= {"event_time": int(self.clock.now().timestamp()), "authorizations": [{"user_id": BOT_USER}]}
        more = {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        await self.send("events_api", payload, **more)

    def trigger(self, user: str) -> str:
        name = f"trigger-{next(self._count)}"
        self._triggers[name] = user
        return name

    def response_url(self, **where: Any) -> str:
        name = f"answer-{next(self._count)}"
        self._answers[name] = where
        return f"{self.url}/answer/{name}"

    # the socket

    async def send(self, kind: str, payload: Json, **more: Any) -> None:
        """Put it on the socket; without one, events are lost and what people do fails for them."""
        if not self.delivers:
            return
        if self.address:
            await self._request(kind, payload, **more)
            return
        envelope = f"envelope-{next(self._count)}"
        takes = kind in ("interactive", "slash_commands")
        body = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": takes, **more}
        socket = next((s for s in reversed(self._sockets) if not s.closed), None)
        if socket is None:
            self._backlog.append((envelope, body))
            return
        await self._push(socket, envelope, body)

    async def ask(self, payload: Json) -> Json:
        """Send what somebody did, and wait for what the bot says in acknowledging it."""
        await self.send("interactive", payload)
        sent = self._unacknowledged.values()
        (answer,) = [future for future, body in sent if payload is body or payload is body.get("payload")]
        return await asyncio.wait_for(answer, 30)

    async def acknowledged(self) -> list[Json]:
        """Wait until the bot has acknowledged everything; what it said in doing so."""
        while self._telling:
            await asyncio.gather(*self._telling)
        waiting = [future for future, _ in self._unacknowledged.values()]
        answers = await asyncio.wait_for(asyncio.gather(*waiting), 30)
        self._unacknowledged = {e: w for e, w in self._unacknowledged.items() if not w[0].done()}
        return list(answers)

    async def drop(self, *, redeliver: bool = True) -> None:
        """The connection breaks; what was not acknowledged comes again through the next one."""
        self._open.clear()
        for socket in self._sockets:
            await socket.close()
        self._sockets.clear()
        lost = {e: body for e, (future, body) in self._unacknowledged.items() if not future.done()}
        self._unacknowledged.clear()
        if redeliver:
            self._backlog.extend((e, body | {"retry_attempt": 1}) for e, body in lost.items())

    async def opened(self, within: float = 20) -> None:
        """Wait until there is a socket; `within` is in seconds."""
        await asyncio.wait_for(self._open.wait(), within)

    async def _request(self, kind: str, payload: Json, **more: Any) -> None:
        """The same over HTTP, as Slack does it: signed, and answered within three seconds."""
        if kind == "events_api":
            body, form = json.dumps(payload), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, form = urlencode(fields), "application/x-www-form-urlencoded"
        headers = {"Content-Type": form, **self.signature(body)}
        if more.get("retry_attempt"):
            headers |= {"X-Slack-Retry-Num": str(more["retry_attempt"]), "X-Slack-Retry-Reason": "http_timeout"}
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unacknowledged[f"request-{next(self._count)}"] = future, payload
        async with ClientSession() as session, session.post(self.address, data=body, headers=headers) as answer:
            text = await answer.text()
            self.statuses.append(answer.status)
            future.set_result(json.loads(text) if text.startswith("{") else {})

    async def _push(self, socket: web.WebSocketResponse, envelope: str, body: Json) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Json] = loop.create_future()
        self._unacknowledged[envelope] = future, body
        begun = loop.time()
        future.add_done_callback(lambda _: self._timed(body, loop.time() - begun))
        try:
            await socket.send_str(json.dumps(body))
        except ConnectionError:  # it broke at this moment
            if self._unacknowledged.pop(envelope, None) is not None:
                self._backlog.append((envelope, body))

    def _timed(self, body: Json, seconds: float) -> None:
        self.acknowledgements.append(seconds)
        if seconds > 3:
            self.faults.append(f"{body['type']} was acknowledged after {seconds:.1f} s")

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}))
        self._sockets.append(socket)
        self._open.set()
        while self._backlog:
            await self._push(socket, *self._backlog.popleft())
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            answer = json.loads(message.data)
            waiting = self._unacknowledged.get(answer.get("envelope_id", ""))
            if waiting is None:
                self.faults.append(f"an acknowledgement of nothing: {answer}")
            elif not waiting[0].done():
                waiting[0].set_result(answer.get("payload") or {})
        return socket

    # the Web API

    async def api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        given = await _arguments(request)
        token = str(given.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer "))
        self._was_called.set()
        fault = self._fault(name, given)
        if fault is not None and not fault.afterwards:
            return self._failed(fault)
        try:
            answer = {"ok": True, **self._call(name, given, token)}
            await asyncio.sleep(0)
        except Refusal as refusal:
            answer = refusal.answer
        if fault is not None:
            return self._failed(fault)
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        return web.json_response(answer, headers=headers)

    def _call(self, name: str, given: Json, token: str) -> Json:
        spec = METHODS.get(name)
        if spec is None:
            self.faults.append(f"an unknown method: {name}")
            raise Refusal("unknown_method")
        self.calls.append((name, given))
        self._was_called.set()
        if not self.token_works:
            raise Refusal("token_revoked")
        if token != (APP_TOKEN if spec.app_level else BOT_TOKEN):
            raise Refusal("invalid_auth")
        if spec.scopes and self.scopes.isdisjoint(spec.scopes):
            raise Refusal("missing_scope", needed=spec.scopes[0], provided=",".join(sorted(self.scopes)))
        unknown, missing = given.keys() - spec.allowed, spec.needed - given.keys()
        if unknown or missing:
            self.faults.append(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
            raise Refusal("invalid_arguments")
        self._check_content(name, given)
        handler = getattr(self, "_" + name.replace(".", "_"))
        answer: Json = handler(**given)
        return answer

    def _check_content(self, name: str, given: Json) -> None:
        try:
            if "blocks" in given:
                check_blocks(given["blocks"])
            if "view" in given:
                check_view(given["view"])
            if len(given.get("text", "")) > LONGEST_TEXT:
                raise BadBlocks("msg_too_long")
        except (BadBlocks, KeyError, TypeError) as error:
            self.faults.append(f"{name}: {error!r}")
            raise Refusal("invalid_blocks") from None

    def _fault(self, name: str, given: Json) -> Fault | None:
        for fault in self._wrong.get(name, []):
            if fault.times > 0 and all(given.get(k) == v for k, v in fault.where.items()):
                fault.times -= 1
                return fault
        return None

    @staticmethod
    def _failed(fault: Fault) -> web.Response:
        if fault.retry_after:
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault.status or not fault.error:
            return web.Response(status=fault.status or 503, text="upstream")
        return web.json_response({"ok": False, "error": fault.error})

    def _auth_test(self, team_id: str = "") -> Json:
        return {"url": "https://tea.slack.com/", "team": "Tea", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT}

    def _apps_connections_open(self) -> Json:
        return {"url": self.url.replace("http", "ws") + "/socket"}

    def _chat_postMessage(self, channel: str, **message: Any) -> Json:
        room = self._writable(channel)
        made = self._ours({k: v for k, v in message.items() if not k.startswith("unfurl")})
        if made.get("thread_ts") and made["thread_ts"] not in room.messages:
            raise Refusal("thread_not_found")
        self._put(room, made)
        self._soon({**made, "subtype": "bot_message", "channel": room.id, "event_ts": made["ts"]})
        return {"channel": room.id, "ts": made["ts"], "message": made}

    def _chat_postEphemeral(self, channel: str, user: str, **message: Any) -> Json:
        room = self._writable(channel)
        if user not in room.members:
            raise Refusal("user_not_in_channel")
        self.whispers.append({"user": user, "channel": channel, "ts": self.new_ts(), **message})
        return {"message_ts": self.whispers[-1]["ts"]}

    def _chat_update(self, channel: str, ts: str, **changes: Any) -> Json:
        room = self._writable(channel)
        if ts not in room.messages:
            raise Refusal("message_not_found")
        if room.messages[ts].get("bot_id") != BOT:
            raise Refusal("cant_update_message")
        before = dict(room.messages[ts])
        room.messages[ts] |= changes
        self._soon(self._changed(room, room.messages[ts], before))
        return {"channel": channel, "ts": ts, "text": changes["text"]}

    def _chat_delete(self, channel: str, ts: str) -> Json:
        room = self._room(channel)
        if ts not in room.messages:
            raise Refusal("message_not_found")
        if room.messages[ts].get("bot_id") != BOT:
            raise Refusal("cant_delete_message")
        del room.messages[ts]
        self._soon({"type": "message", "subtype": "message_deleted", "channel": channel, "deleted_ts": ts})
        return {"channel": channel, "ts": ts}

    def _conversations_history(self, channel: str, **span: Any) -> Json:
        room = self._readable(channel)
        newest_first = [self._told(m, room, span) for m in reversed(room.top)]
        return _page([m for m in newest_first if _within(m, span)], span)

    def _conversations_replies(self, channel: str, ts: str, **span: Any) -> Json:
        room = self._readable(channel)
        if ts not in room.messages:
            raise Refusal("thread_not_found")
        root, replies = room.messages[ts], room.replies(ts)
        found = [root] + [m for m in replies if _within(m, span)]
        return _page([self._told(m, room, span) for m in found], span)

    def _conversations_info(self, channel: str) -> Json:
        room = self._room(channel)
        if room.private and BOT_USER not in room.members:
            raise Refusal("channel_not_found")
        facts = {"id": room.id, "name": room.name, "is_private": room.private, "is_archived": room.archived}
        return {"channel": facts | {"is_member": BOT_USER in room.members}}

    def _conversations_join(self, channel: str) -> Json:
        room = self._room(channel)
        if room.private:
            raise Refusal("method_not_supported_for_channel_type")
        if room.archived:
            raise Refusal("is_archived")
        room.members.add(BOT_USER)
        self._soon({"type": "member_joined_channel", "user": BOT_USER, "channel": channel, "team": TEAM})
        return {"channel": {"id": channel}}

    def _conversations_open(self, users: str) -> Json:
        known = self.users.get(users)
        if known is None:
            raise Refusal("user_not_found")
        if known.get("deleted"):
            raise Refusal("user_disabled")
        direct = f"D0{users}"
        self.channels.setdefault(direct, Channel(direct, "direct", {users, BOT_USER}))
        return {"channel": {"id": direct}}

    def _users_info(self, user: str) -> Json:
        if user not in self.users:
            raise Refusal("user_not_found")
        return {"user": self.users[user]}

    def _usergroups_users_list(self, usergroup: str) -> Json:
        if usergroup not in self.groups:
            raise Refusal("no_such_subteam")
        return {"users": self.groups[usergroup]}

    def _views_open(self, trigger_id: str, view: Json) -> Json:
        user = self._triggered(trigger_id)
        name = f"V{next(self._count)}"
        self.views[user] = [View(name, user, view, name)]
        return {"view": {"id": name}}

    def _views_push(self, trigger_id: str, view: Json) -> Json:
        user = self._triggered(trigger_id)
        stack = self.views.get(user, [])
        if not stack or len(stack) >= 3:
            raise Refusal("push_limit_reached")
        stack.append(View(f"V{next(self._count)}", user, view, stack[0].id))
        return {"view": {"id": stack[-1].id}}

    def _views_update(self, view_id: str, view: Json, hash: str = "") -> Json:
        found = next((v for stack in self.views.values() for v in stack if v.id == view_id), None)
        if found is None:
            raise Refusal("not_found")
        found.content = view
        return {"view": {"id": view_id}}

    def _views_publish(self, user_id: str, view: Json, hash: str = "") -> Json:
        if view["type"] != "home":
            raise Refusal("invalid_arguments")
        self.homes[user_id] = view
        return {"view": {"id": f"H{user_id}"}}

    def _files_getUploadURLExternal(self, filename: str, length: int, **more: Any) -> Json:
        name = f"F{next(self._count)}"
        return {"upload_url": f"{self.url}/upload/{name}", "file_id": name}

    def _files_completeUploadExternal(
        self, files: Any, channel_id: str = "", initial_comment: str = "", thread_ts: str = "", channels: str = ""
    ) -> Json:
        listed = json.loads(files) if isinstance(files, str) else files
        room = self._writable(channel_id)
        held = [{"id": f["id"], "title": f.get("title"), "content": self._uploads[f["id"]]} for f in listed]
        self.files += [f | {"channel": channel_id} for f in held]
        message = self._ours({"text": initial_comment, "files": [{"id": f["id"]} for f in listed]})
        self._put(room, message | ({"thread_ts": thread_ts} if thread_ts else {}))
        return {"files": listed}

    # other doors

    async def answer(self, request: web.Request) -> web.Response:
        """A response_url."""
        where = self._answers.get(request.match_info["name"])
        given = await request.json()
        allowed = {"text", "blocks", "response_type", "replace_original", "delete_original"}
        if where is None or given.keys() - allowed:
            self.faults.append(f"response_url: unknown {sorted(given.keys() - allowed)}")
            return web.Response(status=404)
        try:
            check_blocks(given["blocks"])
        except (BadBlocks, KeyError) as error:
            self.faults.append(f"response_url: {error!r}")
            return web.Response(status=500, text="invalid_blocks")
        made = {**where, **given, "ts": self.new_ts()}
        if given.get("replace_original") and where.get("whisper") in self.whispers:
            where["whisper"] |= given
        elif given.get("response_type") == "in_channel":
            self._put(self.channels[where["channel"]], self._ours({"text": given["text"], "blocks": given["blocks"]}))
        else:
            self.whispers.append(made)
        self._was_called.set()
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.Response:
        self._uploads[request.match_info["name"]] = await request.read()
        return web.Response(text="OK")

    # small things

    def _put(self, channel: Channel, message: Json) -> None:
        channel.messages[message["ts"]] = message
        root = channel.messages.get(message.get("thread_ts", ""))
        if root is not None and root is not message:
            root |= {"thread_ts": root["ts"], "latest_reply": message["ts"]}
            root["reply_count"] = root.get("reply_count", 0) + 1

    def _ours(self, message: Json) -> Json:
        return {"type": "message", "user": BOT_USER, "bot_id": BOT, "app_id": APP, "ts": self.new_ts(), **message}

    def _changed(self, channel: Channel, message: Json, before: Json) -> Json:
        event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": channel.id}
        return event | {"ts": self.new_ts(), "message": dict(message), "previous_message": before}

    def _soon(self, event: Json) -> None:
        """The bot hears of what it did itself, as on the real Slack."""
        task = asyncio.get_running_loop().create_task(self.tell(event))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _told(self, message: Json, room: Channel, span: Mapping[str, Any]) -> Json:
        shown = dict(message)
        if str(span.get("include_all_metadata", "")).lower() not in ("1", "true"):
            shown.pop("metadata", None)
        return shown

    def _triggered(self, trigger: str) -> str:
        user = self._triggers.pop(trigger, None)
        if user is None:
            raise Refusal("exchanged_trigger_id")
        return user

    def _room(self, channel: str) -> Channel:
        if channel not in self.channels:
            raise Refusal("channel_not_found")
        return self.channels[channel]

    def _readable(self, channel: str) -> Channel:
        room = self._room(channel)
        if BOT_USER not in room.members:
            raise Refusal("channel_not_found" if room.private else "not_in_channel")
        return room

    def _writable(self, channel: str) -> Channel:
        room = self._readable(channel)
        if room.archived:
            raise Refusal("is_archived")
        return room

    def routes(self) -> web.Application:
        app = web.Application(client_max_size=10**7)
        app.router.add_route("*", "/api/{method}", self.api)
        app.router.add_get("/socket", self.socket)
        app.router.add_post("/answer/{name}", self.answer)
        app.router.add_post("/upload/{name}", self.upload)
        return app


def signed(body: str, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers by which a request is known as Slack's."""
    made = str(int(time.time() if at is None else at))
    return {
        "X-Slack-Request-Timestamp": made,
        "X-Slack-Signature": str(SignatureVerifier(secret).generate_signature(timestamp=made, body=body)),
    }


async def _arguments(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    else:
        given |= {k: str(v) for k, v in (await request.post()).items()}
    for key in ("view", "blocks", "metadata"):
        if isinstance(given.get(key), str):
            given[key] = json.loads(given[key])
    return given


def _within(message: Json, span: Mapping[str, Any]) -> bool:
    inclusive = str(span.get("inclusive", "")).lower() in ("1", "true")
    ts, oldest, latest = message["ts"], str(span.get("oldest", "")), str(span.get("latest", ""))
    after = not oldest or ts > oldest or (inclusive and ts == oldest)
    before = not latest or ts < latest or (inclusive and ts == latest)
    return after and before


def _page(messages: list[Json], span: Mapping[str, Any]) -> Json:
    limit = int(span.get("limit") or 100)
    if not 1 <= limit <= 999:
        raise Refusal("invalid_limit")
    at = int(span.get("cursor") or 0)
    more = at + limit < len(messages)
    answer: Json = {"messages": messages[at : at + limit], "has_more": more}
    return answer | ({"response_metadata": {"next_cursor": str(at + limit)}} if more else {})


@asynccontextmanager
async def slack_on_a_wire(clock: Clock) -> AsyncIterator[FakeSlack]:
    """The workspace, listening on a free port."""
    fake = FakeSlack(clock)
    runner = web.AppRunner(fake.routes(), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield fake
    finally:
        await fake.drop()
        await runner.cleanup()
