"""Who one can be in the sandbox, and the signed cookie that remembers the choice."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from bot.core.message import Person


class Role(StrEnum):
    """What somebody may do; a later role may do everything that an earlier one may."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"

    def reaches(self, needed: "Role") -> bool:
        ladder = list(Role)
        return ladder.index(self) >= ladder.index(needed)


PEOPLE: Mapping[Role, Person] = MappingProxyType(
    {
        Role.MEMBER: Person("member", "Mika"),
        Role.MODERATOR: Person("moderator", "Robin"),
        Role.ADMIN: Person("admin", "Ada"),
    }
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser and the role it plays now."""

    id: str
    role: Role = Role.MEMBER

    @property
    def person(self) -> Person:
        return PEOPLE[self.role]

    def playing(self, role: Role) -> "Visitor":
        return replace(self, role=role)


class Signer:
    """Signs and reads visitors' cookies; the key lives as long as the process."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def newcomer(self) -> Visitor:
        return Visitor(secrets.token_urlsafe(16))

    def cookie(self, visitor: Visitor) -> str:
        return f"{visitor.id}.{visitor.role}.{self._sign('cookie', visitor.id, visitor.role)}"

    def visitor(self, cookie: str) -> Visitor | None:
        """The visitor whom this cookie was made for; None when it was made by somebody else."""
        parts = cookie.split(".")
        if len(parts) != 3 or parts[1] not in list(Role):
            return None
        name, role, signature = parts
        return Visitor(name, Role(role)) if self._same(signature, self._sign("cookie", name, role)) else None

    def token(self, visitor: Visitor) -> str:
        """What the page must send along with every change; other sites can't read it."""
        return self._sign("token", visitor.id)

    def accepts(self, visitor: Visitor, token: str) -> bool:
        return self._same(token, self.token(visitor))

    def _sign(self, *parts: str) -> str:
        return hmac.new(self._key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _same(given: str, expected: str) -> bool:
        return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
