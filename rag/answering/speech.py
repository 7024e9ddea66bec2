"""Answers "what did X say?" from the statements that were extracted at ingest: X's words, and nobody else's."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from typing import Final

from rag.answering.analysis import QuestionAnalysis, analyse
from rag.answering.candidates import candidates
from rag.answering.context import telling_parts
from rag.answering.corpus import Corpus
from rag.answering.matching import Bag, WordSimilarity
from rag.answering.people import LESSER, description_of, is_lesser, person_described, serves_elsewhere, stands_in
from rag.answering.selection import ScoredSentence, make_matcher, score_sentences
from rag.answering.timing import agrees_in_time
from rag.answering.tokens import Token, tokenize
from rag.attribution import SpeechQuestion, same_person
from rag.attribution.lexicon import SPEAKER_NOUNS
from rag.attribution.naming import with_name
from rag.catalog import ArticleMeta
from rag.retrieval import may_lie_within
from rag.schema import DraftStatement, Evidence, Filters, PartialDate, Passage, ScoredPassage, Span, Statement
from rag.text.folding import searchable
from rag.text.words import stem

MOST_STATEMENTS: Final = 400
"""Statements of one speaker that are looked at, the newest first."""
TOPIC_COVERAGE_FROM: Final = 0.55
"""Share of the topic's terms that a statement, with the sentence before it at a discount, must hold."""
LOOSE_TOPIC_COVERAGE_FROM: Final = 0.48
"""The same where no statement holds so much; on 120 questions over the seeds, of which 30 have no answer."""
_TOPIC_REQUIRED: Final = {"name": 0.49, "place": 0.45, "places": 0.0, "number": 0.7, "word": 0.0}
"""What each term of the topic must be credited: a name must stand in the sentence or the one before it."""
_ASKED_VERB_COVERAGE_FROM: Final = 0.3
"""The same share where the statement is reported with the very verb that the question asks with."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A statement with the sentences that report it, in their passages."""

    statement: Statement
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechAnswerer:
    """Finds what a speaker is reported to have said."""

    corpus: Corpus
    passages: Mapping[str, Passage]
    """By id, everything that may be cited."""
    word_similarity: WordSimilarity | None = None

    def statements(
        self,
        question: SpeechQuestion,
        passages: Sequence[ScoredPassage],
        filters: Filters,
        *,
        of_country: bool = False,
    ) -> list[Statement]:
        """Return the statements of whom the question asks about, as far as the filters allow.

        A speaker asked for by name is looked up in the whole index; one who is described ("Seoul's foreign minister")
        in the articles that were retrieved.

        Args:
            question: taken apart.
            passages: what was retrieved for it.
            filters: of the question.
            of_country: whether "Oslo" is Norway by whichever of its names, rather than as an article writes it first.
        """
        if question.speaker is None:
            return []
        speakers = speakers_in(question.speaker, self.corpus)
        by_speaker = [self._statements_of(speaker, passages, filters, of_country) for speaker in speakers]
        together = self._statements_together(by_speaker, filters) if len(speakers) > 1 else []
        return _unique([*together, *chain.from_iterable(by_speaker)])

    def _statements_together(self, by_speaker: Sequence[Sequence[Statement]], filters: Filters) -> list[Statement]:
        """Return what "the two ministers" said where an article quotes each of those asked for."""
        articles = set.intersection(*({s.article_id for s in statements} for statements in by_speaker))
        called = {"both", {2: "two", 3: "three"}.get(len(by_speaker), "both")}
        found = [
            statement
            for statement in self.corpus.catalog.statements_of(articles)
            if called & {token.word for token in tokenize(statement.mention)}
        ]
        return self._allowed(found, filters)

    def _statements_of(
        self, asked: str, passages: Sequence[ScoredPassage], filters: Filters, of_country: bool
    ) -> list[Statement]:
        nearby = self.corpus.catalog.statements_of({scored.article.id for scored in passages})
        tokens = _content(description_of(asked))
        if not tokens:
            return []
        speakers = {
            speaker.key: speaker.name for token in tokens for speaker in self.corpus.catalog.find_speakers([token.word])
        }
        by_name = [key for key, name in sorted(speakers.items()) if _names(asked, name)]
        pool = [*nearby, *self.corpus.catalog.statements_by(by_name)]
        described_by = self._described_by(tokens, passages)
        tests = [
            lambda s: _names(asked, s.speaker),
            described_by,
            lambda s: _describes(tokens, s),
            _headed_by(asked, passages),
            lambda s: _same_place(tokens, s),
        ]
        if len(country := [token for token in tokens if token.word not in _GOVERNMENT]) < len(tokens):
            tests.append(lambda s: _same_place(country, s))  # for "the Norwegian government" Oslo speaks, too
        if all(token.place for token in tokens):  # "the Norwegians" are Oslo before they are the Norwegian minister
            tests.insert(0 if of_country else 1, tests.pop())
        for test in tests:
            found = [statement for statement in pool if test(statement)]
            if found:
                return self._allowed(_unique(found), filters)
        return []

    def _described_by(self, tokens: Sequence[Token], passages: Sequence[ScoredPassage]):  # type: ignore[no-untyped-def]
        name = person_described(tokens, passages, self.corpus)
        return lambda statement: name is not None and same_person(name, statement.speaker)

    def _allowed(self, statements: list[Statement], filters: Filters) -> list[Statement]:
        """Apply the filters, keep one of near-duplicate articles, and the newest where there are too many."""
        metas = self.corpus.catalog.article_dates()
        standing: dict[str, str] = {}
        kept = []
        for statement in statements:
            meta = metas.get(statement.article_id)
            if meta is None or not may_lie_within(meta.published, filters.since, filters.until):
                continue
            if filters.paths and not any(fnmatch.fnmatchcase(meta.path, glob) for glob in filters.paths):
                continue
            if standing.setdefault(meta.group, statement.article_id) == statement.article_id:
                kept.append(statement)
        kept.sort(key=lambda s: (_newest_first(metas[s.article_id]), s.article_id, s.sentences[0].start))
        return kept[:MOST_STATEMENTS]

    def report(self, statements: Sequence[Statement]) -> list[Reported]:
        """Return statements with their sentences; those outside the passages are left out."""
        articles = self.corpus.catalog.articles({statement.article_id for statement in statements})
        passages: dict[str, list[Passage]] = {}
        for passage in self.passages.values():
            passages.setdefault(passage.article_id, []).append(passage)
        found = []
        for statement in statements:
            article = articles.get(statement.article_id)
            evidence = tuple(
                Evidence(article=article, passage=passage, span=span)
                for span in statement.sentences
                for passage in passages.get(statement.article_id, ())
                if article is not None and span in passage.sentences
            )
            if evidence:
                found.append(Reported(statement, evidence))
        return found

    def on_topic(
        self,
        reported: Sequence[Reported],
        topic: str,
        analysis: QuestionAnalysis,
        *,
        verbs: frozenset[str] = frozenset(),
    ) -> list[Reported]:
        """Return the statements that speak of a topic, in the order they came.

        Args:
            topic: what the words should be about, as the question has it.
            analysis: of the whole question, for its dates.
            verbs: stems of the verbs of saying asked with, where it is no general one, see `answering_verbs`.
        """
        found = self._on_topic(reported, topic, analysis, verbs)
        occasion = _AFTERWARDS.search(topic)
        if occasion is None:
            return found
        if found:
            return self._on_occasion(found, occasion[0])
        return self._on_topic(reported, topic[: occasion.start()], analysis, verbs)

    def _on_occasion(self, reported: Sequence[Reported], occasion: str) -> list[Reported]:
        """Leave out the statements in articles that speak less of the occasion ("after the treaty") than others do."""
        wanted = analyse(occasion, is_name=self.corpus.is_name)
        passages = {
            e.passage.id: ScoredPassage(passage=e.passage, article=e.article, score=1.0, origins={})
            for r in reported
            for e in r.evidence
        }
        sentences = candidates(list(passages.values()))
        matcher = make_matcher(wanted, sentences, similarity=self.word_similarity, corpus=self.corpus)
        told = {s.evidence.article.id: matcher.coverage(matcher.credits(s.article)) for s in sentences}
        most = max(told.values(), default=0.0)
        return [r for r in reported if told.get(r.statement.article_id, most) >= most]

    def _on_topic(
        self, reported: Sequence[Reported], topic: str, analysis: QuestionAnalysis, verbs: frozenset[str]
    ) -> list[Reported]:
        wanted = analyse(topic, is_name=self.corpus.is_name)
        wanted = replace(wanted, form="what", dates=analysis.dates)
        if not wanted.terms:
            return list(reported)
        passages = {evidence.passage.id: evidence for r in reported for evidence in r.evidence}
        sentences = candidates(
            [
                ScoredPassage(passage=e.passage, article=e.article, score=1.0, origins={})
                for _, e in sorted(passages.items())
            ]
        )
        matcher = make_matcher(wanted, sentences, similarity=self.word_similarity, corpus=self.corpus)
        scored = score_sentences(wanted, sentences, matcher, [0.0] * len(sentences))
        by_place = {(s.candidate.evidence.article.id, s.candidate.evidence.span): s for s in scored}

        def fitting(least: float, *, titled: bool) -> list[Reported]:
            return [
                r
                for r in reported
                if any(
                    fits_topic(
                        wanted,
                        by_place[e.article.id, e.span],
                        verbs & {t.stem for t in tokenize(r.statement.cue)},
                        least=least,
                        titled=titled,
                    )
                    for e in r.evidence
                    if (e.article.id, e.span) in by_place  # a question that was asked is not there
                )
            ]

        found = (
            fitting(TOPIC_COVERAGE_FROM, titled=False)
            or fitting(LOOSE_TOPIC_COVERAGE_FROM, titled=False)
            or fitting(LOOSE_TOPIC_COVERAGE_FROM, titled=True)
        )
        # Where some are reported with the verb asked with, or one of its field, they are what is asked for.
        return [r for r in found if verbs & {t.stem for t in tokenize(r.statement.cue)}] or found


_CONFIRMING: Final = frozenset(
    stem(verb) for verb in "admit acknowledge concede confirm deny reject dispute refute disavow".split()
)
_RATING: Final = frozenset(
    stem(verb) for verb in "rate assess judge evaluate describe characterize characterise call label term hail".split()
)
_AFTERWARDS: Final = re.compile(r"(?<=\w)\s+(?:after|before|during|following|when|while)\s.*$", re.IGNORECASE)
"""When something was said; what it was about stands before that."""


def fits_topic(
    wanted: QuestionAnalysis,
    sentence: ScoredSentence,
    shared_verb: Collection[str] = (),
    *,
    least: float,
    titled: bool = False,
) -> bool:
    """Say whether a sentence speaks of what is wanted.

    Args:
        shared_verb: the verb asked with, where the sentence reports it.
        least: share of the topic's terms that it must hold, unless it is reported with that verb.
        titled: whether the title of its article counts.
    """
    owned = {noun for pair in wanted.relations for noun in pair if noun.kind == "word" and noun.weight == 1}
    if any(not credit for term, credit in zip(wanted.terms, sentence.credits, strict=True) if term in owned):
        return False
    coverage = sentence.titled_coverage if titled else sentence.own_coverage
    if coverage < (_ASKED_VERB_COVERAGE_FROM if shared_verb else least):
        return False
    return all(
        credit >= _TOPIC_REQUIRED[term.kind] for term, credit in zip(wanted.terms, sentence.credits, strict=True)
    )


def answering_verbs(question: SpeechQuestion) -> frozenset[str]:
    """Return the stems of the verbs of saying that answer a question: its own, and those of the same field.

    Who is asked to have admitted something may have denied it; who rated something may have described it. Empty where
    any verb of saying answers.
    """
    asked = stem(question.verb)
    if question.form == "whether" and asked in _CONFIRMING:
        return _CONFIRMING
    if question.form == "how" and asked in _RATING:
        return _RATING
    return frozenset() if question.wants_any_speech else frozenset({asked})


def speakers_in(phrase: str, corpus: Corpus) -> list[str]:
    """Return the speakers of "Jenkins and Cho" or "Tokyo, Seoul and Washington"; other phrases stay whole."""
    *before, last = phrase.split() or [""]
    if last in _GOVERNMENT and " and " in phrase:
        phrase = " ".join(before)  # "the Norwegian and Danish governments"
    parts = [part for part in re.split(r",\s*(?:and\s+)?|\s+and\s+|\s+each$|\s+both$", phrase) if part.strip()]
    if len(parts) > 1 and all(_is_only_names(part, corpus) for part in parts):
        return parts
    return [re.sub(r"\s+(?:each|both)$", "", phrase)]


_GOVERNMENT: Final = frozenset("government governments administration authorities leadership regime sides".split())
"""What stands for a whole country behind its name."""


def _is_only_names(phrase: str, corpus: Corpus) -> bool:
    terms = analyse(f"about {phrase}", is_name=corpus.is_name).terms
    return bool(terms) and all(term.kind in ("name", "place") for term in terms)


def _headed_by(asked: str, passages: Sequence[ScoredPassage]) -> Callable[[Statement], bool]:
    """Tell the statements of "the joint statement of the US and Japan": the article says the rest of it elsewhere."""
    head, *_ = re.split(r"\s+(?:of|by|from|between|on)\s+", asked, maxsplit=1)
    heads = _content(tokenize(head))[-1:]
    rest = [token for token in _content(tokenize(asked)) if token not in heads]
    texts: dict[str, list[str]] = {}
    for scored in passages:
        text = f"{scored.article.title or ''}. {scored.passage.heading or ''}. {scored.passage.text}"
        texts.setdefault(scored.article.id, []).append(text)

    @cache
    def frame_of(article_id: str) -> Bag | None:
        found = [Bag.of(tokenize(text)) for text in texts.get(article_id, ())]
        return Bag.union(found) if found else None

    def test(statement: Statement) -> bool:
        called = tokenize(statement.mention)
        return (
            not is_lesser(called, rest)
            and not serves_elsewhere(called, rest)
            and any(token.word in SPEAKER_NOUNS and _is_called(token, called) for token in heads)
            and (frame := frame_of(statement.article_id)) is not None
            and all(stands_in(token, frame) for token in rest)
        )

    return test


def _is_called(noun: Token, called: Sequence[Token]) -> bool:
    """Say whether a noun stands in how somebody is called, in the same number: one diplomat is not several."""
    return any(token.stem == noun.stem and token.word.endswith("s") == noun.word.endswith("s") for token in called)


def is_addressee(topic: str, question: str, corpus: Corpus) -> bool:
    """Say whether a topic is who was spoken to: "what did Cho say to Blinken", "what did Cho tell Blinken"."""
    before = r"\b(?:sa(?:y|id|ys) to|t(?:ell|old|ells)|sp(?:eak|oke|eaks) (?:to|with))\s+"
    return bool(re.search(before + re.escape(topic) + r"\W*$", question, re.IGNORECASE)) and _is_only_names(
        topic, corpus
    )


def mentions(reported: Reported, name: str) -> bool:
    """Say whether the article that reports a statement names somebody."""
    last = tokenize(name)[-1].stem
    return last in Bag.of(tokenize(reported.evidence[0].passage.text)).stems


def in_time(reported: Sequence[Reported], analysis: QuestionAnalysis) -> list[Reported]:
    """Return the statements that agree with the dates in the question."""
    if not analysis.dates:
        return list(reported)
    kept = []
    for r in reported:
        found = candidates(
            [ScoredPassage(passage=_only(r.evidence[0]), article=r.evidence[0].article, score=1.0, origins={})]
        )
        # A statement that is itself a question is no candidate; its date is not asked for.
        if not found or agrees_in_time(analysis, found[0]):
            kept.append(r)
    return kept


def repeating_time(reported: Sequence[Reported], question: SpeechQuestion) -> list[Reported]:
    """Return the statements whose sentences hold the question's own words for the time, such as "last year"."""
    time = searchable(question.time or "")
    return [r for r in reported if time and any(time in searchable(evidence.text) for evidence in r.evidence)]


def _only(evidence: Evidence) -> Passage:
    return replace(evidence.passage, sentences=(evidence.span,))


def quote(reported: Sequence[Reported], *, limit: int) -> list[DraftStatement]:
    """Return the sentences of statements as an answer: in order of date and place, each sentence once.

    Behind a statement that names a whole ("the measures") follows the sentence that tells its parts.

    Args:
        reported: most wanted first.
        limit: most sentences; what comes first in `reported` wins.
    """
    sentences: dict[tuple[str, Span], tuple[Evidence, Statement]] = {}
    for r in reported:
        for evidence in (*r.evidence, *telling_parts(r.evidence[-1])):
            if len(sentences) < limit:
                sentences.setdefault((evidence.article.id, evidence.span), (evidence, r.statement))
    ordered = sorted(
        sentences.values(),
        key=lambda pair: (_oldest_first(pair[0].article.published), pair[0].article.path, pair[0].span.start),
    )
    return [_readable(evidence, statement) for evidence, statement in ordered]


def _readable(evidence: Evidence, statement: Statement) -> DraftStatement:
    return with_name(evidence, statement) or DraftStatement(
        text=evidence.text, evidence=(evidence,), speaker=statement.speaker, speech=statement.speech
    )


def _oldest_first(published: PartialDate | None) -> tuple[int, int, int, int]:
    """Order dates; one without a year, or none, comes last."""
    if published is None or published.year is None:
        return (1, 0, published.month or 0 if published else 0, published.day or 0 if published else 0)
    return (0, published.year, published.month or 0, published.day or 0)


def _newest_first(meta: ArticleMeta) -> tuple[int, int]:
    full = meta.published.full if meta.published else None
    return (0, -full.toordinal()) if isinstance(full, date) else (1, 0)


def _unique(statements: Sequence[Statement]) -> list[Statement]:
    return list({(s.article_id, s.sentences, s.speaker, s.content): s for s in statements}.values())


def _content(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if not token.is_stopword or token.word in LESSER]  # "under secretary"


def _names(asked: str, speaker: str) -> bool:
    """Whether two phrases name the same speaker, word for word where they name a country."""
    a, b = _content(tokenize(asked)), _content(tokenize(speaker))
    if any(token.place for token in a) and all(token.place for token in a):
        return [token.word for token in a] == [token.word for token in b]
    return same_person(asked, speaker)


def _same_place(tokens: Sequence[Token], statement: Statement) -> bool:
    """Whether both are the same country, by whichever of its names: Seoul, South Korea."""
    speaker = _content(tokenize(statement.speaker))
    places = {token.place for token in tokens}
    return None not in places and len(places) == 1 and {token.place for token in speaker} == places


def _describes(tokens: Sequence[Token], statement: Statement) -> bool:
    """Whether every word of a description stands in how the article calls the speaker."""
    called = tokenize(f"{statement.mention} {statement.speaker}")
    bag = Bag.of(called)
    return not is_lesser(called, tokens) and all(stands_in(token, bag) for token in tokens)
