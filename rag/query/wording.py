"""The one table of how people wrap questions, and of what kinds of answer they ask for.

Everything here is about form. What a question means is for the model, or for whoever chooses sentences to quote.
"""

from __future__ import annotations

import re
from typing import Final

from rag.schema import Intent

_WHICH: Final = r"(?:the|these|those|this|my|your|our|all|any|only|provided|given|indexed|uploaded|attached|news|local)"
_SINGLE: Final = r"article|story|document|file|text|context|source|report|passage|news|folder|corpus|index"
_KIND: Final = rf"(?:(?:{_SINGLE})s?|stories)"
_ARTICLES: Final = rf"(?:{_WHICH}\s+)*{_KIND}"
_STYLE: Final = (
    r"(?:briefly|shortly|concisely|quickly|in (?:detail|full|short|one word)|in plain \w+|in a (?:sentence|word|line)"
    r"|in (?:one|two|three|a few|\d) (?:short )?(?:sentences?|words?|lines?|bullet points?|bullets)"
    r"|in (?:english|german|french|spanish|italian|russian|chinese|arabic|portuguese|dutch|polish))"
)
_YOU_TELL: Final = r"(?:can|could|would|will) you (?:please )?"


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


OPENINGS: Final = tuple(
    _compiled(rf"^\W*{pattern}")
    for pattern in (
        r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b(?:\s+(?:there|all|team|newsqa|again))?"
        r"(?:\s*[,.!:\n]+|\s[–-])\s*",
        r"(?:thanks|thank you|thx|sorry|excuse me|ok|okay|great|well|so|right|alright|please)\b"
        r"(?:\s+(?:a lot|very much|so much|again|for that))?(?:\s*[,.!:]+|\s[–-])\s*",
        r"(?:(?:here(?:'s| is)|my|a|one|another|the|quick|short|simple|next|last|follow-up)\s+)*"
        r"(?:question|query|q)(?:\s+for you|\s+is|\s+\d+)?\s*[:,–-]\s*",
        rf"(?:according to|based on|in|from|using|given|going by|judging by)\s+{_ARTICLES}(?:\s+(?:above|below))?"
        r"\s*[,:]\s*",
        r"(?:please\s+)?(?:answer|reply|respond|tell me|explain)(?:\s+(?:me|this|the question|this question))?"
        rf"(?:[\s,]+(?:and\s+)?{_STYLE})+\s*[,:.–-]\s*",
        rf"(?:please\s+)?(?:search|check|scan|read|look (?:at|in|into|through)|go through|use)\s+{_ARTICLES}\s*"
        r"(?:and\s+(?:tell me|say|find out|answer)\b|[:,.–-])\s*",
        rf"{_YOU_TELL}(?:check|search|look (?:in|at|through)) {_ARTICLES} and\s+",
        r"(?:i(?:'d| would) (?:like|love|want) to know|i want to know|i wonder|i was wondering|do you know|let me know"
        rf"|{_YOU_TELL}(?:tell me|say|explain|let me know)|please tell me)\b[\s,:]*",
    )
)
"""What may stand before a question; taken off again and again."""

CLOSINGS: Final = tuple(
    _compiled(rf"{pattern}\W*$")
    for pattern in (
        rf"[\s,]+(?:according to|based on|as reported in|in|from|using)\s+{_ARTICLES}(?:\s+(?:above|below|provided))?",
        rf"[\s,]+(?:please|thanks|thank you|thx|{_STYLE})",
        r"[\s,.!]+(?:best|regards|best regards|cheers)\b[\s,]*\w*",
    )
)
"""What may stand behind one."""

_SMALL_TALK: Final = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|thx|cheers|bye|goodbye|see you|ok|okay"
    r"|great|cool|nice|perfect|wow|sorry|never mind|who are you|what are you|what can you do|what do you do|how are you"
    r"|how do you work|how does this work|help|test)"
)
TALK: Final = _compiled(
    rf"^\W*{_SMALL_TALK}(?:\W+(?:{_SMALL_TALK}|there|newsqa|a lot|very much|so much|again|you|all|then))*\W*$"
)
"""Talk that asks for nothing."""

ABOUT_INDEX: Final = _compiled(
    rf"^\W*how many {_ARTICLES}(?:\s+(?:are there|are indexed|do you (?:have|know|hold)|have you(?: got)?"
    rf"|are (?:there )?in {_ARTICLES}))?\W*$",
    rf"^\W*(?:what|which) {_ARTICLES} (?:do you (?:have|know)|are (?:there|indexed))\W*$",
    rf"^\W*(?:list|show)(?: me)? (?:all )?(?:the )?{_ARTICLES}\W*$",
    rf"^\W*(?:what|which) (?:dates?|period|time span|years?) (?:do|does|is|are) (?:covered by )?{_ARTICLES}"
    r"(?: cover| from)?\W*$",
    rf"^\W*how (?:old|recent) are {_ARTICLES}\W*$",
)
"""Questions about the index itself."""

MENTIONS: Final = _compiled(
    r"^\W*(?:(?:(?:list|show|find|give|tell)\s+(?:me\s+)?)(?:all|the|every|all the)\b"
    r"|(?:(?:list|show|find|tell|in)\s+(?:me\s+)?)?(?P<how>how many|which|what)\b)\s+"
    rf"(?:of the\s+|the\s+)?{_ARTICLES}\s+(?:there are\s+)?(?:(?:that|which)\s+)?(?:(?:mention|name|talk about"
    r"|speak (?:of|about)|write about|are about|is about|deal with|cover|refer to|report on|discuss|contain)s?|about"
    r"|on)\s+(?P<what>.+?)\W*$"
)
"""Questions for the articles that mention something."""

_SUMMARY: Final = r"(?:summary|summari[sz]ation|overview|recap|gist|tl;?dr|main points?|key points?|takeaways?)"
_KINDS: Final[tuple[tuple[Intent, str], ...]] = (
    ("summary", rf"^\W*(?:{_YOU_TELL})?(?:please )?(?:summari[sz]e|sum up|recap)\b"),
    ("summary", rf"\b(?:give|write|provide|make|want|need|show)\b[^.?!]*\b{_SUMMARY}\b(?: of)?"),
    ("summary", rf"^\W*(?:what(?:'s| is| are) )?(?:an? |the )?(?:\w+ )?{_SUMMARY}(?:\W*$| of\b| in\b)"),
    ("summary", rf"^\W*what (?:is|are) {_ARTICLES} about\b"),
    (
        "timeline",
        r"\b(?:timeline|chronology|(?:sequence|order) of events|what happened when)\b|\bchronological(?:ly)?\b",
    ),
    ("latest", r"\bwhat(?:'s| is) (?:the )?(?:latest|newest|new)(?:\W*$|,? (?:news|on|about|from|with|in)\b)"),
    (
        "latest",
        r"\b(?:the |any )?latest (?:news|developments?|on|about)\b|\b(?:happened|happening) (?:last|most recently)\b",
    ),
)
INTENTS: Final = tuple((intent, _compiled(pattern)) for intent, pattern in _KINDS)
"""Words that ask for an answer of a kind, the first that fits."""

OF_ALL: Final = _compiled(
    rf"\b{_ARTICLES}\b",
    r"\b(?:give|show|tell|make|write|provide|create|want|need|short|brief|quick|happen(?:ed|ing|s)?|today|please)\b",
)
"""What is left of a request for a summary or for news that names no subject."""

ASKS: Final = _compiled(
    r"\?\W*$",
    r"^\W*(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|did|does|do|has|have|had|can|could|will|would"
    r"|should|tell|list|show|name|give|summari[sz]e|describe|explain|compare|find|sum up|according to)\b",
)
"""A sentence that asks for something."""

ITEM: Final = re.compile(r"^\s*(?:\d{1,2}[.):]|[-*•])\s+(?P<text>\S.*)$")
"""One of several questions in a list."""

POINTS_BACK: Final = _compiled(r"\b(?:he|she|they|it|his|her|their|its|him|them|this|that|these|those)\b")
"""A word that needs what was said before."""

FILE: Final = _compiled(r"\w[\w./-]*\.(?:txt|md|html?|jsonl?|jl|pdf|docx)\b(?:#[\w-]+)?")
"""A file named in a question."""
