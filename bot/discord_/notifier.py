"""Tells people on Discord: the notice for moderators and the correction that one of them approved."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import discord

from bot.core import cards
from bot.core.message import Person
from bot.core.pack import Pack
from bot.core.review import Case, Correction, Policy
from bot.core.wording import alone
from bot.discord_ import wording
from bot.discord_.buttons import appeal_view, notice_view
from bot.discord_.render import notice_embed
from bot.ports import Impossible, NotHere, Record, Told, Undeliverable, Unwritable
from bot.settings import Discord

MOST_REMINDED = 5  # people called by one reminder
LOOK_BACK = 50  # messages searched for what an earlier process may have posted
LOOK_BACK_FOR_NOTICES = 300  # the same, where a flood of notices may have followed
NOBODY = discord.AllowedMentions.none()
Room = discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel


class DiscordNotifier:
    """See bot.ports.Notifier."""

    def __init__(
        self,
        client: discord.Client,
        *,
        pack: Callable[[], Pack],
        policy: Policy,
        settings_of: Callable[[int | None], Discord],
        since: datetime,
    ) -> None:
        self._client = client
        self._pack = pack
        self._policy = policy
        self._settings_of = settings_of
        self._since = since  # what was opened earlier may have been told by a process that died
        self._tried: set[int] = set()

    def doubt(self, case: Case) -> None:
        """See bot.ports.Doubting."""
        self._tried.add(case.id)

    async def show(self, case: Case, records: Mapping[str, Record], *, folded: int = 0) -> str:
        embed = notice_embed(cards.notice(case, self._pack(), records, self._policy, folded=folded), case.id)
        view = notice_view(case, self._policy)
        with _to_moderators():
            channel = self._channel(self._of(case).moderators_channel)
            standing = await self._standing(channel, case)
            if standing is not None:
                try:
                    await standing.edit(embed=embed, view=view, allowed_mentions=NOBODY)
                except discord.NotFound:
                    pass  # somebody removed the notice by hand: it is posted again
                else:
                    return str(standing.id)
            self._tried.add(case.id)
            sent = await channel.send(
                **_calling(self._role_for(case) if case.status.undecided else None),
                embed=embed,
                view=view,
                nonce=f"case-{case.id}",
            )
            return str(sent.id)

    def _role_for(self, case: Case) -> int | None:
        """Whom a new notice of the case calls."""
        ping = self._of(case).ping
        return (ping.urgent if case.urgent else None) or getattr(ping, case.severity)

    async def post_urgent(self, case: Case, words: str) -> None:
        channel = self._channel(int(case.key.channel))
        original = channel.get_partial_message(int(case.key.message))
        with _told_plainly():
            if await self._find(channel, lambda m: m.content == words and _answers(m, case)) is not None:
                return
            try:
                await channel.send(
                    words,
                    reference=original.to_reference(fail_if_not_exists=False),
                    mention_author=True,
                    allowed_mentions=discord.AllowedMentions(
                        everyone=False, roles=False, users=False, replied_user=True
                    ),
                    suppress_embeds=True,
                    nonce=f"urgent-{case.id}-{case.urgent}"[:25],
                )
            except discord.Forbidden:
                raise Impossible(wording.URGENT_NOT_SHOWN) from None

    async def post_correction(self, case: Case) -> Told:
        if case.way is not Correction.PRIVATE:
            return await self._reply(case)
        words = alone(case.correction, case.link)
        return Told(await self._say_alone(case, words, appeal_view(case.id)))

    async def tell_author(self, case: Case, words: str) -> None:
        await self._say_alone(case, words)

    async def escalate(self, case: Case) -> None:
        settings = self._of(case)
        channel_id, role = settings.escalation_channel, settings.escalation_role
        if channel_id is None and role is None:
            return
        link = f"\n{self._notice_link(case)}" if case.notice_ref else ""
        words = cards.escalation_text(case) + link
        await self._say_to_moderators(channel_id or settings.moderators_channel, words, _calling(role))

    async def remind(self, case: Case, people: Sequence[Person]) -> None:
        named = [discord.Object(int(p.id)) for p in people[:MOST_REMINDED] if p.id.isdecimal()]
        calls = " ".join(f"<@{person.id}>" for person in named)
        words = f"{cards.reminder_text(case)}\n{self._notice_link(case)}"
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=named)
        extra = {"content": calls, "allowed_mentions": mentions}
        await self._say_to_moderators(self._of(case).moderators_channel, words, extra)

    def workspaces(self) -> Sequence[str]:
        """See bot.ports.ManyWorkspaces; none where there is a single server, which may hear everything."""
        told = [g for g in self._client.guilds if self._settings_of(g.id).moderators_channel]
        alone = len(self._client.guilds) == 1 and (self._client.shard_count or 1) == 1
        return [] if alone else [str(g.id) for g in told]

    async def alert_admin(self, words: str) -> None:
        """The owner of each server, because who may write to the moderators' channel is theirs to mend."""
        if not any([await self._alert_owner(guild, words) for guild in self._client.guilds]):
            raise Undeliverable("no server owner takes private messages")

    async def alert_admin_of(self, workspace: str, words: str) -> None:
        """See bot.ports.ManyWorkspaces."""
        guild = self._client.get_guild(int(workspace))
        if guild is None or not await self._alert_owner(guild, words):
            raise Undeliverable("the server's owner takes no private messages")

    async def _alert_owner(self, guild: discord.Guild, words: str) -> bool:
        if guild.owner_id is None:
            return False
        with _told_plainly():
            owner = await self._client.fetch_user(guild.owner_id)
            try:
                await owner.send(words)
            except discord.Forbidden:
                return False
        return True

    async def digest(self, name: str, words: str, picture: bytes | None) -> None:
        if not self._client.is_ready():
            raise NotHere("Discord is not connected yet")
        for guild in self._client.guilds:
            if self._settings_of(guild.id).moderators_channel:
                await self.digest_of(str(guild.id), name, words, picture)

    async def digest_of(self, workspace: str, name: str, words: str, picture: bytes | None) -> None:
        """See bot.ports.ManyWorkspaces."""
        with _to_moderators():
            channel = self._channel(self._settings_of(int(workspace)).moderators_channel)
            if await self._find(channel, lambda m: m.content.startswith(words.split("\n")[0])):
                return
            files = [discord.File(io.BytesIO(picture), f"{name}.png")] if picture else []
            await channel.send(words[:2000], files=files, allowed_mentions=NOBODY)

    def _of(self, case: Case) -> Discord:
        """The settings of the case's server."""
        return self._settings_of(int(case.key.workspace) or None)

    async def _say_to_moderators(self, channel_id: int | None, words: str, extra: dict[str, Any]) -> None:
        """Once, also when an earlier process died right after it."""
        content = f"{extra.get('content') or ''} {words}".strip()
        with _to_moderators():
            channel = self._channel(channel_id)
            if await self._find(channel, lambda m: m.content == content) is None:
                await channel.send(**(extra | {"content": content}))

    def _notice_link(self, case: Case) -> str:
        channel = self._channel(self._of(case).moderators_channel)
        return channel.get_partial_message(int(case.notice_ref)).jump_url if case.notice_ref else ""

    async def _say_alone(self, case: Case, words: str, view: discord.ui.View | None = None) -> str:
        """As a private message, once, also when an earlier process died right after it."""
        words = words[:2000]
        extra: dict[str, Any] = {"view": view} if view else {}
        with _told_plainly():
            try:
                author = await self._client.fetch_user(int(case.author.id))
                known = await self._find(await author.create_dm(), lambda m: m.content == words)
                sent = known or await author.send(words, suppress_embeds=True, **extra)
            except discord.Forbidden:
                raise Impossible(wording.NOT_REACHED) from None
            except discord.NotFound:
                raise Impossible(wording.GONE) from None
        return str(sent.id)

    async def _reply(self, case: Case) -> Told:
        channel = self._channel(int(case.key.channel))
        with _told_plainly():
            known = await self._find_reply(channel, case)
            if known is not None:
                return Told(str(known.id), known.jump_url)
            original = channel.get_partial_message(int(case.key.message))
            reference = original.to_reference(fail_if_not_exists=False)
            sent = await channel.send(
                case.correction,
                reference=reference,
                allowed_mentions=NOBODY,
                suppress_embeds=True,
                view=appeal_view(case.id),
                nonce=f"correction-{case.id}-{case.version}",
            )
            return Told(str(sent.id), sent.jump_url)

    async def amend_correction(self, case: Case) -> None:
        words = alone(case.correction, case.link) if case.told_alone else case.correction
        with _told_plainly():
            try:
                place = await self._direct(case) if case.told_alone else self._channel(int(case.key.channel))
                await place.get_partial_message(int(case.correction_ref)).edit(
                    content=words[:2000], allowed_mentions=NOBODY
                )
            except (discord.NotFound, discord.Forbidden):
                raise Impossible(wording.CORRECTION_GONE) from None

    async def _direct(self, case: Case) -> discord.DMChannel:
        author = await self._client.fetch_user(int(case.author.id))
        return await author.create_dm()

    async def remove_correction(self, case: Case) -> None:
        await (self._take_back(case) if case.told_alone else self._remove_reply(case))

    async def _take_back(self, case: Case) -> None:
        """Replace the private note, so that the author hears that it no longer holds."""
        with _told_plainly():
            try:
                author = await self._client.fetch_user(int(case.author.id))
                channel = await author.create_dm()
                known = await self._private_note(channel, case)
                if known is not None:
                    await known.edit(content=wording.TAKEN_BACK, view=None)
            except (discord.NotFound, discord.Forbidden):
                pass  # the author has closed the conversation

    async def _private_note(
        self, channel: discord.DMChannel, case: Case
    ) -> discord.PartialMessage | discord.Message | None:
        """The note that the author got, also if the process died before it could write down which it was."""
        if case.correction_ref:
            return channel.get_partial_message(int(case.correction_ref))
        return await self._find(channel, lambda m: f"appeal:{case.id}" in _button_ids(m))

    async def delete_message(self, case: Case) -> None:
        channel = self._channel(int(case.key.channel))
        with _told_plainly():
            try:
                await channel.get_partial_message(int(case.key.message)).delete()
            except discord.NotFound:
                pass
            except discord.Forbidden:
                raise Impossible(wording.MAY_NOT_DELETE) from None

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
        if not self._client.is_ready():
            raise NotHere("Discord is not connected yet")
        channel = self._client.get_channel(channel_id) if channel_id else None
        if channel is None and channel_id and self._settings_of(None).shards.of is not None:
            raise NotHere(f"channel {channel_id} belongs to another process's servers")
        if not isinstance(channel, Room):
            raise Undeliverable(f"channel {channel_id} is not there")
        return channel

    async def _standing(self, channel: Room, case: Case) -> discord.PartialMessage | discord.Message | None:
        if case.notice_ref:
            return channel.get_partial_message(int(case.notice_ref))
        if case.opened_at >= self._since and case.id not in self._tried:
            return None
        return await self._find(
            channel,
            lambda m: any(e.footer.text == wording.footer(case.id) for e in m.embeds),
            limit=LOOK_BACK_FOR_NOTICES,
        )

    async def _find_reply(self, channel: Room, case: Case) -> discord.Message | None:
        def is_correction(message: discord.Message) -> bool:
            return _answers(message, case) and not message.embeds and f"appeal:{case.id}" in _button_ids(message)

        return await self._find(channel, is_correction)

    async def _find(
        self, channel: Room | discord.DMChannel, fits: Callable[[discord.Message], bool], *, limit: int = LOOK_BACK
    ) -> discord.Message | None:
        me = self._client.user
        async for message in channel.history(limit=limit):
            if me is not None and message.author.id == me.id and fits(message):
                return message
        return None


def _calling(role: int | None) -> dict[str, Any]:
    """What a message needs in order to call that role, and nobody else."""
    if role is None:
        return {"content": None, "allowed_mentions": NOBODY}
    mentions = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(role)])
    return {"content": f"<@&{role}>", "allowed_mentions": mentions}


def _answers(message: discord.Message, case: Case) -> bool:
    return message.reference is not None and str(message.reference.message_id) == case.key.message


def _button_ids(message: discord.Message) -> set[str]:
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    return {getattr(item, "custom_id", None) or "" for row in rows for item in row.children}


@contextmanager
def _to_moderators() -> Iterator[None]:
    """As `_told_plainly`, where what fails is that moderators can't be reached."""
    try:
        with _told_plainly():
            yield
    except (Unwritable, NotHere):
        raise
    except Undeliverable as error:
        lasting = isinstance(error.__cause__, discord.Forbidden | discord.NotFound | None)
        raise Unwritable(str(error)) if lasting else error from None


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Discord's refusals as reasons to try again later."""
    try:
        yield
    except discord.HTTPException as error:
        raise Undeliverable(f"Discord answered {error.status} (code {error.code})") from error
