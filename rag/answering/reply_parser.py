"""Reads a model's reply while it is being written: whole statements with the numbers they cite, and nothing else.

The reply is text from a stranger. A statement leaves here only when it is complete, is plain prose, and has a source
among the sentences that were shown: those it cites, or one that plainly holds its words (see `sourcing`).
Everything else leaves as a `Rejection` with a reason. What is well formed need not be true: that is for grounding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from rag.answering.prompts import DIFFERS, SENTINEL, SYSTEM
from rag.answering.sourcing import source_of
from rag.schema import ConflictingFact, DraftStatement, Evidence, Rejection
from rag.text.folding import fold, printable
from rag.text.sentences import split_sentences
from rag.text.words import words

MOST_CHARS: Final = 20_000  # of one reply; a real answer has a few hundred
MOST_STATEMENT_CHARS: Final = 800
MOST_BARE_NUMBERS: Final = 4  # of a reply that is numbers only; more of them point at nothing

_NUMBERS: Final = r"\d{1,4}(?:\s*(?:,|;|-|–|and|&)\s*(?:(?:source|sentence|citation|s)\s*:?\s*)?\d{1,4})*"
_SEPARATOR: Final = re.compile(
    r"\n|[\[【]\s*\^?(?:(?:sources?|sentences?|citations?|s)\s*[:#]?\s*)?(?:\d{1,3}:)?"
    rf"(?P<numbers>{_NUMBERS})\s*(?:†[^\]】]{{0,40}})?\s*[\]】]|\((?P<round>\d{{1,3}})\)(?=\s*(?:[.!?]?\s*$|[.!?\n(]))",
    re.IGNORECASE,
)
"""Ends of lines, and numbers as models write them: [2], [1, 3], [Source 2], 【2†source】, (2) at an end."""
_UNFINISHED: Final = re.compile(r"[\[【][^\]】\n]{0,60}$|\(\d{0,3}\)?\s*$|[⁰¹²³⁴⁵⁶⁷⁸⁹]+$|<[^>\s]{0,10}$", re.I)
_SUPERSCRIPT: Final = re.compile(r"(?:(?<=[.!?”\"’)\]])|(?<=[a-zA-Z]{3}))[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")
_PLAIN_DIGITS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RANGE: Final = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_BULLET: Final = re.compile(
    r"^\s*(?:[-*•–—>#]+|\(?\d{1,2}[.)](?=\s)|(?:answer|response|assistant)\s*:)\s*", re.IGNORECASE
)
_CONNECTOR: Final = re.compile(r"^(?:and|but|while|also|then)\s+(?=\w)")  # "... Monday [2], and Lind ..."
_EMPHASIS: Final = re.compile(r"\*\*|__|``?`?|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}:\s?//|\bwww\.|\]\s*\(|!\s*\[|\b(?:javascript|data|mailto)\s*:|\S+@\S+\.\w"
    r"|\b[\w-]+\.(?:com|org|net|io|ru|cn|info|biz|xyz|example|test|invalid|app|dev|site|online|top|tk|me|co)(?:/|\b)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(r"<\s*/?\s*[a-z!|][^>]{0,200}>|<\||\|>|\[/?[A-Z]{3,}\]|&#?\w{1,8};|\{\{|\}\}|```")
_REFUSAL: Final = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were)(?: not|n't)|no|not|cannot|can't|unable|nothing) ?(?:\w+ ){0,6}?"
    r"(?:mention(?:ed|s)?|state[ds]?|say|said|provide[ds]?|specif(?:y|ied)|contain(?:ed|s)?|include[ds]?|information|answer"
    r"|found|given|available|determine[ds]?|indicate[ds]?)\b[^.]{0,60}\b"
    r"(?:articles?|sentences?|passages?|text|context|sources?|information|question)\b"
    r"|\b(?:articles?|sentences?|passages?|text|context|sources?)\b[^.]{0,40}\b(?:do|does|did)(?: not|n't)\b",
    re.IGNORECASE,
)
_UNCITED_REFUSAL: Final = re.compile(
    r"\bno information\b|\bnot (?:mentioned|stated|specified|provided|in the (?:articles?|text|sentences?))\b",
    re.IGNORECASE,
)
_DIFFERENCE: Final = re.compile(rf"^[ *-]*{DIFFERS}[^\n]*\n?", re.MULTILINE)
_UNFINISHED_DIFFERENCE: Final = re.compile(
    rf"(?:^|(?<=\n))[ *-]*(?:{'|'.join(DIFFERS[:i] for i in range(1, len(DIFFERS)))}|{DIFFERS}[^\n]*)$"
)
_SENTINEL_WORDS: Final = tuple(words(SENTINEL))
_SHINGLE: Final = 5  # words in a row that only our own prompt has
_OWN_WORDS: Final = tuple(words(SYSTEM.replace(SENTINEL, " ")))
_OWN_SHINGLES: Final = frozenset(_OWN_WORDS[i : i + _SHINGLE] for i in range(len(_OWN_WORDS) - _SHINGLE + 1))

Parsed = DraftStatement | Rejection
_Token = tuple[Literal["text", "cites", "line"], str]


class ReplyParser:
    """Takes pieces of a reply and gives statements as they become whole.

    Models put the numbers after a statement ("... Monday [2]. ..."), after its full stop ("... Monday. [2] ...") or,
    copying the form of the sentences shown to them, before it ("[2] ... Monday."). All three are read; several
    sentences before one number share it and are judged one by one. A reply of numbers alone ("[4] [6]") points at the
    sentences that answer, which are then quoted.
    """

    def __init__(self, numbered: Mapping[int, Evidence]) -> None:
        """Accept these sentences as sources, and no others."""
        self._numbered = numbered
        self._buffer = ""
        self._received = 0
        self._text = ""
        self._before: list[int] = []
        self._after: list[int] = []
        self._said: set[str] = set()
        self._bare: list[int] = []
        self._before_ready = ""
        self._wrote_words = False
        self.conflicts: list[ConflictingFact] = []
        """What the model marked as a difference between articles."""
        self.abstained = False
        """The model wrote the sentinel, or in other words that the sentences do not answer."""
        self.overlong = False
        """The reply was cut off after `MOST_CHARS`."""

    def feed(self, piece: str) -> Iterator[Parsed]:
        """Take the next piece of the reply and yield what it completes."""
        if self.overlong:
            return
        self._received += len(piece)
        if self._received > MOST_CHARS:
            piece = piece[: max(0, len(piece) - (self._received - MOST_CHARS))]
            self.overlong = True
        self._buffer += piece
        yield from self._consume(final=False)

    def finish(self) -> Iterator[Parsed]:
        """Yield what the end of the reply completes."""
        yield from self._consume(final=True)
        yield from self._flush()
        if not self._wrote_words and not self.abstained:
            for number in list(dict.fromkeys(self._bare))[:MOST_BARE_NUMBERS]:
                if number in self._numbered:
                    evidence = self._numbered[number]
                    yield DraftStatement(text=" ".join(evidence.text.split()), evidence=(evidence,))

    def _consume(self, *, final: bool) -> Iterator[Parsed]:
        self._take_differences(final=final)
        for kind, value in self._tokens(final=final):
            if kind == "cites":
                self._take_cites(_numbers(value))
            elif kind == "line":
                yield from self._end_line()
            else:
                yield from self._take_text(value)

    def _take_differences(self, *, final: bool) -> None:
        """Take whole lines that mark a difference out of the buffer; one that is not finished stays there."""
        for line in _DIFFERENCE.findall(self._buffer):
            if line.endswith("\n") or final:
                self._buffer = self._buffer.replace(line, "\n", 1)
                if (fact := _difference(line, self._numbered)) is not None:
                    self.conflicts.append(fact)

    def _tokens(self, *, final: bool) -> Iterator[_Token]:
        """Cut complete tokens off the buffer; what may be the beginning of a citation or a thought stays in it."""
        end = len(self._buffer)
        for unfinished in () if final else (_UNFINISHED, _UNFINISHED_DIFFERENCE):
            if held := unfinished.search(self._buffer):
                end = min(end, held.start())
        ready, self._buffer = self._buffer[:end], self._buffer[end:]
        before = self._before_ready
        self._before_ready = (before + ready)[-3:]
        ready = _SUPERSCRIPT.sub(_in_brackets, before + ready).removeprefix(before)
        position = 0
        for found in _SEPARATOR.finditer(ready):
            if found.start() > position:
                yield "text", ready[position : found.start()]
            yield ("line", "\n") if found.group() == "\n" else ("cites", found["numbers"] or found["round"])
            position = found.end()
        if position < len(ready):
            yield "text", ready[position:]

    def _take_text(self, value: str) -> Iterator[Parsed]:
        if self._after:
            # "... Monday [2]." or "... Monday [2], and ...": punctuation belongs to what came before.
            closing = re.match(r"[.,;:!?\"”’)]*\s*[.,;:!?]*\s*", value)
            stop = closing.group() if closing else ""
            if len(stop) == len(value):
                if not self._text.rstrip().endswith((".", "!", "?")):
                    self._text = self._text.rstrip() + stop.strip(" ,;:")
                return
            if self._before and self._text.rstrip().endswith((".", "!", "?", "”", '"')):
                following, self._after = self._after, []  # "[1] A. [2] B.": the second number opens B
                yield from self._flush()
                self._before = following
            else:
                mark = next((char for char in stop if char in ".!?"), "")
                if mark and not self._text.rstrip().endswith((".", "!", "?")):
                    self._text = self._text.rstrip() + mark
                yield from self._flush()
                value = value[len(stop) :]
        self._text += value
        if len(self._text) > MOST_STATEMENT_CHARS and not self._before:
            yield from self._give_up_waiting()

    def _give_up_waiting(self) -> Iterator[Parsed]:
        """Judge without numbers what has waited for them too long, except for a sentence that is not finished."""
        sentences = split_sentences(self._text)
        finished = sentences[-1].start if len(sentences) > 1 else 0
        if len(self._text) > 4 * MOST_STATEMENT_CHARS:
            finished = len(self._text)
        rest = self._text[finished:]
        self._text = self._text[:finished]
        yield from self._flush()
        self._text = rest

    def _take_cites(self, numbers: list[int]) -> None:
        if self._text.strip(' .,;:!?"”’)-*•'):
            self._after += numbers
        else:
            self._text = ""
            self._before += numbers

    def _end_line(self) -> Iterator[Parsed]:
        stripped = self._text.strip()
        if (
            self._after
            or (self._before and stripped)
            or stripped.endswith((".", "!", "?", ":", "”", '"'))
            or not stripped
        ):
            yield from self._flush(keep_before=not stripped)
        elif fold(stripped).strip(" .*") == fold(SENTINEL):
            yield from self._flush()
        else:
            self._text += " "

    def _flush(self, *, keep_before: bool = False) -> Iterator[Parsed]:
        text, numbers = self._text, list(dict.fromkeys(self._before + self._after))
        if not words(text):
            self._bare += numbers
        self._text, self._after = "", []
        if not keep_before:
            self._before = []
        block = " ".join(printable(text).replace("\ufffd", "").split())
        spans = split_sentences(block)
        for span in spans:
            yield from self._judge(span.of(block), numbers)

    def _judge(self, text: str, numbers: list[int]) -> Iterator[Parsed]:
        """Yield the statement, or why it is none; nothing for empty text and for refusals."""
        while (shorter := _BULLET.sub("", text, count=1)) != text:
            text = shorter
        if _LINK.search(text):
            yield Rejection(text[:200], "link")
            return
        if _MARKUP.search(text):
            yield Rejection(text[:200], "markup")
            return
        text = _CONNECTOR.sub("", _EMPHASIS.sub("", text).strip())
        if text[:2].islower():
            text = text[:1].upper() + text[1:]
        said = words(text)
        if not said:
            return
        self._wrote_words = True
        if tuple(said[: len(_SENTINEL_WORDS)]) == _SENTINEL_WORDS or _is_refusal(text, numbers):
            self.abstained = True
            return
        if any(tuple(said[i : i + _SHINGLE]) in _OWN_SHINGLES for i in range(len(said) - _SHINGLE + 1)):
            yield Rejection(text[:200], "repeats_prompt")
            return
        cited = tuple(self._numbered[number] for number in numbers if number in self._numbered)
        found = cited or tuple(filter(None, [source_of(text, self._numbered.values())]))
        if not found:
            yield Rejection(text[:200], "unknown_source" if numbers else "no_source")
        elif len(text) > MOST_STATEMENT_CHARS:
            yield Rejection(text[:200], "too_long")
        elif " ".join(said) not in self._said:
            self._said.add(" ".join(said))
            yield DraftStatement(text=text, evidence=found)


def _is_refusal(text: str, numbers: Sequence[int]) -> bool:
    return bool(_REFUSAL.search(text) or (not numbers and _UNCITED_REFUSAL.search(text)))


def _difference(line: str, numbered: Mapping[int, Evidence]) -> ConflictingFact | None:
    """Read "DIFFERS: the dead: 26 [2]; 31 [7]"; None where fewer than two values cite a sentence."""
    fact, _, rest = line.strip(" *-\n").removeprefix(DIFFERS).strip(" *").partition(":")
    if not rest:
        fact, rest = "", fact
    values = []
    position = 0
    for found in re.finditer(rf"(?:\s*{_SEPARATOR.pattern})+", rest, re.IGNORECASE):
        text = rest[position : found.start()].strip(" ;,.*")
        numbers = [
            number
            for part in _SEPARATOR.finditer(found.group())
            for number in _numbers(part["numbers"] or part["round"] or "")
        ]
        evidence = tuple(numbered[number] for number in dict.fromkeys(numbers) if number in numbered)
        if words(text) and evidence:
            values.append((text, evidence))
        position = found.end()
    return ConflictingFact(fact=fact.strip() or "this", values=tuple(values)) if len(values) > 1 else None


def _numbers(inside: str) -> list[int]:
    """Read "2, 5-7 and 9"; a range of more than ten is no citation."""
    found: list[int] = []
    for first, last in _RANGE.findall(inside):
        if 0 <= int(last) - int(first) <= 10:
            found += range(int(first), int(last) + 1)
    rest = _RANGE.sub(" ", inside)
    return found + [int(number) for number in re.findall(r"\d+", rest)]


def _in_brackets(superscript: re.Match[str]) -> str:
    return f"[{superscript.group().translate(_PLAIN_DIGITS)}]"
