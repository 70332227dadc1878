"""Whether a question pushes an opinion, or a joke is made, so that an answer from the bot would be out of place.

The vocabulary's rhetorical cues are made for claims: beside one, "how come" and "why are" give it away. Sincere
questions begin with the same words, so such a beginning counts only where the question shows in another way what its
writer is after.
"""

import re

from bot.core.pack import CueKind
from bot.core.stance import CueFound, Cues
from bot.core.text import Sentence, sentences

_LEADS = frozenset({"so", "and", "but", "ok", "okay", "then", "well"})  # may stand before a question
_ASKS = frozenset({"why", "how", "what", "when", "where"})
_AUXILIARIES = """
    are is was were do does did has have can could will would should cant wont isnt arent doesnt dont didnt
"""
_FOLLOWS = frozenset({*_AUXILIARIES.split(), "the", "come", "long", "many", "much", "else", "it"})
_AFTER_SOMETHING = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:nobody|no[ -]?one|none of (?:you|them)|any(?:one|body)|every(?:one|body)|you|we|us)\b",
        r"\ball (?:of )?(?:these|those|the|this|that)\b|\bpeople (?:just|can'?t|won'?t|still|even|so|never|always)\b",
        r"\bpeople (?:wake|keep|fear|fall|buy|think|talk|listen|learn|see)\b|\bmore (?:people|patients|proof)\b",
        r"\b(?:still|even|ever|never|always|really|seriously|honestly|exactly|of course|obvious\w*|fuss)\b",
        r"\b(?:keep|keeps|hid(?:e|es|den|ing)|pretend\w*|ignor\w+|admit\w*|push(?:es|ed|ing)?|believ\w+|trust\w*)\b",
        r"\b(?:lie|lies|lied|lying|scam\w*|hoax|money|profit\w*|pharma|poison\w*|brainwash\w*|cover(?:ed|ing)? up)\b",
        r"\b(?:scared?|fear\w*|talks?|tell(?:s|ing)?|told|mention\w*|possible that|surpris\w+)\b.*\?",
        r"\bbut (?:that|the)\b|!\s*\?|\?\s*!|\?\?\?",
        r"\w,? (?:if|when|since|because)\b(?! (?:i|i'm|my|me|mine|you)\b)(?!.*\b(?:i|i'm|my|me|mine)\b).*\?",
        r"\bif (?:it|that)(?:'s| is) \w+\?",
    )
)


def pushes(text: str, cues: Cues) -> bool:
    """Whether a question of the text pushes an opinion, or a joke is made."""
    plain = True
    for number, sentence in enumerate(sentences(text)):
        for cue in cues.found(number, sentence):
            if cue.kind not in (CueKind.RHETORICAL, CueKind.IRONY) or " " not in cue.words:
                continue  # one word alone, such as "hello", may just greet
            if cue.kind is CueKind.IRONY or not _begins(cue, sentence):
                return True
            plain = False
    return not plain and any(sign.search(text) for sign in _AFTER_SOMETHING)


def _begins(cue: CueFound, sentence: Sentence) -> bool:
    """Whether the cue is no more than how questions begin."""
    before = sentence.words[: cue.first]
    asking, *rest = [word for word in cue.words.split() if word not in _LEADS] or [""]
    return asking in _ASKS and _FOLLOWS.issuperset(rest) and (_LEADS.issuperset(before) or cue.first in sentence.pauses)
