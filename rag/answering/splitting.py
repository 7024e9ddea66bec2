"""Splits a question that asks several things into questions that each stand alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rag.answering.conversation import standalone
from rag.answering.question_parts import QuestionParts
from rag.attribution import parse_speech_question
from rag.schema import Turn
from rag.text.places import find_places

_CONJUNCTION: Final = re.compile(
    r",?\s+and\s+(?=(?:(?:in|on|at|by|for|from|to|with|of)\s+)?(?:what|when|where|who|which|how|why|whom|whose)\b)"
    r"|,\s+and\s+(?=(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could)\s)|[?;]\s+(?:and\s+)?(?=\w)",
    re.IGNORECASE,
)


_WHAT_ABOUT: Final = re.compile(r"(?:what|how) about (?P<topic>.+?)\W*", re.IGNORECASE)
_REPORTED: Final = re.compile(
    r"\b(?:is|are|was|were) (?P<speaker>[\w.'’-]+(?: [\w.'’-]+){0,4}?) "
    r"(?:reported|quoted|believed|understood|alleged|said) (?:to have|as having|as) (?P<verb>\w+)",
    re.IGNORECASE,
)
"""What somebody "is reported to have said" is what they said."""


def split_question(text: str, *, is_name: Callable[[str], bool]) -> list[str]:
    """Return the parts of a question that asks several things, each able to stand alone."""
    text = _REPORTED.sub(r"did \g<speaker> \g<verb>", text)
    if compared := _COMPARED.fullmatch(text.strip()):
        return [f"What did {compared[who]} say {compared[about] or ''}".strip() + "?" for who, about in _SIDES]
    for pattern in _OF_TWO:
        if two := pattern.fullmatch(text.strip()):
            return [f"{two['opening']} {two[one]}{two['rest'] or ''}?" for one in ("first", "second")]
    if days := _DAYS.fullmatch(text.strip()):
        verb = f"{days['verb']} " if days["second"].split()[0].lower() in ("the", "a", "an", "their") else ""
        return [f"{days['opening']} {days['verb']} {days['first']}?", f"{days['opening']} {verb}{days['second']}?"]
    parts = [part.strip() for part in _CONJUNCTION.split(text) if part.strip()]
    whole = [parts[0]] if parts else [text]
    for part in parts[1:]:
        if _BARE.fullmatch(part):
            continue  # "..., and on what day?": the sentence that answers the first part tells that too
        part = _naming_both(part, parts[0])
        about = _WHAT_ABOUT.fullmatch(part)
        speech = parse_speech_question(whole[-1])
        if about and speech and speech.topic and speech.topic in whole[-1] and len(about["topic"].split()) > 1:
            whole.append(whole[-1].replace(speech.topic, about["topic"]))
            continue
        if gapped := _without_verb(part, parts[0]) or _of_another(part, parts[0]):
            whole.append(gapped)
            continue
        joined = part if _PREPOSITION_FIRST.match(part) else f"and {part}"
        whole.append(standalone(joined, [Turn("user", whole[-1])], is_name=is_name) or part[0].upper() + part[1:])
    return whole


def _naming_both(part: str, first: str) -> str:
    """Put for "the two countries" those of the first part: of three, the last two, of which the one before speaks."""
    words = first.split()
    named = {country: " ".join(words[start:end]) for start, end, country in find_places([w.strip(",") for w in words])}
    if len(named) < len(_SIDES):
        return part
    one, other = (name.removesuffix("'s").removesuffix("’s").strip(",") for name in list(named.values())[-2:])
    return _BOTH.sub(f"{one} and {other}", part)


def _without_verb(part: str, first: str) -> str | None:
    """Complete "when in June" or "how to the agreement" by the words of the first part up to that preposition."""
    gap = _GAP.fullmatch(part)
    if gap is None:
        return None
    wh, preposition, rest = gap["wh"], gap["preposition"], gap["rest"]
    before, found, _ = first.partition(f" {preposition} ")
    if not found and (occasion := _OCCASION.search(first)):
        before, found = first[: occasion.start()], occasion[0]  # "... at the first meeting, and what after the second?"
    leading = _PREPOSITION_FIRST.match(before)
    if not found or not before[leading.end() if leading else 0 :].lower().startswith(wh.lower()):
        return None
    return f"{before} {preposition} {rest}?"


def _of_another(part: str, first: str) -> str | None:
    """Complete "in which the June summit" by the words of the first part around its subject."""
    other = _OTHER.fullmatch(part)
    preposition = _PREPOSITION_FIRST.match(first)
    asked = first[preposition.end() :] if preposition else first
    subject = QuestionParts(asked).subject
    if other is None or subject is None or not asked[subject.end :].strip(" ?"):
        return None
    return f"{preposition[0] if preposition else ''}{asked[: subject.start]}{other['other']}{asked[subject.end :]}?"


_OCCASION: Final = re.compile(
    r" (?:at|in|on|after|before|during|when)\b(?!.* (?:at|in|on|after|before|during|when)\b)[^?]*$", re.IGNORECASE
)
_OTHER: Final = re.compile(
    r"(?:and\s+)?(?:(?:in|on|at|by|for|from|to|with|of) )?(?:what|when|where|who|which|how|why)\s+"
    r"(?P<other>(?:the|a|an) [^,?]+?)\W*",
    re.IGNORECASE,
)
_SAID: Final = r"(?:sa(?:ys?|id)|told\b[^,?]*?)(?: (?P<about{0}>(?:about|on|of|regarding)\b[^,?]+?))?"
_COMPARED: Final = re.compile(
    rf"how (?:does|do|did) what (?P<who1>[^,?]+?) {_SAID.format(1)} (?:differ|compare) (?:from|with|to) "
    rf"what (?P<who2>[^,?]+?) {_SAID.format(2)}\W*",
    re.IGNORECASE,
)
_SIDES: Final = (("who1", "about1"), ("who2", "about2"))
_NAMED: Final = r"(?:the )?(?-i:[A-Z])[\w.'’ -]*?"
_OF_TWO: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # one of each: "who are the leaders of Chile and Peru"
        r"(?P<opening>who (?:are|were) the (?:[\w-]+ ){0,2}\w+(?:s|men|people) (?P<preposition>for|of|from|at|in)) "
        rf"(?P<first>{_NAMED}) and (?:(?P=preposition) )?(?P<second>{_NAMED})(?P<rest>)\W*",
        # "what did A and B each say about C"
        r"(?P<opening>(?:what|how|when|where|why|who|which \w+) (?:did|does|do|has|have|was|were)) "
        r"(?P<first>[^,?]+?) and (?P<second>[^,?]+?) each(?P<rest> [^?]+?)\W*",
        # "what did A say about B and about C"
        r"(?P<opening>what (?:did|does|do|has|have) [^,?]+? (?:say|said) (?P<preposition>about|on|regarding)) "
        r"(?P<first>[^,?]+?),? and (?P=preposition) (?P<second>[^,?]+?)(?P<rest>)\W*",
        # "which officials spoke for the Senate and for the Treasury"
        r"(?P<opening>(?:who|which|what) [^,?]+? (?P<preposition>for|of|from)) (?P<first>(?:the )?(?-i:[A-Z])[^,?]*?) "
        r"and (?P=preposition) (?P<second>(?:the )?(?-i:[A-Z])[\w.'’-]*(?: (?-i:[A-Z])[\w.'’-]*)*)"
        r"(?P<rest> [^,?]+?)?\W*",
        # "when did the vote and the signing take place"
        r"(?P<opening>(?:when|on (?:what|which) (?:dates|days)) (?:did|do|will|were|was)) (?P<first>the [^,?]+?) and "
        r"(?P<second>the [^,?]+?)(?P<rest> (?:take place|happen|occur|begin|start|end|held|signed))\W*",
    )
)
"""What is asked of two at once: each is asked by itself, with the words around them."""
_DAYS: Final = re.compile(
    r"(?P<opening>on (?:what|which) (?:dates|days) (?:did|do|will) "
    r"(?:the \w+|(?-i:[A-Z])[\w.'’-]*(?:(?: and)? (?-i:[A-Z])[\w.'’-]*)*)) (?P<verb>[a-z]+) (?P<first>[^,?]+?),? and "
    r"(?P<second>(?:the|an?|their|[a-z]+) [^,?]+?)\W*",
    re.IGNORECASE,
)
"""On what dates somebody did one thing and another."""
_BOTH: Final = re.compile(
    r"\b(?:the two|both(?: of the)?) (?:countries|nations|sides|states|governments)\b", re.IGNORECASE
)
_BARE: Final = re.compile(
    r"(?:and\s+)?(?:(?:in|on|at|by|for|from|to|with|of) )?(?:(?:what|which) \w+|what|when|where|why|how|who|whom)\W*",
    re.IGNORECASE,
)
_PREPOSITION_FIRST: Final = re.compile(r"(?:in|on|at|by|for|from|to|with|of)\s", re.IGNORECASE)
_GAP: Final = re.compile(
    r"(?:and\s+)?(?:(?:in|on|at|by|for|from|to|with|of)\s+)?(?P<wh>what|when|where|who|which|how|why)\s+(?:then\s+)?"
    r"(?P<preposition>in|on|at|to|for|from|with|about|against|of|after|before|during)\s+(?P<rest>[^?]+?)\W*",
    re.IGNORECASE,
)
