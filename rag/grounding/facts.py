"""The hard facts of a statement: names, numbers, dates and quoted words, each of which its sources must have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from rag.attribution.lexicon import GIVEN_NAMES
from rag.grounding.reading import Sentence, Word, find_phrase, phrase_keys
from rag.schema import PartialDate, Span
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers
from rag.text.places import DEMONYMS, country_named, find_places
from rag.text.tokens import word_rank
from rag.text.wordnet import senses
from rag.text.words import words

_WEEKDAYS: Final = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sept sep oct nov dec".split()
)
_TITLES: Final = frozenset(
    """mr mrs ms dr gov sen rep gen lt col capt sgt prof
    president minister secretary senator governor prime deputy general chancellor king queen prince
    princess pope judge justice chairman chairwoman chief director professor officer spokesman spokeswoman spokesperson
    under leader ministry department government state states party council committee church university republic union
    act bill treaty summit sir lord lady dame baroness duke duchess sheikh north south east west northern southern
    eastern western""".split()
)
"""Words written with a capital beside names that are no names by themselves."""
_COMMON_ENDING: Final = re.compile(r"(?:ing|ed|ly|ions?|ments?|ists?|ials?|ers|ness|ities|ists|ants?|ees)$")
_COMMON_OPENERS: Final = frozenset(
    """additionally overall specifically moreover furthermore nevertheless nonetheless meanwhile previously afterwards
    later earlier instead currently originally eventually initially finally both nearly almost roughly following
    including given based asked speaking however therefore thus otherwise similarly likewise besides""".split()
)
_BEFORE_OPENER: Final = ("“", '"', ":", "‘", "«", "—", ".", "!", "?")
_QUOTED: Final = re.compile(
    r"“([^“”]+)[”]|\"([^\"]+)\"|«([^«»]+)»|„([^„“]+)“|(?<!\w)‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)|(?<!\w)'([^']{3,}(?:'\w[^']*)*)'(?!\w)"
)
_SEASON: Final = re.compile(r"\b(?:19|20)\d\d[-/–]$")
_BRACKETED: Final = re.compile(r"\[([^\]\d][^\]]*)\]")
_GAP: Final = re.compile(r"\.{3}|…|\[[^\]]*\]")
_APPROXIMATE: Final = re.compile(r"\b(?:about|around|nearly|almost|roughly|approximately|some|close to)\s+\W?$")
_AT_LEAST: Final = re.compile(r"\b(?:more than|over|at least|upwards of|exceeding|above)\s+\W?$")


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
    if word.key in _TITLES or (len(word.key) > 1 and sentence.text.isupper()):
        return False
    opens = word.starts_sentence or sentence.text[: word.span.start].rstrip().endswith(_BEFORE_OPENER)
    if not opens:
        return len(word.form) > 1 and not _is_headline(sentence)
    if word.form[1:].lower() != word.form[1:]:  # NATO, McConnell
        return True
    if word.key not in GIVEN_NAMES and senses(word.stem).own:  # a word of the dictionary, as far as a capital tells
        return False
    return not (word.key in _COMMON_OPENERS or _COMMON_ENDING.search(word.key)) and _is_rather_a_name(word.form)


def _is_rather_a_name(form: str) -> bool:
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
    named = [(start, end, country) for start, end, country in find_places(forms) if _names_country(forms[start:end])]
    if not named:
        return set()
    there = {country for source in sources for _, _, country in find_places([word.form for word in source.words])}
    return {place for start, end, country in named if country in there for place in range(start, end)}


def _names_country(forms: Sequence[str]) -> bool:
    """Say whether words name a country or its people, rather than its capital or seat of government."""
    name = " ".join(form for form in forms if form.lower() != "the")
    return country_named(name) is not None or name.lower() in DEMONYMS


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
    statement: Sequence[Sentence],
    sources: Sequence[str],
    *,
    dates: Iterable[PartialDate] = (),
    loosely: bool = False,
) -> list[str]:
    """Return the numbers in the statement that its sources do not have, in whatever spelling.

    "One" may be a pronoun, and a small number in words may count what the sources list, so neither is asked for.
    "About 870" and "more than 800" fit 872.

    Args:
        statement: read.
        sources: the texts it may draw on.
        dates: days that the sources mean; their parts count as numbers.
        loosely: compare digits alone, for languages that write "11.000" and "0,5".
    """
    joined = " ".join(sources)
    there = {value for _, value in find_numbers(joined)} | _other_numbers(joined)
    there |= {str(part) for day in dates for part in (day.year, day.month, day.day) if part is not None}
    there |= {f"{value}.5" for span, value in find_numbers(joined) if joined[span.end :].startswith(" and a half")}
    there |= {value[:-1] for value in there if value.endswith("%")}
    digits = {_digits(value) for value in there} | {_digits(form) for form in re.findall(r"\d[\d.,:]*", joined)}
    missing = []
    for sentence in statement:
        written_dates = [span for span, _ in find_dates(sentence.text)]
        for span, value in find_numbers(sentence.text):
            written = span.of(sentence.text)
            is_counted = not any(char.isdigit() for char in written) and _is_plain(value) and Decimal(value) <= 12
            if is_counted or any(span.overlaps(day) for day in written_dates):
                continue
            if value in there or value.removesuffix("%") in there or f"{value}%" in there:
                continue
            parts = [part for _, part in find_numbers(written.replace(" ", " , "))]
            if len(parts) > 1 and there.issuperset(parts):  # "eighty two-metre poles"
                continue
            around = sentence.text[max(0, span.start - 3) : span.end + 3]
            if loosely and (_digits(written) in digits or not _digits(written) or _digits(around) in digits):
                continue
            if span.start > 4 and _SEASON.search(sentence.text[: span.start]) and f"20{value}" in there:
                continue
            if ":" in value and set(value.split(":")) <= there:  # 30:41 for "30 minutes 41 seconds"
                continue
            if not _fits_roughly(sentence.text[: span.start], value, there):
                missing.append(written)
    return missing


def numbers_told(text: str) -> set[str]:
    """Return the values of all numbers in a text, ordinals and words such as "half" included."""
    return {value for _, value in find_numbers(text)} | _other_numbers(text)


def _other_numbers(text: str) -> set[str]:
    """Return the values of ordinals and of words such as "half" and "twice"."""
    return {value for word in words(text.replace("-", " ")) for value in _VALUES.get(word, ())}


_VALUES: Final = {
    word: frozenset(values.split())
    for word, values in {
        "first": "1", "once": "1", "second": "2", "twice": "2", "double": "2", "doubled": "2", "both": "2", "pair": "2",
        "couple": "2", "third": "3", "triple": "3", "tripled": "3", "fourth": "4", "fifth": "5 20%", "sixth": "6",
        "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10 10%", "half": "50% 0.5 30 6", "halved": "50%",
        "quarter": "25% 0.25 15 3", "quarters": "75%", "thirds": "66% 67%",
    }.items()
}  # fmt: skip


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


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


def days_meant(sources: Sequence[str], published: PartialDate | None) -> list[PartialDate]:
    """Return the dates that sources write or mean: "Wednesday" in an article of that week, "last year", "yesterday".

    The article's own date is among them.
    """
    found = [day for text in sources for _, day in find_dates(text)]
    if published is None:
        return found
    found.append(published)
    day = published.full
    said = {word for text in sources for word in words(text)}
    if day is not None:
        around = [day + timedelta(days=offset) for offset in range(-7, 8)]
        found += [PartialDate.of(one) for one in around if f"{one:%A}".lower() in said]
        if said & _NEXT_DAY_WORDS:
            found += [PartialDate.of(day + timedelta(days=offset)) for offset in (-1, 1)]
        for months, names in ((1, "month"), (0, "")):
            if names in said:
                found += [_month_away(published, -months), _month_away(published, months)]
    if published.year is not None and said & {"year", "last", "next"}:
        found += [PartialDate(published.year - 1), PartialDate(published.year + 1)]
    return found


_NEXT_DAY_WORDS: Final = frozenset({"yesterday", "tomorrow", "overnight", "day", "night", "evening", "morning"})


def _month_away(day: PartialDate, months: int) -> PartialDate:
    place = (day.year or 0) * 12 + (day.month or 1) - 1 + months
    return PartialDate(place // 12, place % 12 + 1)


def missing_dates(
    statement: Sequence[Sentence], sources: Sequence[str], meant: Sequence[PartialDate], published: PartialDate | None
) -> list[str]:
    """Return the dates and weekdays in the statement that its sources neither have nor mean.

    Args:
        statement: read.
        sources: the texts it may draw on.
        meant: see `days_meant`; a part that a source leaves open, such as the year, may come from the article's date.
        published: date of the article.
    """
    there = {word for text in sources for word in words(text)}
    years = {published.year + offset for offset in (-1, 0, 1)} if published and published.year else set()
    missing = []
    for sentence in statement:
        for span, day in find_dates(sentence.text):
            if sentence.text[: span.start].endswith("This ") and span.of(sentence.text) == "may":
                continue
            if str(day) in there:  # a year alone, also where the source has it in another place ("a 1997 outbreak")
                continue
            if not any(_supports(found, day, years) for found in meant):
                missing.append(span.of(sentence.text))
        for word in sentence.words:
            if word.key in _WEEKDAYS and word.key not in there and not _is_day_meant(word.key, meant, published):
                missing.append(word.form)
    return missing


def _supports(found: PartialDate, claimed: PartialDate, years: set[int]) -> bool:
    if not found.agrees_with(claimed):
        return False
    if claimed.year is not None and found.year is None and claimed.year not in years:
        return False
    return all(
        wanted is None or has is not None for wanted, has in ((claimed.month, found.month), (claimed.day, found.day))
    )


def _is_day_meant(weekday: str, meant: Sequence[PartialDate], published: PartialDate | None) -> bool:
    year = published.year if published else None
    full = [PartialDate(day.year or year, day.month, day.day).full for day in meant]
    return any(day is not None and f"{day:%A}".lower() == weekday for day in full)


def missing_quotes(statement: str, sources: Sequence[str]) -> list[str]:
    """Return the quoted passages of the statement that are not in its sources word for word, ellipses apart."""
    everything = f" {' '.join(word for text in sources for word in words(text))} "
    missing = []
    for match in _QUOTED.finditer(statement):
        quoted = next(group for group in match.groups() if group is not None)
        for part in _GAP.split(quoted):
            wanted = " ".join(words(part))
            if wanted and f" {wanted} " not in everything:
                missing.append(quoted.strip())
                break
    return missing
