"""Answers by a model: it reads every sentence of what was retrieved, and decides whether they answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from rag.answering.prompts import build_prompt, prompt_tokens
from rag.answering.reply_parser import Parsed, ReplyParser
from rag.config import LLMSettings
from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatMessage, ChatModel
from rag.schema import Draft, DraftStatement, Query, Rejection, ScoredPassage, Usage

logger = logging.getLogger(__name__)

_MOST_TIMEOUTS: Final = 5  # a reply may take this many times the longest silence, or a trickle would never end
CUT_BELOW: Final = 0.5  # of our count of a prompt: no tokenizer is that much thriftier, so the server cut it
MOST_REJECTED: Final = 6  # before the first statement; a model that goes on like this only repeats itself

Refusal = Callable[[Query, Sequence[ScoredPassage]], Draft]
"""Words a refusal: who or what is in no article, and what comes near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Lets a model write the answer. See `Answerer`."""

    model: ChatModel
    settings: LLMSettings
    refusal: Refusal
    clock: Callable[[], float] = time.monotonic
    """Seconds, for the limit of the whole reply."""

    def answer(
        self, query: Query, passages: Sequence[ScoredPassage]
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Yield each statement as soon as it is whole; closing the generator stops the model."""
        if not passages:
            return replace(self.refusal(query, passages), model=self.model.name)
        messages, numbered = build_prompt(query.asked, passages, intent=query.intent, instructions=query.instructions)
        sent = prompt_tokens(messages)
        logger.info("prompt tokens=%d sentences=%d", sent, len(numbered))
        parser = ReplyParser(numbered)
        statements = rejected = 0
        usage: list[Usage] = []
        with closing(self._parsed(parser, messages, usage)) as parsed:
            for item in parsed:
                yield item
                statements += isinstance(item, DraftStatement)
                rejected += isinstance(item, Rejection)
                if statements == query.max_statements or (rejected == MOST_REJECTED and not statements):
                    break
        used = usage[-1] if usage else None
        was_cut = used is not None and 0 < used.prompt_tokens < CUT_BELOW * sent
        if not statements and not parser.abstained and not was_cut:
            raise ModelOutputError(
                f"model {self.model.name!r} wrote no statement that cites one of the sentences it was given"
            )
        ending = Draft() if statements else self.refusal(query, passages)
        conflicts = tuple(parser.conflicts)
        return replace(ending, conflicts=conflicts, model=self.model.name, usage=used, was_cut=was_cut)

    def _parsed(
        self, parser: ReplyParser, messages: Sequence[ChatMessage], usage: list[Usage]
    ) -> Generator[Parsed, None, None]:
        started = self.clock()
        longest = _MOST_TIMEOUTS * self.settings.timeout_s
        with closing(self.model.stream(messages, max_tokens=self.settings.max_answer_tokens)) as stream:
            for delta in stream:
                usage += [delta.usage] if delta.usage else []
                yield from parser.feed(delta.text)
                if parser.overlong:
                    logger.warning("model %s was cut off: its reply is too long", self.model.name)
                    return
                if self.clock() - started > longest:
                    raise ModelUnavailable(f"model {self.model.name!r} was still writing after {longest:g} s")
        yield from parser.finish()
