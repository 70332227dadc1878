"""What the process does not need any more goes back to the system, which would otherwise be kept for later.

Loading content and the model takes twice of what they need afterwards, and most of the libraries' code is used only
while they are loaded. The C library (glibc) and Linux have to be told. Elsewhere nothing is done here.
"""

import asyncio
import ctypes
import gc
import re
from collections.abc import Iterator
from pathlib import Path

ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1  # the numbers of mallopt(3)
DONTNEED = 4  # the number of madvise(2)
ARENAS = 2  # a heap for each thread, as is the default, keeps memory that other threads could use
LARGE = 256 * 1024  # bytes; what is larger is asked of the system alone, and goes back whole
MAPPINGS = Path("/proc/self/smaps")  # see proc(5)

_CODE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +/\S+\n((?:\w+:.*\n)+)", re.MULTILINE)
_CHANGED = re.compile(r"^(?:Anonymous|Private_Dirty|Shared_Dirty): +[1-9]", re.MULTILINE)


def hold_little() -> None:
    """From now on keep little that is free. Called once, before threads are started."""
    library = _glibc()
    if library is not None:
        library.mallopt(ARENA_MAX, ARENAS)
        library.mallopt(MMAP_THRESHOLD, LARGE)  # it would grow by itself with what is freed
        library.mallopt(TRIM_THRESHOLD, LARGE)


def give_back() -> None:
    """Give back what is free now, and code: what of it is used again is read again. Takes some milliseconds."""
    gc.collect()
    library = _glibc()
    if library is None:
        return
    library.malloc_trim(0)
    for start, end in _unchanged():
        library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), DONTNEED)


async def settle(after: float) -> None:
    """Give back what the start took, once it is over, in so many seconds."""
    await asyncio.sleep(after)
    await asyncio.to_thread(give_back)


def _unchanged() -> Iterator[tuple[int, int]]:
    """From where to where programs' files lie in memory just as they lie on disk, and can't be written to."""
    try:
        mappings = MAPPINGS.read_text("utf-8", "replace")
    except OSError:  # no Linux
        return
    for start, end, state in _CODE.findall(mappings):
        if not _CHANGED.search(state):
            yield int(start, 16), int(end, 16)


def _glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # no dynamic loader, or Windows
        return None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
