"""Answers by quoting: the sentences that answer, or a reason for having none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from rag.answering.analysis import QuestionAnalysis, Term, analyse
from rag.answering.candidates import candidates
from rag.answering.choosing import LARGE_FROM, choose, with_continuations
from rag.answering.context import in_context
from rag.answering.corpus import Corpus
from rag.answering.forms import asks_for_source
from rag.answering.kinds import only_cites, tells_parts
from rag.answering.matching import WordSimilarity, is_everyday
from rag.answering.people import person_described, titles_of
from rag.answering.rephrasing import rephrased
from rag.answering.selection import ScoredSentence, make_matcher, score_sentences
from rag.answering.speech import (
    TOPIC_COVERAGE_FROM,
    SpeechAnswerer,
    answering_verbs,
    fits_topic,
    in_time,
    is_addressee,
    mentions,
    quote,
    repeating_time,
)
from rag.answering.splitting import split_question
from rag.answering.tokens import Token, tokenize
from rag.attribution import SpeechQuestion, parse_speech_question
from rag.attribution.lexicon import BODY_NOUNS
from rag.retrieval import TimeWindow
from rag.schema import AbstentionReason, Draft, DraftStatement, Filters, Near, Question, ScoredPassage
from rag.text.folding import searchable
from rag.text.places import countries_by_side
from rag.text.words import stem

SentenceSimilarity = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosine of a question with each of several sentences."""

SIDE_RARITY_TO: Final = 0.25
"""How rare a country's name may be for "the North" to mean it, see `Corpus.rarity`: it is in 22 of 60 passages, or in
1,700 of 20,000."""
SPEAKER_FROM: Final = 0.8
"""Who is asked about must be credited this much where no statement of theirs was found."""
NEAR_COVERAGE_FROM: Final = 0.4
"""A refusal shows what came nearest only if it holds this much of the question."""


MORE: Final = 0.1
"""Of the question a sentence must hold so much more than statements that lack the verb asked with; 0.03 or 0.2 give
the same on 770 questions over the samples but for two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractive:
    """Answers without a model."""

    corpus: Corpus
    sentence_similarity: SentenceSimilarity
    word_similarity: WordSimilarity | None = None

    def draft(
        self, question: Question, passages: Sequence[ScoredPassage], *, window: TimeWindow | None = None
    ) -> Draft:
        """Choose the sentences that answer, or say why none does.

        A question in several parts ("when did X happen, and who was there?") is answered part by part.

        Args:
            question: able to stand alone.
            passages: what was retrieved; those that the search did not find hold words of a speaker.
            window: the days the question speaks of relative to today; only statements from them are reported.
        """
        text = _SIDE.sub(self._country_of_side, rephrased(question.text))
        parts = split_question(text, is_name=self.corpus.is_name)
        drafts = [self._draft_part(replace(question, text=part), passages, window) for part in parts]
        statements = _once(statement for draft in drafts for statement in draft.statements)
        if not statements:
            return drafts[0]
        return replace(drafts[0], statements=tuple(statements)[: question.max_statements], reason=None)

    def _country_of_side(self, match: re.Match[str]) -> str:
        """Return the country that "the North" or "the South" is where many passages speak of one, or the words."""
        rarity, country = min(
            (self.corpus.rarity(searchable(name.split()[-1])), name) for name in countries_by_side()[match["side"]]
        )
        return country if rarity <= SIDE_RARITY_TO else match[0]

    def _draft_part(self, question: Question, retrieved: Sequence[ScoredPassage], window: TimeWindow | None) -> Draft:
        passages = [scored for scored in retrieved if scored.origins]
        analysis = self.analyse(question.text)
        speech = parse_speech_question(question.text)
        spoken: Draft | None = None
        if speech is not None and speech.verb == "add" and _ADDS_TO.search(question.text):
            speech = None  # "what did the town add to its fleet?"
        if (
            speech is not None
            and speech.speaker is not None
            and analysis.form != "role"
            and speech.form in ("what", "whether", "how")
        ):
            spoken = self._draft_speech(question, speech, analysis, retrieved, window)
            if spoken is not None and (speech.form != "what" or not spoken.statements or _uses_verb(spoken, speech)):
                return spoken
        ranked = self.rank(analysis, passages)
        if speech is not None and speech.speaker is not None:
            ranked = [sentence for sentence in ranked if names_speaker(analysis, sentence, speech.speaker)]
        elif speech is not None and speech.asks_who_states:
            ranked = self._reporting(analysis, ranked)
        is_large = self.corpus.size() >= LARGE_FROM
        chosen = choose(analysis, ranked, limit=question.max_statements, is_large=is_large)
        if spoken is not None and not (chosen and speech and _says_more(analysis, chosen[0], spoken, speech, ranked)):
            return spoken
        if not chosen:
            return self.refuse(analysis, ranked)
        goes_on = partial(_goes_on, analysis)
        chosen = with_continuations(chosen, ranked, goes_on=goes_on, limit=question.max_statements)
        statements = self.corpus.catalog.statements_of({s.candidate.evidence.article.id for s in chosen})
        return Draft(statements=tuple(in_context(chosen, statements, limit=question.max_statements)))

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
        retrieved: Sequence[ScoredPassage],
        window: TimeWindow | None,
    ) -> Draft | None:
        """Answer from the speaker's statements; None where the sentences themselves may still answer."""
        passages = [scored for scored in retrieved if scored.origins]
        answerer = SpeechAnswerer(
            corpus=self.corpus,
            word_similarity=self.word_similarity,
            passages={scored.passage.id: scored.passage for scored in retrieved},
        )
        filters = narrowed(question.filters, window)
        found = answerer.statements(speech, passages, filters)
        reported = in_time(answerer.report(found), analysis)
        if window is not None:
            # "last year" may be the article's own words: then the statement holds them, whatever its date.
            anytime = answerer.report(answerer.statements(speech, passages, question.filters))
            reported += [r for r in repeating_time(anytime, speech) if r not in reported]
            if not reported and _OWNING_TIME.search(question.text):
                reported = anytime  # "last year's accusation" may be answered at any time
        topic = speech.topic
        if topic is not None and is_addressee(topic, question.text, self.corpus):
            topic = None  # "what did X say to Y?" asks for all that X said where Y was spoken to
            reported = [r for r in reported if mentions(r, speech.topic or "")]
        # In "what did X warn of?" the verb is part of what the statement must hold.
        verbs = answering_verbs(speech)
        if len(verbs) == 1:
            topic = f"{speech.verb} {speech.topic or ''}"
        if topic is not None:
            reported = answerer.on_topic(reported, topic, analysis, verbs=verbs)
            if not reported and not verbs:  # nothing that "Oslo" said, but perhaps something that Norway did
                found = answerer.statements(speech, passages, filters, of_country=True)
                reported = answerer.on_topic(in_time(answerer.report(found), analysis), topic, analysis, verbs=verbs)
        if reported:
            return Draft(statements=tuple(quote(reported, limit=question.max_statements)))
        if verbs or not names_somebody(speech, self.corpus):
            return None
        if speech.verb == "according":
            return None  # a sentence that names them may answer, though nothing in it was read as their words
        return self.refuse_speaker(speech.speaker or question.text)

    def refuse_speaker(self, speaker: str) -> Draft:
        """Say that somebody is not in the articles, or says nothing there on the subject."""
        draft = self.refuse(self.analyse(f"about {speaker}"), ())  # a capital that comes first would prove no name
        tokens = [token for token in tokenize(speaker) if not token.is_stopword]
        if draft.reason != "subject_not_found" and not any(self.corpus.holds_word(token.word) for token in tokens):
            return replace(draft, reason="subject_not_found", subject=speaker)
        return replace(draft, reason=draft.reason if draft.reason != "no_match" else "fact_not_stated", subject=speaker)

    def analyse(self, text: str) -> QuestionAnalysis:
        """Take a question apart, knowing the names of the index."""
        return analyse(rephrased(text), is_name=self.corpus.is_name, is_held=self.corpus.holds_word)

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
        if len(words) == 1 or is_everyday(term):  # "the Pennsylvania Senate": two words that may stand apart
            return all(self.corpus.holds_word(word) for word in words)
        return self.corpus.holds_phrase(term.text)

    def _closest(self, term: Term) -> str | None:
        return self.corpus.closest_name([token.word for token in term.tokens])


def _goes_on(analysis: QuestionAnalysis, following: ScoredSentence) -> bool:
    """Say whether an answering sentence is shown with the one after it."""
    text = following.candidate.evidence.text
    if analysis.form in ("what", "list"):
        return tells_parts(text, loosely=True)
    return asks_for_source(analysis.text) and only_cites(text)


def _uses_verb(draft: Draft, speech: SpeechQuestion) -> bool:
    """Say whether some statement is reported with the verb asked with; any is where that is a general one."""
    return (speech.wants_any_speech and speech.verb != "according") or any(
        _has_verb(tokenize(evidence.text), speech) for statement in draft.statements for evidence in statement.evidence
    )


def _has_verb(tokens: Sequence[Token], speech: SpeechQuestion) -> bool:
    """Say whether words hold the verb of a question, in any form."""
    asked = stem(speech.verb)
    return speech.verb != "according" and any(token.stem == asked for token in tokens)


def _says_more(
    analysis: QuestionAnalysis,
    best: ScoredSentence,
    spoken: Draft,
    speech: SpeechQuestion,
    ranked: Sequence[ScoredSentence],
) -> bool:
    """Say whether a sentence has the verb asked with, or more of the matter than the statements without it."""
    if _has_verb(best.candidate.tokens, speech):
        return True
    who = {token.stem for token in tokenize(speech.speaker or "")}
    matter = [index for index, term in enumerate(analysis.terms) if not who.issuperset(t.stem for t in term.tokens)]

    def covered(sentence: ScoredSentence) -> float:
        weights = sum(analysis.terms[index].weight for index in matter) or 1.0
        return sum(analysis.terms[index].weight * sentence.own_credits[index] for index in matter) / weights

    shown = {(e.article.id, e.span) for statement in spoken.statements for e in statement.evidence}
    told = [s for s in ranked if (s.candidate.evidence.article.id, s.candidate.evidence.span) in shown]
    if analysis.form != "what" and best.has_type and told and not any(sentence.has_type for sentence in told):
        return True
    return bool(told) and all(
        share(best) >= max(map(share, told)) + MORE for share in (covered, lambda sentence: sentence.own_coverage)
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
    head, *_ = re.split(r"\s+(?:of|between|from|by|on|around|about|over|that)\s+", speech.speaker or "", maxsplit=1)
    tokens = tokenize(head)
    if any(token.stem in _DOCUMENTS for token in tokens):
        return False
    if tokens and tokens[-1].word in BODY_NOUNS:
        return True
    return any(term.kind in ("name", "place") for term in analyse(head, is_name=corpus.is_name).terms)


_SIDE: Final = re.compile(r"\bthe (?P<side>North|South|East|West)\b(?!\s+[A-Z])")
_OWNING_TIME: Final = re.compile(r"\b(?:last|this|past) (?:week|month|year|quarter)['’]s\b", re.IGNORECASE)
_ADDS_TO: Final = re.compile(
    r"\badd(?:ed|ing)? to (?:its|the|his|her|their|an?) (?!(?:remark|statement|comment|speech|press\b))", re.IGNORECASE
)
_DOCUMENTS: Final = frozenset(
    stem(noun)
    for noun in "agreement treaty pact accord deal statement document resolution report article text letter law".split()
)
