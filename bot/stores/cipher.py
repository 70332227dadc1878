"""Texts at rest: as they are, or encrypted with a key that only the environment holds."""

from typing import Protocol

from bot.stores.driver import StoreUnusable

SEALED = "sealed:"  # how an encrypted value begins; JSON never does


class Cipher(Protocol):
    """Turns texts into what is stored, and back."""

    def seal(self, text: str) -> str:
        """What is stored for the text."""

    def unseal(self, stored: str) -> str:
        """The text. Raises StoreUnusable if the key does not fit."""


class Plain:
    """Stores texts as they are."""

    def seal(self, text: str) -> str:
        return text

    def unseal(self, stored: str) -> str:
        if stored.startswith(SEALED):
            raise StoreUnusable("Texts in the database are encrypted. Set STORE_KEY or STORE_KEY_FILE to their key.")
        return stored


class Sealed:
    """Encrypts with the first key and reads what any of the keys has written (Fernet: AES-128-CBC with HMAC-SHA256).

    Values that were stored before there was a key are read as they are. Raises StoreUnusable for a malformed key.
    """

    def __init__(self, keys: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet

        try:
            self._box = MultiFernet([Fernet(k.strip()) for k in keys.split(",") if k.strip()])
        except ValueError:
            raise StoreUnusable("STORE_KEY is no usable key. Make one with: python -m bot key") from None

    def seal(self, text: str) -> str:
        return SEALED + self._box.encrypt(text.encode("utf-8", "surrogatepass")).decode()

    def unseal(self, stored: str) -> str:
        from cryptography.fernet import InvalidToken

        if not stored.startswith(SEALED):
            return stored
        try:
            return self._box.decrypt(stored.removeprefix(SEALED)).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise StoreUnusable("STORE_KEY is not the key that texts in the database were encrypted with.") from None


def cipher(keys: str | None) -> Cipher:
    """What the settings ask for. Raises StoreUnusable for a malformed key."""
    return Sealed(keys) if keys else Plain()


def new_key() -> str:
    """A fresh random key for STORE_KEY."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()
