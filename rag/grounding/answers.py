"""Builds the answer: lets checked statements through, numbers their citations, words the refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rag.answering.context import reported_in, with_name
from rag.answering.instructions import addresses_a_model, stands_among_instructions
from rag.grounding.checking import Support, check_statement
from rag.grounding.facts import missing_addresses, missing_names, name_runs
from rag.grounding.presenting import presentable
from rag.grounding.reading import phrase_keys, read_sentences
from rag.grounding.refusals import refusal_text
from rag.grounding.reporting import adds_speaker, loses_speaker
from rag.grounding.retelling import lost_meaning
from rag.passages import split_article
from rag.schema import (
    AbstentionReason,
    Answer,
    AnswerStatement,
    Article,
    Citation,
    Conflict,
    ConflictingFact,
    ConflictValue,
    Draft,
    DraftStatement,
    Evidence,
    Rejection,
    Span,
    Statement,
)
from rag.text.folding import printable

Aliases = Callable[[Article, str], Iterable[Sequence[str]]]
"""Gives, for a name or a word of one, the groups of names that mean the same in an article."""

MAX_STATEMENT_CHARS: Final = 20_000
"""Nothing that long is a sentence, and checking takes more than linear time."""
_PRONOUN: Final = re.compile(
    r"(?:^[\"'“‘(]*|[,;:] (?:and |but )?|\b(?:that|and|but|when|after|as|because|while|said|says) )"
    r"(?:he|she|they|it|both|his|her|their|the two [a-z]+)\b",
    re.IGNORECASE,
)
"""A word in the place of a subject that leaves open who is meant."""
_TITLE_ALONE: Final = re.compile(
    r"(?:^|[,;] |\bthat )(?:[Tt]he )?(?:[A-Z][a-z]+ ){0,3}(?:[Pp]resident|[Ll]eader|[Mm]inister|[Cc]hancellor|[Kk]ing|"
    r"[Pp]ope|[Dd]ictator|[Gg]overnor|[Ss]ecretary|[Mm]ayor|[Ss]enator|[Ss]pokes[a-z]+)s? [a-z]"
)
"""An office in the place of a subject, without the name of who holds it."""
_CLAUSE_BORDER: Final = re.compile(r"; |, (?:and|but|while|whereas|although|though|after|before) |(?<=[.!?]) (?=[A-Z])")
_BRACKETED_NAME: Final = re.compile(r"\[([^\]\d][^\]]*)\]")
_ANTECEDENT_SENTENCES: Final = 3
_MOST_ALIASES: Final = 8
"""Names of one statement that are looked up."""
_SHARED_WORDS: Final = 2
"""Content words that a cited sentence must share with the statement to be worth citing beside others."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A statement that passed, ready to be shown."""

    statement: AnswerStatement
    text: str
    """What to append to the answer so far: a space if needed, the statement, its markers."""
    new_citations: tuple[Citation, ...]
    """Those that no earlier statement used."""


@dataclass(slots=True)
class AnswerBuilder:
    """Takes drafted statements one by one, while they stream in; what was let through is never rewritten."""

    is_stale: Callable[[Article], bool] = lambda article: False
    """Says whether an article's file has changed or gone since it was indexed; asked once for each article."""
    aliases: Aliases = lambda article, name: ()
    """Asked only for names that the cited sentences do not have."""
    said: Callable[[Article], Sequence[Statement]] = lambda article: ()
    """The reported speech of an article; asked only for statements that are not its own words."""
    _text: str = ""
    _statements: list[AnswerStatement] = field(default_factory=list)
    _citations: dict[tuple[str, Span], Citation] = field(default_factory=dict)
    _rejected: list[Rejection] = field(default_factory=list)
    _stale: dict[str, bool] = field(default_factory=dict)
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, drafted: DraftStatement) -> Accepted | Rejection:
        """Check a statement; let it through with its citations, or reject it with the reason.

        A statement is shown as drafted, except that white space is made plain, control characters harmless, and
        links and what looks like a citation marker are taken out, and that the sentence it cites takes its place where
        it leaves out who said so, or a word such as "reportedly" or "if".
        """
        if len(drafted.text) > MAX_STATEMENT_CHARS:
            return self._reject(presentable(drafted.text[:MAX_STATEMENT_CHARS]), "too_long")
        text = presentable(drafted.text)
        keys = phrase_keys(text)
        if not keys:
            return self._reject(text, "empty")
        if keys in self._seen:
            return self._reject(text, "duplicate")
        evidence = _valid(drafted.evidence)
        if any(stands_among_instructions(item.article.raw, item.span) for item in evidence):
            return self._reject(text, "speaks_to_a_model")
        if missing_addresses(printable(drafted.text), [item.text for item in evidence]):
            return self._reject(text, "link_not_in_source")
        evidence, support = self._check_together(text, evidence)
        if support.reason == "name_not_in_source":
            evidence, support = self._with_antecedent(text, evidence, support)
        if support.reason == "name_not_in_source":
            evidence, support = self._with_introduction(text, evidence, support)
        if support.reason is not None:
            return self._reject(text, support.reason)
        if (whole := self._whole_instead(text, evidence)) is not None:
            text, evidence = whole
            keys = phrase_keys(text)
            if keys in self._seen:
                return self._reject(text, "duplicate")
        self._seen.add(keys)
        return self._accept(text, drafted, _with_naming(text, self._without_idle(text, evidence), drafted))

    def note(self, rejection: Rejection) -> None:
        """Count a statement that was rejected before it came here."""
        self._rejected.append(rejection)

    @property
    def statements(self) -> tuple[AnswerStatement, ...]:
        """What was let through so far."""
        return tuple(self._statements)

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """What was not let through so far, and why."""
        return tuple(self._rejected)

    def finish(
        self,
        draft: Draft,
        *,
        question: str,
        standalone_question: str | None = None,
        timings_ms: Mapping[str, float] | None = None,
        index_id: str = "",
    ) -> Answer:
        """Make the answer of all statements let through, or the refusal; `draft` gives all that is no statement.

        Where every statement was rejected the reason is the draft's own, else that the fact is not stated.
        """
        answered = bool(self._statements)
        near = tuple(near for near in draft.near if not addresses_a_model(near.text))
        conflicts = tuple(self._conflict(found) for found in draft.conflicts) if answered else ()
        reason: AbstentionReason | None = None
        text = self._text
        if not answered:
            reason = draft.reason or ("fact_not_stated" if draft.subject else "no_match")
            text = refusal_text(reason, draft.subject, near)
        return Answer(
            question=question,
            standalone_question=standalone_question,
            status="answered" if answered else "abstained",
            reason=reason,
            text=text,
            statements=tuple(self._statements),
            conflicts=tuple(conflict for conflict in conflicts if len(conflict.values) > 1),
            citations=tuple(self._citations.values()),
            near=() if answered else near,
            notices=draft.notices,
            rejected=tuple(self._rejected),
            model=draft.model,
            usage=draft.usage,
            timings_ms=dict(timings_ms or {}),
            index_id=index_id,
        )

    def _check_together(self, text: str, evidence: tuple[Evidence, ...]) -> tuple[tuple[Evidence, ...], Support]:
        """Check a statement that cites from several places, and say which citations it needs.

        What stands far apart must not be mixed into one fact: one place has to support the statement alone, or each
        of its clauses has to be supported by a place of its own.
        """
        support = self._check(text, evidence)
        if not support.holds or len(evidence) < 2:
            return evidence, support
        needed = self._holding(text, evidence)
        for clause in () if needed else _CLAUSE_BORDER.split(text):
            holding = self._holding(clause, evidence)
            if not holding:
                return evidence, Support(support.score, "facts_mixed", clause)
            needed += holding
        places = {(item.article.id, item.span) for item in needed}
        return _valid(item for item in evidence if (item.article.id, item.span) in places), support

    def _holding(self, text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Return the sentences that support a text each by itself, with those that say who their pronouns mean."""
        holding: list[Evidence] = []
        for item in evidence:
            naming = [
                other
                for other in evidence
                if other is not item and other.passage.id == item.passage.id and _points_elsewhere(item.text)
            ]
            if self._check(text, (item,)).holds:
                holding.append(item)
            elif naming and self._check(text, (item,), naming=[self._names_for(item, o) for o in naming]).holds:
                holding += [item, *naming]
        return holding

    def _names_for(self, item: Evidence, other: Evidence) -> str:
        """Return the text whose names another sentence of the passage may lend to one with a pronoun.

        That is all of the sentence right before, and of one farther off who speaks: "their" may mean anybody there.
        """
        spans = item.passage.sentences
        if other.span in spans and item.span in spans and spans.index(item.span) - spans.index(other.span) == 1:
            return other.text
        reported = reported_in(item, self.said(item.article))
        return other.text if reported is None else reported.speaker

    def _check(self, text: str, evidence: Sequence[Evidence], *, naming: Sequence[str] = ()) -> Support:
        """Check a text against sentences; `naming` are texts that give names to it and nothing else."""
        articles = {item.article.id: item.article for item in evidence}.values()
        dates = {article.published for article in articles}
        sentences = [presentable(item.text) for item in evidence]
        context = [presentable(part) for part in naming]
        published = dates.pop() if len(dates) == 1 else None
        support = check_statement(text, sentences, context=context, published=published, strict=True)
        if support.reason != "name_not_in_source":
            return support
        read, around = ([part for text in texts for part in read_sentences(text)] for texts in (sentences, context))
        names = missing_names(read_sentences(text), read, context=around)[:_MOST_ALIASES]
        aliases = [group for article in articles for name in names for group in self.aliases(article, name)]
        if not aliases:
            return support
        return check_statement(text, sentences, aliases=aliases, context=context, published=published, strict=True)

    def _with_antecedent(
        self, text: str, evidence: tuple[Evidence, ...], support: Support
    ) -> tuple[tuple[Evidence, ...], Support]:
        """Cite, too, the sentence shortly before that says whom a pronoun of the cited one means, if it helps."""
        for item in evidence:
            if not _points_elsewhere(item.text):
                continue
            earlier = [span for span in item.passage.sentences if span.start < item.span.start]
            for span in reversed(earlier[-_ANTECEDENT_SENTENCES:]):
                naming = Evidence(article=item.article, passage=item.passage, span=span)
                found = self._check(text, evidence, naming=[self._names_for(item, naming)])
                if found.holds:
                    return _valid((*evidence, naming)), found
        return evidence, support

    def _with_introduction(
        self, text: str, evidence: tuple[Evidence, ...], support: Support
    ) -> tuple[tuple[Evidence, ...], Support]:
        """Cite, too, the sentence that says in full who is meant: "Antony Blinken, the U.S. Secretary of State"."""
        cited = {word.stem for item in evidence for part in read_sentences(item.text) for word in part.words}
        runs = [
            run
            for sentence in read_sentences(text)
            for run in name_runs(sentence)
            if any(word.stem in cited for word in run) and any(word.stem not in cited for word in run)
        ]
        wanted = {frozenset(word.stem for word in run) for run in runs}
        for item in evidence if len(wanted) == 1 else ():
            for passage in split_article(item.article):
                for span in passage.sentences:
                    introduction = Evidence(article=item.article, passage=passage, span=span)
                    there = {word.stem for part in read_sentences(introduction.text) for word in part.words}
                    if all(run <= there for run in wanted):
                        name = " ".join(word.form for word in runs[0])
                        found = self._check(text, evidence, naming=[name])
                        return (_valid((*evidence, introduction)), found) if found.holds else (evidence, support)
        return evidence, support

    def _without_idle(self, text: str, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Leave out citations that have next to nothing in common with the statement, if it stands without them."""
        if len(evidence) < 2:
            return evidence
        wanted = _content_stems(text)
        useful = tuple(
            item
            for item in evidence
            if len(wanted & _content_stems(presentable(item.text))) >= min(_SHARED_WORDS, len(wanted))
        )
        return useful if useful and len(useful) < len(evidence) and self._check(text, useful).holds else evidence

    def _whole_instead(self, text: str, evidence: tuple[Evidence, ...]) -> tuple[str, tuple[Evidence, ...]] | None:
        """Return the sentence to show in place of a statement that leaves out what matters, with what to cite for it.

        None where the statement may stand.
        """
        if any(text == presentable(item.text) for item in evidence) or _BRACKETED_NAME.search(text):
            return None
        wanted = _content_stems(text)
        main = max(evidence, key=lambda item: len(wanted & _content_stems(presentable(item.text))))
        said = {item.article.id: self.said(item.article) for item in evidence}
        may_stand = any(
            not loses_speaker(text, item, said[item.article.id]) and not adds_speaker(text, item, said[item.article.id])
            for item in evidence
        )
        if may_stand and not lost_meaning(text, presentable(main.text)):
            return None
        reported = reported_in(main, said[main.article.id])
        named = with_name(main, reported) if reported else None
        if named is None:
            return presentable(main.text), evidence if _points_elsewhere(main.text) else (main,)
        return presentable(named.text), named.evidence

    def _reject(self, text: str, reason: str) -> Rejection:
        rejection = Rejection(text, reason)
        self._rejected.append(rejection)
        return rejection

    def _accept(self, text: str, drafted: DraftStatement, evidence: Iterable[Evidence]) -> Accepted:
        known = len(self._citations)
        numbers = tuple(sorted({self._cite(item).number for item in evidence}))
        lead = " " if self._text else ""
        start = len(self._text) + len(lead)
        markers = " " + "".join(f"[{number}]" for number in numbers)
        statement = AnswerStatement(
            text=text,
            span=Span(start, start + len(text)),
            citations=numbers,
            speaker=presentable(drafted.speaker) if drafted.speaker else None,
            speech=drafted.speech,
        )
        delta = lead + text + markers
        self._text += delta
        self._statements.append(statement)
        return Accepted(statement, delta, tuple(self._citations.values())[known:])

    def _cite(self, item: Evidence) -> Citation:
        key = (item.article.id, item.span)
        if key not in self._citations:
            self._citations[key] = self._citation(item, len(self._citations) + 1)
        return self._citations[key]

    def _citation(self, item: Evidence, number: int) -> Citation:
        article = item.article
        if article.id not in self._stale:
            self._stale[article.id] = self.is_stale(article)
        return Citation(
            number=number,
            path=article.path,
            article_id=article.id,
            title=article.title,
            published=article.published,
            quote=item.text,
            raw=item.span,
            line_start=line_number(article.raw, item.span.start),
            line_end=line_number(article.raw, item.span.end - 1),
            sha256=article.sha256,
            encoding=article.encoding,
            errors=article.errors,
            stale=self._stale[article.id],
            also_in=item.also_in,
        )

    def _conflict(self, found: ConflictingFact) -> Conflict:
        """Number the evidence of each value; a value that its evidence does not have is left out."""
        values = []
        for value, evidence in found.values:
            text = presentable(value)
            valid = _valid(evidence)
            if valid and check_statement(text, [presentable(item.text) for item in valid]).holds:
                values.append((text, valid))
        if len(values) < 2:
            return Conflict(presentable(found.fact), ())
        return Conflict(
            presentable(found.fact),
            tuple(
                ConflictValue(text, tuple(sorted({self._cite(item).number for item in valid})))
                for text, valid in values
            ),
        )


def ground(
    draft: Draft,
    *,
    question: str,
    builder: AnswerBuilder | None = None,
    standalone_question: str | None = None,
    timings_ms: Mapping[str, float] | None = None,
    index_id: str = "",
) -> Answer:
    """Turn a whole draft into an answer: what `AnswerBuilder` does, all at once."""
    builder = builder or AnswerBuilder()
    for statement in draft.statements:
        builder.add(statement)
    return builder.finish(
        draft, question=question, standalone_question=standalone_question, timings_ms=timings_ms, index_id=index_id
    )


def line_number(raw: str, place: int) -> int:
    """Return the 1-based number of the line that holds the character at `place`; CR, LF and CRLF end lines."""
    feeds = raw.count("\n", 0, place)
    returns = raw.count("\r", 0, place)
    if not returns:
        return feeds + 1
    pairs = raw.count("\r\n", 0, place + 1) if raw[place : place + 1] == "\n" else raw.count("\r\n", 0, place)
    return feeds + returns - pairs + 1


def _content_stems(text: str) -> set[str]:
    return {word.stem for sentence in read_sentences(text) for word in sentence.content}


def _points_elsewhere(text: str) -> bool:
    """Say whether a sentence leaves open who is meant, so that its neighbours have to tell."""
    return bool(_PRONOUN.search(text) or _TITLE_ALONE.search(text))


def _valid(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that lies in its article, each sentence once."""
    unique = {
        (item.article.id, item.span): item
        for item in evidence
        if 0 <= item.span.start < item.span.end <= len(item.article.raw)
    }
    return tuple(unique.values())


def _with_naming(text: str, evidence: tuple[Evidence, ...], drafted: DraftStatement) -> tuple[Evidence, ...]:
    """Cite, too, the drafted sentence that gives a name in brackets: there the reader sees whom a pronoun means."""
    names = [match[1] for match in _BRACKETED_NAME.finditer(text)]
    missing = [name for name in names if not any(name in presentable(item.text) for item in evidence)]
    naming = [item for item in _valid(drafted.evidence) if any(name in presentable(item.text) for name in missing)]
    return _valid((*evidence, *naming))
