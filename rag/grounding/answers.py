"""Builds the answer: lets statements through that are proven, numbers their citations, words the refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from rag.attribution.naming import reported_in, with_name
from rag.grounding.facts import numbers_told
from rag.grounding.presenting import presentable
from rag.grounding.proof import Finding, Prover
from rag.grounding.reading import phrase_keys, word_units
from rag.grounding.refusals import refusal_text
from rag.grounding.verifying import Claim, Verdict
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
)
from rag.text.instructions import addresses_a_model, stands_among_instructions

MAX_STATEMENT_CHARS: Final = 20_000
"""Nothing that long is a sentence, and checking takes more than linear time."""
_MOST_REPLACEMENTS: Final = 2
"""Cited sentences that take the place of one statement."""
_MOST_QUOTES: Final = 4
"""Cited sentences that are quoted where no statement is left."""

Verify = Callable[[Sequence[Claim]], Mapping[int, Verdict]]
"""Gives verdicts on claims by their number from 1; what it leaves out counts as `partly`."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A statement that passed, ready to be shown."""

    statement: AnswerStatement
    text: str
    """What to append to the answer so far: a space if needed, the statement, its markers."""
    new_citations: tuple[Citation, ...]
    """Those that no earlier statement used."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A drafted statement that no hard fact speaks against."""

    text: str
    drafted: DraftStatement
    needed: tuple[Evidence, ...]
    """What it needs of what it cites."""
    evidence: tuple[Evidence, ...]
    """The same with the sentences that say whom it names."""
    finding: Finding


@dataclass(slots=True)
class AnswerBuilder:
    """Takes drafted statements one by one, while they stream in; what was let through is never rewritten.

    `add` shows what is proven by words at once. From the first open statement on everything waits for `settle`.
    """

    is_stale: Callable[[Article], bool] = lambda article: False
    """Says whether an article's file has changed or gone since it was indexed; asked once for each article."""
    prover: Prover = field(default_factory=Prover)
    question: str = ""
    """What the statements answer."""
    counts: Counter[str] = field(default_factory=Counter)
    """How many statements were `proven` by words, `asked` about, `replaced` by what they cite, and `rejected`."""
    _text: str = ""
    _statements: list[AnswerStatement] = field(default_factory=list)
    _citations: dict[tuple[str, Span], Citation] = field(default_factory=dict)
    _rejected: list[Rejection] = field(default_factory=list)
    _stale: dict[str, bool] = field(default_factory=dict)
    _seen: set[tuple[str, ...]] = field(default_factory=set)
    _waiting: list[_Checked] = field(default_factory=list)
    _drafted: list[Evidence] = field(default_factory=list)
    _conflicts: list[Conflict] = field(default_factory=list)

    def add(self, drafted: DraftStatement) -> Iterator[Accepted]:
        """Check a statement and yield it if it is proven and none before it waits.

        It is shown as drafted, except that white space is made plain, control characters harmless, and links and what
        looks like a citation marker are taken out.
        """
        checked = self._checked(drafted)
        if isinstance(checked, Rejection):
            self._reject(checked)
        elif self._waiting or checked.finding.verdict == "open":
            self._waiting.append(checked)
        else:
            self.counts["proven"] += 1
            yield self._accept(checked.text, checked.evidence, drafted)

    def settle(self, verify: Verify | None = None, conflicts: Sequence[ConflictingFact] = ()) -> Iterator[Accepted]:
        """Decide what waits, and yield what may be shown of it, in order.

        Open statements are asked about together: `yes` is shown, for `partly` and where nobody is asked the cited
        sentence stands in, `no` is rejected. If nothing at all is left, the cited sentences are quoted.

        Args:
            verify: asks a model; None shows what is cited in place of every open statement.
            conflicts: on which sources differ; a value is kept if it is proven or confirmed.
        """
        waiting, self._waiting = self._waiting, []
        open_ones = [item for item in waiting if item.finding.verdict == "open"]
        values = [
            (self._label(fact), text, _valid(evidence))
            for fact in conflicts
            for text, evidence in fact.values
            if self._is_possible(text, _valid(evidence))
        ]
        doubtful = [value for value in values if not _holds(value[1], value[2])]
        claims = [self._claim(item.text, item.evidence, item.finding.context) for item in open_ones]
        claims += [self._claim(f"{fact}: {text}", evidence) for fact, text, evidence in doubtful]
        verdicts = verify(claims) if claims and verify else {}
        self.counts["asked"] += len(open_ones) if verify else 0
        by_item = {id(item): verdicts.get(number, "partly") for number, item in enumerate(open_ones, start=1)}
        for item in waiting:
            verdict = by_item.get(id(item), "yes")
            if verdict == "yes":
                self.counts["proven"] += item.finding.verdict == "proven"
                yield self._accept(item.text, item.evidence, item.drafted)
            elif verdict == "no":
                self._reject(Rejection(item.text, "not_supported"))
            else:
                self.counts["replaced"] += 1
                self._rejected.append(Rejection(item.text, "not_confirmed"))
                yield from self._quote(_main_sentences(item.text, item.needed))
        if not self._statements:
            yield from self._quote(self._drafted[:_MOST_QUOTES])
        refused = {
            (fact, text)
            for number, (fact, text, _) in enumerate(doubtful, start=len(open_ones) + 1)
            if verdicts.get(number) != "yes"
        }
        self._keep_conflicts([value for value in values if value[:2] not in refused])

    def note(self, rejection: Rejection) -> None:
        """Count a statement that was rejected before it came here."""
        self._reject(rejection)

    @property
    def statements(self) -> tuple[AnswerStatement, ...]:
        """What was let through so far."""
        return tuple(self._statements)

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """What was not let through so far, and why."""
        return tuple(self._rejected)

    @property
    def is_quoted_instead(self) -> bool:
        """Whether every statement shown took the place of one that was not confirmed."""
        return bool(self._statements) and not self.counts["shown"]

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
        reason: AbstentionReason | None = None
        text = self._text
        if not answered:
            reason = draft.reason or ("fact_not_stated" if draft.subject else "no_match")
            text = draft.text or refusal_text(reason, draft.subject, near)
        return Answer(
            question=question,
            standalone_question=standalone_question,
            status="answered" if answered else "abstained",
            reason=reason,
            text=text,
            statements=tuple(self._statements),
            conflicts=tuple(self._conflicts) if answered else (),
            citations=tuple(self._citations.values()),
            near=() if answered else near,
            notices=draft.notices,
            rejected=tuple(self._rejected),
            model=draft.model,
            usage=draft.usage,
            timings_ms=dict(timings_ms or {}),
            index_id=index_id,
        )

    def _checked(self, drafted: DraftStatement) -> _Checked | Rejection:
        if len(drafted.text) > MAX_STATEMENT_CHARS:
            return Rejection(presentable(drafted.text[:MAX_STATEMENT_CHARS]), "too_long")
        text = presentable(drafted.text)
        keys = phrase_keys(text)
        if not keys:
            return Rejection(text, "empty")
        if keys in self._seen:
            return Rejection(text, "duplicate")
        evidence = _valid(drafted.evidence)
        if not evidence:
            return Rejection(text, "no_citation")
        if any(stands_among_instructions(item.article.raw, item.span) for item in evidence):
            return Rejection(text, "speaks_to_a_model")
        self._drafted += [item for item in evidence if item not in self._drafted]
        if drafted.is_counted:
            return _Checked(text, drafted, evidence, evidence, Finding("proven"))
        needed = _needed(text, evidence)
        evidence = _valid((*needed, *self.prover.naming(text, needed)))
        finding = self.prover.judge(text, evidence, question=self.question)
        if finding.reason is not None:
            return Rejection(text, finding.reason)
        self._seen.add(keys)
        return _Checked(text, drafted, needed, evidence, finding)

    def _label(self, fact: ConflictingFact) -> str:
        """Return what a conflict is about, as the model says it unless a name or number of that is nowhere."""
        evidence = _valid(item for _, found in fact.values for item in found)
        return fact.fact if self._is_possible(fact.fact, evidence) else self.question or "this"

    def _is_possible(self, value: str, evidence: Sequence[Evidence]) -> bool:
        """Say whether no hard fact speaks against a value."""
        return bool(evidence) and self.prover.judge(presentable(value), evidence, question=self.question).reason is None

    def _claim(self, text: str, evidence: Sequence[Evidence], context: tuple[str, ...] = ()) -> Claim:
        around = tuple(tuple(self.prover.around(item)) for item in evidence)
        return Claim(text=text, evidence=tuple(evidence), around=around, context=context)

    def _quote(self, evidence: Iterable[Evidence]) -> Iterator[Accepted]:
        """Show sentences as they are, each once, with the speaker's name in place of a pronoun."""
        for item in evidence:
            said = reported_in(item, self.prover.said(item.article))
            drafted = (said and with_name(item, said)) or DraftStatement(
                text=item.text,
                evidence=(item,),
                speaker=said.speaker if said else None,
                speech=said.speech if said else None,
            )
            text = presentable(drafted.text)
            if (keys := phrase_keys(text)) and keys not in self._seen:
                self._seen.add(keys)
                yield self._accept(text, drafted.evidence, drafted, is_quote=True)

    def _reject(self, rejection: Rejection) -> None:
        self.counts["rejected"] += 1
        self._rejected.append(rejection)

    def _accept(
        self, text: str, evidence: Iterable[Evidence], drafted: DraftStatement, *, is_quote: bool = False
    ) -> Accepted:
        known = len(self._citations)
        self.counts["shown"] += not is_quote
        numbers = tuple(sorted({self._cite(_with_list_number(text, item)).number for item in evidence}))
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

    def _keep_conflicts(self, values: Sequence[tuple[str, str, tuple[Evidence, ...]]]) -> None:
        """Number the evidence of the values kept; a fact of which one value is left is no conflict."""
        by_fact: dict[str, list[tuple[str, tuple[Evidence, ...]]]] = {}
        for fact, text, evidence in values:
            by_fact.setdefault(presentable(fact), []).append((presentable(text), evidence))
        for fact, kept in by_fact.items():
            if len(kept) > 1 and self._statements:
                numbered = [(text, tuple(sorted({self._cite(e).number for e in evidence}))) for text, evidence in kept]
                self._conflicts.append(Conflict(fact, tuple(ConflictValue(*value) for value in numbered)))


def ground(
    draft: Draft,
    *,
    question: str,
    builder: AnswerBuilder | None = None,
    standalone_question: str | None = None,
    timings_ms: Mapping[str, float] | None = None,
    index_id: str = "",
) -> Answer:
    """Turn a whole draft into an answer without asking a model: what `AnswerBuilder` does, all at once."""
    builder = builder or AnswerBuilder()
    for statement in draft.statements:
        for _ in builder.add(statement):
            pass
    for _ in builder.settle(conflicts=draft.conflicts):
        pass
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


def _valid(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the evidence that lies in its article, each sentence once."""
    unique = {
        (item.article.id, item.span): item
        for item in evidence
        if 0 <= item.span.start < item.span.end <= len(item.article.raw)
    }
    return tuple(unique.values())


def _needed(text: str, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Leave out citations that add no word, name or number of the statement to what the others have."""
    if len(evidence) < 2:
        return evidence
    wanted = word_units(text)
    held = [wanted & word_units(presentable(item.text)) for item in evidence]
    kept: set[int] = set()
    covered: set[str] = set()
    while (best := max(range(len(held)), key=lambda place: (len(held[place] - covered), -place))) not in kept:
        if not held[best] - covered and kept:
            break
        kept.add(best)
        covered |= held[best]
    return tuple(item for place, item in enumerate(evidence) if place in kept)


def _with_list_number(text: str, item: Evidence) -> Evidence:
    """Return a sentence with the number of a list before it, where a statement tells that number ("seventh")."""
    if not item.list_number or item.list_number[:-1] not in numbers_told(text) - numbers_told(item.text):
        return item
    start = item.article.raw.rindex(item.list_number, 0, item.span.start)
    return replace(item, span=Span(start, item.span.end))


def _main_sentences(text: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the cited sentences that share most with a statement, in the order of their articles."""
    wanted = word_units(text)
    best = sorted(evidence, key=lambda item: -len(wanted & word_units(presentable(item.text))))[:_MOST_REPLACEMENTS]
    return [item for item in evidence if item in best]


def _holds(value: str, evidence: Sequence[Evidence]) -> bool:
    """Say whether one of the cited sentences has every content word and number of a value."""
    wanted = word_units(presentable(value))
    return bool(wanted) and any(wanted <= word_units(presentable(item.text)) for item in evidence)
