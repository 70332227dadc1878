"""What people are told around answers: short sentences that every platform says alike."""

from datetime import date

from bot.core.pack import Pack

OWN_MESSAGE = "That is your own message. You can edit or delete it."
REPORTED_ALREADY = "You have reported this message already. Thank you; moderators decide what follows."
REPORTED_A_LOT = "You have reported a lot in the last hour. Please wait a little, or ask a moderator directly."
REPORTED_TOGETHER = "Somebody reported this at the same moment. Moderators have it in front of them."
PAUSED_EVERYWHERE = "Screening is paused everywhere. Please resume it everywhere."
STORE_AWAY = (
    "The database does not answer just now. Please look at the case again in a moment: what you did is there whole, or"
    " not at all."
)
THE_BOT = "the bot"  # as who did something
TIME_RAN_OUT = "time ran out"
NOTE_TAKEN_BACK = "A moderator has taken back the note that you got. Your message is fine as it is."
CORRECTION_GONE = "the correction was deleted by hand, so there was nothing to amend"
CONTENT_KEPT_BACK = "The content files can't be used; the last good ones stay in force."
CONTENT_RENAMED = (
    "The content has another name now, so its command is /{new} instead of /{old}. Discord shows it once the bot was"
    " started again. On Slack, change the command's name on the app's page Slash Commands; until then /{old} answers."
)
NO_SUCH_BUTTON = "There is no such button."
SPEAK_OF_THE_CLAIM = "Speak of the claim, never of the person."
MODERATORS_ONLY = "Only moderators can do that."
ON_THE_SERVER_ONLY = "Cases are handled on the server only."
URGENT_TITLE = "Please read this first"
TOPIC_GONE = "That topic is no longer in the content. Type the command again and pick one from the list."
USEFUL = "Useful"
NOT_USEFUL = "Not useful"
DELETE_ANSWER = "Delete"
NEXT_PAGE = "Next page"
FIRST_PAGE = "First page"
OFFER = "There is a sourced answer on this. Only you will see it."
IN_THREAD = "You seem to ask about this. Whoever asked can delete the answer."
ANSWER_IS_OTHERS = "Only whoever asked for this answer, or a moderator, can delete it."
ANSWER_POSTED = "The answer is posted under the message."
ANSWER_UNANSWERABLE = "That message is gone, so nothing was posted."
CHOOSE_TOPIC = "Which answer should be posted under that message? It is posted as soon as you choose."
ANSWER_NOT_HERE = "Answers can only be posted where people write messages."
ANSWER_FORBIDDEN = "The bot may not write here, so nothing was posted. An admin can grant it Send Messages."
NO_SUCH_LINK = "Copy the link of a message in this channel (its menu has Copy Message Link) and paste it there."
ANSWER_WITH = "Answer with…"
TOPICS = "Choose a topic"
MORE_TOPICS = "More topics"
ASK_TOPIC = "What would you like to know?"
ASK_PRIVATE = "Show the answer only to me"
ASK_REPLY_TO = "For moderators: the link of the message that the answer is posted under"
TOO_FAST = "You have asked a lot in a short time. Please wait a little; the answers don't run away."

# /privacy.
PRIVACY = "What is kept about you"
COPY = "Give me a copy"
COPY_NAME = "what-is-kept-about-me.json"
ERASE = "Erase it"
ERASE_TITLE = "Erase it?"
ERASE_SURELY = "Yes, erase it"
ERASED = "Done. Your words, your name and your id are erased."
ASK_ERASE = (
    "This erases your words and your name wherever the bot keeps them. What moderators decided stays, without you."
    " It can't be undone."
)

# Examples from decisions.
USE_AS_EXAMPLE = "Use as example"
EXAMPLE_WORDS = "The words, without anything about a person"
EXAMPLE_LABEL = "What the bot should do with such words"
EXAMPLE_OF = "An example of which claim"
PROPOSED = "Thank you. An admin will look at it; until then nothing changes."
PROPOSED_ALREADY = "That was proposed already, and waits for an admin."
NOTHING_TO_PROPOSE = "There is no such case."
EXAMPLE_WRITTEN = "Written into the content file. The bot takes it over within seconds."
EXAMPLE_REJECTED = "Turned down. Its words are forgotten."
EXAMPLE_GONE = "It is no longer there: somebody was faster, the decision was taken back, or the words are gone."
EXAMPLES_FOR_ADMINS = "Only admins decide what becomes an example."
NO_EXAMPLES = "No example waits for you."
EXAMPLES_TITLE = "Examples that wait for an admin"
APPROVE = "Approve"
REJECT = "Reject"
EXAMPLES_SHARED = (
    "This bot serves several servers, which share its content. Whoever runs it decides: `python -m bot examples` lists"
    " what waits."
)
EXAMPLES_NEWS = "Moderators proposed examples from decided cases. /moderation examples lists them, for admins."
NO_CONTENT_FOLDER = "The content can't be changed from here."


def no_case(number: int | str) -> str:
    return f"There is no case {number}."


def somebody_was_faster(case_id: int, now: str) -> str:
    """`now` tells what the case is by now."""
    return f"Somebody was faster: case {case_id} is {now} now. Nothing was done."


def summary_of(day: date) -> str:
    """The first line of a summary; by it a summary that was posted already is known."""
    return f"Summary of {day:%d %B %Y}"


def paused(where: str, *, urgent: bool) -> str:
    """`where` is "here" or "everywhere"; `urgent`: whether emergencies are answered all the same."""
    if urgent:
        return f"Screening is paused {where}. Messages posted meanwhile are only looked at for signs of an emergency."
    return f"Screening is paused {where}. Messages posted meanwhile are not looked at, not even for emergencies."


def resumed(where: str) -> str:
    return f"Screening goes on {where}."


def command_description(pack: Pack) -> str:
    return f"Sourced answers: {pack.title}"


def did_you_mean(pack: Pack, *, any_found: bool) -> str:
    """Where it is not plain which topic was meant."""
    if any_found:
        return "Did you mean one of these?"
    return f"There is nothing on that yet. Type /{pack.name} and pick a topic from the list."


def only_for_you(*, many_by_you: bool) -> str:
    """Why an answer is not shown to everybody."""
    whose = "You have asked a few times" if many_by_you else "There were several answers here"
    return f"{whose} in the last minute, so this one is for you alone. That way the channel stays readable."


def voted(*, useful: bool, before: bool | None) -> str:
    """Thanks for a vote; `before` is what the same person said earlier."""
    if before is useful:
        return "You said so already. Thank you; it counts once."
    change = "" if before is None else "Changed. "
    if useful:
        return f"{change}Thank you. Good to know that this helps."
    return f"{change}Thank you. The people who write these answers will see that this one should be better."


def show(title: str) -> str:
    """The label of a button that leads to a topic."""
    return f"Show: {title}"


def proposed_by(case: int, name: str) -> str:
    return f"Case {case}, proposed by {name}"


def examples_wait(count: int) -> str:
    return "1 example waits" if count == 1 else f"{count} examples wait"


def sources_label(count: int) -> str:
    return f"Sources ({count})"


def alone(correction: str, link: str) -> str:
    """The correction as its author alone hears it."""
    return f"{correction}\n\nThis is about your message {link} and only you can see it."
