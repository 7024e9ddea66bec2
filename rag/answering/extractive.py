"""Answers by quoting: the sentences that answer, or a reason for having none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from rag.answering.analysis import QuestionAnalysis, Term, analyse
from rag.answering.candidates import candidates
from rag.answering.conflicts import find_disagreement, with_disagreement
from rag.answering.context import in_context
from rag.answering.conversation import standalone
from rag.answering.corpus import Corpus
from rag.answering.fitting import gives_reason, is_dated, writes_date
from rag.answering.forms import asks_for_names
from rag.answering.matching import WordSimilarity
from rag.answering.people import person_described, titles_of
from rag.answering.selection import ScoredSentence, make_matcher, score_sentences
from rag.answering.speech import (
    TOPIC_COVERAGE_FROM,
    SpeechAnswerer,
    fits_topic,
    in_time,
    is_addressee,
    mentions,
    quote,
    repeating_time,
)
from rag.answering.tokens import tokenize
from rag.attribution import SpeechQuestion, parse_speech_question
from rag.attribution.lexicon import BODY_NOUNS, ROLE_NOUNS
from rag.retrieval import TimeWindow
from rag.schema import AbstentionReason, Draft, DraftStatement, Evidence, Filters, Near, Question, ScoredPassage, Turn
from rag.text.words import stem

Search = Callable[[str], Sequence[ScoredPassage]]
"""Finds passages for a query."""

SentenceSimilarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosine of a question with each of several sentences."""

ANSWER_FROM: Final = 0.46
COVERAGE_FROM: Final = 0.6
"""Score and coverage from which a sentence with every name of the question answers; on the golden set's dev part."""
OUTSTANDING_COVERAGE_FROM: Final = 0.5
OUTSTANDING_BY: Final = 0.08
"""A sentence that covers so much answers if its score is so far above any other."""
SURE_FROM: Final = 0.74
"""Score from which a sentence of a large index answers by itself. On 143 answerable and 57 unanswerable questions of
RealTimeQA with at most four sentences: 0.60 answered right, 0.75 refused; with dates 0.62 and 0.77."""
LARGE_FROM: Final = 0.75
"""`Corpus.size` (about 1,700 passages) from which the rank of a passage is evidence enough for that."""
WORDS_COVERAGE_FROM: Final = 0.45
OWN_COVERAGE_FROM: Final = 0.4
OWN_COVERAGE_WITH_VERB_FROM: Final = 0.25
OWN_WORD_FROM: Final = 0.7
"""One of the question's plain words must stand in the sentence itself: names alone make no fact."""
REASON_SHARE_FROM: Final = 0.8
"""A sentence that words a reason goes before others if it covers this share of what they do."""
OWN_SHARE_FROM: Final = 0.7
"""A sentence must cover this share of what the best covering sentence does."""
_REQUIRED: Final = {"name": 0.45, "place": 0.45, "number": 0.45, "word": 0.0}
"""What each term of the question must be credited: a name or place may stand in the title or the sentence before, a
figure must stand in the sentence itself or in one that it points back to."""

MODEL_SENTENCES: Final = 16
MODEL_COVERAGE_FROM: Final = 0.35
"""A model is shown no sentence that covers less of the question."""

SPEAKER_FROM: Final = 0.8
"""Who is asked about must be credited this much where no statement of theirs was found."""
EXTRA_SHARE_FROM: Final = 0.9
"""A further sentence must itself cover this share of what the best does."""
CLEAR_FROM: Final = 0.9
"""Score from which the best sentence is taken to answer by itself."""
CLEAR_SHARE: Final = 0.93
"""Beside a clear answer, others are shown only if they score nearly as well."""
NEAR_COVERAGE_FROM: Final = 0.4
"""A refusal shows what came nearest only if it holds this much of the question."""

_FACTS: Final = frozenset({"when", "where", "how_many", "how_old", "how_long", "why", "role", "yes_no"})
"""Forms that have one answer: a further sentence must speak of all that the best one does."""
_NEEDS_TYPE: Final = frozenset({"when", "how_many", "how_long", "how_old", "role", "who", "where", "why"})


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many sentences a kind of question deserves, and how near to the best each must score."""

    sentences: int
    share_of_best: float


_EXTENTS: Final = {
    "who": _Extent(4, 0.86),
    "when": _Extent(3, 0.88),
    "where": _Extent(3, 0.88),
    "how_many": _Extent(2, 0.9),
    "how_long": _Extent(2, 0.9),
    "role": _Extent(2, 0.9),
    "how_old": _Extent(1, 1.0),
    "yes_no": _Extent(3, 0.88),
    "why": _Extent(3, 0.85),
    "what": _Extent(4, 0.84),
    "list": _Extent(8, 0.7),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractive:
    """Answers without a model."""

    corpus: Corpus
    sentence_similarity: SentenceSimilarity
    word_similarity: WordSimilarity | None = None

    def draft(self, question: Question, search: Search, *, window: TimeWindow | None = None) -> Draft:
        """Choose the sentences that answer, or say why none does.

        A question in several parts ("when did X happen, and who was there?") is answered part by part.

        Args:
            question: able to stand alone.
            search: finds passages for a query, within the question's filters.
            window: the days the question speaks of relative to today; only statements from them are reported.
        """
        parts = split_question(question.text, is_name=self.corpus.is_name)
        drafts = [self._draft_part(replace(question, text=part), search, window) for part in parts]
        statements = _once(statement for draft in drafts for statement in draft.statements)
        if not statements:
            return drafts[0]
        conflicts = tuple(conflict for draft in drafts for conflict in draft.conflicts)
        return replace(
            drafts[0], statements=tuple(statements)[: question.max_statements], conflicts=conflicts, reason=None
        )

    def _draft_part(self, question: Question, search: Search, window: TimeWindow | None) -> Draft:
        passages = search(question.text)
        analysis = self.analyse(question.text)
        speech = parse_speech_question(question.text)
        if (
            speech is not None
            and speech.speaker is not None
            and analysis.form != "role"
            and speech.form in ("what", "whether", "how")
        ):
            draft = self._draft_speech(question, speech, analysis, passages, window)
            if draft is not None:
                return draft
        ranked = self.rank(analysis, passages)
        if speech is not None and speech.speaker is not None:
            ranked = [sentence for sentence in ranked if names_speaker(analysis, sentence, speech.speaker)]
        elif speech is not None and speech.asks_who_states:
            ranked = self._reporting(analysis, ranked)
        is_large = self.corpus.size() >= LARGE_FROM
        chosen = choose(analysis, ranked, limit=question.max_statements, is_large=is_large)
        if not chosen:
            return self.refuse(analysis, ranked)
        answers = partial(is_answer, analysis, is_large=is_large)
        found = find_disagreement(analysis, chosen, ranked, is_answer=answers, catalog=self.corpus.catalog)
        if analysis.form in ("what", "list"):
            chosen = with_continuations(chosen, ranked, limit=question.max_statements)
        if found is not None:
            chosen = with_disagreement(chosen, found, limit=question.max_statements)
        statements = self.corpus.catalog.statements_of({s.candidate.evidence.article.id for s in chosen})
        drafted = tuple(in_context(chosen, statements, limit=question.max_statements))
        return Draft(statements=drafted, conflicts=(found.fact,) if found is not None else ())

    def _reporting(self, analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
        """Return the sentences that report it as somebody's words: only these tell who said that something is so."""
        statements = self.corpus.catalog.statements_of({s.candidate.evidence.article.id for s in ranked})
        spoken = {(statement.article_id, span) for statement in statements for span in statement.sentences}
        return [
            sentence
            for sentence in ranked
            if fits_topic(analysis, sentence, least=TOPIC_COVERAGE_FROM)
            and (sentence.candidate.evidence.article.id, sentence.candidate.evidence.span) in spoken
        ]

    def _draft_speech(
        self,
        question: Question,
        speech: SpeechQuestion,
        analysis: QuestionAnalysis,
        passages: Sequence[ScoredPassage],
        window: TimeWindow | None,
    ) -> Draft | None:
        """Answer from the speaker's statements; None where the sentences themselves may still answer."""
        answerer = SpeechAnswerer(corpus=self.corpus, word_similarity=self.word_similarity)
        filters = narrowed(question.filters, window)
        found = answerer.statements(speech, passages, filters)
        reported = in_time(answerer.report(found), analysis)
        if window is not None:
            # "last year" may be the article's own words: then the statement holds them, whatever its date.
            anytime = answerer.report(answerer.statements(speech, passages, question.filters))
            reported += [r for r in repeating_time(anytime, speech) if r not in reported]
        topic = speech.topic
        if topic is not None and is_addressee(topic, question.text, self.corpus):
            topic = None  # "what did X say to Y?" asks for all that X said where Y was spoken to
            reported = [r for r in reported if mentions(r, speech.topic or "")]
        if not speech.wants_any_speech:  # "what did X warn of?": the verb is part of what the statement must hold
            topic = f"{speech.verb} {speech.topic or ''}"
        if topic is not None:
            reported = answerer.on_topic(
                reported, topic, analysis, verb=None if speech.wants_any_speech else speech.verb
            )
        if reported:
            return Draft(statements=tuple(quote(reported, limit=question.max_statements)))
        if not speech.wants_any_speech or not names_somebody(speech, self.corpus):
            return None
        return self.refuse_speaker(speech.speaker or question.text)

    def refuse_speaker(self, speaker: str) -> Draft:
        """Say that somebody is not in the articles, or says nothing there on the subject."""
        draft = self.refuse(self.analyse(f"about {speaker}"), ())  # a capital that comes first would prove no name
        tokens = [token for token in tokenize(speaker) if not token.is_stopword]
        if draft.reason != "subject_not_found" and not any(self.corpus.holds_word(token.word) for token in tokens):
            return replace(draft, reason="subject_not_found", subject=speaker)
        return replace(draft, reason=draft.reason if draft.reason != "no_match" else "fact_not_stated", subject=speaker)

    def evidence(
        self, question: Question, quoted: Draft, passages: Sequence[ScoredPassage], *, most: int = MODEL_SENTENCES
    ) -> list[Evidence]:
        """Return the sentences that a model may answer from, most useful first.

        What the extractive answer quotes comes first, then the best of the retrieved passages that speak of the
        question's subject at all.
        """
        analysis = self.analyse(question.text)
        found = [evidence for statement in quoted.statements for evidence in statement.evidence]
        found += [s.candidate.evidence for s in self.rank(analysis, passages) if s.coverage >= MODEL_COVERAGE_FROM]
        return list({(e.article.id, e.span): e for e in found}.values())[:most]

    def analyse(self, text: str) -> QuestionAnalysis:
        """Take a question apart, knowing the names of the index."""
        return analyse(text, is_name=self.corpus.is_name, is_held=self.corpus.holds_word)

    def rank(self, analysis: QuestionAnalysis, passages: Sequence[ScoredPassage]) -> list[ScoredSentence]:
        """Score every sentence of the passages, best first."""
        sentences = candidates(passages)
        if not sentences:
            return []
        matcher = make_matcher(
            analysis,
            sentences,
            similarity=self.word_similarity,
            corpus=self.corpus,
            people=self._people(analysis, passages),
            titles=titles_of(analysis.names, passages),
        )
        cosines = self.sentence_similarity(analysis.text, [sentence.evidence.text for sentence in sentences])
        return score_sentences(analysis, sentences, matcher, cosines)

    def _people(
        self, analysis: QuestionAnalysis, passages: Sequence[ScoredPassage]
    ) -> list[tuple[frozenset[Term], Term]]:
        """Find out whom the question describes without naming them."""
        found = []
        for description in analysis.descriptions():
            tokens = [token for term in description for token in term.tokens]
            name = person_described(tokens, passages, self.corpus)
            if name is not None:
                found.append((frozenset(description), Term(tokenize(name), "name", 1.5, name)))
        return found

    def refuse(self, analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence]) -> Draft:
        """Say why there is no answer, and what comes near."""
        named = [term for term in analysis.terms if term.kind in ("name", "place")]
        absent = [term for term in named if not self._is_held(term)]
        near: list[Near] = []
        for term in absent:
            if term.kind == "name" and (close := self._closest(term)):
                near.append(Near("name", close))
        if not absent:
            near += [
                Near("sentence", s.candidate.evidence.text, s.candidate.evidence.article.path)
                for s in ranked[:2]
                if s.own_coverage >= NEAR_COVERAGE_FROM
            ]
        reason: AbstentionReason
        if any(term.kind == "name" for term in absent) or (named and len(absent) == len(named)):
            reason, subject = "subject_not_found", absent[0].text
        elif named:
            reason, subject = "fact_not_stated", (absent or named)[0].text
        else:
            return Draft(reason="no_match", near=tuple(near[:0]))
        return Draft(reason=reason, subject=subject, near=tuple(near))

    def _is_held(self, term: Term) -> bool:
        words = [token.word for token in term.tokens]
        if term.kind == "place":
            return any(self.corpus.holds_word(word) for word in words)
        return self.corpus.holds_phrase(term.text) or (len(words) == 1 and self.corpus.holds_word(words[0]))

    def _closest(self, term: Term) -> str | None:
        return self.corpus.closest_name([token.word for token in term.tokens])


def choose(
    analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence], *, limit: int, is_large: bool = False
) -> list[ScoredSentence]:
    """Return the shortest sufficient set of sentences, best first; empty when none answers.

    Args:
        analysis: of the question.
        ranked: best first.
        limit: most sentences.
        is_large: whether the index is large, see `LARGE_FROM`.
    """
    extent = _EXTENTS[analysis.form]
    answers = [sentence for sentence in ranked if is_answer(analysis, sentence, is_large=is_large)]
    if not answers:
        answers = _outstanding(analysis, ranked)
    if analysis.form in _FACTS:
        # A sentence that covers far more but lacks what is asked for shows that the rest miss the point.
        covered = max((s.own_coverage for s in ranked if s.date_agrees and s.relations_hold), default=0.0)
        answers = [s for s in answers if s.own_coverage >= OWN_SHARE_FROM * covered]
    if analysis.form == "why":
        covered = max((s.own_coverage for s in answers), default=0.0)
        reasons = [s for s in answers if gives_reason(s.candidate.evidence.text)]
        answers = [s for s in reasons if s.own_coverage >= REASON_SHARE_FROM * covered] or answers
    if analysis.dates and any(is_dated(analysis, s.candidate) for s in answers):
        answers = [s for s in answers if is_dated(analysis, s.candidate)]
    share = extent.share_of_best
    if answers and answers[0].score >= CLEAR_FROM and analysis.form != "list" and not is_large:
        share = max(share, CLEAR_SHARE)
    chosen: list[ScoredSentence] = []
    for sentence in answers:
        if chosen and sentence.score < share * answers[0].score:
            break
        if chosen and analysis.form in _FACTS and not _covers_as_much(sentence, chosen[0]):
            continue
        if chosen and not is_large and sentence.own_coverage < EXTRA_SHARE_FROM * chosen[0].own_coverage:
            continue
        if any(_repeats(sentence, other) for other in chosen):
            continue
        chosen.append(sentence)
        if len(chosen) == min(extent.sentences, limit):
            break
    return chosen


def with_continuations(
    chosen: Sequence[ScoredSentence], ranked: Sequence[ScoredSentence], *, limit: int
) -> list[ScoredSentence]:
    """Follow each sentence that names a whole by the next one where that tells the parts: "This includes ..."."""
    by_passage: dict[str, list[ScoredSentence]] = {}
    for sentence in ranked:
        by_passage.setdefault(sentence.candidate.evidence.passage.id, []).append(sentence)
    found: list[ScoredSentence] = []
    for sentence in chosen:
        evidence = sentence.candidate.evidence
        following = [s for s in by_passage[evidence.passage.id] if s.candidate.ordinal > sentence.candidate.ordinal]
        nearest = min(following, key=lambda s: s.candidate.ordinal, default=None)
        found.append(sentence)
        if nearest is not None and nearest not in chosen and _TELLS_PARTS.match(nearest.candidate.evidence.text):
            found.append(nearest)
    return found[:limit]


_TELLS_PARTS: Final = re.compile(
    r"(?:this|these|those|they|it|that|among (?:them|these|those))\b(?: \w+){0,2}? "
    r"(?:includ|compris|consist|are\b|is\b|were\b)",
    re.IGNORECASE,
)


def _outstanding(analysis: QuestionAnalysis, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return the best sentence where it covers a little less than it should but no other comes near it."""
    best = ranked[0] if ranked else None
    if best is None or not is_answer(analysis, best, coverage_from=OUTSTANDING_COVERAGE_FROM):
        return []
    second = max((s.score for s in ranked[1:] if not _repeats(s, best)), default=0.0)
    return [best] if best.score - second >= OUTSTANDING_BY else []


def is_answer(
    analysis: QuestionAnalysis,
    sentence: ScoredSentence,
    *,
    is_large: bool = False,
    coverage_from: float = COVERAGE_FROM,
) -> bool:
    """Say whether a sentence answers: enough is covered, every name is there, and so is what kind of thing is asked."""
    if not (analysis.terms or analysis.dates) or not sentence.date_agrees:
        return False
    if (analysis.form in _NEEDS_TYPE or asks_for_names(analysis.text)) and not sentence.has_type:
        return False
    if analysis.form == "why" and is_negated(analysis.text) != is_negated(sentence.candidate.evidence.text):
        return False
    if any(not credit for term, credit in zip(analysis.terms, sentence.credits, strict=True) if term is analysis.focus):
        return False
    if analysis.form == "who" and not _holds_office(analysis, sentence):
        return False
    own_words = [
        credit
        for term, credit in zip(analysis.terms, sentence.own_credits, strict=True)
        if term.kind == "word" and term.weight == 1
    ]
    if own_words and max(own_words) < OWN_WORD_FROM:
        return False
    if is_large and sentence.score >= SURE_FROM and sentence.words_coverage >= WORDS_COVERAGE_FROM:
        return True
    return _covers_enough(analysis, sentence, coverage_from) and all(
        credit >= _REQUIRED[term.kind] for term, credit in zip(analysis.terms, sentence.credits, strict=True)
    )


def _holds_office(analysis: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether the office that "who is the president of" asks for stands in the sentence itself."""
    match = _WHO_IS.search(analysis.text)
    if match is None:
        return True
    offices = [
        credit
        for term, credit in zip(analysis.terms, sentence.own_credits, strict=True)
        if term.kind == "word" and term.tokens[-1].word in ROLE_NOUNS and term.tokens[0].span.start >= match.end()
    ]
    return not offices or max(offices) >= OWN_WORD_FROM


_WHO_IS: Final = re.compile(r"\bwho (?:is|was|are|were) (?=the\b|[\w.]+['’]s?\b)", re.IGNORECASE)


def _covers_enough(analysis: QuestionAnalysis, sentence: ScoredSentence, coverage_from: float) -> bool:
    if not sentence.relations_hold:
        return False
    if analysis.dates and all(term.weight < 1 for term in analysis.terms) and writes_date(analysis, sentence.candidate):
        return True  # "what happened on September 4?" asks for nothing but the date
    # Where the verb that "who" asks with stands in the sentence, the rest may be said around it.
    own_from = OWN_COVERAGE_FROM if analysis.verb is None else OWN_COVERAGE_WITH_VERB_FROM
    return (
        sentence.score >= ANSWER_FROM
        and sentence.coverage >= coverage_from
        and sentence.own_coverage >= own_from
        and sentence.words_coverage >= WORDS_COVERAGE_FROM
    )


def is_negated(text: str) -> bool:
    """Say whether a text denies something."""
    return bool(_NEGATION.search(text))


_NEGATION: Final = re.compile(
    r"\b(?:not|never|no longer|without|refus\w+|declin\w+|exempt\w*|exclud\w+)\b|n['’]t\b", re.IGNORECASE
)


def _covers_as_much(sentence: ScoredSentence, best: ScoredSentence) -> bool:
    """Say whether a further sentence speaks of everything that the best one does."""
    return all(credit >= 0.5 * best_credit for credit, best_credit in zip(sentence.credits, best.credits, strict=True))


def _repeats(sentence: ScoredSentence, other: ScoredSentence) -> bool:
    """Say whether two sentences share so many words that the second adds nothing."""
    a, b = sentence.candidate.bag.stems, other.candidate.bag.stems
    return bool(a and b) and len(a & b) / min(len(a), len(b)) > _REPEATS_FROM


_REPEATS_FROM: Final = 0.75


_CONJUNCTION: Final = re.compile(
    r",?\s+and\s+(?=(?:(?:in|on|at|by|for|from|to|with|of)\s+)?(?:what|when|where|who|which|how|why|whom|whose)\b)|[?;]\s+(?:and\s+)?(?=\w)",
    re.IGNORECASE,
)


_WHAT_ABOUT: Final = re.compile(r"(?:what|how) about (?P<topic>.+?)\W*", re.IGNORECASE)
_REPORTED: Final = re.compile(
    r"\b(?:is|are|was|were) (?P<speaker>[\w.'’-]+(?: [\w.'’-]+){0,4}?) "
    r"(?:reported|quoted|believed|understood|alleged|said) (?:to have|as having|as) (?P<verb>\w+)",
    re.IGNORECASE,
)
"""What somebody "is reported to have said" is what they said."""


def split_question(text: str, *, is_name: Callable[[str], bool]) -> list[str]:
    """Return the parts of a question that asks several things, each able to stand alone."""
    text = _REPORTED.sub(r"did \g<speaker> \g<verb>", text)
    parts = [part.strip() for part in _CONJUNCTION.split(text) if part.strip()]
    whole = [parts[0]] if parts else [text]
    for part in parts[1:]:
        about = _WHAT_ABOUT.fullmatch(part)
        speech = parse_speech_question(whole[-1])
        if about and speech and speech.topic and speech.topic in whole[-1] and len(about["topic"].split()) > 1:
            whole.append(whole[-1].replace(speech.topic, about["topic"]))
            continue
        if gapped := _without_verb(part, parts[0]):
            whole.append(gapped)
            continue
        joined = part if _PREPOSITION_FIRST.match(part) else f"and {part}"
        whole.append(standalone(joined, [Turn("user", whole[-1])], is_name=is_name) or part[0].upper() + part[1:])
    return whole


def _without_verb(part: str, first: str) -> str | None:
    """Complete "when in June" or "how to the agreement" by the words of the first part up to that preposition."""
    gap = _GAP.fullmatch(part)
    if gap is None:
        return None
    wh, preposition, rest = gap["wh"], gap["preposition"], gap["rest"]
    before, found, _ = first.partition(f" {preposition} ")
    if not found or not before.lower().startswith(wh.lower()):
        return None
    return f"{before} {preposition} {rest}?"


_PREPOSITION_FIRST: Final = re.compile(r"(?:in|on|at|by|for|from|to|with|of)\s", re.IGNORECASE)
_GAP: Final = re.compile(
    r"(?:and\s+)?(?P<wh>what|when|where|who|which|how|why)\s+(?:then\s+)?"
    r"(?P<preposition>in|on|at|to|for|from|with|about|against|of|after|before|during)\s+(?P<rest>[^?]+?)\W*",
    re.IGNORECASE,
)


def _once(statements: Iterable[DraftStatement]) -> list[DraftStatement]:
    return list({statement.text: statement for statement in statements}.values())


def narrowed(filters: Filters, window: TimeWindow | None) -> Filters:
    """Return filters that also keep to the days a question speaks of."""
    if window is None:
        return filters
    since = max((day for day in (filters.since, window.since) if day), default=None)
    until = min((day for day in (filters.until, window.until) if day), default=None)
    return replace(filters, since=since, until=until)


def names_speaker(analysis: QuestionAnalysis, sentence: ScoredSentence, speaker: str) -> bool:
    """Say whether a sentence, or one that it points back to, names whom the question asks about."""
    asked = {token.word for token in tokenize(speaker)}
    return all(
        credit >= SPEAKER_FROM
        for term, credit in zip(analysis.terms, sentence.credits, strict=True)
        if term.kind == "name" and asked.issuperset(token.word for token in term.tokens)
    )


def names_somebody(speech: SpeechQuestion, corpus: Corpus) -> bool:
    """Say whether the speaker asked for is a person, a body or a country rather than "the agreement"."""
    head, *_ = re.split(r"\s+(?:of|between|from|by|on)\s+", speech.speaker or "", maxsplit=1)
    tokens = tokenize(head)
    if any(token.stem in _DOCUMENTS for token in tokens):
        return False
    if tokens and tokens[-1].word in BODY_NOUNS:
        return True
    return any(term.kind in ("name", "place") for term in analyse(head, is_name=corpus.is_name).terms)


_DOCUMENTS: Final = frozenset(
    stem(noun)
    for noun in "agreement treaty pact accord deal statement document resolution report article text letter law".split()
)
