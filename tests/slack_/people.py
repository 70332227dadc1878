"""People in a Slack workspace: what they see, and what they do with it, as Slack's own programs would send it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.slack_.fake import TEAM, Channel, FakeSlack, Json, View


@dataclass
class Somebody:
    """A person; each act goes to the bot as the payload that Slack would send."""

    slack: FakeSlack
    id: str

    async def say(self, channel: Channel, text: str, *, thread: str = "", **more: Any) -> Json:
        return await self.slack.post(self.id, channel, text, thread=thread, **more)

    @property
    def form(self) -> Json:
        """The form in front of this person."""
        return self._top.content

    @property
    def has_form(self) -> bool:
        return bool(self.slack.views.get(self.id))

    @property
    def whisper(self) -> Json:
        """The newest message that only this person sees."""
        return next(w for w in reversed(self.slack.whispers) if w["user"] == self.id)

    async def click(self, message: Json, label: str, channel: Channel, **more: Any) -> None:
        """Press a button, or choose from a menu, of a message in the channel; an answer to it carries `more`."""
        place = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": False}
        url = self.slack.response_url(user=self.id, channel=channel.id, **more)
        shown = {k: v for k, v in message.items() if k != "metadata"}
        body = {"channel": {"id": channel.id, "name": channel.name}, "message": shown, "response_url": url}
        await self._act(body | {"container": place}, action_in(message["blocks"], label))

    async def click_whisper(self, label: str) -> None:
        """The same in the newest message that only this person sees."""
        whisper = self.whisper
        place = {"type": "message", "channel_id": whisper["channel"], "is_ephemeral": True}
        url = self.slack.response_url(user=self.id, channel=whisper["channel"], whisper=whisper)
        body = {"channel": {"id": whisper["channel"], "name": "somewhere"}, "response_url": url, "container": place}
        await self._act(body, action_in(whisper["blocks"], label))

    async def press(self, label: str) -> None:
        """The same in the form in front of this person."""
        body = {"view": self._described(self._top), "container": {"type": "view", "view_id": self._top.id}}
        await self._act(body, action_in(self.form["blocks"], label))

    async def press_home(self, label: str) -> None:
        """The same on this person's home page."""
        home = self.slack.homes[self.id]
        view = home | {"id": f"H{self.id}", "state": {"values": {}}}
        await self._act(
            {"view": view, "container": {"type": "view", "view_id": view["id"]}}, action_in(home["blocks"], label)
        )

    async def choose(self, *values: str) -> None:
        """Choose several in the form's menu of several."""
        menu = next(b["accessory"] for b in self.form["blocks"] if b.get("accessory"))
        chosen = [o for o in menu["options"] if o["value"] in values]
        action = {"type": menu["type"], "action_id": menu["action_id"], "selected_options": chosen}
        body = {"view": self._described(self._top), "container": {"type": "view", "view_id": self._top.id}}
        await self._act(body, action)

    async def submit(self, **fields: str) -> None:
        """Fill in the form and send it; a field's value is what was typed, or an option's value."""
        top = self._top
        view = self._described(top) | {"state": {"values": dict(self._filled(top.content, fields))}}
        body = {"type": "view_submission", "user": {"id": self.id, "team_id": TEAM}, "team": {"id": TEAM}}
        said = await self.slack.ask(body | {"view": view, "trigger_id": self.slack.trigger(self.id)})
        match said.get("response_action"):
            case "update":
                top.content = said["view"]
            case "errors" | "push":
                raise AssertionError(f"the form came back: {said}")
            case _:
                self.slack.views[self.id].pop()

    async def command(self, command: str, text: str, channel: Channel) -> None:
        url = self.slack.response_url(user=self.id, channel=channel.id)
        body = {"command": command, "text": text, "user_id": self.id, "team_id": TEAM, "channel_id": channel.id}
        body |= {"user_name": "somebody", "channel_name": channel.name, "response_url": url, "token": "t"}
        await self.slack.send("slash_commands", body | {"trigger_id": self.slack.trigger(self.id)})

    async def shortcut(self, name: str, message: Json, channel: Channel) -> None:
        """What stands under a message's three dots."""
        body = {"type": "message_action", "callback_id": name, "message": message, "message_ts": message["ts"]}
        body |= {"user": {"id": self.id}, "team": {"id": TEAM}, "channel": {"id": channel.id, "name": channel.name}}
        body |= {"response_url": self.slack.response_url(user=self.id, channel=channel.id)}
        await self.slack.send("interactive", body | {"trigger_id": self.slack.trigger(self.id)})

    async def suggestions(self, typed: str) -> list[Json]:
        """What the form's search field offers for what was typed."""
        block = next(b for b in self.form["blocks"] if (b.get("element") or {}).get("type") == "external_select")
        body = {"type": "block_suggestion", "user": {"id": self.id}, "team": {"id": TEAM}, "value": typed}
        body |= {"action_id": block["element"]["action_id"], "block_id": block["block_id"]}
        options: list[Json] = (await self.slack.ask(body | {"view": self._described(self._top)}))["options"]
        return options

    async def open_home(self) -> None:
        await self.slack.tell({"type": "app_home_opened", "user": self.id, "tab": "home", "channel": "D0HOME"})

    @property
    def _top(self) -> View:
        return self.slack.views[self.id][-1]

    def _described(self, view: View) -> Json:
        facts = {"id": view.id, "root_view_id": view.root, "team_id": TEAM, "hash": "1", "state": {"values": {}}}
        return {"private_metadata": "", **view.content, **facts}

    async def _act(self, body: Json, action: Json) -> None:
        act: Json = {"type": "block_actions", "user": {"id": self.id, "team_id": TEAM}, "team": {"id": TEAM}}
        act |= {"trigger_id": self.slack.trigger(self.id), "actions": [{"action_ts": self.slack.new_ts(), **action}]}
        await self.slack.send("interactive", body | act)

    @staticmethod
    def _filled(view: Json, fields: dict[str, str]) -> Iterator[tuple[str, Json]]:
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            preset = element.get("initial_value") or (element.get("initial_option") or {}).get("value")
            given = fields.get(block["block_id"], preset)
            assert given is not None or block.get("optional"), f"Slack asks for {block['block_id']}"
            assert element["type"] != "plain_text_input" or len(given or "") <= element.get("max_length", 3000)
            kind = element["type"]
            chosen = {"value": given} if kind == "plain_text_input" else {"selected_option": {"value": given}}
            yield block["block_id"], {element["action_id"]: {"type": kind, **chosen}}


def action_in(blocks: list[Json], label: str) -> Json:
    """The action that Slack sends for the button or the menu entry with that label."""
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            common = {
                "type": element["type"],
                "action_id": element["action_id"],
                "block_id": block.get("block_id", "b"),
            }
            if element["type"] == "button" and element["text"]["text"] == label:
                return common | {"value": element["value"], "text": element["text"]}
            for option in element.get("options", []):
                if option["text"]["text"] == label:
                    return common | {"selected_option": option}
    raise AssertionError(f"nothing is called {label!r}: {labels(blocks)}")


def labels(blocks: list[Json]) -> list[str]:
    """What can be pressed or chosen, in order."""
    found = []
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if isinstance(element, dict) and element.get("type") == "button":
                found.append(element["text"]["text"])
            elif isinstance(element, dict) and "options" in element:
                found += [o["text"]["text"] for o in element["options"]]
    return found


def words(node: Any) -> str:
    """Every text of blocks or of a view, one a line."""
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return "\n".join(own + [w for key, value in node.items() if key != "text" or not own if (w := words(value))])
    if isinstance(node, list):
        return "\n".join(w for item in node if (w := words(item)))
    return ""


def compact(payload: Json) -> str:
    return json.dumps(payload, separators=(",", ":"))
