"""The form of a question: what kind of thing would answer it."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from rag.text.numbers import find_numbers
from rag.text.sentences import split_sentences

Form = Literal["how_old", "role", "how_long", "how_many", "when", "where", "who", "why", "list", "yes_no", "what"]
"""The kind of answer: a person or body, what somebody is, a date, a place, a number, an age, a duration, a reason, a
fact."""

_AUXILIARIES: Final = (
    "do|does|did|is|are|was|were|has|have|had|can|could|will|would|shall|should|may|might|must|each|every"
)
_DESCRIBING: Final = rf"(?:(?!(?:{_AUXILIARIES}|of|by|in|on|at|for|from|to|with|as|and|or|\w+ed)\b)\w+ ){{0,3}}?"
"""Words between "which" and what it asks for: "which two South Korean officials"."""
_MEASURED: Final = "much|far|big|large|high|fast|common|widespread|likely|tall|deep|wide|heavy|hot|cold|strong"

# The first line of a form that matches furthest to the left decides; where two begin together, the earlier form.
_PATTERNS: Final[dict[Form, tuple[str, ...]]] = {
    "how_old": (r"\bhow old\b", r"\bwhat (?:is|was) [\w.'’ -]+ age\b", r"\bage of\b"),
    "role": (
        r"^\s*who (?:is|was) (?!(?:\w+ ){1,2}(?:by|in|at|on|to|with)\b)(?:[\w.'’-]+ ?){1,4}\W*$",
        r"^\s*what (?:is|was|are|were) [\w.'’ -]+?(?:'s?|’s?) (?:job|position|title|role|post|function|rank|office)\b"
        r"(?! (?:on|about|regarding|towards?|over)\b)",
        r"\b(?:what|which) (?:\w+ )?(?:job|position|title|role|post|office|rank) (?:does|did|is|was|has)\b",
    ),
    "how_long": (
        r"\bhow (?:long|much time)\b",
        r"\bfor how (?:many|much) (?:years|months|weeks|days|hours|minutes|time)\b",
        r"\bduration\b",
    ),
    "how_many": (
        rf"\bhow (?:many|often|{_MEASURED})\b",
        r"\bwhat (?:number|percentage|percent|share|proportion|fraction|rate|amount|age|price)\b",
        r"\b(?:number|percentage|amount|price|cost) of\b",
    ),
    "when": (
        r"\bwhen\b",
        r"\b(?:what|which) (?:exact )?(?:date|day|year|month|week|weekday|time)s?\b",
        r"\b(?:tell|give) me the (?:date|day|year|month)\b",
        r"\bdate of\b",
    ),
    "where": (
        r"\bwhere\b",
        r"\bin (?:what|which) (?:\w+ )?countr(?:y|ies)\b",
        r"\b(?:what|which) (?:(?:two|three) )?(?:\w+ )?(?:city|cities|town|place|site|location|capital|venue|village"
        r"|port|region|province|island|peninsula|continent)s?\b",
    ),
    "who": (
        r"\bwho(?:se|m)?\b",
        r"\bname the\b",
        rf"\b(?:what|which) {_DESCRIBING}(?:persons?|people|politicians?|officials?|leaders?|ministers?|presidents?"
        r"|diplomats?|(?-i:[A-Z])\w+ans|spokes\w+|countr(?:y|ies)|nations?|governments?|compan(?:y|ies)|organi[sz]ations?"
        r"|agenc(?:y|ies)|newspapers?|outlets?|teams?|judges?|players?|act(?:ors?|ress(?:es)?)|singers?|artists?|doctors?|scientists?"
        r"|researchers?|lawyers?|m[ae]n|wom[ae]n|colleagues?|writers?|authors?|directors?|coach(?:es)?|executives?"
        r"|founders?|owners?|clubs?|firms?|banks?|broadcasters?|bands?|part(?:y|ies)|bod(?:y|ies)|ministr(?:y|ies)|departments?)\b",
    ),
    "why": (
        r"\bwhy\b",
        r"\bwhat (?:was|is|were|are) the (?:reason|cause|purpose|goal|aim)s?\b",
        r"\bfor what (?:reason|purpose)\b",
        r"\bwhat (?:caused|led to|prompted)\b",
        r"\bhow come\b",
    ),
    "list": (
        r"^\s*(?:list|summari[sz]e|tell me (?:everything|all)|give me (?:an overview|a summary))\b",
        r"^\s*what (?:happened|is known|do we know)\b",
    ),
    "yes_no": (
        r"^\s*(?:and |but |so )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)"
        r"n?(?:'t|’t)?\s",
    ),
}
_FORMS: Final = tuple(
    (form, re.compile("|".join(_PATTERNS[form]), re.IGNORECASE)) for form in get_args(Form) if form in _PATTERNS
)
_ASKING: Final = re.compile(r"\b(?:what|which|how)\b", re.IGNORECASE)
_SUBORDINATE: Final = re.compile(r"(?:when|where|who|whom|whose|why)\b", re.IGNORECASE)
_FURTHER_OF: Final = re.compile(r"(?:age|number|percentage|amount|price|cost|date) of\b|duration\b", re.IGNORECASE)
"""Patterns that decide on a form though no question word is in them."""
_OWN_OF: Final = re.compile(r"(?:what|which)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
"""What stands before one of them that is itself asked for: "what total number of"."""
_WANTS_YEAR: Final = re.compile(r"\b(?:what|which) (?:calendar )?year\b", re.IGNORECASE)
_ASKS_NAMES: Final = re.compile(r"\bnames? of\b|\bcalled\W*$|\bnamed\W*$", re.IGNORECASE)


_ASKS_HOLDERS: Final = re.compile(
    rf"\b(?:what|which) {_DESCRIBING}(?:politicians?|officials?|ministers?|presidents?|diplomats?|spokes\w+)\b"
    r"|\b(?:what|which) (?:two|three|four|five) (?:\w+ ){0,2}?"
    r"(?:citizens|nationals|people|m[ae]n|women|(?-i:[A-Z])\w+ans)\b"
    r"|\bwho (?:is|was|are|were) (?:in|on|among|part of)\b"
    r"|\bwho (?:heads?|headed|leads?|led|chairs?|chaired)\b"
    r"|\bwho (?:is|was) (?:(?!of\b)[\w’'-]+ ){1,5}?"
    r"(?:minister|president|leader|head|chief|diplomat|ambassador|envoy|counterpart)\b",
    re.IGNORECASE,
)
_ASKED_NOUN: Final = re.compile(rf"\b(?:what|which|who (?:is|was|are|were) the) {_DESCRIBING}$", re.IGNORECASE)
_ASKS_WHICH: Final = re.compile(
    r"\b(?:what|which)\s+(?!(?:"
    + _AUXILIARIES
    + r"|happen\w*|kinds?|types?|sorts?|else|about|if|caused|led)\b)[a-z]{3,}",
    re.IGNORECASE,
)
_ASKS_COUNTRIES: Final = re.compile(
    r"\b(?:what|which) (?:(?!(?:"
    + _AUXILIARIES
    + r")\b)\w+ ){0,2}?(?:countr(?:y|ies)|nations?|states?|governments|capitals)\b",
    re.IGNORECASE,
)
_ASKS_SEVERAL: Final = re.compile(
    r"\b(?:what|which) (?P<number>two|three|four|five|six) (?:\w+ )?"
    r"(?:countries|nations|states|governments|capitals|allies)\b",
    re.IGNORECASE,
)
_ASKS_MONEY: Final = re.compile(
    r"\bhow much (?:money|cash|funding)\b"
    r"|\bhow much\b.*\b(?:worth|costs?|costing|pay(?:s|ing)?|paid|spen[dt](?:s|ing)?|earn(?:s|ed|ing)?|owe[ds]?"
    r"|charge[ds]?|charging|fine[ds]?|donat\w+|rais(?:e|ed|ing) (?:for|from|by)|s(?:ell|old) for|demand\w*"
    r"|su(?:ed|ing))\b"
    r"|\bwhat (?:\w+ )?(?:price|sum)\b",
    re.IGNORECASE,
)


_ASKS_LASTING: Final = re.compile(
    r"\bhow (?:long|much time|many \w+) (?:did|does|do|will|was|is|were|are)\b(?!.*\bsince\b).*"
    r"\b(?:last|take|run|go on|continue|valid|in force)\b",
    re.IGNORECASE,
)
_ASKS_HOW_MUCH: Final = re.compile(
    rf"\bhow (?:{_MEASURED})\b"
    r"|\bwhat (?:percentage|percent|share|proportion|fraction|rate|amount)\b",
    re.IGNORECASE,
)
_ASKS_TRANSPORT: Final = re.compile(
    r"\b[Hh]ow (?:did|does|do|will|has|have|is|are|was|were) [^?]*?"
    r"\b(?:get|go|travel\w*|come|came|journey|arrive[ds]?|return\w*|reach) (?:to|in|at|from|back|home|there|[A-Z])"
)
_ASKS_SOURCE: Final = re.compile(
    r"\b(?:what|which) (?:\w+ )?(?:newspaper|paper|outlet|broadcaster|agency|channel|network|media|source|magazine"
    r"|organi[sz]ation|service)s?\b"
    r"|\bwho (?:is|was) (?:cited|quoted|the source)\b|\bwho (?:reports|reported)\b",
    re.IGNORECASE,
)
_ASKS_SHARE: Final = re.compile(r"\bwhat (?:percentage|percent|share|proportion|fraction)\b", re.IGNORECASE)


def form_of(text: str) -> Form:
    """Return the form whose words come first: "Where was Cho when he spoke?" asks where.

    What leads up to the question does not count: "The mayor, who resigned, moved to which town?".
    """
    text = text[asking_start(text) :]
    if not _ASKS_AT_ONCE.match(text) and (asking := _ASKING_LATE.search(text)):
        text = text[asking.start() :]
    found = [
        (match.start(), order, form) for order, (form, pattern) in enumerate(_FORMS) if (match := pattern.search(text))
    ]
    if not found:
        return "what"
    form: Form
    start, _, form = min(found)
    asking = _ASKING.search(text)
    if asking and asking.start() < start and _SUBORDINATE.match(text, start):
        return "what"  # "which rules held when ...?"
    if _FURTHER_OF.match(text, start) and _ASKS_WHICH.match(text) and not _OWN_OF.match(text[:start]):
        return "what"  # "which singer died at the age of 90?"
    return form


def asking_start(text: str) -> int:
    """Return where that which asks begins: "The mayor resigned on Monday. Which party does he lead?".

    A clause that leads up to it does not ask: "When he resigned, what did he say?".
    """
    if introduction := _INTRODUCTION.match(text):
        return introduction.end()
    spans = split_sentences(text)
    if len(spans) < 2 or not text.rstrip().endswith("?") or any("?" in span.of(text) for span in spans[:-1]):
        return 0
    return spans[-1].start


_INTRODUCTION: Final = re.compile(
    rf"\W*(?:when|while|after|before|since|as|once|if|although|because)\s+(?!(?:{_AUXILIARIES})\b)[^?,]+,\s+"
    rf"(?=(?:(?:in|on|at|by|for|from|to|with|of)\s+)?(?:what|which|who\w*|where|when|why|how|{_AUXILIARIES})\b)",
    re.IGNORECASE,
)
_ASKS_AT_ONCE: Final = re.compile(
    r"\W*(?:(?:and|but|so|in|on|at|by|for|from|to|with|of|under|after|since)\s+)*(?:what|which|who\w*|when|where|why|how"
    r"|name|list|tell|give|" + _AUXILIARIES + r")(?:n['’]t)?\b",
    re.IGNORECASE,
)
_ASKING_LATE: Final = re.compile(r"\b(?:what|which|how (?:many|much|long|old|far|often))\b", re.IGNORECASE)


def is_asked_for(text: str, start: int) -> bool:
    """Say whether the noun that begins at a place is what the question asks for: "which two South Korean officials"."""
    return bool(_ASKED_NOUN.search(text[:start]))


def asks_for_year(text: str) -> bool:
    """Say whether the question asks in which year."""
    return bool(_WANTS_YEAR.search(text))


def asks_which(text: str) -> bool:
    """Say whether the question asks which of a kind of thing: "which company", "what town"."""
    return bool(_ASKS_WHICH.search(text))


def asks_for_countries(text: str) -> bool:
    """Say whether the question asks which countries."""
    return bool(_ASKS_COUNTRIES.search(text))


def how_many_countries(text: str) -> int:
    """Return how many countries "which three governments" asks for, 0 where it says no number."""
    match = _ASKS_SEVERAL.search(text)
    return int(find_numbers(match["number"])[0][1]) if match else 0


def asks_for_holders(text: str) -> bool:
    """Say whether the question asks for people by name: which ministers, which two Peruvians, who led the team."""
    return bool(_ASKS_HOLDERS.search(text))


def asks_how_long_it_lasts(text: str) -> bool:
    """Say whether the question asks how long something goes on rather than how long it has been."""
    return bool(_ASKS_LASTING.search(text))


def asks_for_money(text: str) -> bool:
    """Say whether the question asks for a sum of money."""
    return bool(_ASKS_MONEY.search(text))


def asks_how_much(text: str) -> bool:
    """Say whether the question asks for a measure or a share rather than for a count."""
    return bool(_ASKS_HOW_MUCH.search(text))


def asks_for_share(text: str) -> bool:
    """Say whether the question asks which part of a whole."""
    return bool(_ASKS_SHARE.search(text))


def asks_for_names(text: str) -> bool:
    """Say whether people's names are asked for: "list the names of the two", "what was he called"."""
    return bool(_ASKS_NAMES.search(text))


def asks_for_source(text: str) -> bool:
    """Say whether the question asks who reports something: "which newspaper", "who is cited for"."""
    return bool(_ASKS_SOURCE.search(text))


def asks_for_transport(text: str) -> bool:
    """Say whether the question asks how somebody travelled."""
    return bool(_ASKS_TRANSPORT.search(text))
