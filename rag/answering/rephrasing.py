"""Says idioms of questions plainly: "set foot in" is "arrive in"."""

from __future__ import annotations

import re
from typing import Final

_SUBJECT: Final = r"(?P<subject>[^,?]+?)"

_LAND: Final = r"(?-i:[A-Z])[\w.]*(?: (?-i:[A-Z])[\w.]*)*"
_TRANSPORT: Final = r"(?:means|mode|form) of transport(?:ation)?\b"
_HEADS: Final = r"(?:heads|headed|leads|led|runs|ran) (?P<of>(?:the |[\w.]+['’]s )?(?:\w+)?)"
_DID: Final = r"[^,?]+?"

_PLAINLY: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        # who and what
        (r"\bwho (?:speaks|spoke) for\b", "who is the spokesperson of"),
        (r"\bwho (?:is|was) in charge of\b", "who is the head of"),
        (rf"\bwho {_HEADS} ministry (?:in|of)\b", r"who is \g<of> minister of"),
        (rf"\bwho {_HEADS} ministry\b", r"who is \g<of> minister"),
        (
            rf"\b(?:who|what (?:kinds?|sorts?) of people) sits? (?:in|on) {_SUBJECT}(?=\W*$)",
            r"what does \g<subject> consist of",
        ),
        (rf"\b(?:who|which \w+) (?:makes? up|comprises?) {_SUBJECT}(?=\W*$)", r"what does \g<subject> consist of"),
        (r"\b(?:which|who) of the (?:two|three)\b(?: \w+)?, [\w’' ]+? or [\w’' ]+?,", "who"),
        (rf"^\W*(?:please )?compare what {_SUBJECT} said\b", r"what did \g<subject> say"),
        (r"\bthe only (?:one|country|nation|state|side|person|party)\b", "alone"),
        (r"\b(?P<wh>which|what) parts? of the world\b", r"\g<wh> region"),
        (
            rf"\bwhat (?:does|do|did) (?:the (?:abbreviation|acronym|letters|initials) )?{_SUBJECT} stand for(?=\W*$)",
            r"what is \g<subject>",
        ),
        (rf"\bwhat (?:is|was|are|were) {_SUBJECT} (?:called|named)(?=\W*$)", r"what is the name of \g<subject>"),
        (r"\b(?:trilateral|tripartite|three-(?:way|nation)) (?=statement|declaration|communiqu)", "joint "),
        (r"\b(?:trilateral|tripartite)\b", "three-way"),
        (rf"\b(?P<rank>top|chief|leading) (?P<land>{_LAND}) (?=diplomat|official|envoy)", r"\g<land> \g<rank> "),
        (rf"\bwho (?P<did>{_DID}) on (?:the )?(?P<land>{_LAND})(?:['’]s?)? side\b", r"which \g<land> official \g<did>"),
        (
            rf"\bwho (?P<did>{_DID}) (?:on behalf of|in the name of) (?:the )?(?P<land>{_LAND})",
            r"which official of \g<land> \g<did>",
        ),
        (
            rf"\bwho (?P<did>{_DID}) (?:on|in) (?P<land>{_LAND})['’]s? (?:behalf|name)\b",
            r"which official of \g<land> \g<did>",
        ),
        (rf"\bwho represent(?:ed|s) (?:the )?(?P<land>{_LAND})", r"which official of \g<land> took part"),
        (
            r"\bwhat (?P<is>is|was) the (?:full )?name of the "
            r"(?=[^?]*?\b(?:minister|president|leader|diplomat|ambassador|envoy)\b)",
            r"who \g<is> the ",
        ),
        # how and why
        (r"\bby what means(?: of transport\w*)?", "how"),
        (r"\bin connection with\b", "about"),
        (rf"\bwhat (?:is|was|were) {_SUBJECT}(?:['’]s|s['’]) {_TRANSPORT}", r"how did \g<subject> travel"),
        (
            rf"\bwhat {_TRANSPORT} d(?:id|oes) {_SUBJECT} (?:use|take|choose)(?: to (?:get|go|travel|come))?\b",
            r"how did \g<subject> travel",
        ),
        (
            rf"\bwhat (?:is|was) {_SUBJECT}(?:['’]s|s['’]) "
            r"(?:verdict|assessment|description|characteri[sz]ation) (?:on|of)\b",
            r"how did \g<subject> describe",
        ),
        (
            rf"\bwhat (?:adjective|word|term|phrase)s? did {_SUBJECT} (?:use (?:for|of|to describe)|apply to)\b",
            r"how did \g<subject> describe",
        ),
        (rf"\bwhat did {_SUBJECT} call (?=his|her|its|their|the\b)", r"how did \g<subject> describe "),
        (r"\b(?:on what grounds?|what prompted)\b", "why"),
        (r"\bin the (?:eyes|view|opinion) of\b", "according to"),
        (r"^\W*per (?P<who>[^,?]+),", r"according to \g<who>,"),
        (r"\b(?:apart from|other than|aside from)\b", "besides"),
        # verbs
        (
            r"\b(?:issued|put out|released|published) (?=(?:an?|the|their) joint (?:statement|declaration|communiqu))",
            "made ",
        ),
        (r"\bfinds? (?:itself|himself|herself|themselves)\b", "is"),
        (rf"\bma(?:ke|kes|de) {_SUBJECT} (?:known|public)\b", r"announced \g<subject>"),
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
        (r"\b(?:len[dt]|lending|give|giving|gave) a hand\b", "helping"),
        (rf"\b(?:len[dt]|lending|give|giving|gave) {_SUBJECT} a hand\b", r"helping \g<subject>"),
    )
)


def rephrased(question: str) -> str:
    """Return a question with its idioms said plainly; one without idioms as it is."""
    for pattern, plain in _PLAINLY:
        question = pattern.sub(plain, question)
    return question
