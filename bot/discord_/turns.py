"""One after the other for each message: an edit never overtakes the message that it changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Whoever asks first for a message goes first; different messages don't wait for each other."""

    def __init__(self) -> None:
        self._last: dict[int, asyncio.Future[None]] = {}  # message -> when the last in its line is done

    @asynccontextmanager
    async def of(self, message_id: int) -> AsyncIterator[None]:
        before = self._last.get(message_id)
        done = self._last[message_id] = asyncio.get_running_loop().create_future()
        try:
            if before is not None:
                await asyncio.shield(before)
            yield
        finally:
            done.set_result(None)
            if self._last.get(message_id) is done:
                del self._last[message_id]
