"""What was said in a channel while the bot was away."""

import logging
from datetime import timedelta

from bot.ports import Clock
from bot.slack_.api import SlackApi
from bot.slack_.convert import Post, post_of

log = logging.getLogger(__name__)
THREADS = timedelta(days=1)  # how old the start of a thread may be whose new replies are read
OVERLAP = timedelta(seconds=2)  # read again before the mark, because Slack may deliver out of order
MOST_PAGES = 100  # of 200 messages each


async def missed(api: SlackApi, channel: str, mark: str, clock: Clock) -> list[Post]:
    """Messages and replies newer than about `mark` (the ts of the last one read), oldest first.

    A channel's history holds no replies, so threads that are not too old are asked for theirs.
    """
    since = _earlier(mark, OVERLAP)
    begin = min(since, _earlier(f"{clock.now().timestamp():.6f}", THREADS))
    posts: dict[str, Post] = {}
    threads: list[str] = []
    history = api.pages(
        api.client.conversations_history, "messages", most=MOST_PAGES, channel=channel, oldest=begin, inclusive=True
    )
    seen = 0
    async for message in history:
        seen += 1
        if message.get("reply_count") and str(message.get("latest_reply", "")) > since:
            threads.append(str(message["ts"]))
        post = post_of(channel, message)
        if post is not None and post.ts > since:
            posts[post.ts] = post
    if seen >= MOST_PAGES * 200:
        log.warning("channel %s: only the newest %s messages since %s were read", channel, seen, begin)
    for thread in threads:
        replies = api.pages(
            api.client.conversations_replies, "messages", most=MOST_PAGES, channel=channel, ts=thread, oldest=since
        )
        async for message in replies:
            post = post_of(channel, message)
            if post is not None and post.ts > since:
                posts[post.ts] = post
    return [posts[ts] for ts in sorted(posts)]


async def newest(api: SlackApi, channel: str, clock: Clock) -> str:
    """The mark with which a channel starts that was never read: nothing that stands there already is screened."""
    answer = await api.call(api.client.conversations_history, patient=True, channel=channel, limit=1)
    messages = answer.get("messages") or []
    return str(messages[0]["ts"]) if messages else f"{clock.now().timestamp():.6f}"


def _earlier(ts: str, span: timedelta) -> str:
    seconds, _, rest = ts.partition(".")
    return f"{int(seconds) - int(span.total_seconds())}.{rest or '000000'}"
