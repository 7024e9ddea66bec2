"""Scores the sentences of the retrieved passages as answers to a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from types import MappingProxyType
from typing import Final

from rag.answering.analysis import QuestionAnalysis, Term
from rag.answering.corpus import Corpus
from rag.answering.matching import EMPTY, Bag, Matcher, WordSimilarity, similar_words
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import ROLE_NOUNS, SPEAKER_NOUNS
from rag.schema import Evidence, PartialDate, ScoredPassage, Span
from rag.text.dates import find_dates

_ANAPHORA: Final = re.compile(
    r"^[\"“'‘(]*(?:he|she|they|it|his|her|their|its|this|these|that|those|both|the two|the pair|the former|the latter)\b",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(r"\?[\"”’')\]]*\s*$")
_DEFINITE: Final = re.compile(r"^[\"“'‘(]*(?:the|such|after that|in response|there)\b", re.IGNORECASE)
_TIME_WORDS: Final = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|last (?:week|month|year|night|spring|summer"
    r"|autumn|fall|winter)|this (?:week|month|year|morning)|next (?:week|month|year)|(?:19|20)\d\d|noon|midnight"
    r"|\d{1,2}(?::\d\d)? ?[ap]\.?m)\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|a"
    r"|an|several|half)[\s-]+(?:and a half[\s-]+)?(?:second|minute|hour|day|week|month|year|decade|centur)",
    re.IGNORECASE,
)
_CAUSE: Final = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|in order to|so that|to (?!the\b|a\b|be\b)\w+|over|after|following|amid"
    r"|as a result|in response|response to|therefore|caused|prompted|led to|aim|purpose|given|for)\b",
    re.IGNORECASE,
)
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:in|at|from|to|near|outside|inside|visit(?:ed|ing|s)?|toward|towards|around|throughout|across)\s+(?:the\s+)?"
    r"(?:[a-z’'-]+\s+){0,3}?(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)(?=[A-Z])"
)

# Shares of a sentence's score, summing to 1. Rounded from a ranking model over 150 questions of RealTimeQA, cross-validated
# (the answer stands in one of the first four sentences for 0.69 of them, 0.79 with dates; equal shares: 0.61, 0.67).
_OWN: Final = 0.12
"""Terms in the sentence itself."""
_FRAME: Final = 0.12
"""Terms in it or its passage, title and heading."""
_ARTICLE: Final = 0.08
"""Terms anywhere in the retrieved passages of its article."""
_TITLE: Final = 0.05
_COSINE: Final = 0.10
_RETRIEVAL: Final = 0.22
_TYPE: Final = 0.15
_NEW_NAME: Final = 0.06
_LENGTH: Final = 0.05
"""Longer sentences say more, up to `_LONG` words."""
_LEAD: Final = 0.05
"""News tells what matters first."""
_LONG: Final = 60
_LEAD_CHARS: Final = 1500

_ANAPHORIC_CREDIT: Final = 0.9
"""What a term in the sentence before is worth to one that begins with a pronoun."""
_DEFINITE_CREDIT: Final = 0.75
_NEAR_CREDIT: Final = 0.55
_FRAME_CREDIT: Final = 0.5
"""What a term in title, heading or elsewhere in the passage is worth."""
_UNHELD_WEIGHT: Final = 1.6
"""How much more a word weighs that stands nowhere in the index: only a synonym can make up for it."""
_DATE_WEIGHT: Final = 1.5
_UNWRITTEN_DATE_CREDIT: Final = 0.6
"""What the article's date, or none at all, is worth to a date in the question."""
_ARTICLE_CREDIT: Final = 0.45
"""What a name elsewhere in the article is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence with what surrounds it."""

    evidence: Evidence
    tokens: tuple[Token, ...]
    bag: Bag
    before: Bag
    """Of the sentences it leans on."""
    earlier: tuple[tuple[Token, ...], ...]
    """The sentences it leans on, word by word."""
    frame: Bag
    """Of title, heading and the whole passage."""
    article: Bag
    """Of every retrieved passage of the article."""
    title: Bag
    lean: float
    """Credit of a term that stands only in `before`."""
    retrieval: float
    """Score of its passage, 0 to 1 within the question."""
    ordinal: int
    """Place in the article."""

    @property
    def needs_context(self) -> bool:
        """Whether it begins with a word that points back."""
        return self.lean >= _ANAPHORIC_CREDIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredSentence:
    """A candidate with its score and the reasons."""

    candidate: Candidate
    score: float
    """0 to 1, higher is better; comparable between questions."""
    coverage: float
    """Weighted share of the question's terms that the sentence holds, with its context at a discount."""
    words_coverage: float
    """The same without the question's dates."""
    own_coverage: float
    """The same by the sentence and those it leans on alone, without title, heading and the rest of the article."""
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


def candidates(passages: Sequence[ScoredPassage]) -> list[Candidate]:
    """Return the sentences of passages, in the order of the passages, with their surroundings."""
    found = []
    best = max((scored.score for scored in passages), default=0.0) or 1.0
    articles: dict[str, Bag] = {}
    for scored in passages:
        held = Bag.of(tokenize(scored.passage.text))
        articles[scored.article.id] = articles.get(scored.article.id, EMPTY) | held
    for scored in passages:
        raw, passage = scored.article.raw, scored.passage
        title = Bag.of(tokenize(scored.article.title or ""))
        frame_tokens = tokenize(f"{scored.article.title or ''}. {passage.heading or ''}")
        texts = [span.of(raw) for span in passage.sentences]
        bags = [Bag.of(tokenize(text)) for text in texts]
        frame = Bag.of(frame_tokens)
        for bag in bags:
            frame |= bag
        for position, (span, text) in enumerate(zip(passage.sentences, texts, strict=True)):
            if _QUESTION.search(text):
                continue  # quizzes and headlines ask what an answer must tell
            if _ANAPHORA.match(text):
                lean, reach = _ANAPHORIC_CREDIT, 2
            elif _DEFINITE.match(text):
                lean, reach = _DEFINITE_CREDIT, 1
            else:
                lean, reach = _NEAR_CREDIT, 1
            before = EMPTY
            for bag in bags[max(0, position - reach) : position]:
                before |= bag
            found.append(
                Candidate(
                    evidence=Evidence(article=scored.article, passage=passage, span=span, also_in=scored.also_in),
                    tokens=tokenize(text),
                    bag=bags[position],
                    before=before,
                    earlier=tuple(tokenize(t) for t in texts[max(0, position - reach) : position]),
                    frame=frame,
                    article=articles[scored.article.id],
                    title=title,
                    lean=lean,
                    retrieval=max(scored.score, 0.0) / best,
                    ordinal=span.start,
                )
            )
    return found


def make_matcher(
    question: QuestionAnalysis,
    sentences: Iterable[Candidate],
    *,
    similarity: WordSimilarity | None,
    corpus: Corpus,
    people: Sequence[tuple[frozenset[Term], Term]] = (),
    titles: Mapping[str, Sequence[Token]] = MappingProxyType({}),
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
    scored = [_score(question, sentence, matcher, cosine) for sentence, cosine in zip(sentences, cosines, strict=True)]
    return sorted(scored, key=lambda s: (-s.score, s.candidate.evidence.article.path, s.candidate.ordinal))


def _score(question: QuestionAnalysis, sentence: Candidate, matcher: Matcher, cosine: float) -> ScoredSentence:
    own = matcher.credits(sentence.bag)
    before = matcher.credits(sentence.before)
    frame = matcher.credits(sentence.frame)
    article = matcher.credits(sentence.article)
    credits = tuple(
        max(o, _leaning(sentence, term) * b, _FRAME_CREDIT * f, (_ARTICLE_CREDIT if term.kind == "name" else 0.0) * a)
        for term, o, b, f, a in zip(question.terms, own, before, frame, article, strict=True)
    )
    coverage = words_coverage = matcher.coverage(credits)
    own_coverage = matcher.coverage(
        [max(o, _leaning(sentence, term) * b) for term, o, b in zip(question.terms, own, before, strict=True)]
    )
    has_type = answers_form(question, sentence, matcher.is_name)
    date_agrees = agrees_in_time(question, sentence)
    if question.dates:
        # A date that the question names is one more thing to cover, worth as much as a name.
        credit = 1.0 if writes_date(question, sentence) else _UNWRITTEN_DATE_CREDIT if date_agrees else 0.0
        share = _DATE_WEIGHT / (_DATE_WEIGHT + sum(matcher.weights))
        coverage = share * credit + (1 - share) * coverage
        if credit == 1.0:
            own_coverage = share + (1 - share) * own_coverage
    # Among a handful of passages all are retrieved, and their order says little.
    retrieval_weight = _RETRIEVAL * matcher.corpus_size
    in_frame = [max(three) for three in zip(own, before, frame, strict=True)]
    score = (
        _OWN * matcher.coverage(own)
        + _FRAME * matcher.coverage(in_frame)
        + _ARTICLE * matcher.coverage([max(two) for two in zip(in_frame, article, strict=True)])
        + _TITLE * matcher.coverage(matcher.credits(sentence.title))
        + _COSINE * max(0.0, min(1.0, cosine * 1.5))
        + retrieval_weight * sentence.retrieval
        + _TYPE * has_type
        + _NEW_NAME * _has_new_name(question, sentence, matcher.is_name)
        + _LENGTH * min(len(sentence.tokens), _LONG) / _LONG
        + _LEAD * (sentence.ordinal < _LEAD_CHARS)
    ) / (1 - _RETRIEVAL + retrieval_weight)
    return ScoredSentence(
        candidate=sentence,
        score=score if date_agrees else 0.5 * score,
        coverage=coverage,
        words_coverage=words_coverage if question.terms else 1.0,
        own_coverage=own_coverage,
        own_credits=own,
        credits=credits,
        has_type=has_type,
        relations_hold=relations_hold(question, sentence, matcher),
        date_agrees=date_agrees,
    )


def _leaning(sentence: Candidate, term: Term) -> float:
    """Return the credit of a term that stands only just before: a pronoun stands for a name, not for what was done."""
    return sentence.lean if term.kind in ("name", "place") else min(sentence.lean, _NEAR_CREDIT)


_RELATION_WINDOW: Final = 6
"""Words between two that belong together, such as a country and its minister."""


_FAR: Final = 99
_BODIES: Final = frozenset({"delegation", "delegations", "mission", "counterpart", "counterparts", "negotiators"})
_COMMON_OFFICES: Final = frozenset({"minister", "secretary", "deputy", "director", "officer"})
"""Offices of which a country has many; they answer only for themselves."""


def _holds_other_place(tokens: Sequence[Token], i: int, j: int) -> bool:
    """Say whether another country stands between two words."""
    places = {token.place for token in tokens[min(i, j) : max(i, j) + 1]} - {None}
    return len(places) > 1


def relations_hold(question: QuestionAnalysis, sentence: Candidate, matcher: Matcher) -> bool:
    """Say whether a "who" question's verb is there, and each country or name with the noun it belongs to."""
    if question.form != "who":
        return question.required is None or bool(matcher.positions(question.required, sentence.tokens))
    for first, second in question.relations:
        if second.tokens[-1].word not in ROLE_NOUNS | SPEAKER_NOUNS | _BODIES:
            continue
        nearest = [
            abs(i - j) if not _holds_other_place(tokens, i, j) else _FAR
            for tokens in (sentence.tokens, *sentence.earlier)
            for i in matcher.positions(first, tokens)
            for j in matcher.positions(second, tokens)
            if tokens[j].stem == second.tokens[-1].stem or tokens[j].word in ROLE_NOUNS - _COMMON_OFFICES
        ]
        if min(nearest, default=_FAR) > _RELATION_WINDOW:
            return False
    if question.required is not None and not matcher.positions(question.required, sentence.tokens):
        return False
    return question.verb is None or any(
        sentence.tokens[i].word.removesuffix("s") not in ROLE_NOUNS
        for i in matcher.positions(question.verb, sentence.tokens)
    )


def agrees_in_time(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence can be about the dates that the question names.

    A date in the sentence decides; without one the article's own date does, and a date not known agrees with all.
    """
    if not question.dates:
        return True
    evidence = sentence.evidence
    written = [date for _, date in find_dates(evidence.text)]
    published = evidence.article.published
    return any(_agrees(asked, written, published) for asked in question.dates)


def writes_date(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether one of the question's dates stands in the sentence."""
    return any(_same_time(asked, date) for _, date in find_dates(sentence.evidence.text) for asked in question.dates)


def is_dated(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether the sentence or its article is known to be of one of the question's dates."""
    published = sentence.evidence.article.published
    return writes_date(question, sentence) or (
        published is not None and any(_same_time(asked, published) for asked in question.dates)
    )


def _agrees(asked: PartialDate, written: Sequence[PartialDate], published: PartialDate | None) -> bool:
    if any(_same_time(asked, date) for date in written):
        return True
    if asked.day is not None and (written or published is None):
        return False
    if asked.month is not None and any(date.month is not None for date in written):
        return False
    return published is None or _same_time(asked, published)


def _same_time(asked: PartialDate, found: PartialDate) -> bool:
    """A date in the text answers for the asked one when no known part differs and it says as much of the day."""
    if asked.day is not None and found.day is None:
        return False
    if asked.month is not None and found.month is None:
        return False
    return asked.agrees_with(found)


def answers_form(question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool]) -> bool:
    """Say whether a sentence holds the kind of thing that the question asks for."""
    text = sentence.evidence.text
    if asks_for_names(question):
        return _has_new_name(question, sentence, is_name, people_only=True)
    match question.form:
        case "when" if question.wants_year:
            published = sentence.evidence.article.published
            return any(date.year for _, date in find_dates(text)) or bool(published and published.year)
        case "when":
            return bool(find_dates(text) or _TIME_WORDS.search(text))
        case "how_long":
            return bool(_DURATION.search(text))
        case "how_many":
            return _counts_what_is_asked(question, sentence)
        case "where":
            return bool(_PLACE_BEFORE.search(text)) and _has_new_name(question, sentence, is_name)
        case "how_old":
            return bool(_AGE.search(text))
        case "role":
            return _has_role(question, sentence)
        case "who":
            return _has_new_name(question, sentence, is_name)
        case "why":
            return bool(_CAUSE.search(text))
        case _:
            return True


_AGE: Final = re.compile(r"\b\d{1,3}[- ]years?[- ]old\b|\baged? (?:of )?\d|, \d{1,2},|\bborn\b", re.IGNORECASE)
_ROLE_REACH: Final = 8
"""Words between a name and what its bearer is."""


def _has_role(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a title or job stands near the name that the question asks about."""
    names = {token.stem for term in question.names for token in term.tokens}
    named = [i for i, token in enumerate(sentence.tokens) if token.stem in names]
    if not names:
        return True
    return any(
        token.word in ROLE_NOUNS for i in named for token in sentence.tokens[max(0, i - _ROLE_REACH) : i + _ROLE_REACH]
    )


_UNIT_AFTER: Final = re.compile(
    r"\bhow (?:many|much)\s+(?:more |other |different |of the )?(?P<noun>[\w’'-]+(?:\s+[\w’'-]+){0,3})", re.IGNORECASE
)


def _counts_what_is_asked(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """A number counts when it stands by the noun that "how many" asks about, or anywhere if there is none."""
    tokens = sentence.tokens
    numbers = [i for i, token in enumerate(tokens) if token.number is not None or token.word in _VAGUE_NUMBERS]
    dates = [span for span, _ in find_dates(sentence.evidence.text)]
    numbers = [i for i in numbers if not any(date.overlaps(tokens[i].span) for date in dates)]
    if not numbers:
        return False
    match = _UNIT_AFTER.search(question.text)
    if match is None:
        return True
    # "how many artillery shells did Russia ..." asks for shells: what follows the auxiliary is another matter.
    noun = dropwhile(lambda token: token.place is not None, tokenize(match["noun"]))
    head = list(takewhile(lambda token: not token.is_stopword and token.place is None, noun))
    stems = {token.stem for token in head}
    groups = {group for token in head for group in token.groups}
    return any(
        token.stem in stems or token.groups & groups
        for number in numbers
        for token in tokens[max(0, number - 2) : number + 6]
    )


_VAGUE_NUMBERS: Final = frozenset("several dozens hundreds thousands millions billions couple dozen many few".split())


_ASKS_NAMES: Final = re.compile(r"\bnames? of\b|\bcalled\W*$|\bnamed\W*$", re.IGNORECASE)


def asks_for_names(question: QuestionAnalysis) -> bool:
    """Say whether people's names are what is asked for: "list the names of the two", "what was he called"."""
    return bool(_ASKS_NAMES.search(question.text))


def _has_new_name(
    question: QuestionAnalysis, sentence: Candidate, is_name: Callable[[str], bool], *, people_only: bool = False
) -> bool:
    """Say whether the sentence names somebody or something that the question does not."""
    asked = {token.stem for term in question.terms for token in term.tokens}
    return any(
        token.is_capitalised
        and not (people_only and _belongs_to(asked, sentence.tokens, index))
        and not (people_only and (token.place or token.word in ROLE_NOUNS or not is_name(token.word)))
        and (index > 0 or token.place is not None or is_name(token.word))
        and token.stem not in asked
        and not token.is_stopword
        for index, token in enumerate(sentence.tokens)
    )


def _belongs_to(asked: set[str], tokens: Sequence[Token], index: int) -> bool:
    """Say whether a word stands right by one that the question has: the "Sergei" of a "Shoigu" asked about."""
    return any(token.stem in asked for token in tokens[max(0, index - 1) : index + 2])


def naming_sentence(evidence: Evidence, name: str) -> Evidence | None:
    """Return the nearest sentence up to and before `evidence`, in its passage, that holds the last word of `name`."""
    last = tokenize(name)[-1].stem if tokenize(name) else ""
    earlier: list[Span] = [span for span in evidence.passage.sentences if span.start < evidence.span.start]
    for span in reversed(earlier):
        if last in Bag.of(tokenize(span.of(evidence.article.raw))).stems:
            return Evidence(article=evidence.article, passage=evidence.passage, span=span, also_in=evidence.also_in)
    return None
