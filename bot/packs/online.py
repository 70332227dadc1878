"""Whether the links of a pack still lead somewhere. The only check that needs the internet, and only when asked."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any

import aiohttp

from bot.core.content_checks import Level, Remark
from bot.packs.problems import Problem
from bot.packs.read import Reading

AT_ONCE = 8
PATIENCE = aiohttp.ClientTimeout(total=20)  # seconds for one link
GONE = frozenset({404, 410})
HEADERS = {"User-Agent": "Mozilla/5.0 (link check of a content pack)"}  # some publishers refuse unknown programs


class Inside(OSError):
    """The address belongs to this machine or its own network, which a content file has no business with."""


def is_public(address: str) -> bool:
    """Whether anybody on the internet could ask this IP address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return bool(inner.is_global and not inner.is_multicast)


async def dead_links(reading: Reading, *, may_ask: Callable[[str], bool] = is_public) -> tuple[Problem, ...]:
    """A warning for each source whose page is gone or whose server is not there.

    A server that answers but refuses (401, 403, 429, 5xx) is given the benefit of the doubt. Each IP address is looked
    at before it is connected to, also where a page leads on to another or a name changes its address meanwhile.
    """
    if reading.pack is None:
        return ()
    urls = {s.url for s in reading.pack.sources.values() if s.url.startswith(("https://", "http://"))}
    verdicts = await _verdicts(urls, may_ask)
    return reading.located(
        Remark(
            ("sources", s.key, "url"), "dead-link", verdicts[s.url], "Look for the page's new address.", Level.WARNING
        )
        for s in reading.pack.sources.values()
        if verdicts.get(s.url)
    )


async def _verdicts(urls: Iterable[str], may_ask: Callable[[str], bool]) -> dict[str, str]:
    """What is wrong with each address; empty where nothing is."""
    turns = asyncio.Semaphore(AT_ONCE)
    connector = aiohttp.TCPConnector(socket_factory=lambda info: _socket_to(info, may_ask))
    async with aiohttp.ClientSession(connector=connector, timeout=PATIENCE, headers=HEADERS) as session:

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
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, Inside):
            return "the address leads into a network of its own, where nothing is looked up"
        return f"the page can't be reached ({type(error).__name__})"
    except (aiohttp.ClientError, ValueError) as error:
        return f"the page can't be reached ({type(error).__name__})"


def _socket_to(info: tuple[Any, ...], may_ask: Callable[[str], bool]) -> socket.socket:
    """A socket for the address that a connection is about to be made to. Raises Inside."""
    family, kind, protocol, _, address = info
    if not may_ask(str(address[0])):
        raise Inside("not an address of the internet")
    return socket.socket(family, kind, protocol)
