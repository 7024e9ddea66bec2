import dataclasses

from rag.answering.context import in_context, telling_parts
from rag.attribution.naming import naming_sentence, reported_in, with_name
from rag.schema import DraftStatement, Span
from tests.rag.answering.builders import evidence_in, processed, rank

MARKET = processed(
    "market",
    "Mayor Elena Paredes visited the market.",
    "She said that nobody was hurt.",
    "The fire was out by noon.",
    "It had begun in a kitchen.",
    "“We will rebuild,” Paredes added.",
)
MAYOR, UNHURT, OUT, BEGUN, REBUILD = evidence_in(MARKET)


def in_answer(question: str, wanted: str, *, limit: int = 8) -> list[DraftStatement]:
    """Return the statements that one sentence becomes."""
    _, ranked = rank(question, MARKET)
    chosen = [sentence for sentence in ranked if sentence.candidate.evidence.text == wanted]
    return list(in_context(chosen, MARKET.statements, limit=limit))


def test_a_pronoun_becomes_a_name_in_brackets_and_the_sentence_that_names_is_cited_too() -> None:
    (statement,) = in_answer("Was anybody hurt?", UNHURT.text)
    assert statement == DraftStatement(
        text="[Elena Paredes] said that nobody was hurt.",
        evidence=(UNHURT, MAYOR),
        speaker="Elena Paredes",
        speech="indirect",
    )


def test_where_nothing_names_what_a_pronoun_means_the_sentence_before_comes_first() -> None:
    assert in_answer("Where had it begun?", BEGUN.text) == [
        DraftStatement(text=OUT.text, evidence=(OUT,)),
        DraftStatement(text=BEGUN.text, evidence=(BEGUN,)),
    ]


def test_a_sentence_that_stands_by_itself_stays_as_it_is() -> None:
    assert in_answer("When was the fire out?", OUT.text) == [DraftStatement(text=OUT.text, evidence=(OUT,))]
    (added,) = in_answer("Who will rebuild?", REBUILD.text)
    assert (added.text, added.evidence, added.speech) == (REBUILD.text, (REBUILD,), "direct")


def test_context_is_within_the_limit_and_shown_once() -> None:
    assert [statement.text for statement in in_answer("Where had it begun?", BEGUN.text, limit=1)] == [OUT.text]
    _, ranked = rank("When was the fire out?", MARKET)
    by_text = {sentence.candidate.evidence.text: sentence for sentence in ranked}
    chosen = [by_text[OUT.text], by_text[BEGUN.text]]
    assert [one.text for one in in_context(chosen, (), limit=8)] == [OUT.text, BEGUN.text]


def test_a_name_is_put_in_only_where_a_sentence_begins_with_a_pronoun_and_another_names() -> None:
    (said,) = [one for one in MARKET.statements if one.mention == "She"]
    assert with_name(OUT, said) is None
    alone = processed("alone", "She said that nobody was hurt.")
    assert with_name(evidence_in(alone)[0], said) is None


def test_only_as_much_of_a_name_is_put_in_as_the_naming_sentence_has() -> None:
    item = processed(
        "short",
        "Elena Paredes arrived.",
        "Paredes wept.",
        "She said that nobody was hurt.",
    )
    (said,) = [one for one in item.statements if one.mention == "She"]
    named = with_name(evidence_in(item)[2], said)
    assert named is not None
    assert named.text == "[Paredes] said that nobody was hurt."
    assert [evidence.text for evidence in named.evidence] == [
        "She said that nobody was hurt.",
        "Paredes wept.",
    ]


def test_the_nearest_sentence_before_that_has_the_last_name_names() -> None:
    assert naming_sentence(REBUILD, "Elena Paredes") == MAYOR
    assert naming_sentence(MAYOR, "Elena Paredes") is None
    assert naming_sentence(REBUILD, "Carlos Teixeira") is None


def test_what_a_sentence_reports_is_found_by_its_place() -> None:
    assert reported_in(OUT, MARKET.statements) is None
    said = reported_in(REBUILD, MARKET.statements)
    assert said is not None
    assert (said.speaker, said.sentences) == ("Elena Paredes", (Span(REBUILD.span.start, REBUILD.span.end),))
    assert reported_in(evidence_in(processed("other", REBUILD.text))[0], MARKET.statements) is None


def test_a_pronoun_inside_a_quotation_is_not_the_speaker() -> None:
    item = processed("son", "Rosa Lind said that her son came home.", "“He was glad,” she said.")
    (said,) = [one for one in item.statements if one.mention == "she"]
    assert with_name(evidence_in(item)[1], said) is None
    he = dataclasses.replace(said, mention="He")
    assert with_name(evidence_in(item)[1], he) is None


def test_behind_a_whole_comes_the_sentence_that_tells_its_parts() -> None:
    item = processed("a", "Gallo listed the measures.", "These include a toll and a ban.", "They are strict.")
    listed, parts, strict = evidence_in(item)
    assert telling_parts(listed) == [parts]
    assert telling_parts(parts) == []
    assert telling_parts(strict) == []
