"""Decides who a subject is: the bearer of a name, of a description ("the foreign minister"), or of a pronoun.

A pronoun that cannot be resolved with some confidence gives nobody, and its statement is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.attribution import lexicon as lex
from rag.attribution.clauses import Clauses
from rag.attribution.document import Document, Found, Reading
from rag.attribution.entities import Entity, Speaker
from rag.attribution.phrases import Subject

_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_INDEFINITE = frozenset({"a", "an", "one", "another"})
_PHRASE_BORDERS = frozenset({",", ";", ":", "—", "–", '"', "”", "“", ".", "but", "and"})
_LONGEST_PHRASE = 10  # tokens of "a teacher on the bus"
_SENTENCES_BACK = 3  # farther antecedents are guesses


def speakers_of(document: Document, reading: Reading, clauses: Clauses, subject: Subject) -> list[Speaker]:
    """Return who a subject is: usually one, several for "they", nobody when that is not clear."""
    if subject.speaker is not None:
        return [subject.speaker]
    if subject.mention is not None:
        entity = reading.entity_of(subject.mention)
        return [(entity.name, entity)]
    if subject.pronoun in ("he", "she"):
        found = _one_person(document, reading, clauses, subject.first, "m" if subject.pronoun == "he" else "f")
        if found is None:
            return []
        found.gender = found.gender or ("m" if subject.pronoun == "he" else "f")
        return [(found.name, found)]
    if subject.pronoun is not None:
        return _several(document, reading, subject)
    return [_described(document, reading, subject)]


def _described(document: Document, reading: Reading, subject: Subject) -> Speaker:
    """Name a speaker without a name: by the person or body the article called so, else by the phrase itself."""
    tokens = reading.tokens
    lows = tokens.lows[subject.first : subject.last + 1]
    if tokens.lows[subject.first] == "the" and subject.last - subject.first <= 3 and subject.noun in lex.ROLE_NOUNS:
        bearer = document.entities.by_role(subject.noun)
        if bearer is not None:
            return bearer.name, bearer
    if subject.last == subject.first + 1 and (bearer := document.entities.by_role(" ".join(lows))) is not None:
        return bearer.name, bearer
    if tokens.lows[subject.first] == "the" and subject.last == subject.first + 1 and subject.noun is not None:
        body = document.entities.by_head(subject.noun, reading.number)
        if body is not None:
            return body.name, body
    text = document.raw[tokens.starts[subject.first] : tokens.ends[subject.last]]
    return _ARTICLE.sub("", " ".join(text.split())), None


def _one_person(document: Document, reading: Reading, clauses: Clauses, position: int, gender: str) -> Entity | None:
    """Resolve "he" or "she" at a token: somebody named earlier in the sentence, else who spoke or acted before it."""
    here = [
        (mention, entity)
        for mention, entity in zip(reading.mentions, reading.entities, strict=True)
        if mention.last < position and entity.fits(gender) and not reading.quoted[mention.first]
    ]
    certain = _distinct(entity for _, entity in here if entity.gender == gender or entity.kind == "person")
    if not certain and _quotes_somebody(reading, position, gender):
        return None
    if certain:
        main = [subject.mention for subject in clauses.main_subject(position)]
        return next((e for m, e in here if len(certain) > 1 and m in main), certain[0])
    for number in range(reading.number - 1, max(reading.number - 1 - _SENTENCES_BACK, -1), -1):
        earlier = document.readings[number]
        if _quotes_somebody(earlier, len(earlier.tokens), gender):
            return None
        candidates = _candidates(earlier, gender)
        if candidates:
            return candidates[0] if len(candidates) == 1 else None
    return None


def _quotes_somebody(reading: Reading, end: int, gender: str) -> bool:
    """Say whether the last who speaks before a token has no name: "said a homeless man", "one trader said"."""
    lows = reading.tokens.lows
    last = max((f for f in reading.found if f.cue_position < end), key=lambda f: f.cue_position, default=None)
    if last is not None and last.entity is None and lows[last.subject_first] in _INDEFINITE:
        return _fits_phrase(lows[last.subject_first : last.cue_position], gender)
    for position in range(end - 1, -1, -1):
        if reading.quoted[position] or lows[position] not in lex.SPEECH_FORMS:
            continue
        follows_quotation = position > 0 and (reading.quoted[position - 1] or lows[position - 1] in _PHRASE_BORDERS)
        if follows_quotation and position + 1 < end and lows[position + 1] in _INDEFINITE:
            phrase = range(position + 1, min(position + 7, len(lows)))
        else:
            first = position
            while first > 0 and position - first < _LONGEST_PHRASE and lows[first - 1] not in _PHRASE_BORDERS:
                first -= 1
            phrase = range(first, position)
        if any(m.first in phrase for m in reading.mentions):
            return False
        if not phrase or lows[phrase.start] not in _INDEFINITE:
            continue
        return _fits_phrase(lows[phrase.start : phrase.stop], gender)
    return False


def _fits_phrase(phrase: Sequence[str], gender: str) -> bool:
    """Say whether "he" (m) or "she" (f) can mean "a homeless man": no body, no text, nobody of the other gender."""
    others = lex.FEMALE_NOUNS if gender == "m" else lex.MALE_NOUNS
    nouns = [low for low in phrase if low.isalpha()][:4]
    is_body = any(noun in lex.BODY_NOUNS or noun in lex.SPEECH_NOUNS or noun == "report" for noun in nouns[1:3])
    return not is_body and others.isdisjoint(nouns)


def _candidates(earlier: Reading, gender: str) -> list[Entity]:
    """Return whom a pronoun may take from an earlier sentence: its one speaker, else its subject, else who is named."""
    speakers = _distinct(found.entity for found in earlier.found if found.entity and found.entity.fits(gender))
    if len(speakers) == 1:
        return speakers
    clauses = Clauses(earlier.tokens, earlier.mentions, earlier.quoted)
    for subject in clauses.main_subject(len(earlier.tokens)):
        if subject.mention is not None:
            entity = earlier.entity_of(subject.mention)
            if entity.fits(gender) and (entity.kind == "person" or entity.gender == gender):
                return [entity]
            break
    return _distinct(
        entity
        for mention, entity in zip(earlier.mentions, earlier.entities, strict=True)
        if entity.fits(gender) and (entity.kind == "person" or entity.gender) and not earlier.quoted[mention.first]
    )


def _several(document: Document, reading: Reading, subject: Subject) -> list[Speaker]:
    """Resolve "they" and "it" to who spoke last, in this sentence or the one before."""
    plural = subject.pronoun == "they"
    here = [found for found in reading.found if found.cue_position < subject.first]
    before = document.before(reading)
    for found in (here, before.found if before is not None else []):
        if not found:
            continue
        last = _together(found, found[-1])
        if plural and len(last) > 1:
            return [(one.speaker, one.entity) for one in last]
        if len(last) == 1 and (last[0].entity is None or not last[0].entity.may_be_person):
            is_plural = last[0].entity is None and last[0].speaker.lower().split()[-1].endswith("s")
            if plural == is_plural:
                return [(last[0].speaker, last[0].entity)]
    return []


def _together(found: Iterable[Found], one: Found) -> list[Found]:
    return [other for other in found if other.cue_position == one.cue_position]


def _distinct(entities: Iterable[Entity | None]) -> list[Entity]:
    return list(dict.fromkeys(entity for entity in entities if entity is not None))
