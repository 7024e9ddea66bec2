"""Scores the sentences of the retrieved passages as answers to a question."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from rag.answering.analysis import QuestionAnalysis, Term
from rag.answering.candidates import NEAR_CREDIT, Candidate
from rag.answering.corpus import Corpus
from rag.answering.fitting import answers_form
from rag.answering.matching import SYNONYM_CREDIT, Matcher, WordSimilarity, similar_words
from rag.answering.relations import relations_hold
from rag.answering.timing import agrees_in_time, tells_of_a_plan, writes_date
from rag.answering.tokens import Token, tokenize

SMALL_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "own": 0.16,  # terms in the sentence itself
        "frame": 0.13,  # terms in it or its passage, title and heading
        "article": 0.0,  # terms anywhere in the retrieved passages of its article
        "title": 0.0,
        "focus": 0.24,  # terms in it, weighed by how few sentences of its article hold them
        "nearness": 0.13,  # of the sentence's vector to the question's
        "retrieval": 0.17,  # score of its passage
        "type": 0.17,  # whether what is asked for is there
        "lead": 0.0,  # news tells what matters first
        "opening": 0.0,  # whether its article begins with it
        "peak": 0.0,  # terms in it beside those in the best sentence of its article
        "shared": 0.0,  # how widely a name or figure that the question lacks is told with its terms
    }
)
LARGE_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "own": 0.08,
        "frame": 0.08,
        "article": 0.06,
        "title": 0.05,
        "focus": 0.0,
        "nearness": 0.13,
        "retrieval": 0.25,
        "type": 0.09,
        "lead": 0.09,
        "opening": 0.02,
        "peak": 0.09,
        "shared": 0.06,
    }
)
"""Share of each measure in a sentence's score, summing to 1, in small and large indexes (see `Corpus.size`).

`eval.train_selection` fits them: a listwise logistic ranking of the retrieved sentences, the large ones on the 453
answerable questions of CLAPnq, SQuAD 2.0, MultiHop-RAG (all openly licensed; development halves) and our own about 90
news pages whose answer was retrieved, the small ones on our own questions about few articles (all in `eval/training`).
Rounded; a measure with 0 is left out. What each set gains is in docs/answering.md.
"""
_SMALL_TO: Final = 0.45
_LARGE_FROM: Final = 0.75
"""Sizes between which the shares pass from one to the other: some 130 and 1,700 passages."""
_LEAD_CHARS: Final = 1500

_FRAME_CREDIT: Final = 0.5
"""What a term in title, heading or elsewhere in the passage is worth."""
_UNHELD_WEIGHT: Final = 1.6
"""How much more a word weighs that stands nowhere in the index: only a synonym can make up for it."""
_DATE_WEIGHT: Final = 1.5
_UNWRITTEN_DATE_CREDIT: Final = 0.6
"""What the article's date, or none at all, is worth to a date in the question."""
_TITLE_CREDIT: Final = 0.6
"""What a term in the title is worth to what somebody said in the article."""
_PLAN_FACTOR: Final = 0.9
"""What remains of the score of a sentence about a plan where the question asks what happened."""
_TOPIC_CREDIT: Final = 0.6
"""What a term is worth that the article is about: its sentences need not repeat it."""
_REPEATED_CREDIT: Final = 0.8
"""How far a term that several of the article's sentences hold is its topic."""
_ARTICLE_CREDIT: Final = 0.45
"""What a name elsewhere in the article is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSentence:
    """A candidate with its score and the reasons."""

    candidate: Candidate
    measures: tuple[float, ...]
    """What is weighed for the score, each 0 to 1, in the order of `SMALL_SHARES`."""
    score: float
    """0 to 1, higher is better; comparable between questions."""
    coverage: float
    """Weighted share of the question's terms that the sentence holds, with its context at a discount."""
    words_coverage: float
    """The same without the question's dates."""
    own_coverage: float
    """The same by the sentence and those it leans on alone, without title, heading and the rest of the article."""
    titled_coverage: float
    """The same with the title at a discount: what an article is about need not be said again."""
    own_credits: tuple[float, ...]
    """Of each term of the question by the sentence's own words."""
    credits: tuple[float, ...]
    """Of each term of the question, in order."""
    has_type: bool
    """Whether the kind of thing asked for (a date, a number, a name) is there."""
    relations_hold: bool
    """Whether what the question ties together ("the Russian delegation") stands together, here or just before."""
    date_agrees: bool
    """Whether the sentence, or its article's date, agrees with the dates in the question."""


def make_matcher(
    question: QuestionAnalysis,
    sentences: Iterable[Candidate],
    *,
    similarity: WordSimilarity | None,
    corpus: Corpus,
    people: Sequence[tuple[frozenset[Term], Term]] = (),
    titles: Mapping[str, Sequence[Sequence[Token]]] = MappingProxyType({}),
) -> Matcher:
    """Prepare to compare a question with sentences.

    Args:
        similarity: word vectors, where there are any.
        corpus: what words and names the index holds.
        people: who is described in which words, see `Matcher.people`.
        titles: how the articles call whom the question names, see `Matcher.titles`.
    """
    vocabulary = {
        token.stem: token.word for sentence in sentences for token in sentence.tokens if not token.is_stopword
    }
    weights = tuple(
        term.weight
        * (0.4 + 0.6 * max(corpus.rarity(token.word) for token in term.tokens))
        * (1.0 if any(corpus.holds_word(token.word) for token in term.tokens) else _UNHELD_WEIGHT)
        for term in question.terms
    )
    return Matcher(
        terms=question.terms,
        weights=weights,
        is_name=corpus.is_name,
        corpus_size=corpus.size(),
        known_names=frozenset(term.text for term in question.names if corpus.holds_phrase(term.text)),
        people=tuple(people),
        titles=titles,
        similar=similar_words(question.terms, vocabulary, similarity, is_held=corpus.holds_word),
    )


def score_sentences(
    question: QuestionAnalysis, sentences: Sequence[Candidate], matcher: Matcher, cosines: Sequence[float]
) -> list[ScoredSentence]:
    """Score every sentence, best first, ties by path and place.

    Args:
        cosines: similarity of question and sentence vectors, one a sentence.
    """
    # Sentences share title, passage and article, so those are compared with the question once.
    bags = {id(bag): bag for sentence in sentences for bag in (sentence.frame, sentence.article, sentence.title)}
    shared = {key: matcher.credits(bag) for key, bag in bags.items()}
    owns = [matcher.credits(sentence.bag) for sentence in sentences]
    topics = _topics(sentences, owns, shared)
    covered = [matcher.coverage(own) for own in owns]
    best = _best_by_article(sentences, covered)
    telling = _telling(question, sentences, covered, best, matcher)
    scored = [
        _score(
            question,
            sentence,
            matcher,
            cosine,
            shared,
            own,
            topics[sentence.evidence.article.id],
            peak=cover / best[sentence.evidence.article.id] if cover else 0.0,
            telling=tells,
        )
        for sentence, cosine, own, cover, tells in zip(sentences, cosines, owns, covered, telling, strict=True)
    ]
    return sorted(scored, key=lambda s: (-s.score, s.candidate.evidence.article.path, s.candidate.ordinal))


def shares(corpus_size: float) -> tuple[float, ...]:
    """Return the shares of the measures in an index of a size from 0 to 1."""
    large = min(1.0, max(0.0, (corpus_size - _SMALL_TO) / (_LARGE_FROM - _SMALL_TO)))
    return tuple(
        (1 - large) * small + large * big
        for small, big in zip(SMALL_SHARES.values(), LARGE_SHARES.values(), strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Topic:
    """What the retrieved sentences of an article are about, term by term of the question."""

    credits: tuple[float, ...]
    """How far each term is the topic."""
    rarity: tuple[float, ...]
    """From 0 for a term that every sentence holds to 1 for one that none does."""


def _topics(
    sentences: Sequence[Candidate], owns: Sequence[tuple[float, ...]], shared: Mapping[int, tuple[float, ...]]
) -> dict[str, _Topic]:
    """Find out for each article which terms of the question it is about, and how few of its sentences hold each.

    A term is its topic that stands in the title, in the first of the sentences, or in several. Rarity is the inverse
    sentence frequency, log((n + 1) / (held + 1/2)), over what it is for a term that no sentence holds.
    """
    by_article: dict[str, list[tuple[Candidate, tuple[float, ...]]]] = {}
    for sentence, own in zip(sentences, owns, strict=True):
        by_article.setdefault(sentence.evidence.article.id, []).append((sentence, own))
    found = {}
    for article, scored in by_article.items():
        first, opening = min(scored, key=lambda pair: pair[0].ordinal)
        held = [
            sum(credit >= SYNONYM_CREDIT for credit in credits)
            for credits in zip(*[own for _, own in scored], strict=True)
        ]
        most = math.log(2 * (len(scored) + 1))
        found[article] = _Topic(
            credits=tuple(
                max(titled, opened, _REPEATED_CREDIT if count > 1 else 0.0)
                for titled, opened, count in zip(shared[id(first.title)], opening, held, strict=True)
            ),
            rarity=tuple(math.log((len(scored) + 1) / (count + 0.5)) / most for count in held),
        )
    return found


def _best_by_article(sentences: Sequence[Candidate], covered: Sequence[float]) -> dict[str, float]:
    """Return how much of the question the best sentence of each article covers by itself."""
    best: dict[str, float] = {}
    for sentence, cover in zip(sentences, covered, strict=True):
        article = sentence.evidence.article.id
        best[article] = max(best.get(article, 0.0), cover)
    return best


def _telling(
    question: QuestionAnalysis,
    sentences: Sequence[Candidate],
    covered: Sequence[float],
    best: Mapping[str, float],
    matcher: Matcher,
) -> list[float]:
    """Return for each sentence how widely one of its names or figures is told with what the question asks, 0 to 1.

    Articles about one thing repeat what matters. Of a name or figure that the question lacks, every article counts by
    the square of the most that a sentence with it covers of the question, beside the most that any of its sentences do.
    """
    asked = {token.stem for token in tokenize(question.text)}
    news = [_news(sentence.tokens, asked, matcher.is_name) for sentence in sentences]
    told: dict[str, dict[str, float]] = {}
    for sentence, cover, found in zip(sentences, covered, news, strict=True):
        article = sentence.evidence.article.id
        for one in found:
            by_article = told.setdefault(one, {})
            by_article[article] = max(by_article.get(article, 0.0), cover**2)
    total = sum(cover**2 for cover in best.values()) or 1.0
    sums = {one: sum(by_article.values()) / total for one, by_article in told.items()}
    return [max((sums[one] for one in found), default=0.0) for found in news]


def _news(tokens: Sequence[Token], asked: Container[str], is_name: Callable[[str], bool]) -> set[str]:
    """Collect the names and figures of a sentence that the question lacks."""
    return {
        token.number or token.stem
        for index, token in enumerate(tokens)
        if (token.number is not None or (token.is_capitalised and (index > 0 or is_name(token.word))))
        and token.stem not in asked
        and not token.is_stopword
    }


def _score(
    question: QuestionAnalysis,
    sentence: Candidate,
    matcher: Matcher,
    cosine: float,
    shared: Mapping[int, tuple[float, ...]],
    own: tuple[float, ...],
    topic: _Topic,
    *,
    peak: float,
    telling: float,
) -> ScoredSentence:
    before = matcher.credits(sentence.before)
    frame, article = shared[id(sentence.frame)], shared[id(sentence.article)]
    credits = tuple(
        max(o, _leaning(sentence, term) * b, _FRAME_CREDIT * f, (_ARTICLE_CREDIT if term.kind == "name" else 0.0) * a)
        for term, o, b, f, a in zip(question.terms, own, before, frame, article, strict=True)
    )
    coverage = words_coverage = matcher.coverage(credits)
    own_coverage = matcher.coverage(
        [max(o, _leaning(sentence, term) * b) for term, o, b in zip(question.terms, own, before, strict=True)]
    )
    titled_coverage = matcher.coverage(
        [
            max(o, _leaning(sentence, term) * b, _TITLE_CREDIT * t)
            for term, o, b, t in zip(question.terms, own, before, shared[id(sentence.title)], strict=True)
        ]
    )
    has_type = answers_form(question, sentence, matcher.is_name)
    date_agrees = agrees_in_time(question, sentence)
    said = matcher.coverage(own)
    if question.dates:
        # A date that the question names is one more thing to cover, worth as much as a name.
        credit = 1.0 if writes_date(question, sentence) else _UNWRITTEN_DATE_CREDIT if date_agrees else 0.0
        share = _DATE_WEIGHT / (_DATE_WEIGHT + sum(matcher.weights))
        coverage = share * credit + (1 - share) * coverage
        said = share * credit + (1 - share) * said
        if credit == 1.0:
            own_coverage = share + (1 - share) * own_coverage
    in_focus = [
        max(o, _leaning(sentence, term) * b, _TOPIC_CREDIT * t)
        for term, o, b, t in zip(question.terms, own, before, topic.credits, strict=True)
    ]
    in_frame = [max(three) for three in zip(own, before, frame, strict=True)]
    measures = (
        said,
        matcher.coverage(in_frame),
        matcher.coverage([max(two) for two in zip(in_frame, article, strict=True)]),
        matcher.coverage(shared[id(sentence.title)]),
        matcher.coverage(in_focus, topic.rarity),
        max(0.0, min(1.0, cosine * 1.5)),
        sentence.retrieval,
        float(has_type),
        float(sentence.ordinal < _LEAD_CHARS),
        float(sentence.is_opening),
        peak,
        telling,
    )
    score = sum(share * measure for share, measure in zip(shares(matcher.corpus_size), measures, strict=True))
    return ScoredSentence(
        candidate=sentence,
        measures=measures,
        score=score * (1.0 if date_agrees else 0.5) * (_PLAN_FACTOR if tells_of_a_plan(question, sentence) else 1.0),
        coverage=coverage,
        words_coverage=words_coverage if question.terms else 1.0,
        own_coverage=own_coverage,
        titled_coverage=max(own_coverage, titled_coverage),
        own_credits=own,
        credits=credits,
        has_type=has_type,
        relations_hold=relations_hold(question, sentence, matcher),
        date_agrees=date_agrees,
    )


def _leaning(sentence: Candidate, term: Term) -> float:
    """Return the credit of a term that stands only just before: a pronoun stands for a name, not for what was done."""
    return sentence.lean if term.kind in ("name", "place") else min(sentence.lean, NEAR_CREDIT)
