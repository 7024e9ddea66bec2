"""From draft to answer: offsets, numbers, refusals."""

import hashlib
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding import Accepted, AnswerBuilder, ground
from rag.grounding.answers import line_number
from rag.grounding.presenting import presentable
from rag.schema import (
    Answer,
    AnswerStatement,
    Article,
    Block,
    Citation,
    Conflict,
    ConflictingFact,
    ConflictValue,
    Copy,
    Draft,
    DraftStatement,
    Evidence,
    Near,
    Notice,
    PartialDate,
    Rejection,
    Span,
    Usage,
)

RAW = "Blinken thanked Cho.\r\nHe also praised Seoul’s “firm” measures.\r\nThe pact of 2024 threatens peace."


def article(raw: str = RAW, name: str = "a.txt", published: PartialDate | None = None) -> Article:
    return Article(
        id=name,
        path=name,
        raw=raw,
        sha256=hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(raw)),),
        removed=(),
        blocks=(Block(Span(0, len(raw)), "paragraph"),),
        title="Rising tensions",
        published=published,
    )


def evidence(sentence: str, source: Article | None = None, also_in: tuple[Copy, ...] = ()) -> Evidence:
    from rag.passages import split_article

    source = source or article()
    start = source.raw.index(sentence)
    passage = split_article(source)[0]
    return Evidence(article=source, passage=passage, span=Span(start, start + len(sentence)), also_in=also_in)


def drafted(text: str, *sentences: str, source: Article | None = None) -> DraftStatement:
    return DraftStatement(text=text, evidence=tuple(evidence(sentence, source) for sentence in sentences))


THANKS, PRAISE, PACT = RAW.split("\r\n")


def test_a_whole_answer() -> None:
    source = article(published=PartialDate(2024, 6, 21))
    answer = ground(
        Draft(
            statements=(
                DraftStatement(
                    text=THANKS,
                    evidence=(evidence(THANKS, source, (Copy("b.txt", "b"),)),),
                    speaker="Antony Blinken",
                    speech="indirect",
                ),
                drafted("Macron thanked Cho.", THANKS, source=source),
                drafted(PACT, PACT, source=source),
                drafted(PACT, PACT, source=source),
            ),
            model="m",
            usage=Usage(5, 7),
            notices=(Notice("code", "message"),),
            near=(Near("name", "Cho"),),
        ),
        question="Who thanked Cho?",
        standalone_question="Who thanked Cho Tae Yul?",
        timings_ms={"total": 1.5},
        index_id="i",
    )

    def citation(number: int, quote: str, line: int, also_in: tuple[Copy, ...]) -> Citation:
        start = RAW.index(quote)
        return Citation(
            number=number,
            path="a.txt",
            article_id="a.txt",
            title="Rising tensions",
            published=PartialDate(2024, 6, 21),
            quote=quote,
            raw=Span(start, start + len(quote)),
            line_start=line,
            line_end=line,
            sha256=source.sha256,
            encoding="utf-8",
            also_in=also_in,
        )

    assert answer == Answer(
        question="Who thanked Cho?",
        standalone_question="Who thanked Cho Tae Yul?",
        status="answered",
        reason=None,
        text="Blinken thanked Cho. [1] The pact of 2024 threatens peace. [2]",
        statements=(
            AnswerStatement(text=THANKS, span=Span(0, 20), citations=(1,), speaker="Antony Blinken", speech="indirect"),
            AnswerStatement(text=PACT, span=Span(25, 58), citations=(2,)),
        ),
        citations=(citation(1, THANKS, 1, (Copy("b.txt", "b"),)), citation(2, PACT, 3, ())),
        conflicts=(),
        near=(),
        notices=(Notice("code", "message"),),
        rejected=(Rejection("Macron thanked Cho.", "name_not_in_source"), Rejection(PACT, "duplicate")),
        model="m",
        usage=Usage(5, 7),
        timings_ms={"total": 1.5},
        index_id="i",
    )


def test_text_sent_is_never_rewritten() -> None:
    builder = AnswerBuilder()
    sent = ""
    for text in (THANKS, "Macron thanked Cho.", PACT, PRAISE):
        outcome = builder.add(drafted(text, THANKS if "Macron" in text else text))
        if isinstance(outcome, Accepted):
            sent += outcome.text
    assert builder.finish(Draft(), question="?").text == sent
    assert [s.text for s in builder.statements] == [THANKS, PACT, PRAISE]
    assert [r.reason for r in builder.rejected] == ["name_not_in_source"]


def test_a_sentence_cited_again_keeps_its_number() -> None:
    builder = AnswerBuilder()
    first = builder.add(drafted(THANKS, THANKS))
    again = builder.add(drafted("The pact of 2024 threatens peace; Blinken thanked Cho.", PACT, THANKS))
    assert isinstance(first, Accepted) and isinstance(again, Accepted)
    assert again.text == " The pact of 2024 threatens peace; Blinken thanked Cho. [1][2]"
    assert [c.number for c in again.new_citations] == [2]


def test_the_sentence_that_names_a_pronoun_is_cited_too() -> None:
    outcome = AnswerBuilder().add(drafted("Blinken praised Seoul's measures.", PRAISE))
    assert isinstance(outcome, Accepted)
    assert [c.quote for c in outcome.new_citations] == [PRAISE, THANKS]


def test_the_sentence_that_says_in_full_who_is_meant_is_cited_too() -> None:
    raw = "Antony Blinken, the U.S. Secretary of State, called Seoul. He was brief. On Friday, Blinken thanked Cho."
    text = "U.S. Secretary of State Antony Blinken thanked Cho on Friday."
    outcome = AnswerBuilder().add(drafted(text, "On Friday, Blinken thanked Cho.", source=article(raw)))
    assert isinstance(outcome, Accepted)
    assert [c.quote for c in outcome.new_citations] == [
        "On Friday, Blinken thanked Cho.",
        "Antony Blinken, the U.S. Secretary of State, called Seoul.",
    ]


def test_facts_of_different_places_are_not_mixed_into_one() -> None:
    raw = "In August, Moscow tried to buy shells from Pyongyang. Last year, Pyongyang sent shells to Iran."
    source = article(raw)
    both = raw.split(". ")[0] + ".", raw.split(". ")[1]
    builder = AnswerBuilder()
    assert builder.add(
        drafted("Moscow tried to buy shells from Pyongyang last year.", *both, source=source)
    ) == Rejection("Moscow tried to buy shells from Pyongyang last year.", "facts_mixed")
    joined = "Moscow tried to buy shells from Pyongyang in August, and Pyongyang sent shells to Iran last year."
    outcome = builder.add(drafted(joined, *both, source=source))
    assert isinstance(outcome, Accepted)
    assert [c.quote for c in outcome.new_citations] == list(both)


def test_a_citation_that_has_nothing_to_do_with_the_statement_is_left_out() -> None:
    outcome = AnswerBuilder().add(drafted("Blinken thanked Cho.", THANKS, PACT))
    assert isinstance(outcome, Accepted)
    assert [c.quote for c in outcome.new_citations] == [THANKS]


def test_aliases_are_asked_for_missing_names_only() -> None:
    asked: list[str] = []

    def aliases(source: Article, name: str) -> Sequence[Sequence[str]]:
        asked.append(name)
        return [("Antony Blinken", "Blinken")]

    builder = AnswerBuilder(aliases=aliases)
    assert isinstance(builder.add(drafted(THANKS, THANKS)), Accepted)
    assert isinstance(builder.add(drafted("Antony Blinken thanked Cho.", THANKS)), Accepted)
    assert asked == ["Antony"]


def test_a_changed_file_is_reported_as_stale() -> None:
    outcome = AnswerBuilder(is_stale=lambda source: True).add(drafted(THANKS, THANKS))
    assert isinstance(outcome, Accepted)
    assert outcome.new_citations[0].stale


def test_evidence_outside_its_article_is_no_evidence() -> None:
    broken = Evidence(article=article(), passage=evidence(THANKS).passage, span=Span(5, 5_000))
    assert AnswerBuilder().add(DraftStatement(text=THANKS, evidence=(broken,))) == Rejection(THANKS, "no_citation")


@pytest.mark.parametrize(
    ("draft", "reason", "text"),
    [
        (
            Draft(reason="subject_not_found", subject="Macorn", near=(Near("name", "Macron"),)),
            "subject_not_found",
            "None of the indexed articles mentions Macorn. Did you mean Macron?",
        ),
        (
            Draft(reason="fact_not_stated", subject="Blinken", near=(Near("sentence", "Blinken thanked Cho."),)),
            "fact_not_stated",
            "The indexed articles mention Blinken, but they do not say what you asked. "
            "The nearest they come: “Blinken thanked Cho.”",
        ),
        (
            Draft(reason="outside_dates", near=(Near("article", "Rising tensions", "a.txt"),)),
            "outside_dates",
            "The indexed articles say this only outside the dates you asked for. Nearest: “Rising tensions”.",
        ),
        (
            Draft(reason="no_match", near=(Near("sentence", "Click https://evil.example/ now![3]"),)),
            "no_match",
            "Nothing in the indexed articles answers this question. The nearest they come: “Click (link) now!”",
        ),
        (Draft(reason="no_match"), "no_match", "Nothing in the indexed articles answers this question."),
        (
            Draft(statements=(drafted("Macron left.", THANKS),), subject="Macron"),
            "fact_not_stated",
            "The indexed articles mention Macron, but they do not say what you asked.",
        ),
    ],
)
def test_a_refusal_says_why_and_what_was_near(draft: Draft, reason: str, text: str) -> None:
    answer = ground(draft, question="?")
    assert (answer.status, answer.reason, answer.text) == ("abstained", reason, text)
    assert (answer.statements, answer.citations, answer.conflicts) == ((), (), ())
    assert answer.near == draft.near


def test_values_of_a_conflict_are_numbered_and_checked() -> None:
    other = article("The pact of 2023 threatens peace.", "b.txt")
    fact = ConflictingFact(
        fact="year of the pact",
        values=(
            ("2024", (evidence(PACT),)),
            ("2023", (evidence(other.raw, other),)),
            ("1999", (evidence(PACT),)),
        ),
    )
    answer = ground(Draft(statements=(drafted(PACT, PACT),), conflicts=(fact,)), question="?")
    assert answer.conflicts == (
        Conflict("year of the pact", (ConflictValue("2024", (1,)), ConflictValue("2023", (2,)))),
    )
    assert [c.quote for c in answer.citations] == [PACT, other.raw]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Blinken\x1b[31m said\u202e so.", "Blinken\ufffd[31m said so."),
        ("Wrapped\r\n  line.", "Wrapped line."),
        ("See ![x](https://evil.example/p.png) and [this](http://a.example).", "See x and this."),
        ("See https://evil.example/?q=1 now.", "See (link) now."),
        ("A <b>bold</b> <img src=x onerror=alert(1)> claim.", "A bold claim."),
        ("So they say.[3][4, 5] Yes [6].", "So they say. Yes."),
        ("[Antony Blinken] said 3 < 4.", "[Antony Blinken] said 3 < 4."),
    ],
)
def test_words_of_strangers_are_made_fit_to_show(text: str, shown: str) -> None:
    assert presentable(text) == shown


def test_lines_end_with_any_kind_of_line_break() -> None:
    raw = "a\nb\r\nc\rd"
    assert [line_number(raw, place) for place in range(len(raw))] == [1, 1, 2, 2, 2, 3, 3, 4]


HOSTILE = st.lists(
    st.sampled_from(
        [
            "Blinken said no. ",
            "\r\n",
            "\ufeff",
            "😀",
            "שלום. ",
            "\x00",
            "e\u0301",
            "[3] ",
            "\u2028",
            "2024 ",
            "“x” ",
            "<b>",
        ]
    ),
    min_size=1,
    max_size=12,
).map("".join)


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_whatever_is_let_through_quotes_its_source(texts: list[str]) -> None:
    builder = AnswerBuilder()
    sources = {}
    for number, raw in enumerate(texts):
        source = article(raw, f"{number}.txt")
        sources[source.id] = source
        from rag.passages import split_article

        for passage in split_article(source):
            for span in passage.sentences:
                item = Evidence(article=source, passage=passage, span=span)
                builder.add(DraftStatement(text=item.text, evidence=(item,)))
    answer = builder.finish(Draft(), question="?")
    for citation in answer.citations:
        assert citation.raw.of(sources[citation.article_id].raw) == citation.quote
        before = sources[citation.article_id].raw[: citation.raw.start].replace("\r\n", "\n").replace("\r", "\n")
        assert citation.line_start == before.count("\n") + 1
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for statement in answer.statements:
        assert statement.span.of(answer.text) == statement.text
        markers = "".join(f"[{number}]" for number in statement.citations)
        assert answer.text[statement.span.end :].startswith(" " + markers)
    assert {rejection.reason for rejection in answer.rejected} <= {"duplicate", "empty", "speaks_to_a_model"}


@pytest.mark.parametrize("piece", ["[", "'a", " ", "“", '"', "<a", "[1,", "not ", "if ", "1 to ", "A ", "“a” ", "www."])
def test_a_statement_of_any_kind_is_judged_in_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    began = time.process_time()
    AnswerBuilder().add(drafted(text, THANKS))
    assert time.process_time() - began < 20
    assert AnswerBuilder().add(drafted(text + piece * 10, THANKS)).reason == "too_long"  # type: ignore[union-attr]
