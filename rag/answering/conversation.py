"""Follow-up questions, rewritten by rule so that they stand alone: "and Lavrov?" -> "What did Lavrov say?".

English only; what no rule understands is left as it is. The conversation is replayed from its beginning, so a
follow-up to a follow-up finds the same subject that the reader has in mind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.question_parts import ADVERBIAL, IsName, Name, QuestionParts, is_verb, names_in, time_in
from rag.attribution import lexicon as lex
from rag.schema import Span, Turn
from rag.text.folding import fold
from rag.text.places import place_aliases

MOST_TURNS = 40  # a longer conversation is replayed from its last turns; the subject is never that far back
_MOST_CHARS = 2000  # a longer question or answer is no follow-up, and nothing below needs more of it
_MOST_STATEMENT_WORDS = 30
_MOST_WORDS_AFTER_PRONOUN = (
    8  # "He said what?", but not "It took eight days, but the House is decided. Which party won?"
)

_MARKERS = re.compile(r"\s*(?:\[\d+\]\s*)+")
_CONNECTOR = re.compile(r"^\s*(?:(?:and|but|so|also|then|ok|okay|well|now|or)\b[\s,]*)+", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^\s*(?:what|how)\s+about\s+", re.IGNORECASE)
_COURTESY = re.compile(r"^(?:thanks|thank you|thx|hello|hi|hey|bye|goodbye|great|nice|cool|no|nope|stop)\b[\s\w]*$")
_AGAIN = re.compile(
    r"^(?:yes|yeah|yep|sure|right|correct|exactly|of course|please(?: do)?|do it|go ahead|really|are you sure"
    r"|is that true|is that so|ok(?:ay)?|did (?:he|she|they|it)|say (?:that )?again|repeat(?: that)?)(?: please)?$"
)
_MORE = re.compile(
    r"^(?:(?:tell me )?more(?: about (?:that|it|this))?|go on|continue|keep going"
    r"|(?:what|anything|something) (?:else|more)|more details?|elaborate|can you elaborate"
    r"|and then|what then|next)(?: please)?$"
)
_WHO_ELSE = re.compile(r"^who(?:m)? else(?P<rest>.*)$")
_ASKS = re.compile(
    r"^(?P<wh>since when|how long|how often|how many|how much|when|where|why|how)"
    r"(?:\s+(?:so|exactly|come|not))?"
    r"(?:\s+(?:is|was|were|did|does|has)\s+(?:that|this|it)"
    r"(?:\s+(?:happen(?:ed)?|said|so|be|been|take place|occur|the case))?)?$"
)
_WHO_SAID = re.compile(r"^who\s+(?P<verb>said|says|claimed|claims|reported|told|stated|wrote)\s+(?:that|this|it|so)$")
_OFFER = re.compile(r"did you mean\s+[\"'“‘]?(?P<name>[^?\"'”’]{2,80})", re.IGNORECASE)
_STARTS_CLAUSE = re.compile(
    rf"^(?:what|when|where|why|how|which|who|whom|whose|{'|'.join(sorted(w for w in lex.AUXILIARIES if w.isalpha()))}"
    r"|tell|list|show|give|summari[sz]e|describe|explain|name|find|compare|please|according|i|we|you)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"^(?P<preposition>in|at|from|to|with|by|for|against|near|under|after|before|during)\s+", re.I
)
_SPEECH_TOPIC = re.compile(r"^(?:about|on|regarding|concerning)\s+(?P<topic>.+)$", re.IGNORECASE)
_PERSONAL = re.compile(r"\b(?P<word>he|she|him|his|hers?|himself|herself)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?P<word>they|them|theirs?|themselves)\b", re.IGNORECASE)
_ITS = re.compile(r"\b(?P<word>its|it)\b", re.IGNORECASE)
_ANAPHORIC = re.compile(r"\b(?P<word>that|this|those|these)(?=\s*[?.!]*$)", re.IGNORECASE)
_GOES = (
    "go|goes|going|went|come|coming|came|travel(?:s|ed|led|ing|ling)?|return(?:s|ed|ing)?|sen[dt]|sending|get|got|fly|flew"
    "|flying|brought|bring|move[sd]?|moving"
)
_THERE = re.compile(
    rf"\b(?:(?P<before>from|near|around) |(?P<goes>{_GOES}) )?there"
    r"(?=(?: (?:him|her|it)self| themselves| too| as well| alone| together| again| first| afterwards)?\s*[?.!,]*$"
    r"|\s+(?:in|on|at|by|from|with|for|during|before|after|when|and)\b)",
    re.IGNORECASE,
)
"""The place asked about before; in "was there a vote" it is none."""
_DUMMY_IT = re.compile(
    r"\bit(?:['’]s|\s+(?:is|was))?\s+(?:true|possible|likely|clear|known|legal|illegal|safe|necessary|important|take|cost|"
    r"rain|snow|mean\s+that|seem|appear)\b|\b(?:is|was)\s+it\s+(?:true|possible|likely|clear|known|that)\b",
    re.IGNORECASE,
)
_LEADING_ADVERBIAL = re.compile(
    r"^(?:(?:in|on|at|by|since|last|this|earlier|later|meanwhile|also)\b[^,]{0,40}, )+", re.I
)
_CLOSING = re.compile(r"\s*[?.!]*$")
_ABOUT_BEFORE = re.compile(r"\b(?:about|on|of|regarding)\s+$", re.IGNORECASE)
_BEFORE_ANAPHOR = re.compile(r"\b(?:about|on|of|to|with|for|after|before|regarding|by)\s+$", re.IGNORECASE)
_FUNCTION_WORDS = (
    lex.AUXILIARIES
    | lex.PREPOSITIONS
    | lex.ADVERBS
    | lex.NEGATIONS
    | lex.CONJUNCTIONS
    | lex.SUBJECT_PRONOUNS
    | lex.OBJECT_PRONOUNS
    | frozenset(
        "what when where why how which who whom whose else exactly many much long often his her their its".split()
    )
)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A question that stands alone, with what it was answered; None where no answer is known or it was refused."""

    question: QuestionParts
    answer: str | None


def standalone(question: str, history: Sequence[Turn], *, is_name: IsName | None = None) -> str | None:
    """Rewrite a follow-up question so that it needs no conversation.

    Args:
        question: as typed.
        history: earlier turns, oldest first.
        is_name: says whether a folded word belongs to a name of the index, for questions typed in lower case.

    Returns:
        The rewritten question, or None where it stands alone as it is or nothing earlier explains it.
    """
    thread: list[_Exchange] = []
    pending: QuestionParts | None = None
    for turn in history[-MOST_TURNS:]:
        if turn.role == "user":
            if pending is not None:
                thread.append(_Exchange(pending, None))
            text = turn.content[:_MOST_CHARS].strip()
            pending = QuestionParts(_rewritten(text, thread, is_name) or text, is_name) if text else None
        elif pending is not None:
            thread.append(_Exchange(pending, turn.content[:_MOST_CHARS]))
            pending = None
    if pending is not None:
        thread.append(_Exchange(pending, None))
    if len(question) > _MOST_CHARS:
        return None
    found = _rewritten(question.strip(), thread, is_name)
    return _sentence(found) if found and found != question.strip() else None


def _rewritten(question: str, thread: list[_Exchange], is_name: IsName | None) -> str | None:
    if not thread or not question:
        return None
    last = thread[-1]
    bare = " ".join(question.lower().replace("’", "'").strip(" ?.!,;:…").split())
    without = _CONNECTOR.sub("", bare) or bare
    if _COURTESY.match(bare):
        return None
    if _AGAIN.match(bare) or _AGAIN.match(without):
        return _offered(last) or last.question.text
    if _MORE.match(bare) or _MORE.match(without):
        return _more(last.question)
    if found := _WHO_ELSE.match(without):
        return _who_else(found["rest"], last.question)
    if found := _ASKS.match(without):
        return _asked_of_answer(found["wh"], last)
    if _WHO_SAID.match(without) and (said := _first_statement(last.answer)):
        return f"Who said that {said}?"
    body = _CONNECTOR.sub("", question).strip()
    connected = body != question
    offered = _WHAT_ABOUT.match(body)
    if offered and (found := _CONNECTOR.match(body[offered.end() :])) is None:
        rest = body[offered.end() :]
        if not re.search(r"\b(?:what|when|who|where|why|how)\b", rest, re.IGNORECASE) and len(rest.split()) <= 12:
            return _substituted(rest.strip(" ?.!,"), thread, is_name, opens=False)
    if not _STARTS_CLAUSE.match(body) and (connected or _is_bare_name(body)) and len(body.split()) <= 10:
        return _substituted(body.strip(" ?.!,"), thread, is_name, opens=not connected)
    resolved = _resolved(body, thread, is_name)
    if resolved != body or (connected and _STARTS_CLAUSE.match(body)):
        return _sentence(resolved)
    return None


# --- answers to "yes", "more", "why?" ---------------------------------------------------------------------------


def _offered(last: _Exchange) -> str | None:
    """Return the last question about the name that its refusal offered instead."""
    offer = _OFFER.search(last.answer or "")
    if offer is None:
        return None
    return _with_subject(last.question, re.split(r"\s+or\s+|,", offer["name"])[0].strip())


def _more(question: QuestionParts) -> str:
    opening = question.opening
    if opening is not None and opening["wh"] and opening["wh"].lower() in ("what", "who") and not opening["middle"]:
        end = opening.end("wh")
        return question.text[:end] + " else" + question.text[end:]
    return question.text


def _who_else(rest: str, question: QuestionParts) -> str:
    if rest.strip():
        return _sentence(f"who else{rest}")
    if question.wh in ("who", "whom"):
        return re.sub(r"^(\s*whom?)\b(?!\s+else)", r"\1 else", question.text, flags=re.IGNORECASE)
    if question.subject is not None and question.asks_for_speech and question.about is not None:
        return f"Who else commented on {question.about['topic']}?"
    return question.text


def _asked_of_answer(wh: str, last: _Exchange) -> str:
    """Ask "why?" of what was answered, or of what was asked where the question says more than the answer."""
    question = last.question
    opening = question.opening
    if opening is not None:
        rest = question.text[opening.start("aux") :]
        adverbial = (opening["wh"] or "").lower() in ADVERBIAL and not (opening["middle"] or "").strip()
        if opening["wh"] is None or adverbial:
            return _sentence(f"{wh} {rest[0].lower()}{rest[1:]}")
    if said := _first_statement(last.answer):
        return f"{wh.capitalize()} was it that {said}?"
    if question.wh in ("who", "what") and opening is None:  # "Who signed it?", refused, then "why?"
        clause = re.sub(r"^\s*who\b", "someone", question.text, flags=re.IGNORECASE)
        clause = re.sub(r"^\s*what\b", "something", clause, flags=re.IGNORECASE)
        return _sentence(f"{wh} was it that {clause}")
    if opening is not None:
        rest = re.sub(r"\b(?:say|think|tell)\b", "speak", question.text[opening.start("aux") :])
        return _sentence(f"{wh} {rest}")
    return question.text


def _first_statement(answer: str | None) -> str | None:
    """Return the first cited sentence of an answer as a clause; None where the answer cites nothing."""
    found = _MARKERS.search(answer or "")
    if answer is None or found is None:
        return None
    text = answer[: found.start()].strip()
    text = re.sub(r"[\"“”«»\[\]]", "", text).rstrip(" .,;:!?")
    text = _LEADING_ADVERBIAL.sub("", text)
    words = text.split()
    if not words:
        return None
    names = names_in(text)
    begins_with_name = any(name.span.start == 0 for name in names) or words[0].isupper()
    if not begins_with_name and words[0].lower() in lex.DETERMINERS | lex.PREPOSITIONS | lex.SUBJECT_PRONOUNS:
        words[0] = words[0].lower()
    return " ".join(words[:_MOST_STATEMENT_WORDS])


# --- "and Lavrov?" ----------------------------------------------------------------------------------------------


def _is_bare_name(body: str) -> bool:
    words = body.strip(" ?.!").split()
    if not words or len(words) > 5 or not body.rstrip().endswith("?"):
        return False
    return all(word[0].isupper() or word.lower() in ("the", "of", "de", "van", "von", "al", "bin") for word in words)


def _substituted(new: str, thread: list[_Exchange], is_name: IsName | None, *, opens: bool) -> str | None:
    """Ask the last question of something else: another person, topic, place or time.

    Args:
        new: what it is to be asked of.
        thread: the conversation; not empty.
        is_name: as in `standalone`.
        opens: whether `new` begins the message, so that its capital means nothing.
    """
    last = thread[-1]
    if not new:
        return None
    new = _resolved(new, thread, is_name)
    question = last.question
    if (when := time_in(new)) is not None and len(when) >= len(new) - 1:
        return _with_time(question, new)
    if found := _SPEECH_TOPIC.match(new):
        return _with_topic(question, found["topic"])
    if found := _PREPOSITION.match(new):
        return _with_phrase(question, found["preposition"], new)
    if _looks_like_name(new, last, is_name, opens=opens):
        return _with_subject(question, _as_written(new, last))
    if question.asks_for_speech and question.subject is not None:
        return _with_topic(question, new)
    subject = question.subject
    if subject is not None and question.subject_name is None and new.split()[0].lower() in lex.DETERMINERS:
        return _replaced(question.text, subject, new)
    return f"What do the articles say about {new}?"


def _looks_like_name(new: str, last: _Exchange, is_name: IsName | None, *, opens: bool) -> bool:
    words = new.split()
    core = words[1:] if words[0].lower() in ("the", "mr", "mr.", "mrs", "ms") else words
    if not core:
        return False
    known = names_in(f"and {new}", is_name)
    answer = last.answer or ""
    if core[0][0].isupper():
        if len(core) > 1 or (known and known[0].kind in ("person", "place")):
            return True
        if re.search(rf"\b{re.escape(core[0].lower())}\b", f"{answer} {last.question.text}"):
            return False  # "Sanctions?": capital only because it begins the message
        return not opens or not new.endswith("s") or (is_name is not None and is_name(fold(core[0])))
    if known and known[0].span.end >= len("and ") + len(new):
        return True
    if _as_written(new, last) != new:
        return True
    typed = last.question.subject_text
    return bool(
        typed
        and typed == typed.lower()
        and len(words) <= 2
        and words[0].lower() not in lex.DETERMINERS
        and not words[-1].endswith("s")
    )


def _as_written(new: str, last: _Exchange) -> str:
    """Return a name typed in lower case as the last answer has it."""
    if new != new.lower():
        return new
    for found in re.finditer(rf"\b{re.escape(new)}\b", last.answer or "", re.IGNORECASE):
        starts_sentence = (last.answer or "")[: found.start()].rstrip()[-1:] in ("", ".", "!", "?", "]", ":")
        if found.group()[0].isupper() and (not starts_sentence or len(found.group().split()) > 1):
            return found.group()
    return new


def _with_subject(question: QuestionParts, name: str) -> str:
    span = question.subject
    if span is None and question.names:
        span = question.names[0].span
        before = re.search(r"\bthe\s+$", question.text[: span.start], re.IGNORECASE)
        span = Span(before.start() if before else span.start, span.end)
    if span is None:
        return f"What do the articles say about {name}?"
    return _replaced(question.text, span, name)


def _with_topic(question: QuestionParts, topic: str) -> str:
    about = question.about
    if about is not None:
        return _replaced(question.text, Span(*about.span("topic")), topic)
    if question.asks_for_speech:
        return f"{question.text.rstrip(' ?.!')} about {topic}?"
    return f"What do the articles say about {topic}?"


def _with_time(question: QuestionParts, when: str) -> str:
    if question.time is not None:
        return _replaced(question.text, question.time, when)
    return f"{question.text.rstrip(' ?.!')} {when}?"


def _with_phrase(question: QuestionParts, preposition: str, phrase: str) -> str:
    old = re.search(rf"\b{preposition}\s+(?:the\s+)?(?P<name>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*)*)", question.text)
    if old is not None:
        following = re.match(r"\s+([a-z]+)", question.text[old.end() :])
        if following and following[1] not in lex.PREPOSITIONS | lex.AUXILIARIES | lex.CONJUNCTIONS:
            bare = phrase[len(preposition) :].strip()  # "in the Morocco earthquake" keeps its earthquake
            return _replaced(question.text, Span(*old.span("name")), bare)
        return _replaced(question.text, Span(*old.span()), phrase)
    return f"{question.text.rstrip(' ?.!')} {phrase}?"


def _replaced(text: str, span: Span, new: str) -> str:
    return _sentence(text[: span.start] + new + text[span.end :])


# --- pronouns ---------------------------------------------------------------------------------------------------


def _resolved(text: str, thread: list[_Exchange], is_name: IsName | None) -> str:
    """Put names for the pronouns that nothing within the text explains.

    Any noun before a pronoun may be what it stands for ("Which company said it will close?"), so only pronouns that
    follow nothing but question words, auxiliaries, verbs and other pronouns are resolved, and a closing "about it".
    """
    replacements: list[tuple[Span, str]] = []
    for pattern, find in ((_PERSONAL, _person), (_PLURAL, _group), (_ITS, _thing)):
        if pattern is _ITS and _DUMMY_IT.search(text):
            continue
        for found in pattern.finditer(text):
            word, after = found["word"].lower(), text[found.end() :]
            about_it = word == "it" and _CLOSING.match(after) and _ABOUT_BEFORE.search(text[: found.start()])
            opening = _opens_with_function_words(text[: found.start()], len(text.split()))
            asked = _speaking_subject(thread, after) if opening and word == "it" else None
            if (about_it or opening) and (name := asked or find(thread, word)):
                replacements.append((Span(*found.span()), _inflected(name, word, after)))
    if (there := _THERE.search(text)) and (place := _place(thread)):
        before = there["before"] or (f"{there['goes']} to" if there["goes"] else "in")
        replacements.append((Span(*there.span()), f"{before} {place}"))
    closing = _ANAPHORIC.search(text)
    if closing and _BEFORE_ANAPHOR.search(text[: closing.start()]) and (thing := _thing(thread, "that")):
        replacements.append((Span(*closing.span()), thing))
    for span, new in sorted(replacements, reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


def _opens_with_function_words(before: str, length: int) -> bool:
    """Say whether the words before a pronoun hold no noun; a long text of `length` words may explain it later."""
    words = [word.strip("?.!,;:'’").lower() for word in before.split()]
    if not words:
        return length <= _MOST_WORDS_AFTER_PRONOUN
    if not _STARTS_CLAUSE.match(before):
        return False
    return all(
        word in _FUNCTION_WORDS or word in lex.SAY_FORMS or word in lex.THINK_FORMS or is_verb(word) for word in words
    )


def _inflected(name: str, pronoun: str, after: str) -> str:
    follows = re.match(r"\s+[\w“\"']", after)
    possessive = pronoun in ("his", "their", "its", "hers", "theirs") or (
        pronoun == "her" and follows and not _ends_here(after)
    )
    if not possessive:
        return name
    return name + ("’" if name.endswith("s") and not name.endswith("ss") else "’s")


def _ends_here(after: str) -> bool:
    """Say whether "her" is an object: a preposition, a verb of time or nothing follows."""
    word = re.match(r"\s+([\w'’]+)", after)
    return word is None or word[1].lower() in lex.PREPOSITIONS | lex.SUBORDINATORS | lex.CONJUNCTIONS | lex.ADVERBS


def _person(thread: list[_Exchange], pronoun: str) -> str | None:
    gender = "f" if pronoun.startswith(("she", "her")) else "m"
    for exchange in reversed(thread):
        for name in _people(exchange):
            given = name.text.split()[0].lower() if " " in name.text else ""  # alone it is a family name: "Kim"
            if lex.GIVEN_NAMES.get(given, gender) in (gender, None):
                return name.text
    return None


def _people(exchange: _Exchange) -> list[Name]:
    """Return who "he" or "she" may be after an exchange, likeliest first."""
    question = exchange.question
    subject = question.subject_name
    asked = _asked_person(question)
    others = [
        name
        for name in question.names
        if name is not subject
        and name.may_be_person
        and not re.search(r"\b(?:in|at|near|from|to)\s+(?:the\s+)?$", question.text[: name.span.start], re.IGNORECASE)
    ]
    answered = _answering_people(exchange.answer)
    if question.wh in ("who", "whom") and answered:
        return answered + asked + others
    return asked + others + answered


def _asked_person(question: QuestionParts) -> list[Name]:
    """Return the subject of a question where it may be a person; typed in lower case, only what it asks tells."""
    span, name = question.subject, question.subject_name
    if span is None:
        return []
    text = span.of(question.text)
    if name is not None:
        return [Name(span, text, name.kind)] if name.may_be_person else []
    typed_lower = question.asks_for_speech and len(text.split()) <= 3 and text.split()[0].lower() not in lex.DETERMINERS
    return [Name(span, text, "unknown")] if typed_lower and not place_aliases(text) else []


def _answering_people(answer: str | None) -> list[Name]:
    if answer is None or not _MARKERS.search(answer):
        return []
    names = [name for name in names_in(_MARKERS.sub(" ", answer)) if name.may_be_person]
    return [name for name in names if name.kind == "person"] + [name for name in names if name.kind != "person"]


def _group(thread: list[_Exchange], pronoun: str) -> str | None:
    """Return whom "they" means: two names joined by "and", the subject, or any name of the newest exchange."""
    for exchange in reversed(thread):
        question = exchange.question
        for first, second in zip(question.names, question.names[1:], strict=False):
            if question.text[first.span.end : second.span.start].strip() in ("and", "&"):
                return question.text[first.span.start : second.span.end]
        if question.subject is not None:
            return question.subject_text
        if question.names:
            name = question.names[-1]
            return question.text[name.span.start : name.span.end]
    return None


def _speaking_subject(thread: list[_Exchange], after: str) -> str | None:
    """Return the country or body just asked about, if "it" goes on to say something: "what did it announce?"."""
    verb = after.split(maxsplit=1)[0].lower().rstrip("?.,") if after.split() else ""
    if not thread or verb not in lex.SAY_FORMS:
        return None
    name = thread[-1].question.subject_name
    return thread[-1].question.subject_text if name is not None and not name.may_be_person else None


def _place(thread: list[_Exchange]) -> str | None:
    """Return the place that was asked about last."""
    for exchange in reversed(thread):
        for name in reversed(exchange.question.names):
            if name.kind == "place":
                return name.text
    return None


def _thing(thread: list[_Exchange], pronoun: str) -> str | None:
    for exchange in reversed(thread):
        if thing := exchange.question.thing:
            return thing
    return None


def _sentence(text: str) -> str:
    """Begin with a capital and end with one question mark."""
    text = text.strip()
    ending = "" if text.endswith((".", "!", "?")) else "?"
    return text[:1].upper() + text[1:] + ending
