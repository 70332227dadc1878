"""What Slack refuses, in words for the operator and for moderators."""

from bot.ports import Undeliverable

WRONG_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
NO_CHANNEL = {
    "channel_not_found": "it does not exist, or the bot was not invited to it",
    "not_in_channel": "the bot is not in it; type /invite @ and the bot's name there",
    "is_archived": "it is archived",
    "restricted_action": "its settings let only some people post",
    "restricted_action_read_only_channel": "it is read-only",
}
GONE = frozenset({"message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"})
NO_DIRECT_MESSAGE = {
    "cannot_dm_bot": "the author is an app",
    "user_disabled": "the author's account is deactivated",
    "user_not_found": "the author is no longer in this workspace",
    "user_not_visible": "the author can't be reached from this workspace",
    "cant_dm_user": "the author takes no direct messages",
}
COPY_AGAIN = "Copy it again from the pages of your app on https://api.slack.com/apps, or install the app once more."


class SlackUnusable(Exception):
    """The bot can't run on Slack; the message says what to do."""


class SlackRefused(Undeliverable):
    """Slack answered a call with an error; `code` is Slack's own name for it."""

    def __init__(self, method: str, code: str, *, needed: str = "") -> None:
        self.method, self.code, self.needed = method, code, needed
        super().__init__(_plainly(method, code, needed))


class Throttled(Undeliverable):
    """Slack asks for patience; `wait` is in seconds."""

    def __init__(self, method: str, wait: float) -> None:
        self.wait = wait
        super().__init__(f"Slack asks to wait {wait:.0f} s before the next {method}")


class OutOfReach(Undeliverable):
    """Slack can't be reached now."""


def _plainly(method: str, code: str, needed: str) -> str:
    if code in WRONG_TOKEN:
        return f"Slack no longer accepts the bot's token ({code}). {COPY_AGAIN}"
    if code == "missing_scope":
        return f"the app lacks the scope {needed}; add it and install the app again (config/slack-manifest.yaml)"
    return f"Slack answered {method} with {code}"
