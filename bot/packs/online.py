"""Whether the links of a pack still lead somewhere. The only check that needs the internet, and only when asked."""

import asyncio
from collections.abc import Iterable

import aiohttp

from bot.core.content_checks import Level, Remark
from bot.packs.problems import Problem
from bot.packs.read import Reading

AT_ONCE = 8
PATIENCE = aiohttp.ClientTimeout(total=20)  # seconds for one link
GONE = frozenset({404, 410})
HEADERS = {"User-Agent": "Mozilla/5.0 (link check of a content pack)"}  # some publishers refuse unknown programs


async def dead_links(reading: Reading) -> tuple[Problem, ...]:
    """A warning for each source whose page is gone or whose server is not there.

    A server that answers but refuses (401, 403, 429, 5xx) is given the benefit of the doubt.
    """
    if reading.pack is None:
        return ()
    urls = {s.url for s in reading.pack.sources.values() if s.url.startswith(("https://", "http://"))}
    verdicts = await _verdicts(urls)
    return reading.located(
        Remark(
            ("sources", s.key, "url"), "dead-link", verdicts[s.url], "Look for the page's new address.", Level.WARNING
        )
        for s in reading.pack.sources.values()
        if verdicts.get(s.url)
    )


async def _verdicts(urls: Iterable[str]) -> dict[str, str]:
    """What is wrong with each address; empty where nothing is."""
    turns = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(timeout=PATIENCE, headers=HEADERS) as session:

        async def one(url: str) -> tuple[str, str]:
            async with turns:
                return url, await _verdict(session, url)

        return dict(await asyncio.gather(*map(one, sorted(urls))))


async def _verdict(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(url, allow_redirects=True) as response:
            return f"the page is gone (status {response.status})" if response.status in GONE else ""
    except TimeoutError:
        return f"no answer within {PATIENCE.total:.0f} seconds"
    except (aiohttp.ClientError, ValueError) as error:
        return f"the page can't be reached ({type(error).__name__})"
