"""What people read in the sandbox and nowhere else; pure, so that a translation touches no logic."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.core.review import Outcome

BOT_NAME = "Health bot"
OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {Outcome.PENDING: "", Outcome.UPHELD: "Upheld", Outcome.DISMISSED: "Not upheld"}
)
NO_PICTURE = "There is no such picture."
CHOOSE_A_CLAIM = "Please choose at least one claim to uphold."
EMPTY_NOTE = "A note needs some text."
STRANGE_ADDRESS = "This address doesn't belong to the sandbox."
STRANGE_PAGE = "Changes are only taken from the sandbox's own page."
OLD_PAGE = "The page is out of date. Please load it again."
TOO_MANY_PAGES = "Too many pages are open. Please close some."
TROUBLE = "Something went wrong here; the log says what. Nothing else was done."
HTTP: Mapping[int, str] = MappingProxyType(
    {
        404: "There is nothing at this address.",
        405: "This address doesn't take such requests.",
        413: "The request is too large.",
    }
)
NO_JSON = "The request should be JSON."
BROKEN_JSON = "The request is not JSON that can be read."
NO_OBJECT = "The request should be a JSON object."
STRANGE_CHARACTERS = "The text holds characters that can't be stored."
SOME_TEXT = "hold some text"
TEXT = "be text"
TEXTS = "be a list of texts"
A_NUMBER = "be a positive whole number"
YES_OR_NO = "be true or false"
AUTHOR_EDITS = "Only the author can edit a message."
AUTHOR_DELETES = "Only the author or a moderator can delete a message."
CORRECTION_STAYS = "A correction goes away when its case is undone."
MEMBERS_ONLY = "Only members' messages can be reported."
NO_CORRECTION = "There is no correction there."
MESSAGE_GONE = "That message is gone."
WHICH_TOPIC = "Which topic?"


def should(name: str, what: str) -> str:
    """What a part of a request should be: one of the phrases above."""
    return f"“{name}” should {what}."


def one_of(name: str, choices: Iterable[str]) -> str:
    return f"“{name}” should be one of: {', '.join(choices)}."


def missing(name: str) -> str:
    return f"“{name}” is missing."


def too_many(name: str) -> str:
    return f"“{name}” has too many entries."


def too_long(length: int, longest: int) -> str:
    """Both in characters."""
    return f"The text has {length:,} characters; {longest:,} is the most."


def no_act(act: str) -> str:
    return f"“{act}” is not something that moderators do."


def takes_a(role: str, needed: str) -> str:
    article = "an" if needed[0] in "aeiou" else "a"
    return f"You are {'an' if role[0] in 'aeiou' else 'a'} {role} now; this takes {article} {needed}."


def no_command(command: str, pack: str) -> str:
    return f"There is no {command} here. Try /{pack} and a topic."


def not_quite(query: str) -> str:
    return f"No topic is called “{query}”. Did you mean one of these?"


def nothing_near(query: str) -> str:
    return f"No topic comes near “{query}”. These are all of them:"
