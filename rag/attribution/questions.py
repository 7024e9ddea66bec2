"""Understands questions about speech: "What did Blinken say about Cho?", "Who warned that ...?", "Cho's reaction"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.attribution import lexicon as lex
from rag.attribution.tokens import plain

Form = Literal["what", "whether", "who", "how", "why", "when"]
"""`whether` is a yes/no question ("Did X comment on Y?"); `who` asks for the speaker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechQuestion:
    """A question about what somebody said, in its parts, as written."""

    speaker: str | None
    """Whose words are asked for ("Blinken", "he", "South Korea's foreign ministry"); None when that is the question."""
    topic: str | None
    """What the words should be about; None for everything."""
    time: str | None
    """The part that says when ("since June", "on June 21", "last week")."""
    form: Form
    verb: str
    """Base form of the verb asked with ("say", "warn", "react"): "say" and the like ask for anything said."""

    @property
    def wants_any_speech(self) -> bool:
        """Say whether the verb is a general one, so that statements with every cue answer."""
        return self.verb in lex.GENERAL_VERBS

    @property
    def asks_who_states(self) -> bool:
        """Say whether it is "who said that ...?", rather than "who spoke with ...?" or "who signed ...?"."""
        return self.form == "who" and self.wants_any_speech and self.verb not in lex.NEED_CLAUSE


# Not "state" in "the state department", nor "report" in "the report says".
_COMPOUND = r"(?<!state)(?!\s+(?:department|secretary|media|television|tv|police|news|legislature|says?)\b)"


def _alternatives(forms: set[str]) -> str:
    """Match one of the forms in lower case: "What has the United States promised" asks with "promised"."""
    return "(?-i:(?:" + "|".join(sorted(forms, key=lambda form: (-len(form), form))) + r")\b" + _COMPOUND + ")"


_VERBS = {form: verb for verb in lex.ASKED_VERBS for form in (*lex.inflect(verb), verb)}
_BASE = _alternatives(set(lex.ASKED_VERBS))
_PARTICIPLE = _alternatives(
    {form for verb in lex.ASKED_VERBS for form in lex.inflect(verb)[1:] if not form.endswith("ing")}
)
_ONGOING = _alternatives({form for form in _VERBS if form.endswith("ing")})
_FINITE = _alternatives(set(_VERBS))
_CONFIRMED = r"(?:admitted|acknowledged|conceded|confirmed|denied|rejected|disputed)"
_NOUN = (
    r"(?P<noun>reactions?|responses?|statements?|positions?|stances?|views?|opinions?|comments?|remarks?|message|words|"
    r"answers?|repl(?:y|ies)|warnings?|claims?|accusations?|arguments?|explanations?|promises?|demands?|proposals?|"
    r"criticisms?|assessments?|take|threats?|predictions?|justifications?|description|quotes?|thoughts|concerns?|pledges?)"
)
_NOUN_VERB = {
    "reaction": "react", "response": "respond", "warning": "warn", "claim": "claim", "accusation": "accuse",
    "argument": "argue", "explanation": "explain", "promise": "promise", "demand": "demand", "proposal": "propose",
    "criticism": "criticize", "threat": "threaten", "prediction": "predict", "justification": "justify",
    "description": "describe", "pledge": "pledge",
}  # fmt: skip
_DO = r"(?:did|does|do|will|would|could|can|might|may|should)"
_HAVE = r"(?:has|have|had)"
_BE = r"(?:is|was|were|are)"
_ADVERB = (
    r"(?:ever|also|recently|publicly|actually|previously|later|then|first|last|just|already|really|exactly|since|"
    r"so far|officially|specifically|reportedly|repeatedly|now|all|both)"
)
_WHO = r"(?P<speaker>\S.*?)"
_REST = r"(?P<rest>\b.*)?"
_START = r"^(?:(?:so|and|but|well|ok|okay|please|then|also)[,\s]+)*(?:(?:can|could|would) you\s+)?"
_ASK = (
    r"(?:(?:please\s+)?(?:tell me|show me|give me|summari[sz]e|list|find|explain|describe|i want to know|do you know|"
    r"remind me)\s+(?:of\s+|about\s+)?(?:all\s+)?)?"
)
_ABOUT = r"(?=\s+(?:to|on|about|regarding|concerning|toward|towards|against|that|for|over)\b|\s*[?.!]*$)"


def _asked_verb(what: str) -> str:
    """The three ways of asking with a verb: did X say, has X said, is X saying."""
    adverbs = rf"(?:\s+{_ADVERB})*\s+"
    return (
        rf"{what} (?:(?:{_DO} (?P<s1>\S.*?){adverbs}(?P<v1>{_BASE}))|"
        rf"(?:{_HAVE} (?P<s2>\S.*?){adverbs}(?P<v2>{_PARTICIPLE}))|"
        rf"(?:(?:{_BE}|{_HAVE}) (?P<s3>\S.*?){adverbs}(?:been\s+)?(?P<v3>{_ONGOING})))" + _REST
    )


_CLAUSE = r"(?=(?:what|who|when|where|why|how|which|is|are|was|were|did|does|do|has|have|will)\b)"
_FORMS: tuple[tuple[Form, str], ...] = (
    ("what", rf"(?P<according>according to) {_WHO}\s*,?\s+{_CLAUSE}(?P<rest>.*)"),
    ("what", rf"(?P<according>according to) {_WHO}\s*(?:,\s*|\s+{_CLAUSE})(?P<rest>.*)"),
    (
        "what",
        rf"(?P<rest>(?:(?:by|for|from|in|of|on|to|under|with) )?"
        rf"(?:what|who|when|where|why|how|which|{_DO}|{_BE}|{_HAVE})\b.*?),? "
        rf"(?P<according>according to) {_WHO}",
    ),
    ("what", rf"{_ASK}what(?: else| all| exactly| more)? {_DO} {_WHO}(?:\s+{_ADVERB})*\s+have to say\b{_REST}"),
    ("what", rf"{_ASK}(?:what|which) {_NOUN} (?:came|comes?) from {_WHO}"),
    (
        "what",
        rf"{_ASK}(?:what|which|whose) (?:kinds? of |sort of )?{_NOUN} (?:{_DO}|{_HAVE}) {_WHO}\s+"
        rf"(?:make|made|give|given|issue|issued|express|expressed|offer|offered|have|raise|raised)\b{_REST}",
    ),
    ("who", rf"{_ASK}who (?:{_BE} )?(?:quoted|cited|reported)(?: as)? (?P<v1>{_ONGOING}){_REST}"),
    ("who", rf"(?:{_DO}|{_HAVE}) (?:any|some)(?:one|body)(?: else)?(?:\s+{_ADVERB})*\s+(?P<v1>{_FINITE}){_REST}"),
    ("what", _ASK + _asked_verb(r"(?:what|which|whom?)(?: else| all| exactly| more| (?P<kind>\w+s?))?")),
    ("how", _ASK + _asked_verb("how")),
    ("why", _ASK + _asked_verb("why")),
    ("when", _ASK + _asked_verb("when")),
    (
        "who",
        rf"{_ASK}(?:who|which (?:\w+\s+){{1,3}}?)\s*(?:else )?(?:has |have |had )?(?:{_ADVERB}\s+)*"
        rf"(?P<v1>{_FINITE})(?!\s+by\b){_REST}",
    ),
    ("whether", _asked_verb("").lstrip()),
    ("whether", rf"{_BE} it (?:true|correct|right|a fact) that {_WHO}(?:\s+{_ADVERB})*\s+(?P<v1>{_CONFIRMED}){_REST}"),
    (
        "whether",
        rf"(?:{_DO}|{_HAVE}) {_WHO}(?:\s+{_ADVERB})*\s+(?:make|made|give|given|issue|issued)\s+(?:a|an|any)?\s*"
        rf"{_NOUN}\b{_REST}",
    ),
    ("whether", rf"{_BE} there (?:a |an |any )?{_NOUN} (?:of|by|from) {_WHO}{_ABOUT}{_REST}"),
    ("what", rf"{_ASK}(?:what|how)(?: {_BE}|'s|s) (?:the )?{_NOUN} (?:of|by|from) {_WHO}{_ABOUT}{_REST}"),
    ("what", rf"{_ASK}what(?: {_BE}|'s|s) {_WHO}(?:'s|s')\s+(?:\w+\s+)?{_NOUN}\b{_REST}"),
    (
        "what",
        rf"{_ASK}(?:everything|anything|all|what(?:ever)?) (?:that )?{_WHO}(?:\s+(?:has|have|had|{_ADVERB}))*\s+"
        rf"(?P<v1>{_FINITE}){_REST}",
    ),
    ("what", rf"{_ASK}{_WHO}(?:'s|s')\s+(?:\w+\s+)?{_NOUN}\b{_REST}"),
    ("what", rf"{_ASK}(?:the |any )?{_NOUN} (?:of|by|from|made by) {_WHO}{_ABOUT}{_REST}"),
)
_PATTERNS = tuple((form, re.compile(_START + pattern + r"\s*[?.!]*$", re.IGNORECASE)) for form, pattern in _FORMS)

_LINK = re.compile(
    r"^(?:\s*(?:anything|something|things?|a word|to the press|reporters|to reporters|in public|"
    r"in (?:his|her|their|its) (?:speech|statement|remarks|interview))\b)*\s*"
    r"(?:(?:that|about|on|of|to|regarding|concerning|with regard to|as to|in response to|in reaction to|"
    r"when asked about|for|over|against|towards?|would|will)\b)?\s*",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"^(?:the |a |an |his |her |their )?(?:[\w’'-]+ ){1,3}?(?=(?:about|of|that|on|regarding)\b)", re.IGNORECASE
)
"""Who was told: "parliament" in "tell parliament about the ferry"."""
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|"
    r"aug|sept|sep|oct|nov|dec)\.?"
)
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:(?:early|late|mid|the end of|the beginning of)[\s-]+)?(?:{_DAY},?\s*)?(?:the\s+)?"
    rf"(?:{_MONTH}\s+{_NTH}(?:,?\s+\d{{4}})?|{_NTH}(?:\s+of)?\s+{_MONTH}(?:,?\s+\d{{4}})?|"
    rf"{_MONTH}(?:,?\s+(?:of\s+)?\d{{4}})?|\d{{4}}-\d{{2}}(?:-\d{{2}})?|(?:19|20)\d{{2}}|{_DAY})"
)
_RELATIVE = (
    rf"(?:(?:in\s+|over\s+|during\s+|since\s+)?(?:the\s+)?(?:last|this|past|previous)\s+(?:few\s+|two\s+|three\s+|\d+\s+)?"
    rf"(?:days?|weeks?|months?|years?|summer|winter|spring|autumn|fall|quarter|{_DAY}|{_MONTH})|yesterday|today|tonight|"
    r"(?:a|two|three|\d+)\s+(?:days?|weeks?|months?|years?)\s+ago|recently|lately|so far|most recently)"
)
_TIME = re.compile(
    rf"[\s,]*\b(?P<time>(?:(?:since|on|in|during|before|after|until|till|by|as of|from|between|through)\s+)?{_DATE}"
    rf"(?:\s+(?:and|to|until)\s+{_DATE})?|(?:since\s+)?{_RELATIVE})(?=\s*(?:[?.!,]*$))",
    re.IGNORECASE,
)
_LEADING_TIME = re.compile(
    rf"^\s*(?P<time>(?:(?:since|on|in|during|before|after|until|by|as of)\s+)?{_DATE}|{_RELATIVE})\s*,\s*",
    re.IGNORECASE,
)
_NO_SPEAKER = frozenset(
    "it there you we i this that these those someone somebody anyone anybody everyone people one article articles text "
    "story news document documents passage source sources who what which no any".split()
)
_SPOKEN_TO = re.compile(
    r"^whom? (?:did|does|has|have|had|was|is) .+ (?:speak|spoken|speaking|talk|talked|talking) (?:to|with)\b",
    re.IGNORECASE,
)
"""Who was spoken to is no question about what was said."""
_ANY_KIND = frozenset("thing things point points words exactly precisely else".split())
_SPEAKER_ADVERBS = re.compile(rf"\s+{_ADVERB}$", re.IGNORECASE)
_OWN_WORDS = re.compile(
    r"(?:'s|s')\s+(?:\w+\s+)?(?:explanation|statement|remarks?|account|words|comments?|speech|interview|announcement)"
    r"(?:\s+(?:on|in|to|at|with|during)\b.*)?$",
    re.IGNORECASE,
)
"""What makes "Cho" of "according to Cho's explanation"."""
_MAX_CHARS = 600  # the patterns backtrack; nobody asks for somebody's words at greater length
_INNER_TIME = re.compile(rf"[\s,]*\b(?:since|on|in|during|before|after)\s+{_DATE}$", re.IGNORECASE)


_ASIDE = re.compile(
    r"^(?P<asked>(?:what|who|when|where|why|how|which)(?: \w+){0,4}?),? according to (?P<who>[^,]+?), (?P<rest>.+)$",
    re.IGNORECASE,
)
"""What, according to X, holds Y back?"""
_VIEW = re.compile(r"\bin the (?:eyes|view|opinion|words) of\b", re.IGNORECASE)


def parse_speech_question(question: str) -> SpeechQuestion | None:
    """Take apart a question about speech; None for every other question.

    "What has Putin said about Ukraine since June?" gives speaker "Putin", topic "Ukraine", time "since June", form
    "what", verb "say". The parts are as written; nothing is looked up.
    """
    if len(question) > _MAX_CHARS:
        return None
    text = " ".join(plain(question).split())
    if text.isupper():
        text = text.lower()
    text = _VIEW.sub("according to", text)
    text = _ASIDE.sub(r"according to \g<who>, \g<asked> \g<rest>", text)
    time: str | None = None
    leading = _LEADING_TIME.match(text)
    if leading is not None:
        time, text = leading["time"], text[leading.end() :]
    trailing = _TIME.search(text)
    if trailing is not None and trailing.start() > 0:
        time = time or trailing["time"]
        shortened = text[: trailing.start()] + text[trailing.end() :]
        parsed = _match(shortened, time)
        if parsed is not None:
            return parsed
        time = leading["time"] if leading else None
    return _match(text, time)


def _match(text: str, time: str | None) -> SpeechQuestion | None:
    if _SPOKEN_TO.match(text):
        return None
    for form, pattern in _PATTERNS:
        match = pattern.match(text)
        if match is None:
            continue
        parts = match.groupdict()
        phrase = parts.get("speaker") or parts.get("s1") or parts.get("s2") or parts.get("s3")
        speaker = None if form == "who" else _speaker(phrase)
        if form != "who" and speaker is None:
            continue
        verb = _verb(parts)
        topic = parts.get("rest") if parts.get("according") else _topic(parts.get("rest"), verb)
        topic = (topic or "").strip(" ,?.!") or None
        if parts.get("kind") and verb not in lex.GENERAL_VERBS and parts["kind"].lower() not in _ANY_KIND:
            topic = f"{parts['kind']} {topic or ''}".strip()  # "what measures did Oslo announce?"
        if form == "who" and topic is None:
            continue
        if speaker is not None and (inner := _INNER_TIME.search(speaker)) is not None:
            time = time or inner.group().strip(" ,")
            speaker = speaker[: inner.start()]
        return SpeechQuestion(speaker=speaker, topic=topic, time=time, form=form, verb=verb)
    return None


def _verb(parts: dict[str, str | None]) -> str:
    if parts.get("according"):
        return "according"
    noun = (parts.get("noun") or "").lower()
    if noun:
        noun = "reply" if noun.startswith("repl") else "say" if noun == "words" else noun.rstrip("s")
        return _NOUN_VERB.get(noun, noun if noun in lex.GENERAL_VERBS else "say")
    verb = (parts.get("v1") or parts.get("v2") or parts.get("v3") or "say").lower()
    return _VERBS.get(verb, verb)


def _speaker(phrase: str | None) -> str | None:
    if phrase is None:
        return None
    speaker = _SPEAKER_ADVERBS.sub("", phrase.strip(" ,"))
    speaker = re.sub(r"^(?:the (?:same|latest) )", "", speaker)
    speaker = _OWN_WORDS.sub("", speaker)
    if not speaker or re.sub(r"^the ", "", speaker.lower()) in _NO_SPEAKER or len(speaker.split()) > 12:
        return None
    if speaker.split()[0].lower() in lex.AUXILIARIES - {"may", "will"}:
        return None
    if re.match(r"(?:what|who|when|where|why|how|which|if|whether)\b", speaker, re.IGNORECASE):
        return None
    # A verb inside the phrase means that another clause was swallowed: "the deal that Putin signed".
    words = [word.lower() for word in speaker.split()]
    if words[-1] == "to":
        return None  # "the president wish to" discuss: what was meant to be said
    if any(word in lex.AUXILIARIES and word not in ("'s", "may", "will") for word in words[1:]):
        return None
    return speaker


def _topic(rest: str | None, verb: str) -> str | None:
    if not rest:
        return None
    text = rest.strip(" ,?.!")
    if verb == "tell":
        text = _TOLD.sub("", text)
    if verb not in ("accuse", "blame", "call"):
        text = _LINK.sub("", text, count=1)
    return re.sub(r"\s+(?:of|on|about|for|to|with|as)$", "", text.strip(' ,?.!"“”')) or None
