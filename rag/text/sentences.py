"""Sentence boundaries in news text: by rules, in linear time.

A full stop ends a sentence unless what stands around it speaks against that, in this order:

1. URLs, e-mail addresses and numbers hold no boundary.
2. What follows begins with a small letter: no boundary.
3. The word before is an abbreviation: depends on its class (a title never ends a sentence, "Inc." does when a word
   such as "The" follows, "No." does not before a digit).
4. The stop stands inside brackets that opened in mid-sentence: no boundary.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from rag.schema import Span

_CANDIDATE: Final = re.compile(
    r"(?P<mark>[。！？｡]+|[.!?…‽۔؟।॥]+(?:\s[.!?…]+(?=\s|$))*)"
    r"(?P<close>(?:[\"'”’»›」』）)\]}＂]|[“‘](?=\s|$))*(?:\[\d{1,3}\])*)"
    r"(?P<late>\s(?:[”»]|[\"'](?=\s|$))(?=\s|$))?"
    r"|\n\s*\n"
)
"""End marks with the closing quotes and brackets behind them; "late" is a closing quote set off by a space."""
_MARK: Final = re.compile(r"[。！？｡.!?…‽۔؟।॥\n]")
"""What a candidate begins with."""

_TOKEN_BEFORE: Final = re.compile(r"[^\s\"“”‘«»()\[\]{}<>—–/]+\s?$")
_OPENING: Final = re.compile(r"[\s\"'“”‘’«‹»„‚「『（(\[{<¿¡*_•·‣–—―>-]*")
_NEXT_WORD: Final = re.compile(r"[^\W_]{1,40}(?:['’.-][^\W_]{1,40}){0,3}")
_ADDRESS: Final = re.compile(r"://|@|^www\.|^[\w-]+(?:\.[\w-]+)+/", re.IGNORECASE)
_SPEECH_TAG: Final = re.compile(
    r"\s*(?:[^\W\d_][\w'’.-]*\s+){0,4}?(?:said|says|asked|asks|added|replied|wrote|shouted|told|wondered|cried|answered"
    r"|exclaimed|tweeted|responded|yelled|demanded|continued|quipped|joked)\b"
)

_TITLES: Final = frozenset(
    """mr mrs ms mx dr gen lt col sgt capt maj cmdr comdr adm brig cpl pvt pfc sen rep reps sens gov lieut prof rev hon
    pres supt insp det messrs mme mlle fr ald amb vs v atty asst assoc dep dir sec-gen st ste mt ft gens drs profs m sr
    sra dipl ing e.g i.e cf viz al""".split()
)
"""Abbreviations that something always follows."""
_WEAK_TITLES: Final = frozenset({"st", "ste", "mt", "ft", "m", "al", "sr", "dir", "v"})
"""Those that may yet end a sentence ("Main St. The ...")."""
_MONTHS: Final = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
_BEFORE_DIGIT: Final = (
    frozenset("no nos p pp fig figs art arts sec ch vol vols ed approx ca est par para eq c tel ext rs".split())
    | _MONTHS
)
_MAY_END: Final = frozenset(
    """inc corp ltd co bros jr sr llc plc etc assn dept univ gmbh intl ave blvd rd ln hwy sq esq ph.d m.d b.a m.a d.c
    ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn
    tenn tex va vt wash wis wyo ont que mon tue tues wed thu thur thurs fri sat sun hrs min govt bn mln""".split()
)
_CLOCK: Final = frozenset({"a.m", "p.m"})
_AFTER_CLOCK: Final = frozenset(
    """est edt et cst cdt ct mst mdt pst pdt pt gmt utc bst cet cest jst kst ist eastern central pacific mountain local
    london moscow tokyo monday tuesday wednesday thursday friday saturday sunday jan feb mar apr may jun jul aug sep
    sept oct nov dec january february march april june july august september october november december""".split()
)
_STARTERS: Final = frozenset(
    """the he she it they we you his her its their our my this that these those there here when while where what who
    why how if in on at as after before since but and or so yet for from with without although though because however
    meanwhile then now another one some many most all both each every several no not to by under over during despite
    according also still last earlier later once until unlike whether two three i it's he's she's that's there's
    they're we're i'm don't let's even only such nor about a an asked officials critics police""".split()
)
"""Words that, capitalised after an abbreviation, begin a sentence rather than continue a name."""
_STARTERS_IN_CAPITALS: Final = frozenset("the he she it they we but this".split())
_MARKED_NAMES: Final = frozenset({"yahoo", "jeopardy"})
_DOTTED: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_LIST_NUMBER: Final = re.compile(r"\(?(?:\d{1,3}|[ivxIVX]{1,4}|[a-zA-Z])$")
_BRACKET: Final = re.compile(r"[()\[\]]")
_MAX_BRACKET_CHARS: Final = 400
"""A bracket that closes farther away than this was never meant to hold sentences together."""
_LOOK_BACK: Final = 60


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of one paragraph, in order and without the white space around them.

    Every character that is no white space lies in exactly one of them. A quotation of several sentences is split too;
    a blank line always separates. Takes time linear in the length of the text.
    """
    spans: list[Span] = []
    held = _held_together(text)
    starts = [span.start for span in held]
    start = _skip_space(text, 0)
    quotes = counted = 0
    for match in _candidates(text):
        end = match.end()
        if match["mark"] is None:
            end = match.start()
            while end > start and text[end - 1].isspace():
                end -= 1
        else:
            if match["late"]:
                quotes += text.count('"', counted, match.end("close"))
                counted = match.end("close")
                if match["late"].strip() == '"' and quotes % 2 == 0:  # an opening quote, not a closing one
                    end = match.end("close")
            if end >= len(text):
                break
            place = bisect_right(starts, match.start()) - 1
            inside = place >= 0 and match.end("mark") < held[place].end
            if (inside and held[place].start > start) or not _is_boundary(text, match, start, end):
                continue
        if end > start:
            spans.append(Span(start, end))
            start = _skip_space(text, end)
    end = len(text.rstrip())
    if start < end:
        spans.append(Span(start, end))
    return spans


def _candidates(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of `_CANDIDATE`; `re` skips to a single character in one go, and to alternatives does not."""
    mark = _MARK.search(text)
    while mark is not None:
        match = _CANDIDATE.match(text, mark.start())
        if match is not None:
            yield match
        mark = _MARK.search(text, mark.end() if match is None else match.end())


def _is_boundary(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Say whether a sentence that began at `start` ends at `end`, behind the marks of `match`."""
    mark, close = match["mark"], match["close"]
    if mark[0] in "。！？｡":
        return True
    opening = _OPENING.match(text, end)
    follows = opening.end() if opening else end
    if follows >= len(text):
        return False  # only quotes and brackets are left; they belong to this sentence
    glued = not text[end].isspace()
    word_match = _NEXT_WORD.match(text, follows)
    word = word_match.group() if word_match else ""
    token, token_start = _token_before(text, max(start, match.start() - _LOOK_BACK), match.start())
    if glued and not _is_missing_space(text, match, end, follows, word, token):
        return False
    first = text[follows]
    if first.islower() and not (len(word) > 1 and word[1].isupper()):
        return False
    if first in ",;:)]}%&" or (first in ".!?…" and not glued):
        return False
    if "!" in mark or "?" in mark:
        if token.lower() in _MARKED_NAMES:
            return False
        return not (close and _SPEECH_TAG.match(text, end))
    if mark[0] in "…" or len(mark.replace(" ", "")) > 1 or close.strip("[]0123456789"):
        # An ellipsis, or a stop inside quotes or brackets: what stands before is no abbreviation that goes on,
        # unless the bracket is the abbreviation's own ("(R-Calif.) Smith").
        return not (close.startswith(")") and _abbreviates(token, word, first))
    if token == "X" and text[max(start, token_start - 3) : token_start] == "on ":
        return True  # the network, and not an initial
    return not _abbreviates(token, word, first) and not (
        token_start <= start + 1
        and bool(_LIST_NUMBER.match(token))
        and _skip_space(text, start) == start
        and token.lower() not in ("i", "a")
    )


def _token_before(text: str, start: int, end: int) -> tuple[str, int]:
    """Return what stands before an end mark, without white space and quotes, and where it begins; "" if nothing."""
    begin = max(text.rfind(" ", start, end) + 1, start)
    token = text[begin:end]
    if token.isalnum():  # as most are; the search below would find the same
        return token, begin
    found = _TOKEN_BEFORE.search(text, start, end)
    return (found.group().strip(), found.start()) if found else ("", end)


def _abbreviates(token: str, word: str, first: str) -> bool:
    """Say whether the stop after `token` belongs to it, `word` (beginning with `first`) being what follows."""
    bare = token.lower().lstrip("'’").rsplit("-", 1)[-1] if token.lower() not in _TITLES else token.lower()
    next_word = word.lower().replace("’", "'")
    # In capitals nothing shows where a name goes on, so only words count that rarely follow one.
    starter = next_word in (_STARTERS_IN_CAPITALS if len(word) > 1 and word.isupper() else _STARTERS)
    if bare in _TITLES:
        return not (bare in _WEAK_TITLES and starter and next_word not in ("a", "an"))
    if bare in _BEFORE_DIGIT and (first.isdigit() or first in "#$£€"):
        return True
    if bare in _CLOCK:
        return next_word in _AFTER_CLOCK or first.isdigit()
    if len(bare) == 1 and bare.isalpha():
        # An initial: "J. K. Rowling". "I", and a letter that names something ("plan B. The"), may end a sentence.
        return not starter or next_word in ("a", "an") or not token[-1].isupper()
    if bare in _MAY_END or _DOTTED.search(bare):
        return not starter and not first.isdigit()
    return False


def _is_missing_space(text: str, match: re.Match[str], end: int, follows: int, word: str, token: str) -> bool:
    """Say whether a boundary without white space behind it is a typing error ("ended.The") and no name or address."""
    if not word or not word[0].isupper() or not (word[1:2].islower() or word in ("A", "I") or "'" in word):
        return False
    if follows > end and not match["close"] and text[follows - 1] not in '“‘«"(':
        return False
    if len(token) < 2 or not (token[-1].islower() or token[-1].isdigit() or token[-1] in "%)"):
        return False
    chunk_start = max(text.rfind(" ", max(0, end - 200), end), text.rfind("\n", max(0, end - 200), end)) + 1
    chunk = text[chunk_start : follows + len(word) + 1]
    return not _ADDRESS.search(chunk) and not token.isdigit()


def _held_together(text: str) -> list[Span]:
    """Return the outermost bracketed stretches, which are split only if the bracket opens a sentence."""
    held: list[Span] = []
    opened: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        char = match.group()
        if char in "([":
            opened.append((char, match.start()))
        elif opened and opened[-1][0] == ("(" if char == ")" else "["):
            begin = opened.pop()[1]
            if match.end() - begin <= _MAX_BRACKET_CHARS:
                while held and held[-1].start > begin:
                    held.pop()
                held.append(Span(begin, match.end()))
        if len(opened) > 8:
            del opened[0]
    return held


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
