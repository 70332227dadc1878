"""Slack's limits on Block Kit, checked with slack_sdk's own models and with what Slack's pages say beyond them."""

from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_CHARACTERS = 13_000  # in all texts of one message
ELSEWHERE = {"input": {"modal", "home"}}  # blocks that not every surface takes
IN_ACTIONS = {"button", "static_select", "external_select", "overflow", "radio_buttons", "checkboxes", "datepicker"}


class BadBlocks(ValueError):
    """What Slack would answer with invalid_blocks."""


def check_blocks(blocks: Any, surface: str = "message") -> None:
    """Raises BadBlocks."""
    if not isinstance(blocks, list) or not blocks:
        raise BadBlocks("no blocks")
    if len(blocks) > MOST_BLOCKS[surface]:
        raise BadBlocks(f"{len(blocks)} blocks")
    if surface == "message" and sum(len(t["text"]) for t in _texts(blocks)) > MOST_CHARACTERS:
        raise BadBlocks("msg_blocks_too_long")
    names = [b["block_id"] for b in blocks if "block_id" in b]
    if len(names) != len(set(names)):
        raise BadBlocks(f"two blocks have one block_id: {names}")
    for block in blocks:
        _check_block(block, surface)


def check_view(view: Any) -> None:
    """Raises BadBlocks."""
    if view.get("type") not in ("modal", "home"):
        raise BadBlocks(f"a view of type {view.get('type')}")
    _like_the_model(view, View(**view))
    if view["type"] == "modal" and not view.get("title"):
        raise BadBlocks("a modal needs a title")
    if any(b["type"] == "input" for b in view["blocks"]) and view["type"] == "modal" and not view.get("submit"):
        raise BadBlocks("a modal with input needs a submit button")
    check_blocks(view["blocks"], view["type"])


def _check_block(block: dict[str, Any], surface: str) -> None:
    if surface not in ELSEWHERE.get(block["type"], {surface}):
        raise BadBlocks(f"{block['type']} in a {surface}")
    parsed = Block.parse(block)
    if parsed is None:
        raise BadBlocks(f"unknown block {block['type']}")
    _like_the_model(block, parsed)
    for text in _texts(block):
        if not text["text"].strip() and block["type"] != "rich_text":
            raise BadBlocks(f"an empty text in a {block['type']}")
    elements = block.get("elements", []) if block["type"] == "actions" else []
    wrong = {e["type"] for e in elements} - IN_ACTIONS
    if wrong:
        raise BadBlocks(f"{wrong} in an actions block")
    actions = [e["action_id"] for e in elements]
    if len(actions) != len(set(actions)):
        raise BadBlocks(f"two elements have one action_id: {actions}")
    for element in [*elements, block.get("accessory") or {}, block.get("element") or {}]:
        _check_options(element)


def _check_options(element: dict[str, Any]) -> None:
    options = element.get("options")
    if options is not None and not options:
        raise BadBlocks("no options")
    values = [o["value"] for o in options or ()]
    if len(values) != len(set(values)):
        raise BadBlocks("two options have one value")
    for chosen in element.get("initial_options", ()):
        if chosen not in (options or ()):
            raise BadBlocks("an initial option that is no option")
    if element.get("type") == "overflow" and len(options or ()) > 5:
        raise BadBlocks("more than five options in an overflow menu")
    if len(element.get("initial_value", "")) > element.get("max_length", 3000):
        raise BadBlocks("an initial value beyond max_length")


def _like_the_model(given: dict[str, Any], parsed: Any) -> None:
    """What slack_sdk's model refuses or leaves out is no Block Kit."""
    try:
        kept = parsed.to_dict()
    except SlackObjectFormationError as error:
        raise BadBlocks(str(error)) from None
    lost = given.keys() - kept.keys()
    if lost:
        raise BadBlocks(f"unknown keys {lost} in {given['type']}")


def _texts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
