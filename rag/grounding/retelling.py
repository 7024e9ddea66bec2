"""What a retelling must not leave out or put in: hedges, conditions, verbs in between, "nearly" before a number.

These change what a sentence says while all other words of it stay. Who retells them loses nothing by quoting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from rag.attribution import lexicon as lex
from rag.grounding.polarity import MODALS, clause_numbers
from rag.grounding.reading import Sentence, Word, is_past_form, read_sentences
from rag.schema import Span
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers
from rag.text.places import DEMONYMS, find_places
from rag.text.synonyms import synonym_groups
from rag.text.words import stem, words

HEDGES: Final = frozenset(
    """reportedly allegedly apparently supposedly purportedly seemingly alleged suspected purported rumored
    rumoured""".split()
)
_RESTRICTING: Final = frozenset(
    """if unless until except only without provided nearly almost barely partly partially initially formerly
    conditionally so-called would-be""".split()
)
_QUANTIFIERS: Final = frozenset("all every each most many some several few always often any entire whole".split())
_APPROXIMATE: Final = re.compile(
    r"\b(?:nearly|almost|about|around|roughly|approximately|over|under|than|some|approaching|at least|at most|up to"
    r"|close to|an estimated)\s+[$€£]?$",
    re.IGNORECASE,
)
_WHERE: Final = frozenset("in at inside near outside within".split())
_WHITHER: Final = _WHERE | frozenset("to into from toward towards across throughout through on via around".split())
LEFT_OUT_UNTIL: Final = 0.5
"""Share of the content words of a stretch that a statement may leave out; picking fewer makes a new sentence."""
_QUOTATION_MARK: Final = re.compile('[“”"]')
_DETERMINERS: Final = frozenset("a an the this that these those his her its their our my your".split())
_OWNERS: Final = frozenset("his her its their my our your whose".split())
_CAUSES: Final = frozenset("because since due owing therefore thus hence thanks so reason reasons cause caused".split())
_SCOPE: Final = re.compile(r"[\"“]?(?:In|Among|For|Within|Outside|Under|Across|Unlike|Like|At)\s+([^,]{1,80}),\s")
_WILL_BE: Final = re.compile(r"\b(?:would|will|may|might|could|should|can)(?: \w+ly| not)? be\b")
_IS: Final = frozenset({"is", "are", "was", "were"})
_SUBJECTS: Final = frozenset({"he", "she", "they"})
_WE: Final = frozenset({"we", "us", "our"})
_ONE: Final = frozenset("he she him her his i my me".split())
_SEVERAL: Final = frozenset("we they our their us them".split())
_REACH_BEFORE_NAME: Final = 4
"""Words between a preposition, or a verb like "visit", and the name of the place."""
_GOING: Final = frozenset(stem(verb) for verb in "visit reach enter leave left tour host hosted".split())


def lost_meaning(text: str, source: str) -> str | None:
    """Return a word that a statement left out of its source, or put in, and that changes what is said.

    Args:
        text: a statement, without citation markers.
        source: the sentence it retells.
    """
    ours = [word for sentence in read_sentences(text) for word in sentence.words]
    here = {word.key for word in ours}
    theirs = [word for sentence in read_sentences(source) for word in sentence.words]
    there = {word.key for word in theirs}
    if added := [word.form for word in ours if word.key in _QUANTIFIERS and word.key not in there]:
        return added[0]
    if (causes := sorted(here & _CAUSES)) and not there & _CAUSES:
        return causes[0]
    if wrong := _lost_approximation(text, source) or _misplaced(text, source):
        return wrong
    if wrong := _quotes_more(text, source) or _turned_finite(ours, source) or _taken_for_one(here, source):
        return wrong
    if (
        wrong := _made_present(ours, here, source)
        or _given_owner(text, source)
        or _other_subject(here, there)
        or _lost_scope(ours, source)
    ):
        return wrong
    stems = {word.stem for word in ours if word.is_content}
    groups = frozenset[int]().union(*synonym_groups(sorted(stems)))
    is_hedged = bool(here & (HEDGES | MODALS)) or any(word.key in lex.SAY_FORMS for word in ours)
    for sentence in read_sentences(source):
        kept = _kept(sentence.words, stems, groups)
        window = _smallest_window(sentence.words, kept)
        if sparse := _is_sparse(sentence, kept, window):
            return sparse
        for place in window:
            word = sentence.words[place]
            if word.key in here or kept.get(place):
                continue
            if word.key in HEDGES and not is_hedged:
                return word.form
            if (word.key in _RESTRICTING and not _stands_before_number(sentence, place)) or (
                _is_left_out_verb(word) and _is_in_kept_clause(sentence, place, kept)
            ):
                return word.form
    return None


def _is_sparse(sentence: Sentence, kept: Mapping[int, str], window: range) -> str | None:
    """Return the first word left out where a statement picks less than half the words of a stretch, asides apart."""
    clauses = clause_numbers(sentence)
    told = {clauses[place] for place in kept if place in window}
    content = [place for place in window if sentence.words[place].is_content and clauses[place] in told]
    left_out = [place for place in content if place not in kept]
    return sentence.words[left_out[0]].form if len(left_out) > LEFT_OUT_UNTIL * len(content) else None


def _quotes_more(text: str, source: str) -> str | None:
    """Return words in quotation marks that the source has outside of them."""
    there = " ".join(f" {' '.join(words(part))} " for part in _quoted_parts(source))
    for part in _quoted_parts(text):
        wanted = " ".join(words(part))
        if wanted and f" {wanted} " not in there:
            return part
    return None


def _quoted_parts(text: str) -> list[str]:
    """Return what stands in quotation marks; marks whose partner is in another sentence reach to the end."""
    parts: list[str] = []
    opened: int | None = None
    for match in _QUOTATION_MARK.finditer(text):
        closes = match.group() == "”" or (match.group() == '"' and (opened is not None or _closes(text, match.end())))
        if closes:
            parts.append(text[opened or 0 : match.start()])
            opened = None
        elif opened is None:
            opened = match.end()
    return [*parts, text[opened:]] if opened is not None else parts


def _closes(text: str, end: int) -> bool:
    return end > 1 and not text[end - 2].isspace()


def _turned_finite(ours: Sequence[Word], source: str) -> str | None:
    """Return a verb that the source has only as a noun ("calling it open misleads") and the statement as done."""
    gerunds: set[str] = set()
    others: set[str] = set()
    for sentence in read_sentences(source):
        clauses = clause_numbers(sentence)
        for place, word in enumerate(sentence.words):
            before = sentence.words[place - 1].key if place else ""
            is_aside = place > 0 and clauses[place - 1] != clauses[place]  # "..., adding that ..."
            is_gerund = word.key.endswith("ing") and not is_aside and before not in _DETERMINERS  # not "the meeting"
            (gerunds if is_gerund else others).add(word.stem)
    return next((w.form for w in ours if is_past_form(w.key) and w.stem in gerunds - others), None)


def _taken_for_one(here: set[str], source: str) -> str | None:
    """Return "we" where the source's speaker says it for several, and the statement has only "he" or "she"."""
    quoted = {key.split("'")[0] for part in _quoted_parts(source) for key in words(part)}
    return "we" if quoted & _WE and here & _ONE and not here & _SEVERAL else None


def _other_subject(here: set[str], there: set[str]) -> str | None:
    """Return "they" of a statement whose source has "he" or "she" and no "they", and the like."""
    return next((key for key in sorted(here & _SUBJECTS) if key not in there and there & _SUBJECTS), None)


def _made_present(ours: Sequence[Word], here: set[str], source: str) -> str | None:
    """Return "would be" of a source that a statement tells as "is" or "was"."""
    found = _WILL_BE.search(source)
    return found.group() if found and not here & MODALS and any(word.key in _IS for word in ours) else None


def _lost_scope(ours: Sequence[Word], source: str) -> str | None:
    """Return the words with which a source begins by saying where it holds ("In Norway, ..."), if none is kept."""
    found = _SCOPE.match(source)
    if found is None or any(day.overlaps(Span(*found.span(1))) for day, _ in find_dates(source)):
        return None
    names = {word.stem for part in read_sentences(found[1]) for word in part.words if word.is_capitalised}
    return found[1] if names and not names & {word.stem for word in ours} else None


def _given_owner(text: str, source: str) -> str | None:
    """Return a noun that a statement says is his or hers, and the source does not say whose ("the best loaf")."""
    owned = _owned(text, reach=1)
    there = _owned(source, reach=4)
    held = {word.stem for sentence in read_sentences(source) for word in sentence.words}
    return next((noun for noun in sorted(owned - there) if noun in held), None)


def _owned(text: str, *, reach: int) -> set[str]:
    """Return the stems of the words shortly behind "his", "my" and the like, or behind a possessive name."""
    owned: set[str] = set()
    for sentence in read_sentences(text):
        for place, word in enumerate(sentence.words):
            is_name = word.form.lower().endswith(("'s", "’s", "s'", "s’")) and word.is_content  # not "it's"
            if word.key in _OWNERS or is_name:
                owned.update(other.stem for other in sentence.words[place + 1 : place + 1 + reach])
    return owned


def _kept(words: Sequence[Word], stems: set[str], groups: frozenset[int]) -> Mapping[int, str]:
    """Map the places of words that the statement has, also as a synonym, to their stems."""
    alike = synonym_groups([word.stem for word in words])
    return {
        place: word.stem
        for place, word in enumerate(words)
        if word.is_content and (word.stem in stems or (not word.is_capitalised and bool(alike[place] & groups)))
    }


def _smallest_window(words: Sequence[Word], kept: Mapping[int, str]) -> range:
    """Return the shortest stretch that holds every kept word once, and the words right beside it."""
    places = sorted(kept)
    wanted = set(kept.values())
    best: tuple[int, int] | None = None
    for first in places:
        missing = set(wanted)
        for last in places[places.index(first) :]:
            missing.discard(kept[last])
            if not missing:
                if best is None or last - first < best[1] - best[0]:
                    best = (first, last)
                break
    if best is None:
        return range(0)
    return range(max(0, best[0] - 1), min(len(words), best[1] + 2))


def _stands_before_number(sentence: Sentence, place: int) -> bool:
    """Say whether a word belongs to a number ("nearly 900"), which `_lost_approximation` looks at."""
    end = sentence.words[place].span.end
    return any(0 <= span.start - end <= 2 for span, _ in find_numbers(sentence.text))


def _is_left_out_verb(word: Word) -> bool:
    return word.is_content and is_past_form(word.key) and word.key not in lex.SAY_FORMS and not word.is_capitalised


def _is_in_kept_clause(sentence: Sentence, place: int, kept: Mapping[int, str]) -> bool:
    """Say whether the statement has other words between the same commas, so that no mere aside was left out."""
    clauses = clause_numbers(sentence)
    before = any(clauses[other] == clauses[place] for other in kept if other < place)
    behind = any(clauses[other] == clauses[place] for other in kept if other > place)
    return before and behind


def _lost_approximation(text: str, source: str) -> str | None:
    """Return a number that the source has only with a word like "nearly", and the statement without any."""
    plain = {value for place, value in _numbers(text) if not place}
    if not plain:
        return None
    there = _numbers(source)
    return next((value for place, value in there if place and value in plain and (False, value) not in there), None)


def _numbers(text: str) -> list[tuple[bool, str]]:
    """Return the numbers of a text, each with whether it is only approximate."""
    return [(bool(_APPROXIMATE.search(text, 0, span.start)), value) for span, value in find_numbers(text)]


def _misplaced(text: str, source: str) -> str | None:
    """Return a name that a statement makes the place of something ("in Russia"), and the source does not.

    "They signed the pact in Russia" has every word of "the signing of the pact during the visit of the Russian leader
    to Pyongyang".
    """
    theirs = read_sentences(source)
    for sentence in read_sentences(text):
        for place, word in enumerate(sentence.words):
            name = _name_behind(sentence, place) if word.key in _WHERE else ()
            if name and not any(_is_placed(name, other) for other in theirs) and any(_names(name, o) for o in theirs):
                return " ".join(part.form for part in name)
    return None


def _name_behind(sentence: Sentence, place: int) -> tuple[Word, ...]:
    """Return the capitalised words that follow a preposition, a date apart, with at most two others before them."""
    words = sentence.words
    dates = [span for span, _ in find_dates(sentence.text)]
    begin = next((i for i in range(place + 1, min(place + 4, len(words))) if words[i].is_capitalised), len(words))
    end = begin
    while end < len(words) and words[end].is_capitalised and not any(day.overlaps(words[end].span) for day in dates):
        end += 1
    return words[begin:end]


def _names(name: Sequence[Word], sentence: Sentence) -> list[int]:
    """Return the places at which a sentence has a word of the name, or the same country by another name."""
    stems = {word.stem for word in name if word.is_content}
    countries = {country for _, _, country in find_places([word.form for word in name])}
    same = [start for start, _, country in find_places([w.form for w in sentence.words]) if country in countries]
    return [i for i, word in enumerate(sentence.words) if word.is_capitalised and word.stem in stems] + same


def _is_placed(name: Sequence[Word], sentence: Sentence) -> bool:
    """Say whether a sentence has the name behind a preposition of place, a verb like "visit", or another place."""
    words = sentence.words
    for place in _names(name, sentence):
        before = words[max(0, place - _REACH_BEFORE_NAME) : place]
        keys = [word.key for word in before]
        if words[place].key in DEMONYMS:  # "in Russian waters", but not "to the Russian leader"
            if _WHERE & set(keys):
                return True
            continue
        if _WHITHER & set(keys) or (any(word.stem in _GOING for word in before) and "of" not in keys):
            return True
        if before and before[-1].is_capitalised and "," in sentence.text[before[-1].span.end : words[place].span.start]:
            return True
    return False
