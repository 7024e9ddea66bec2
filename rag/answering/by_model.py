"""Answers written by a model from numbered sentences: prompt, stream, statements as they become whole."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from rag.answering.prompts import build_prompt, prompt_tokens
from rag.answering.reply_parser import Parsed, ReplyParser
from rag.answering.sourcing import says_plainly
from rag.config import LLMSettings
from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatModel
from rag.schema import DraftStatement, Evidence, Rejection, Usage
from rag.text.words import content_words, words

logger = logging.getLogger(__name__)

_MOST_TIMEOUTS: Final = 5  # a reply may take this many times the longest silence, or a trickle would never end
MOST_SENTENCES: Final = 16  # shown to a model; each costs a small one 0.7 s
MOST_REJECTED: Final = 6  # before the first statement; a model that goes on like this only repeats itself
ALIKE_FROM: Final = 0.75  # share of the shorter sentence's content words in the longer: they say much the same
_MARGIN_TOKENS: Final = 64  # the model's own tokenizer may count a little more than cl100k_base


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutcome:
    """How a reply ended; always the last thing that `draft_by_model` yields."""

    model: str
    abstained: bool
    """The model wrote no statement because, as it says, the sentences do not answer."""
    statements: int
    rejected: int
    usage: Usage | None
    """As the server reports it; None where it does not."""
    prompt_tokens: int
    """Of the prompt, in cl100k_base tokens."""


def left_out(quoted: Sequence[DraftStatement], written: Sequence[DraftStatement]) -> list[DraftStatement]:
    """Return the quotes that a model's answer must not do without.

    A small model stops after the first thing that somebody said, or the first article that answers. What was said in
    other sentences, articles that it does not cite at all, and the first quote, are quoted after its statements.
    """
    sentences = {(e.article.id, e.span) for statement in written for e in statement.evidence}
    articles = {article_id for article_id, _ in sentences}
    missing: list[DraftStatement] = []
    for place, statement in enumerate(quoted):
        said = set(words(statement.text))
        main = max(statement.evidence, key=lambda e: len(said & set(words(e.text))))
        matters = place == 0 or statement.speaker is not None or main.article.id not in articles
        if (main.article.id, main.span) not in sentences and matters:
            missing.append(statement)
            sentences.add((main.article.id, main.span))
            articles.add(main.article.id)
    return missing


def draft_by_model(
    question: str,
    evidence: Sequence[Evidence],
    model: ChatModel,
    *,
    max_statements: int,
    settings: LLMSettings,
    within: Sequence[Evidence] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[DraftStatement | Rejection | ModelOutcome, None, None]:
    """Let a model answer from sentences, and yield each statement as soon as it is whole.

    Statements cite only sentences that were shown, and are otherwise unchecked: grounding comes next. Closing the
    iterator stops the model.

    Args:
        question: able to stand alone.
        evidence: most useful first; of these `MOST_SENTENCES` are shown, or as many as `settings.max_prompt_tokens`
            leaves room for.
        model: who answers.
        max_statements: the reply is cut off after so many.
        settings: limits of prompt and answer in tokens, and of time.
        within: sentences of which a statement has to cite one, or one that says much the same; the others that are
            shown only help to understand them.
        clock: seconds, for the limit of the whole reply.

    Yields:
        Statements and rejections in the order of the reply, then the outcome.

    Raises:
        ModelUnavailable: the model failed or broke off; statements yielded before are whole and may be kept.
        ModelOutputError: the reply holds no statement that cites a sentence, and no refusal either.
    """
    most_tokens = min(settings.max_prompt_tokens, model.context_tokens - settings.max_answer_tokens - _MARGIN_TOKENS)
    messages, numbered = build_prompt(question, evidence[:MOST_SENTENCES], max_tokens=most_tokens)
    length = prompt_tokens(messages)
    if not numbered:
        yield ModelOutcome(model=model.name, abstained=True, statements=0, rejected=0, usage=None, prompt_tokens=length)
        return
    parser = ReplyParser(numbered)
    statements = rejected = sourced = 0
    usage: Usage | None = None

    def pieces() -> Generator[Parsed, None, None]:
        nonlocal usage
        started = clock()
        with closing(model.stream(messages, max_tokens=settings.max_answer_tokens)) as stream:
            for delta in stream:
                usage = delta.usage or usage
                yield from parser.feed(delta.text)
                if parser.overlong:
                    logger.warning("model %s was cut off: its reply is too long", model.name)
                    return
                if clock() - started > _MOST_TIMEOUTS * settings.timeout_s:
                    raise ModelUnavailable(
                        f"model {model.name!r} was still writing after {_MOST_TIMEOUTS * settings.timeout_s:g} s"
                    )
        yield from parser.finish()

    with closing(pieces()) as parsed:
        for item in parsed:
            sourced += isinstance(item, DraftStatement)
            if isinstance(item, DraftStatement) and not says_plainly(item.text, item.evidence):
                item = Rejection(item.text, "low_coverage")
            elif isinstance(item, DraftStatement) and within is not None and not _cites_one_of(item, within):
                item = Rejection(item.text, "beside_the_question")
            yield item
            if isinstance(item, Rejection):
                rejected += 1
                if rejected == MOST_REJECTED and not statements:
                    break
            else:
                statements += 1
                if statements == max_statements:
                    break
    if not sourced and not parser.abstained:
        raise ModelOutputError(f"model {model.name!r} wrote no statement that cites one of the sentences it was given")
    yield ModelOutcome(
        model=model.name,
        abstained=parser.abstained and not statements,
        statements=statements,
        rejected=rejected,
        usage=usage,
        prompt_tokens=length,
    )


def _cites_one_of(statement: DraftStatement, sentences: Sequence[Evidence]) -> bool:
    wanted = [frozenset(content_words(item.text)) for item in sentences]
    for item in statement.evidence:
        here = frozenset(content_words(item.text))
        if any(len(here & there) >= ALIKE_FROM * min(len(here), len(there)) for there in wanted):
            return True
    return False
