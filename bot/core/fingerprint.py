"""Knowing the same text again without keeping it."""

import hashlib
import hmac

from bot.core.text import fold


def fingerprint(text: str, key: bytes) -> str:
    """A keyed hash of the text, the same for other capitals, blanks, punctuation and look-alike letters."""
    letters = "".join(c for c in fold(text).text.casefold() if c.isalnum())
    return hmac.new(key, letters.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
