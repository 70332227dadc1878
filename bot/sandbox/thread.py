"""The example thread: a question, a confident reply full of misconceptions, and a careful correction.

The claims of the second post are the kind that the bot is for; the pack's misconceptions answer each of them.
"""

from dataclasses import dataclass

from bot.core.message import Person


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the thread; `answers` counts from the start of the thread."""

    author: Person
    text: str
    answers: int | None = None


ASKER = Person("thread-wren", "Wren")
STAFF = Person("thread-atlas", "Atlas (staff)")
CAREFUL = Person("thread-juniper", "Juniper")

QUESTION = """\
Hello all, does anyone here know what causes metastatic calcification? I gather it means calcium turning up in \
places where it has no business, but I can't work out what sets it off or what people can do to prevent it. \
I would be thankful for anything you can share."""

REPLY = """\
Metastatic calcification happens when calcium is deposited in soft tissues all over the body, such as the \
heart, lungs, brain, kidneys and blood vessels. It comes from too much calcium in the blood, usually because of a \
faulty parathyroid gland or some other illness. Here is an overview of the causes and how it is treated.

**What causes it**
The primary cause is a raised calcium level, which is usually due to a faulty parathyroid gland. The parathyroid \
gland controls the calcium in your blood by secreting various hormones. If these hormones get out of balance, \
calcium climbs and ends up in soft tissue everywhere.
Metastatic calcification can also be caused by other illnesses, such as kidney failure, liver disease and \
cancer. Certain medicines, such as diuretics, can push up the calcium in the blood as well and so lead to \
metastatic calcification.

**How it is treated**
That depends on the cause. If the parathyroid is to blame, calcium-channel blockers and vitamin D supplements may \
be prescribed to reduce the amount of calcium in the blood. In kidney failure, dialysis helps to reduce the calcium \
in the blood. When cancer is behind it, chemotherapy or radiation may be used. Sometimes surgery is needed to \
remove the calcium deposits from the soft tissues.
Metastatic calcification cannot be cured, but with the right treatment it can be managed. Please speak to your \
doctor to find out what is best in your case."""

CORRECTION = """\
Thanks for taking the time, but a few points there need putting right. Advanced kidney disease is the most common \
setting, and high phosphate can drive it even when blood calcium is normal. The classic places are the kidneys, \
lungs, stomach lining and blood vessels.
The parathyroid glands make one key hormone, PTH. Vitamin D raises the uptake of calcium from the gut, and \
calcium-channel blockers treat blood pressure; they do not lower blood calcium. Thiazide diuretics can raise \
calcium a little, while loop diuretics make the kidneys lose it.
Some deposits shrink once the cause is treated, others stay. I agree with the last line: ask your own doctor before \
you change anything."""

THREAD = (
    Line(ASKER, QUESTION),
    Line(STAFF, REPLY, answers=0),
    Line(CAREFUL, CORRECTION, answers=1),
)
