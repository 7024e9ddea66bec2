"""Verdicts on statements, each with the sentence it cites."""

import pytest

from rag.grounding import Support, check_statement
from rag.schema import PartialDate

THANKS = (
    "In response, Blinken expressed his gratitude for Cho’s explanation "
    "and declared his support for South Korea’s measures."
)
AID = "Currently, Seoul does not officially provide military aid to Ukraine, but it offers humanitarian help."
HINT = "On September 15, South Korea's top diplomat hinted that Seoul might impose sanctions against Russia."
TALKS = "The two leaders held a 2-hour long meeting in Vladivostok, attended by 120 officials."
MISTAKE = "Putin said that supplying South Korean weapons to Ukraine would be “a huge mistake.”"


def reason(text: str, *evidence: str, **options: object) -> str | None:
    return check_statement(text, evidence, **options).reason  # type: ignore[arg-type]  # options differ from case to case


@pytest.mark.parametrize("sentence", [THANKS, AID, HINT, TALKS, MISTAKE, "42.", "会议结束了。"])
def test_a_sentence_supports_itself(sentence: str) -> None:
    assert check_statement(sentence, [sentence]) == Support(1.0)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Blinken thanked Cho and backed South Korea's measures.", THANKS),
        ("South Korea does not officially give Ukraine military aid.", AID),
        ("Seoul offers Ukraine humanitarian help.", AID),
        ("The meeting lasted two hours.", TALKS),
        ("The leaders met for 2 hours in Vladivostok with more than 100 officials.", TALKS),
        ("Putin called supplying weapons to Ukraine “a huge mistake”.", MISTAKE),
        ("Seoul might impose sanctions on Russia, its top diplomat hinted on September 15.", HINT),
        ("The UN imposed the sanctions in 2006.", "In 2006 the United Nations imposed the sanctions."),
        ("American officials were there.", "Officials from the United States were there."),
    ],
)
def test_other_words_for_the_same_thing_pass(text: str, evidence: str) -> None:
    assert reason(text, evidence) is None


@pytest.mark.parametrize(
    ("text", "evidence", "expected"),
    [
        ("Blinken thanked Cho.", "", "no_citation"),
        ("...", THANKS, "no_citation"),
        ("Putin thanked Cho.", THANKS, "name_not_in_source"),
        ("Antony Blinken expressed gratitude for Cho's explanation.", THANKS, "name_not_in_source"),
        ("The meeting lasted three hours.", TALKS, "number_not_in_source"),
        ("The two leaders held a meeting of 2 days in Vladivostok.", TALKS, "number_not_in_source"),
        ("The meeting was attended by 12 officials.", TALKS, "number_not_in_source"),
        ("On September 16, Seoul hinted at sanctions.", HINT, "date_not_in_source"),
        ("On Monday, Seoul hinted at sanctions.", HINT, "date_not_in_source"),
        ("On September 15, 2023, Seoul's top diplomat hinted at sanctions.", HINT, "date_not_in_source"),
        ("Putin said it would be “a terrible mistake”.", MISTAKE, "quote_not_in_source"),
        ("Seoul officially provides military aid to Ukraine.", AID, "negation_differs"),
        ("Blinken did not declare his support for South Korea.", THANKS, "negation_differs"),
        ("Blinken rejected South Korea’s measures.", "Blinken accepted South Korea’s measures.", "contradicts_source"),
        ("Prices of bread fell by 5%.", "Prices of bread rose by 5%.", "contradicts_source"),
        ("Seoul imposed sanctions on Russia.", HINT, "modality_differs"),
        ("Moscow accused Kyiv of the attack.", "Kyiv accused Moscow of the attack.", "roles_differ"),
        ("See https://evil.example/x for Blinken's gratitude.", THANKS, "link_not_in_source"),
        ("The weather in the mountains stayed pleasant.", THANKS, "low_coverage"),
    ],
)
def test_what_the_source_does_not_say_fails_with_its_reason(text: str, evidence: str, expected: str) -> None:
    assert reason(text, evidence) == expected


def test_the_failing_words_are_named() -> None:
    assert check_statement("Putin thanked Cho.", [THANKS]).detail == "Putin"


def test_the_year_may_come_from_the_date_of_the_article() -> None:
    text = "On September 15, 2023, South Korea's top diplomat hinted that Seoul might impose sanctions."
    assert reason(text, HINT, published=PartialDate(2023, 9, 16)) is None
    assert reason(text, HINT, published=PartialDate(2022, 9, 16)) == "date_not_in_source"


def test_a_name_may_come_from_an_alias_or_the_title() -> None:
    text = "Antony Blinken expressed gratitude for Cho's explanation."
    assert reason(text, THANKS, aliases=[("Antony Blinken", "Blinken")]) is None
    assert reason(text, THANKS, aliases=[("Antony Smith", "Smith")]) == "name_not_in_source"
    assert reason(text, THANKS, context=["Antony Blinken calls Seoul"]) is None


def test_a_name_in_brackets_must_be_known() -> None:
    source = "He also suggested that the two countries respond firmly."
    text = "[Antony Blinken] also suggested that the two countries respond firmly."
    assert reason(text, source) == "name_not_in_source"
    assert reason(text, source, aliases=[("Antony Blinken", "Blinken")]) is None
    assert reason(text, source, "Antony Blinken thanked him.") is None
    assert check_statement(text, [source, "Antony Blinken thanked him."]) == Support(1.0)
    changed = text.replace("suggested", "rejected")
    assert reason(changed, source, "Antony Blinken thanked him.", strict=True) == "low_coverage"


def test_passive_and_active_have_the_same_roles() -> None:
    assert reason("Kyiv was accused by Moscow of the attack.", "Moscow accused Kyiv of the attack.") is None


def test_facts_of_several_sentences_are_put_together() -> None:
    assert reason("Blinken thanked Cho on June 20.", THANKS, "They spoke on June 20.") is None
