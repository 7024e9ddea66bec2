"""Says idioms of questions plainly: "set foot in" is "arrive in"."""

from __future__ import annotations

import re
from typing import Final

_SUBJECT: Final = r"(?P<subject>[^,?]+?)"

_PLAINLY: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        # who and what
        (r"\bwho (?:speaks|spoke) for\b", "who is the spokesperson of"),
        (r"\bwho (?:is|was) in charge of\b", "who is the head of"),
        (
            rf"\b(?:who|what (?:kinds?|sorts?) of people) sits? (?:in|on) {_SUBJECT}(?=\W*$)",
            r"what does \g<subject> consist of",
        ),
        (r"\b(?:which|who) of the (?:two|three)\b(?: \w+)?, [\w’' ]+? or [\w’' ]+?,", "who"),
        (rf"^\W*(?:please )?compare what {_SUBJECT} said\b", r"what did \g<subject> say"),
        (r"\bthe only (?:one|country|nation|state|side|person|party)\b", "alone"),
        (r"\b(?P<wh>which|what) parts? of the world\b", r"\g<wh> region"),
        (rf"\bwhat (?:is|was|are|were) {_SUBJECT} (?:called|named)(?=\W*$)", r"what is the name of \g<subject>"),
        (r"\b(?:trilateral|tripartite|three-(?:way|nation)) (?=statement|declaration|communiqu)", "joint "),
        # how and why
        (r"\bby what means(?: of transport\w*)?", "how"),
        (r"\b(?:on what grounds?|what prompted)\b", "why"),
        (r"\bin the (?:eyes|view|opinion) of\b", "according to"),
        (r"^\W*per (?P<who>[^,?]+),", r"according to \g<who>,"),
        (r"\b(?:apart from|other than|aside from)\b", "besides"),
        # verbs
        (r"\b(?P<go>go|goes|went|going|come|came|travel\w*) to see\b", r"\g<go> to meet"),
        (r"\bs(?:ee|aw|een) each other\b", "meet"),
        (r"\bs[ia]t down with\b", "meet with"),
        (r"\bset foot (?:in|on)\b", "arrive in"),
        (r"\b(?:in|on) (?P<land>[\w’']+) soil\b", r"in \g<land>"),
        (r"\bown(?:ed|s)? up to\b", "admit"),
        (r"\bsum(?:s|med)? up\b", "describe"),
        (r"\bkeep(?:s|ing)? an eye on\b", "monitor"),
        (r"\bst(?:and|ands|ood) in the way of\b", "limit"),
        (r"\bput at risk\b", "threatened"),
        (rf"\b(?:len[dt]|lending|give|giving|gave) {_SUBJECT} a hand\b", r"helping \g<subject>"),
    )
)


def rephrased(question: str) -> str:
    """Return a question with its idioms said plainly; one without idioms as it is."""
    for pattern, plain in _PLAINLY:
        question = pattern.sub(plain, question)
    return question
