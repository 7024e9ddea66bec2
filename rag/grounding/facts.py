"""The hard facts of a statement: names, numbers, dates and quoted words, each of which its sources must have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from rag.grounding.reading import Sentence, Word, base_form, find_phrase, phrase_keys
from rag.schema import PartialDate, Span
from rag.text.dates import find_dates
from rag.text.folding import fold, searchable
from rag.text.numbers import find_numbers
from rag.text.places import DEMONYMS, country_named, find_places
from rag.text.tokens import word_rank
from rag.text.words import content_words, stem, words

_WEEKDAYS: Final = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sept sep oct nov dec".split()
)
TITLES: Final = frozenset(
    """mr mrs ms dr president minister secretary senator governor prime deputy general chancellor king queen prince
    princess pope judge justice chairman chairwoman chief director professor officer spokesman spokeswoman spokesperson
    under leader ministry department government state states party council committee church university republic union
    act bill treaty summit north south east west northern southern eastern western""".split()
)
"""Words written with a capital beside names that are no names by themselves."""
_COMMON_ENDING: Final = re.compile(r"(?:ing|ed|ly|ions?|ments?|ists?|ials?|ers|ness|ities|ists|ants?|ees)$")
_COMMON_OPENERS: Final = frozenset(
    """people police troops soldiers talks prices shares stocks rebels forces doctors teachers students children women
    men parents residents families homes schools hospitals countries nations companies firms banks markets investors
    sales profits taxes rates jobs flights trains roads fires floods storms rain snow heat scientists researchers
    experts critics analysts officials authorities lawmakers diplomats aid food water oil gas power money data reports
    evidence details news today yesterday tomorrow tonight protests strikes elections voters workers plans
    negotiations sanctions weapons missiles drones jets ships tensions relations trade climate health research
    members victims survivors witnesses suspects thousands hundreds dozens millions billions half part nearly almost
    roughly following including given based asked speaking additionally overall specifically moreover furthermore
    later earlier instead currently originally eventually initially finally""".split()
)
_QUOTED: Final = re.compile(
    r"“([^“”]+)[”]|\"([^\"]+)\"|«([^«»]+)»|„([^„“]+)“|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)|(?<!\w)'([^']{3,}(?:'\w[^']*)*)'(?!\w)"
)
_BRACKETED: Final = re.compile(r"\[([^\]\d][^\]]*)\]")
_GAP: Final = re.compile(r"\.{3}|…|\[[^\]]*\]")
_ADDRESS: Final = re.compile(r"\b(?:https?|ftp)://\S+|\bwww\.\S+", re.IGNORECASE)
_APPROXIMATE: Final = re.compile(r"\b(?:about|around|nearly|almost|roughly|approximately|some|close to)\s+\W?$")
_AT_LEAST: Final = re.compile(r"\b(?:more than|over|at least|upwards of|exceeding|above)\s+\W?$")
_CLAUSE: Final = re.compile(r"[^,;:.!?()—–“”\"]{0,40}")
_OTHER: Final = "<other>"
_BETWEEN_RESULTS: Final = re.compile(r"\s*(?:\w+\s+){0,2}(?:to|[-–])\s*")
_RELATIVE_TIME: Final = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|(?:last|next|this|previous|past|following|earlier this|later this) "
    r"(?:week|weekend|month|year|night|decade|century|spring|summer|autumn|fall|winter))\b",
    re.IGNORECASE,
)
_PLURAL_UNITS: Final = frozenset(
    stem(unit)
    for unit in """second minute hour day week month year decade century percent meter metre kilometer kilometre km mile
    foot inch kilogram kg tonne ton pound dollar euro yen ruble won degree litre liter gallon acre hectare""".split()
)


def missing_names(
    statement: Sequence[Sentence],
    evidence: Sequence[Sentence],
    *,
    aliases: Iterable[Sequence[str]] = (),
    context: Sequence[Sentence] = (),
) -> list[str]:
    """Return the names in the statement that its sources do not have.

    A name in square brackets may come from `aliases` alone: it stands for a pronoun of the source. Any other must be
    in the sources by this or another of its forms: an alias there, the acronym of words there, or the country that
    is meant there by its people or its capital. Titles and other common words are no names.
    """
    there = {word.stem for sentence in evidence for word in sentence.words}
    there |= {word.stem for sentence in context for word in sentence.words}
    sources = [tuple(word.key for word in sentence.words) for sentence in (*evidence, *context)]
    forms = [[phrase_keys(form) for form in group] for group in aliases]
    known = {keys for group in forms for keys in group}
    missing: list[str] = []
    for sentence in statement:
        keys = tuple(word.key for word in sentence.words)
        allowed = _allowed_by_alias(keys, sources, forms) | _allowed_by_place(sentence, (*evidence, *context))
        brackets = [Span(*match.span(1)) for match in _BRACKETED.finditer(sentence.text)]
        for bracket in brackets:
            if phrase_keys(bracket.of(sentence.text)) in known:
                inside = range(len(sentence.words))
                allowed |= {place for place in inside if bracket.contains(sentence.words[place].span)}
        for place, word in enumerate(sentence.words):
            bracketed = any(bracket.contains(word.span) for bracket in brackets)
            if place in allowed or word.stem in there or not _is_name(word, sentence, place, bracketed):
                continue
            if not _is_acronym(word, sources) and not _spells_out_acronym(keys, place, there):
                missing.append(word.form)
    return missing


def allowed_names(
    statement: Sequence[Sentence], evidence: Sequence[Sentence], *, aliases: Iterable[Sequence[str]] = ()
) -> set[Word]:
    """Return the words of the statement that the sources have by another name: an alias, or another for a country."""
    sources = [tuple(word.key for word in sentence.words) for sentence in evidence]
    forms = [[phrase_keys(form) for form in group] for group in aliases]
    return {
        sentence.words[place]
        for sentence in statement
        for place in _allowed_by_alias(tuple(word.key for word in sentence.words), sources, forms)
        | _allowed_by_place(sentence, evidence)
    }


def name_runs(sentence: Sentence) -> list[tuple[Word, ...]]:
    """Return the runs of capitalised words that small words may join ("U.S. Secretary of State Antony Blinken")."""
    runs: list[tuple[Word, ...]] = []
    run: list[Word] = []
    for word in sentence.words:
        if word.is_capitalised and word.is_content:
            run.append(word)
        elif word.key not in ("of", "the", "for") or not run:
            runs.append(tuple(run))
            run = []
    return [run for run in (*runs, tuple(run)) if run]


def _is_name(word: Word, sentence: Sentence, place: int, bracketed: bool) -> bool:
    if bracketed:
        return word.is_content
    if not word.is_capitalised or not word.is_content or word.key in _WEEKDAYS or word.key in _MONTHS:
        return False
    if word.key in TITLES or (len(word.key) > 1 and sentence.text.isupper()):
        return False
    opens = word.starts_sentence or sentence.text[: word.span.start].rstrip().endswith(("“", '"', ":", "‘", "«", "—"))
    if not opens:
        return len(word.form) > 1 and not _is_headline(sentence)
    if word.form[1:].lower() != word.form[1:]:  # NATO, McConnell
        return True
    return not (word.key in _COMMON_OPENERS or _COMMON_ENDING.search(word.key)) and is_rather_a_name(word.form)


def is_rather_a_name(form: str) -> bool:
    """Say whether a word that opens a sentence is more often written with a capital than without.

    Words too rare to know count as names.
    """
    small, capital = word_rank(form.lower()), word_rank(form)
    return small is None or (capital is not None and capital < small)


def _is_headline(sentence: Sentence) -> bool:
    """Say whether all words but the small ones have capitals, so that a capital tells nothing."""
    content = sentence.content
    return len(content) > 5 and all(word.is_capitalised or not word.form.isalpha() for word in content)


def _allowed_by_alias(
    keys: tuple[str, ...], sources: Sequence[tuple[str, ...]], groups: Sequence[Sequence[tuple[str, ...]]]
) -> set[int]:
    allowed: set[int] = set()
    for group in groups:
        if any(find_phrase(form, source) for form in group for source in sources):
            for form in group:
                for start in find_phrase(form, keys):
                    allowed.update(range(start, start + len(form)))
    return allowed


def _allowed_by_place(sentence: Sentence, sources: Sequence[Sentence]) -> set[int]:
    """Return the places of words that name a country which the sources name in any way."""
    forms = [word.form for word in sentence.words]
    named = [
        (start, end, country)
        for start, end, country in find_places(forms)
        if country_named(" ".join(forms[start:end])) or " ".join(forms[start:end]).lower() in DEMONYMS
    ]
    if not named:
        return set()
    there = {country for source in sources for _, _, country in find_places([word.form for word in source.words])}
    return {place for start, end, country in named if country in there for place in range(start, end)}


def _is_acronym(word: Word, sources: Sequence[tuple[str, ...]]) -> bool:
    letters = word.key.replace(".", "")
    if not 2 <= len(letters) <= 7 or not word.form.replace(".", "").isupper():
        return False
    for keys in sources:
        for small in (frozenset[str](), frozenset({"of", "the", "and", "for", "in", "on", "de"})):
            initials = "".join(key[0] for key in keys if key not in small)
            if letters in initials:
                return True
    return False


def _spells_out_acronym(keys: tuple[str, ...], place: int, there: set[str]) -> bool:
    """Say whether the word is part of a name whose acronym is in the sources ("European Union" for "EU")."""
    for start in range(max(0, place - 5), place + 1):
        for end in range(max(place + 1, start + 2), min(len(keys), start + 7) + 1):
            phrase = [key for key in keys[start:end] if key not in ("of", "the", "and", "for", "in", "on", "de")]
            if len(phrase) > 1 and "".join(key[0] for key in phrase) in there:
                return True
    return False


def missing_numbers(
    statement: Sequence[Sentence], evidence: Sequence[Sentence], *, context: Sequence[Sentence] = ()
) -> list[str]:
    """Return the numbers in the statement that its sources do not have, or have with another unit of measure.

    "One" may be a pronoun and is not asked for. "About 870" and "more than 800" fit 872.
    """
    there: dict[str, set[str]] = {}
    sources = [sentence.text for sentence in (*evidence, *context)]
    joined = " ".join(sources)
    for span, value in find_numbers(joined):
        there.setdefault(value, set()).add(_unit_after(joined, span))
    for value in [value for value in there if value.endswith("%")]:
        there.setdefault(value[:-1], set()).add("percent")
    missing = []
    for sentence in statement:
        dates = [span for span, _ in find_dates(sentence.text)]
        for span, value in find_numbers(sentence.text):
            if any(span.overlaps(day) for day in dates):
                continue
            written = span.of(sentence.text)
            if value == "1" and not any(char.isdigit() for char in written):
                continue
            if value == "2" and written.lower() == "two" and {"both", "and"} & set(words(joined)):
                continue
            units = there.get(value)
            if units is None:
                if not _fits_roughly(sentence.text[: span.start], value, there):
                    missing.append(written)
            else:
                unit = _unit_after(sentence.text, span)
                noun = _noun_after(sentence.text, span).replace(_OTHER, "")
                if unit and any(units) and unit not in units:
                    missing.append(f"{written} {unit}")
                elif _is_turned_round(sentence.text, span, value, sources):
                    missing.append(f"{written} to")
                elif (
                    noun
                    and not unit
                    and _counts_something_else(
                        value, noun, sources, is_name=sentence.text[span.end :].lstrip()[:1].isupper()
                    )
                ):
                    missing.append(f"{written} {noun}")
    return missing


def _unit_after(text: str, span: Span) -> str:
    following = words(text[span.end : span.end + 24].replace("-", " "))
    if not following:
        return ""
    unit = stem(following[0])
    return unit if unit in _PLURAL_UNITS else ""


def _noun_after(text: str, span: Span) -> str:
    """Return the stem of the next content word in the clause, which a number usually counts; "" if there is none."""
    content = _counted(text, span)
    return content[0] if content else ""


def _counted(text: str, span: Span) -> list[str]:
    clause = _CLAUSE.match(text, span.end)
    following = clause.group() if clause else ""
    if re.match(r"\s*-?\s*(?:others?|more|of)\b", following):
        return [_OTHER]  # "two others": what is counted was named before
    return [_base_stem(word) for word in content_words(following)]


def _counts_something_else(value: str, noun: str, sources: Sequence[str], *, is_name: bool) -> bool:
    """Say whether the sources count the noun with other numbers only, or with this number something else than a name.

    "870 people were infected" may be told as "870 infections", so a common noun that differs proves nothing.
    """
    same: list[list[str]] = []
    others: list[str] = []
    for text in sources:
        for span, found in find_numbers(text):
            counted = _counted(text, span)[:2]
            if found == value:
                same.append(counted)
            else:
                others += counted[:1]
    if any(noun in counted or not counted or counted[0] in _PLURAL_UNITS for counted in same):
        return False
    if noun in others and all(counted[:1] == [_OTHER] for counted in same):
        return True  # "eight miners ... two others" does not make two miners
    return is_name and any(noun in map(_base_stem, content_words(text)) for text in sources)


def _base_stem(word: str) -> str:
    return stem(base_form(word))


def _is_turned_round(text: str, span: Span, value: str, sources: Sequence[str]) -> bool:
    """Say whether "54 votes to 46" has become "46 votes to 54"."""
    results = _results(text)
    there = {pair for source in sources for pair in _results(source)}
    return any(pair not in there and pair[::-1] in there for pair in results if pair[0] == value)


def _results(text: str) -> list[tuple[str, str]]:
    """Return the pairs of numbers with "to" or a dash and at most two other words between them."""
    found = find_numbers(text)
    return [
        (one, other)
        for (first, one), (second, other) in pairwise(found)
        if _BETWEEN_RESULTS.fullmatch(text, first.end, second.start)
    ]


def _fits_roughly(before: str, value: str, there: Iterable[str]) -> bool:
    lead = before[-30:].lower()
    about, at_least = bool(_APPROXIMATE.search(lead)), bool(_AT_LEAST.search(lead))
    if not (about or at_least) or not _is_plain(value):
        return False
    wanted = Decimal(value)
    for other in there:
        if _is_plain(other):
            found = Decimal(other)
            if about and abs(found - wanted) <= Decimal("0.05") * wanted:
                return True
            if at_least and wanted <= found <= Decimal("1.25") * wanted:
                return True
    return False


def _is_plain(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


def missing_dates(
    statement: Sequence[Sentence],
    evidence: Sequence[Sentence],
    *,
    context: Sequence[Sentence] = (),
    published: PartialDate | None = None,
) -> list[str]:
    """Return the dates and weekdays in the statement that its sources do not have.

    A part of a date that the sources leave open, such as the year, may come from the article's own date.
    """
    sources = [day for sentence in (*evidence, *context) for _, day in find_dates(sentence.text)]
    there = {word.key for sentence in (*evidence, *context) for word in sentence.words}
    everything = " ".join(" ".join(sentence.text.lower().split()) for sentence in (*evidence, *context))
    missing = []
    for sentence in statement:
        for span, day in find_dates(sentence.text):
            if str(day) in there:  # a year alone, also where the source has it in another place ("a 1997 outbreak")
                continue
            if not any(_supports(found, day, published) for found in _with_own(sources, published)):
                missing.append(span.of(sentence.text))
        missing += [
            match.group()
            for match in _RELATIVE_TIME.finditer(sentence.text)
            if " ".join(match.group().lower().split()) not in everything
        ]
        for word in sentence.words:
            if word.key in _WEEKDAYS and word.key not in there and not _falls_on(word.key, published):
                missing.append(word.form)
    return missing


def _with_own(sources: Sequence[PartialDate], published: PartialDate | None) -> list[PartialDate]:
    return [*sources, published] if published else list(sources)


def _supports(found: PartialDate, claimed: PartialDate, published: PartialDate | None) -> bool:
    if not found.agrees_with(claimed):
        return False
    year = found.year or (published.year if published else None)
    if claimed.year is not None and claimed.year != year:
        return False
    return all(
        wanted is None or has is not None for wanted, has in ((claimed.month, found.month), (claimed.day, found.day))
    )


def _falls_on(weekday: str, published: PartialDate | None) -> bool:
    day = published.full if published else None
    return day is not None and f"{day:%A}".lower() == weekday


def missing_quotes(statement: Sequence[Sentence], evidence: Sequence[Sentence]) -> list[str]:
    """Return the quoted passages of the statement that are not in its sources word for word, ellipses apart."""
    sources = [" ".join(words(sentence.text)) for sentence in evidence]
    everything = " " + " ".join(sources) + " "
    text = " ".join(sentence.text for sentence in statement)
    missing = []
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group is not None)
        for part in _GAP.split(quoted):
            wanted = " ".join(words(part))
            if wanted and f" {wanted} " not in everything:
                missing.append(quoted.strip())
                break
    return missing


def missing_addresses(text: str, evidence: Iterable[str]) -> list[str]:
    """Return the web addresses in the statement that its sources do not have."""
    sources = [searchable(source) for source in evidence]
    return [
        match.group()
        for match in _ADDRESS.finditer(text)
        if not any(fold(match.group()).rstrip(".,;)") in source for source in sources)
    ]
