"""Takes a model's reasoning out of the text of its reply, so that nobody reads thoughts as an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final, Literal

from rag.errors import ContextExceeded, ModelOutputError
from rag.llm import ChatDelta
from rag.schema import Usage
from rag.text.sentences import split_sentences

_NAMES: Final = r"(?:think(?:ing)?|thoughts?|reasoning|reflection|seed:think)"
_TAGS: Final = (
    (rf"<{_NAMES}>", rf"</{_NAMES}>"),
    ("◁think▷", "◁/think▷"),
    (r"\[THINK\]", r"\[/THINK\]"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<\|channel\|>(?:analysis|commentary)[^<]{0,40}<\|message\|>", r"<\|channel\|>final[^<]{0,40}<\|message\|>"),
)
"""Openings and closings: DeepSeek and most others, Kimi, Magistral, OpenThinker, and the channels of gpt-oss."""
_BARE_CHANNELS: Final = (r"\A\s*analysis(?=[A-Z])", "assistantfinal")
"""gpt-oss behind a server that drops control tokens; the opening counts only where the reply begins with it."""
_END_OF_TURN: Final = r"<\|(?:return|im_end|eot_id|end|endoftext|end_of_text)\|>|</s>"

_TAG: Final = re.compile(
    "|".join(
        [f"(?P<open{i}>{opening})|(?P<close{i}>{closing_})" for i, (opening, closing_) in enumerate(_TAGS)]
        + [f"(?P<end>{_END_OF_TURN})"]
    ),
    re.IGNORECASE,
)
_CLOSINGS: Final = tuple(re.compile(closing_, re.IGNORECASE) for _, closing_ in _TAGS)
_BARE_OPENING, _BARE_CLOSING = (re.compile(tag) for tag in _BARE_CHANNELS)
_UNFINISHED: Final = re.compile(
    r"(?:<\|channel\|>[^<]{0,60}(?:<[^<>]{0,20})?|<[^<>\s]{0,30}|◁[^▷]{0,10}|\[/?(?:T(?:H(?:I(?:NK?)?)?)?)?)\Z",
    re.IGNORECASE,
)
"""What may be the beginning of a tag."""
_LONGEST_TAG: Final = 80

_NUMBER: Final = r"(?:[\[【(]+[^\[\]【】()\n]{0,20}\b\d{1,3}(?!\d)[^\[\]【】()\n]{0,20}[\])】]+|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
_MARKED: Final = re.compile(rf"(?:\A|[.!?:]['\"’”]?)[\s*•-]*{_NUMBER}|{_NUMBER}[\s*]*[.,;:!?\n]")
"""The number of a source where an answer has it: before or after a clause, not amid one."""
_LONGEST_SENTENCE_CHARS: Final = 1000  # of an answer; a longer text without a number is not worth looking at again
_SURE_AFTER_CHARS: Final = 30  # of a second sentence: by then a number that stands after the first would have come

_LEAST_ROOM_TOKENS: Final = 500  # to think in; with less a shorter prompt is the better help

Caution = Literal["check", "hold", "trust"]
"""What to do with text before which no thought was opened.

Some servers send a thought without its opening tag, and until the closing tag comes it looks like an answer. `check`
lets text through whose first sentence has its number, as an answer's should, and holds other text back until the
reply has ended; `hold` holds all text back until a thought has been closed; `trust` holds nothing back.
"""


class ThoughtFilter:
    """Takes one reply in pieces and gives the text that is no thought, without tags and control tokens."""

    def __init__(self, caution: Caution = "check") -> None:
        """Begin a reply."""
        self._caution = caution
        self._held = ""
        self._searched = 0  # up to here no tag stands in what is held
        self._closing: re.Pattern[str] | None = None
        self._is_open = caution == "trust"
        self._has_ended = False
        self._gave = False
        self.has_thought = False
        """The model was seen to think, here or, as whoever reads the reply may set, outside of its text."""
        self.was_unopened = False
        """A thought was closed that had not been opened."""

    def feed(self, piece: str) -> str:
        """Take the next piece and return what is certain to be text."""
        self._held += piece
        return self._given(final=False)

    def finish(self) -> str:
        """Return what the end of the reply makes certain."""
        return self._given(final=True)

    def _given(self, *, final: bool) -> str:
        text = "".join(self._visible(final=final))
        self._gave = self._gave or bool(text.strip())
        return text

    def _visible(self, *, final: bool) -> Iterator[str]:
        if not self._gave and self._closing is None and (bare := _BARE_OPENING.match(self._held)):
            self._think(bare, _BARE_CLOSING)
        while not self._has_ended:
            if self._closing is not None:
                closed = self._closing.search(self._held)
                if closed is None:
                    self._held = self._held[-_LONGEST_TAG:]
                    return
                self._held = self._held[closed.end() :]
                self._closing = None
                self._is_open = True
                continue
            tag = _TAG.search(self._held, self._searched)
            if tag is None:
                self._searched = max(0, len(self._held) - _LONGEST_TAG)
                break
            self._searched = 0
            before, kind = self._held[: tag.start()], tag.lastgroup or ""
            if kind.startswith("open"):
                yield before
                self._think(tag, _CLOSINGS[int(kind.removeprefix("open"))])
            elif kind == "end":
                yield before
                self._has_ended = True
            else:
                self._held = self._held[tag.end() :]
                self._is_open = True
                if self._gave or before.strip().removeprefix("<|start|>assistant"):
                    self.has_thought = self.was_unopened = True
        if self._has_ended:
            self._held = ""
        elif final or self._is_open or self._looks_like_an_answer():
            self._is_open = True
            unfinished = None if final else _UNFINISHED.search(self._held)
            end = unfinished.start() if unfinished else len(self._held)
            text, self._held, self._searched = self._held[:end], self._held[end:], 0
            yield text

    def _think(self, opening: re.Match[str], closing_: re.Pattern[str]) -> None:
        self.has_thought = True
        self._held, self._searched = self._held[opening.end() :], 0
        self._closing = closing_

    def _looks_like_an_answer(self) -> bool:
        if self.has_thought or self._caution == "hold":
            return self.has_thought  # what was thought is known already
        if len(self._held) > _LONGEST_SENTENCE_CHARS:
            self._caution = "hold"
            return False
        sentences = split_sentences(self._held)
        second = sentences[1].start if len(sentences) > 1 else len(self._held)
        marked = _MARKED.search(self._held)
        if marked is not None and marked.start() <= second:
            return True
        if len(self._held) - second >= _SURE_AFTER_CHARS:
            self._caution = "hold"
        return False


class OnlyThoughts(ModelOutputError):
    """A reply came to its limit before anything but thoughts was written."""

    def __init__(self, message: str, usage: Usage | None) -> None:
        """Keep what the reply cost."""
        super().__init__(message)
        self.usage = usage


Ask = Callable[[int, ThoughtFilter], Generator[ChatDelta, None, None]]
"""Asks a model for a reply of at most so many tokens, thoughts included, and reads it through the filter."""


class ThinkingHabit:
    """What is known of how a model thinks, for reading its next reply and for how long that may be.

    Shared by threads; the worst that two first questions at once can do is to find out the same thing twice.
    """

    def __init__(self, room_tokens: int) -> None:
        """Know nothing yet, and allow so many tokens for thinking."""
        self._room_tokens = room_tokens
        self._thinks = False
        self._caution: Caution = "check"

    def stream(self, ask: Ask, *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield a reply; one that used up its tokens for thinking is asked for again, once, with room for that.

        Raises:
            OnlyThoughts: even then nothing else was written.
            ContextExceeded: the prompt is too long even with little room for thinking.
        """
        spent: Usage | None = None
        if not self._thinks and self._room_tokens:
            try:
                yield from self._reply(ask, max_tokens)
                return
            except OnlyThoughts as exc:
                self._thinks = True
                spent = exc.usage
        room = self._room_tokens
        while True:
            try:
                with closing(self._reply(ask, max_tokens + room)) as deltas:
                    for delta in deltas:
                        yield replace(delta, usage=_sum(delta.usage, spent)) if delta.usage else delta
            except ContextExceeded:
                # vLLM counts what a reply may have at most as if it were there already.
                if room < 2 * _LEAST_ROOM_TOKENS:
                    raise
                room //= 2
            else:
                self._room_tokens = room
                return

    def _reply(self, ask: Ask, max_tokens: int) -> Generator[ChatDelta, None, None]:
        thoughts = ThoughtFilter(self._caution)
        yield from ask(max_tokens, thoughts)
        self._thinks = self._thinks or thoughts.has_thought
        if thoughts.was_unopened:
            self._caution = "hold"
        elif self._caution == "check":
            self._caution = "trust"


def _sum(usage: Usage, spent: Usage | None) -> Usage:
    if spent is None:
        return usage
    return Usage(usage.prompt_tokens + spent.prompt_tokens, usage.completion_tokens + spent.completion_tokens)
