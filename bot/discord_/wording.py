"""What people read on Discord alone: commands, buttons, forms, and every page of /moderation setup."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.core.review import Act, Correction

STATUS = "Whether the bot hears everything here"
NEEDS_TO_READ = "the bot needs View Channel and Read Message History there"
CANT_ASK = "Discord can't be asked now ({kind})"
NOT_SCREENED = "a message could not be screened"

CORRECTION_GONE = "the correction was deleted by hand, so there was nothing to amend"
AMEND = "Amend case {case}"
REISSUE = "Post case {case} again"
RENEWED: Mapping[Act, str] = MappingProxyType(
    {
        Act.AMEND: "Noted. The correction is being changed where it stands.",
        Act.REISSUE: "Noted. The old correction is being taken away, and the new one posted.",
    }
)
CONTENT = "Which content is in force, what is wrong with it, what is due, what changed last"
EXAMPLES = "For admins: words of decided cases that were proposed as examples"
SETUP = "Set up the bot for this server, step by step"
ADMINS_ONLY = "Setting up the bot takes the permission Manage Server."
SETUP_TITLE = "Set-up, {number} of {count}: {title}"
SETUP_FOOTER = (
    "Saved as soon as you choose, for this server alone. What is chosen here comes before config/bot.yaml;"
    " “As in the file” takes it back."
)
BACK = "Back"
NEXT = "Next"
CHECK_AGAIN = "Check again"
AS_IN_THE_FILE = "As in the file"
SETTING_GONE = "That setting is no longer there. Please start again with /moderation setup."
NOT_SET = "not set"
AS_SCREENING = "as `screening.notice` in config/bot.yaml"
NOT_TAKEN = "That could not be saved: {problem}. Nothing was changed."

STEP_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "moderators": "where moderators get notices",
        "watch": "where to listen",
        "roles": "who may do what",
        "calls": "who is called",
        "questions": "when somebody asks",
        "threshold": "how sure is sure enough",
        "ready": "is everything in place?",
    }
)
STEP_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "moderators": (
            "Choose a channel that only moderators can read. A message that claims something known to be wrong is shown"
            " there, with buttons. Nothing else happens until a moderator decides."
        ),
        "watch": (
            "Nothing is read until you choose it here. A category stands for all its channels; threads and posts belong"
            " to their channel. Please tell your members that the bot listens there."
        ),
        "roles": (
            "**Moderators** may use the buttons (so may members with Manage Server). **Leads** see what single"
            " moderators did. Members with an **exempt** role are not listened to."
        ),
        "calls": (
            "Optional. A role that is mentioned when somebody may need help now (else the one for harmful claims), or"
            " when a harmful claim comes in; and who is asked when a moderator escalates a case."
        ),
        "questions": (
            "A message that plainly asks what a topic answers can get a **button** (the answer is for whoever clicks),"
            " or the answer in a **thread** of its own. Choose what holds everywhere, then channels that differ."
        ),
        "threshold": (
            "How likely a claim must be a misconception before moderators see it. Start with what stands in the file;"
            " after two weeks, /moderation stats tells whether you see too much or too little."
        ),
        "ready": "What differs from how the bot comes:",
    }
)
FIELD_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "moderators_channel": "Channel for notices",
        "watch": "Channels to listen in",
        "moderator_roles": "Moderators",
        "lead_roles": "Leads",
        "exempt_roles": "Exempt",
        "ping.urgent": "Called when somebody may need help now",
        "ping.harmful": "Called for harmful claims",
        "escalation_role": "Called when a case is escalated",
        "escalation_channel": "Channel for escalated cases",
        "questions": "Questions, everywhere",
        "questions_in.off": "Questions, nothing in",
        "questions_in.offer": "Questions, a button in",
        "questions_in.thread": "Questions, a thread in",
        "notice": "From this probability on",
    }
)
MODES: Mapping[str, str] = MappingProxyType(
    {"off": "Say nothing", "offer": "Offer a button", "thread": "Answer in a thread"}
)
ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        "chosen": "chosen here",
        "server": "from config/bot.yaml, for this server",
        "file": "from config/bot.yaml",
        "default": "as the bot comes",
    }
)
_CHANCES: Mapping[str, str] = MappingProxyType(
    {"0.95": "fewest notices, surest claims", "0.85": "what was measured as a good start", "0.5": "many notices"}
)


def setup_title(step: str, number: int, count: int) -> str:
    return SETUP_TITLE.format(number=number, count=count, title=STEP_TITLES[step])


def setting_line(label: str, value: str, origin: str) -> str:
    """One setting as it stands, and where it comes from."""
    return f"**{label}:** {value} · {origin}"


def chance_label(chance: str) -> str:
    """One choice of the threshold."""
    return f"{float(chance):.0%}" + (f": {_CHANCES[chance]}" if chance in _CHANCES else "")


def checks(problems: Sequence[str]) -> str:
    """What was found when permissions were looked at."""
    if not problems:
        return "✅ The bot has every permission that it needs there."
    return "\n".join(f"⚠️ {problem}" for problem in problems)


def ready(problems: Sequence[str], *, example: str, where: str, notices: str) -> str:
    """The last page: what is missing, or how to see the first notice."""
    if problems:
        missing = "\n".join(f"⚠️ {problem}" for problem in problems)
        return f"Not yet. Mend this, then press “{CHECK_AGAIN}”:\n{missing}"
    return (
        f"✅ Everything is in place. Try it: write this in {where} (as a member, not as a bot).\n> {example}\n\n"
        f"A moment later a notice stands in {notices}. Press *Not a misconception* there to close it, or delete your"
        " message."
    )


MODERATORS_CHANNEL = "the moderators' channel"
WATCHED_CHANNEL = "a watched channel"
ESCALATION_CHANNEL = "where escalated cases go"
THREADS_CHANNEL = "where answers get a thread"
HOW_TO_SET = "Use /moderation setup on the server, or config/bot.yaml."
NO_CHANNEL = f"No channel for notices is chosen, so they wait. {HOW_TO_SET}"
NO_WATCH = f"No channel to listen in is chosen, so nothing is read. {HOW_TO_SET}"


def not_found(channel: int, what: str) -> str:
    return f"Channel {channel} ({what}) was not found. Check the id, and that the bot was invited to its server."


def lacks(channel: str, what: str, permissions: Sequence[str]) -> str:
    """A channel where the bot may not do what it needs to."""
    return f"In {channel} ({what}) the bot lacks: {', '.join(permissions)}. Grant them in the channel's settings."


def open_to_all(channel: str) -> str:
    """A moderators' channel that is no secret."""
    return f"Everybody can read {channel}. Notices quote members, so please choose a channel for moderators alone."


def no_such_role(role: int) -> str:
    return f"Role {role} is to be called, but it is not there any more."


def not_mentionable(role: str) -> str:
    return f"The role {role} can't be called: allow anyone to @mention it, in the role's settings."


# What moderators and members read around a case.

UPHELD: Mapping[Correction, str] = MappingProxyType(
    {
        Correction.REPLY: "Upheld. The correction is on its way.",
        Correction.PRIVATE: "Upheld. The author is being told privately.",
        Correction.RECORD: "Upheld and recorded.",
    }
)
WAYS: Mapping[str, str] = MappingProxyType(
    {"post": "Post as reply", "edit": "Edit first", "private": "Send privately", "record": "Record only"}
)
NEEDS_TWO = "Noted. This one takes a second moderator, who can agree on the notice."
NO_SUCH_BUTTON = "There is no such button."
HISTORY = "History"
NO_HISTORY = "Nothing has been done with this case yet."
ONE_MORE_THING = "Thank you. One more thing:"
WHY_NONE = "Why is it none?"
DISMISSED = "Closed as not a misconception."
WHICH_CLAIMS = "Which claims does it make?"
PREVIEW = "Preview"
NOTHING_YET = "Nothing yet: please write it."
CORRECTION_FORM = "The correction, as the channel will see it"
CORRECTION_FIELD = "Speak of the claim, never of the person"
NOTE_FORM = "A note on this case"
NOTE_FIELD = "For the other moderators"
NOTED = "Noted."
ASK_DELETE = "This deletes the member's message for everybody and can't be undone. Delete it?"
DELETE = "Yes, delete the message"
DELETED = "The message is being deleted."
ASK_UNDO = "A correction was told. Undo the decision and take it back?"
UNDO = "Yes, undo and take it back"
UNDONE = "Undone."
APPEAL = "This was wrong about me"
APPEALED = "Thank you. Another moderator will look at it, and you will hear the outcome."
TAKEN_BACK = "A moderator has taken back the note that stood here. Your message is fine as it is."
COMMAND_CHANGED = "This command has just changed. Please try again in a minute."
FAILED = "Something went wrong on our side. Please try again in a moment."


def no_case(number: int) -> str:
    return f"There is no case {number}."


def changed(number: int, state: str) -> str:
    """A click on something that is out of date; `state` says what the case is now."""
    return f"Case {number} has changed since you looked: {state}. Nothing was done. Please use its current notice."


def revision(content: str) -> str:
    return f"Content revision {content[:12]}"


# /moderation, and members' reports.

MODERATION = "Cases, numbers and switches, for moderators"
QUEUE = "Cases, the most serious first"
QUEUE_SHOW = "Which cases"
QUEUE_PAGE = "Which page"
CASE = "One case with its buttons"
CASE_NUMBER = "The number on the notice"
USER = "How a person's messages were judged: counts, no texts"
USER_PERSON = "Whose messages"
HOW_FAR_BACK = "How far back"
STATS = "How much waits, how long decisions take, how flags end"
EXPORT = "Cases as a file, without texts"
EXPORT_FORM = "What sort of file"
EXPORTED = "Only you can see this file."
PAUSE = "Stop screening, here or everywhere, until you resume"
RESUME = "Screen again"
WHERE = "This channel, or all of them"
REPORT = "Report a health claim"
REPORT_FIELD = "What is wrong with it?"
REPORT_HINT = "Only moderators read this."
REPORTED = "Thank you. The moderators decide what follows."
NOT_REPORTABLE = "Only members' messages in the health channels can be reported here."
NO_SUCH_LIST = "There is no such list. Please use /moderation queue."
PAGE_BEFORE = "Page before"
PAGE_AFTER = "Next page"
NO_CASES = "None."


def cases_title(show: str) -> str:
    return f"Cases: {show}"


DIRECT_MESSAGE = "a direct message"
NOT_REACHED = "the author takes no private messages from this server"
GONE = "the author is no longer on Discord"
URGENT_NOT_SHOWN = "the bot may not write there, so nobody was shown the urgent text"
MAY_NOT_DELETE = "the bot may not delete messages there; it needs Manage Messages"
GO_TO_MESSAGE = "go to the message"
MESSAGE = "message"


def footer(case: int) -> str:
    """Under every notice; it also marks the message as that case's notice."""
    return f"Case {case} · nothing has been posted or removed without a moderator"


def similar(record: str) -> str:
    return f"Similar flags: {record}"
