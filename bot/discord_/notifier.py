"""Tells people on Discord: the notice for moderators and the correction that one of them approved."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import discord

from bot.core import cards
from bot.core.pack import Pack
from bot.core.review import Case, Correction, Policy
from bot.discord_.buttons import notice_view
from bot.discord_.render import footer, notice_embed
from bot.ports import Impossible, Record, Undeliverable

LOOK_BACK = 50  # messages searched for what an earlier process may have posted
TAKEN_BACK = "A moderator has taken back the note that stood here. Your message is fine as it is."
NOBODY = discord.AllowedMentions.none()
Room = discord.TextChannel | discord.Thread | discord.VoiceChannel


class DiscordNotifier:
    """See bot.ports.Notifier."""

    def __init__(
        self, client: discord.Client, *, pack: Pack, policy: Policy, moderators_channel: int | None, since: datetime
    ) -> None:
        self._client = client
        self._pack = pack
        self._policy = policy
        self._channel_id = moderators_channel
        self._since = since  # what was opened earlier may have been told by a process that died
        self._tried: set[int] = set()

    async def show(self, case: Case, records: Mapping[str, Record]) -> str:
        channel = self._channel(self._channel_id)
        embed = notice_embed(cards.notice(case, self._pack, records, self._policy), case.id)
        view = notice_view(case, self._policy)
        with _told_plainly():
            standing = await self._standing(channel, case)
            if standing is not None:
                try:
                    await standing.edit(embed=embed, view=view, allowed_mentions=NOBODY)
                except discord.NotFound:
                    pass  # somebody removed the notice by hand: it is posted again
                else:
                    return str(standing.id)
            self._tried.add(case.id)
            sent = await channel.send(embed=embed, view=view, allowed_mentions=NOBODY, nonce=f"case-{case.id}")
            return str(sent.id)

    async def post_correction(self, case: Case) -> str:
        return await (self._tell_author(case) if case.way is Correction.PRIVATE else self._reply(case))

    async def _tell_author(self, case: Case) -> str:
        """As a private message, once, also when an earlier process died right after it."""
        words = f"{case.correction}\n\nThis is about your message {case.link} and only you can see it."[:2000]
        with _told_plainly():
            try:
                author = await self._client.fetch_user(int(case.author.id))
                known = await self._find(await author.create_dm(), lambda m: m.content == words)
                sent = known or await author.send(words, suppress_embeds=True)
            except discord.Forbidden:
                raise Impossible("the author takes no private messages from this server") from None
            except discord.NotFound:
                raise Impossible("the author is no longer on Discord") from None
        return str(sent.id)

    async def _reply(self, case: Case) -> str:
        channel = self._channel(int(case.key.channel))
        with _told_plainly():
            known = await self._find_reply(channel, case)
            if known is not None:
                return str(known.id)
            original = channel.get_partial_message(int(case.key.message))
            reference = original.to_reference(fail_if_not_exists=False)
            sent = await channel.send(
                case.correction,
                reference=reference,
                allowed_mentions=NOBODY,
                suppress_embeds=True,
                nonce=f"correction-{case.id}-{case.version}",
            )
            return str(sent.id)

    async def remove_correction(self, case: Case) -> None:
        await (self._take_back(case) if case.way is Correction.PRIVATE else self._remove_reply(case))

    async def _take_back(self, case: Case) -> None:
        """Replace the private note, so that the author hears that it no longer holds."""
        if not case.correction_ref:
            return
        with _told_plainly():
            author = await self._client.fetch_user(int(case.author.id))
            channel = await author.create_dm()
            try:
                await channel.get_partial_message(int(case.correction_ref)).edit(content=TAKEN_BACK)
            except (discord.NotFound, discord.Forbidden):
                pass  # the author has closed the conversation

    async def delete_message(self, case: Case) -> None:
        channel = self._channel(int(case.key.channel))
        with _told_plainly():
            try:
                await channel.get_partial_message(int(case.key.message)).delete()
            except discord.NotFound:
                pass
            except discord.Forbidden:
                raise Impossible("the bot may not delete messages there; it needs Manage Messages") from None

    async def _remove_reply(self, case: Case) -> None:
        channel = self._channel(int(case.key.channel))
        with _told_plainly():
            known = (
                channel.get_partial_message(int(case.correction_ref))
                if case.correction_ref
                else await self._find_reply(channel, case)
            )
            try:
                if known is not None:
                    await known.delete()
            except discord.NotFound:
                pass

    def _channel(self, channel_id: int | None) -> Room:
        channel = self._client.get_channel(channel_id) if channel_id else None
        if not isinstance(channel, Room):
            raise Undeliverable(f"channel {channel_id} is not there")
        return channel

    async def _standing(self, channel: Room, case: Case) -> discord.PartialMessage | discord.Message | None:
        if case.notice_ref:
            return channel.get_partial_message(int(case.notice_ref))
        if case.opened_at >= self._since and case.id not in self._tried:
            return None
        return await self._find(channel, lambda m: any(e.footer.text == footer(case.id) for e in m.embeds))

    async def _find_reply(self, channel: Room, case: Case) -> discord.Message | None:
        def is_correction(message: discord.Message) -> bool:
            answers = message.reference is not None and str(message.reference.message_id) == case.key.message
            return answers and not message.embeds and not message.components  # an offer has buttons

        return await self._find(channel, is_correction)

    async def _find(
        self, channel: Room | discord.DMChannel, fits: Callable[[discord.Message], bool]
    ) -> discord.Message | None:
        me = self._client.user
        async for message in channel.history(limit=LOOK_BACK):
            if me is not None and message.author.id == me.id and fits(message):
                return message
        return None


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Discord's refusals as reasons to try again later."""
    try:
        yield
    except discord.HTTPException as error:
        raise Undeliverable(f"Discord answered {error.status} (code {error.code})") from error
