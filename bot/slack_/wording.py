"""What people read on Slack and nowhere else; pure, so that a translation touches no logic."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.core.review import Act, Correction

HELP = """*What you can ask*
`/moderation queue` the cases that wait, the most serious first; add `upheld`, `dismissed`, `escalated`, `second`, \
`snoozed` or `all`, and a page
`/moderation case 12` one case with its buttons
`/moderation user @somebody` how that person's messages were judged: counts, never texts; add a number of days
`/moderation stats` how much waits, how long decisions take, how often each claim was upheld; add a number of days
`/moderation content` which content is in force, what is wrong with it, what is due for review, what changed last
`/moderation export csv` (or `json`) a table of cases without texts, sent to you alone; add a number of days
`/moderation examples` words of decided cases that were proposed as examples, for admins to approve
`/moderation pause here` (or `everywhere`) stops screening, `/moderation resume here` starts it again"""
HELP_TITLE = "What you can ask"
TITLE = "Health claims"
ONE_MOMENT = "One moment…"
TROUBLE = "Something went wrong on our side. Please try again in a moment."
FILE_SENT = "The file is in your messages with this app. Nobody else sees it."
UNSURE_WHETHER_ADMIN = "Slack did not tell us whether you are an admin. Please try again in a moment."
UNSURE_WHETHER_MODERATOR = "Slack did not tell us whether you are a moderator. Please try again in a moment."

# Notices, and what moderators do with them
POST = "Post as reply"
EDIT = "Edit first"
PRIVATE = "Send privately"
RECORD = "Record only"
UPHELD: Mapping[Correction, str] = MappingProxyType(
    {
        Correction.REPLY: "Upheld. The correction is on its way.",
        Correction.PRIVATE: "Upheld. The author is being told privately.",
        Correction.RECORD: "Upheld and recorded.",
    }
)
RENEWALS: Mapping[Act, str] = MappingProxyType({Act.AMEND: "Amend", Act.REISSUE: "Post again"})
RENEWED: Mapping[Act, str] = MappingProxyType(
    {
        Act.AMEND: "Noted. The correction is being changed where it stands.",
        Act.REISSUE: "Noted. The old correction is being taken away, and the new one posted.",
    }
)
NEEDS_TWO = "Noted. This one takes a second moderator, who can agree on the notice."
NOTE = "Note"
NOTE_FORM = "A note on this case"
NOTE_FIELD = "For the other moderators"
NO_HISTORY = "Nothing has been done with this case yet."
CHOOSE = "Choose"
WHICH_CLAIMS = "*Which claims does it make?*"
NOTHING_YET = "_Nothing yet: please write it._"
CHANNEL_WILL_SEE = "*The channel will see:*"
AS_THE_CHANNEL = "As the channel will see it"
AS_PEOPLE = "As people will see it"
CORRECTION_FORM = "The correction"
UNDO_TITLE = "Undo?"
UNDO = "A correction was told. Undo the decision and take it back?"
UNDO_YES = "Yes, undo and take it back"
DELETE_TITLE = "Delete the message?"
DELETE = (
    "This deletes the member's message for everybody and can't be undone. On most workspaces Slack lets only the author"
    " and admins delete; then the notice will say so."
)
DELETE_YES = "Yes, delete the message"
CANT_DELETE = (
    "Slack lets only the author and the workspace's admins delete this message; please ask an admin to delete it"
)
PICTURE_TITLE = "How flags ended, and how long decisions took"

# Lists
PAGE_BEFORE = "Page before"
OPEN = "Open"
NONE = "None."
WHICH_CASE = "Which case? For instance: /moderation case 12"
WHOSE = "Whose messages? For instance: /moderation user @somebody"
YOURS = "Yours"
DECIDED = "Decided in the last 7 days"
ALL_LISTS = "All lists: /moderation queue"

# Members
APPEAL = "This was wrong about me"
APPEALED = "Thank you. Another moderator will look at it, and you will hear the outcome."
TAKEN_BACK = "A moderator has taken back the note that stood here. Your message is fine as it is."
REPORT = "Report"
REPORT_FORM = "Report a health claim"
REPORT_HINT = "Only moderators read this."
REPORT_FIELD = "What is wrong with it?"
REPORTED = "Thank you. The moderators decide what follows."
NOT_REPORTABLE = "Only members' messages in the health channels can be reported here."
GONE = "That message is no longer there."
ANSWERS_FORM = "Sourced answers"
WHICH_ANSWER = "Which answer should stand under the message?"
TYPE_OR_CHOOSE = "Type a word, or choose"
POST_ANSWER = "Post"
SHOW_ANSWER = "Show"
SHOW_EVERYBODY = "Show everybody"
ANSWER_POSTED = "The answer stands under the message."


def changed(case_id: int, now: str) -> str:
    """`now` tells what the case is by now."""
    return f"Case {case_id} has changed since you looked: {now}. Nothing was done. Please use its current notice."


def uphold(case_id: int) -> str:
    return f"Uphold case {case_id}"


def history(case_id: int) -> str:
    return f"Case {case_id}: history"


def time(seconds: int) -> str:
    """`seconds` of Unix time, as each reader's own clock shows it."""
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|some time ago>"


def revision(name: str) -> str:
    return f"Content revision {name}"


def more_claims(count: int) -> str:
    return f"{count} more claims are listed under “Uphold”."


def footer(case_id: int) -> str:
    return f"Case {case_id} · nothing has been posted or removed without a moderator"


def answering(words: str) -> str:
    return f"Answering: “{words}”"


def why(words: str) -> str:
    return f"Why: {words}"


def record(words: str) -> str:
    return f"Similar flags: {words}"


def true(words: str) -> str:
    return f"True: {words}"


def go_to(link: str) -> str:
    return f" · <{link}|go to the message>"


def see_it(link: str) -> str:
    return f"<{link}|see it>"


def see_notice(link: str) -> str:
    return f"\n<{link}|See the notice>"


def no_channel(why_not: str) -> str:
    return f"the channel can't be used: {why_not}"


def nothing_there(why_not: str) -> str:
    return f"nothing can be posted there: {why_not}"


def answer_not_there(why_not: str) -> str:
    return f"The answer can't be posted there: {why_not}."


def shown_by(user: str) -> str:
    return f"Shown by <@{user}>"


def cases(which: str) -> str:
    return f"Cases: {which}"


def no_list(lists: Iterable[str]) -> str:
    return f"There is no such list. There are: {', '.join(lists)}."


def waiting(count: int, *, more: bool) -> str:
    """`more`: there are others beyond those that were looked at."""
    return f"Waiting: {count}{'+' if more else ''}"


def how_to_ask(pack: str) -> str:
    return (
        f"Ask with `/{pack}` and a word, or press the button. Every fact comes with its sources.\n"
        "Under a message's *⋮* menu you find “Answer with…” and “Report a health claim”; only moderators read"
        " reports.\n`/privacy` tells what is kept about you, gives you a copy, and erases it.\n"
        "This bot never deletes or corrects anything by itself: people decide."
    )


def topics(titles: str) -> str:
    return f"*Topics*\n{titles}" if titles else "There are no topics yet."
