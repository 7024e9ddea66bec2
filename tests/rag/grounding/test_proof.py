"""What words alone decide of a statement and the sentences that it cites: proven, open or rejected.

`cases.jsonl` was written by an author who had not seen the code: of each statement it says whether it may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from rag.grounding import AnswerBuilder, Claim, Finding, Prover, Verdict, presentable
from rag.grounding.facts import days_meant, missing_dates, missing_names, missing_numbers, missing_quotes
from rag.grounding.proof import is_other_language, is_quotation, is_retold
from rag.grounding.reading import read_sentences
from rag.schema import Draft, DraftStatement, Evidence, PartialDate, Span, Statement
from tests.rag.grounding.building import Case, article, cases, cited, evidence

CASES = cases()
ALLOWED = [case for case in CASES if case.allow]
WRONGLY_REJECTED = {"v210": "the letters of JAXA are not the initials of Japan Aerospace Exploration Agency"}
PUBLISHED = PartialDate(2024, 6, 21)
"""A Friday."""


def parameters(some: Sequence[Case], failing: Mapping[str, str] | None = None) -> list[object]:
    known = failing or {}
    return [
        pytest.param(
            case, id=case.id, marks=[pytest.mark.xfail(strict=True, reason=known[case.id])] if case.id in known else []
        )
        for case in some
    ]


def judge(statement: str, *sentences: str, prover: Prover | None = None, **options: object) -> Finding:
    return (prover or Prover()).judge(presentable(statement), cited(sentences, **options))


# --- the table --------------------------------------------------------------------------------------------------


def test_the_table_is_whole() -> None:
    assert len({case.id for case in CASES}) == len(CASES) == 279
    assert [case.id for case in CASES] == sorted(case.id for case in CASES)
    assert len(ALLOWED) == 129
    assert set(WRONGLY_REJECTED) <= {case.id for case in ALLOWED}
    assert all((case.verdict == "yes") == case.allow for case in CASES)


@pytest.mark.parametrize("case", parameters([case for case in CASES if not case.allow]))
def test_what_must_not_be_shown_is_never_proven(case: Case) -> None:
    assert Prover().judge(presentable(case.statement), case.evidence).verdict != "proven"


@pytest.mark.parametrize("case", parameters(ALLOWED, WRONGLY_REJECTED))
def test_what_may_be_shown_is_never_rejected(case: Case) -> None:
    finding = Prover().judge(presentable(case.statement), case.evidence)
    assert (finding.verdict, finding.reason) in (("proven", None), ("open", None))


@pytest.mark.parametrize("case", parameters(CASES, WRONGLY_REJECTED))
def test_a_statement_is_shown_as_written_exactly_if_a_reader_would_confirm_it(case: Case) -> None:
    def verify(claims: Sequence[Claim]) -> Mapping[int, Verdict]:
        return dict.fromkeys(range(1, len(claims) + 1), case.verdict)

    builder = AnswerBuilder()
    shown = [*builder.add(DraftStatement(text=case.statement, evidence=case.evidence)), *builder.settle(verify)]
    texts = [accepted.statement.text for accepted in shown]
    assert (presentable(case.statement) in texts) == case.allow
    answer = builder.finish(Draft(), question="?")
    assert all(citation.raw.of(case.evidence[0].article.raw) == citation.quote for citation in answer.citations)


def test_words_alone_prove_some_statements() -> None:
    found = [Prover().judge(presentable(case.statement), case.evidence).verdict for case in ALLOWED]
    assert found.count("proven") >= 4


# --- proof by words ---------------------------------------------------------------------------------------------

MEETING = "Blinken thanked Cho Tae Yul, South Korea's foreign minister, for the firm measures on Friday."
STRIKE = "The strike, which began in May, cost 3,000,000 euros."


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (MEETING, MEETING),
        ("Blinken thanks Cho Tae Yul, South Korea's foreign minister, for firm measures on Friday.", MEETING),
        ("The strike, which began in May, cost 3 million euros.", STRIKE),
        ("The ministry didn't build a school.", "The ministry did not build a school."),
        ("Nobody was hurt, the mayor stated.", "Nobody was hurt, the mayor said."),
        ("The physician examined the child.", "The doctor examined the child."),
        ("Lindqvist signed the pact.", "Astrid Lindqvist signed the pact."),
    ],
)
def test_a_sentence_in_other_forms_of_its_words_is_retold(text: str, source: str) -> None:
    assert is_retold(text, source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("", MEETING),
        ("Of the.", "Of the."),
        ("Cho Tae Yul thanked Blinken.", MEETING),
        ("Blinken thanked Cho Tae Yul for the firm measures on Friday.", MEETING),
        ("South Korea's foreign minister thanked Blinken.", MEETING),
        ("Which began in May.", STRIKE),
        ("The strike cost euros.", STRIKE),
        ("The ministry will build a school.", "The ministry may build a school."),
        ("The ministry built a school.", "The ministry will build a school."),
        ("The ministry did not build a school.", "The ministry built a school."),
        ("Lind is innocent, the court found.", "Lind is not innocent, the court found."),
        ("Nobody was hurt.", "Nobody was hurt, the mayor said."),
        ("The bridge opened on Monday.", "The bridge opened on Monday, according to Lind."),
        ("The mayor resigned.", "The mayor resigned, if the court agrees."),
        ("The strike hit all ports.", "The strike hit some ports."),
        ("The strike hit ports.", "The strike hit all ports."),
        ("About 500 people came to Oslo.", "More than 500 people came to Oslo."),
        ("The train derailed because it braked.", "The train derailed."),
        ("Astrid Lindqvist signed the pact.", "Lindqvist signed the pact."),
        ("A acquired B.", "B acquired A."),
    ],
)
def test_a_sentence_that_claims_more_or_something_else_is_not_retold(text: str, source: str) -> None:
    assert not is_retold(text, source)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        # who did it to whom
        ("Blinken was thanked by Cho.", "Blinken thanked Cho."),
        ("The company was bought by Meridia.", "The company bought Meridia."),
        ("The company is buying Meridia.", "The company is being bought by Meridia."),
        ("Police were shot in Oslo.", "Police shot in Oslo."),
        ("Lind was fired.", "Lind fired."),
        ("Prices have been raised.", "Prices have raised."),
        ("She hit him.", "He hit her."),
        ("Lind shot the guard.", "Lind shot at the guard."),
        # where, when, which way
        ("The plane flew to Oslo from Bergen.", "The plane flew from Oslo to Bergen."),
        ("Moscow sent shells from Pyongyang.", "Moscow sent shells to Pyongyang."),
        ("Oslo lies below Bergen.", "Oslo lies above Bergen."),
        ("Lind resigned before the vote.", "Lind resigned after the vote."),
        ("Lind is the mayor of Oslo.", "Lind was the mayor of Oslo."),
        ("Sales rose to 5 percent.", "Sales rose by 5 percent."),
        ("Prices went down by 5 percent.", "Prices went up by 5 percent."),
        ("Under 500 people came.", "Over 500 people came."),
        ("More people died in May.", "People died in May."),
        ("The strike is off.", "The strike is on."),
        ("Lind voted for the law.", "Lind voted against the law."),
        # another one of a similar name
        ("The treaty was signed by President Harris.", "The treaty was signed by Vice President Harris."),
        ("Foreign Minister Solberg resigned.", "Deputy Foreign Minister Solberg resigned."),
        ("The treaty was signed by Sudan.", "The treaty was signed by South Sudan."),
        ("The treaty was signed by Mexico.", "The treaty was signed by New Mexico."),
        ("He lives in York.", "He lives in New York."),
        ("King Charles died.", "King Charles III died."),
        ("The Oslo club won.", "The Oslo Ladies club won."),
        # an aside that says where it holds, for whom, or to whose mind
        ("Sales of beer rose 5 percent.", "Sales of beer rose 5 percent, in Norway."),
        ("The tax is 5 percent.", "The tax is, for foreigners, 5 percent."),
        ("The tower is the tallest in Europe.", "The tower is the tallest in Europe, after the one in Moscow."),
        ("The bridge opened on Monday.", "The bridge opened on Monday, in the view of Lind."),
        ("The bridge opened on Monday.", "The bridge opened on Monday – in theory."),
        # what kind of number, and of sentence
        ("The dam cost $5 million.", "The dam cost €5 million."),
        ("It rose by -5 percent.", "It rose by 5 percent."),
        ("Lind won.", "Lind won?"),
        ("Pope John died in Rome.", "Pope John Paul died in Rome."),
        ("John Smith won the race.", "John Smith Jr. won the race."),
        ("Blinken thanked Cho, the minister.", "Blinken thanked Cho Tae Yul, the minister."),
    ],
)
def test_what_changes_who_where_when_or_how_many_is_not_proven(text: str, source: str) -> None:
    assert judge(text, source).verdict != "proven"


@pytest.mark.parametrize(
    ("text", "sources", "is_one"),
    [
        ("He spoke.", ["It rained.", "He spoke."], True),
        ("He  spoke.", ["He\nspoke."], True),
        ("He spoke", ["He spoke."], False),
        ("", [""], False),
        ("[Cho] spoke.", ["He spoke.", "Cho came."], True),
        ("[Kim] spoke.", ["He spoke.", "Cho came."], False),
        ("[Cho] spoke of war.", ["He spoke of peace.", "Cho came."], False),
    ],
)
def test_a_quotation_may_name_its_pronoun(text: str, sources: list[str], is_one: bool) -> None:
    assert is_quotation(text, sources) == is_one


@pytest.mark.parametrize(
    ("text", "is_other"),
    [
        ("The bridge is closed.", False),
        ("Bridge closed.", False),
        ("Blinken.", False),
        ("Die Brücke wird für zwei Wochen gesperrt, sagte der Minister.", True),
        ("Le pont sera fermé pendant deux semaines.", True),
        ("El puente se cerrará durante dos semanas por la tormenta.", True),
        ("Мост будет закрыт на две недели.", True),
        ("桥将关闭两周。", True),
    ],
)
def test_another_language_is_seen_by_its_commonest_words(text: str, is_other: bool) -> None:
    source = "The minister said that the bridge would be closed for two weeks because of the storm."
    assert is_other_language(text, source) == is_other


# --- the veto ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Macron thanked Cho.", "name_not_in_source"),
        ("Blinken thanked Cho on Monday.", "date_not_in_source"),
        ("Blinken thanked Cho on June 20.", "date_not_in_source"),
        ("Blinken thanked Cho 14 times.", "number_not_in_source"),
        ("Blinken thanked Cho for “his patience”.", "quote_not_in_source"),
    ],
)
def test_a_hard_fact_that_no_source_has_rejects_a_statement(text: str, reason: str) -> None:
    assert judge(text, "Blinken thanked Cho.", published=PUBLISHED) == Finding("rejected", reason)  # type: ignore[arg-type]


def test_neighbours_title_publisher_and_date_are_sources_too() -> None:
    source = article(
        "Astrid Lindqvist went to Lisbon. She signed a pact. It covers 12,000 tons of cod.",
        published=PUBLISHED,
        title="Norway and Portugal agree",
        publisher="Northern Ledger",
    )
    item = evidence("She signed a pact.", source)
    for text in (
        "Lindqvist signed a pact on 12,000 tons of cod in Lisbon.",
        "Norway signed a pact.",
        "She signed a pact, wrote the Northern Ledger on June 21, 2024.",
        "Yes, on Friday she signed a pact.",
    ):
        assert Prover().judge(text, [item]) == Finding("open")
    assert Prover().around(item) == ["Astrid Lindqvist went to Lisbon.", "It covers 12,000 tons of cod."]


def test_a_name_may_come_from_an_alias_of_the_article() -> None:
    asked: list[str] = []

    def aliases(source: object, name: str) -> Sequence[Sequence[str]]:
        asked.append(name)
        return [("Antony Blinken", "Blinken")]

    prover = Prover(aliases=aliases)
    sentence = "On Friday, Blinken thanked Cho."
    assert judge("Antony Blinken thanked Cho.", sentence, prover=prover) == Finding("open")
    assert asked == ["Antony"]
    assert judge("Blinken thanked Cho.", sentence, prover=prover).verdict == "open"
    assert asked == ["Antony"], "asked for missing names only"
    assert judge("Robert Blinken thanked Cho.", sentence, prover=prover) == Finding("rejected", "name_not_in_source")


def test_a_name_may_come_from_the_speaker_of_the_sentence() -> None:
    source = article("Kim spoke. It rained. They left. It snowed. He said that the talks had failed.")
    item = evidence("He said that the talks had failed.", source)
    passage = item.passage
    alone = Evidence(
        article=source,
        passage=type(passage)(
            id="p", article_id=source.id, ordinal=0, span=item.span, text=item.text, sentences=(item.span,)
        ),
        span=item.span,
    )
    text = "Kim said that the talks had failed."
    assert Prover().judge(text, [alone]) == Finding("rejected", "name_not_in_source")
    said = Statement(
        article_id=source.id,
        speaker="Kim",
        mention="He",
        cue="said",
        content=(Span(item.span.start + 8, item.span.end),),
        sentences=(item.span,),
        speech="indirect",
    )
    assert Prover(said=lambda source: [said]).judge(text, [alone]).verdict == "open"


def test_the_sentence_that_introduces_somebody_gives_the_whole_name_and_goes_to_the_reader() -> None:
    introduction = "Antony Blinken, the U.S. Secretary of State, called Seoul."
    filler = " ".join(f"Delegate number {number} of the long meeting spoke at length." for number in range(40))
    source = article(f"{introduction} {filler} On Friday, Blinken thanked Cho.")
    item = evidence("On Friday, Blinken thanked Cho.", source)
    assert introduction not in item.passage.text
    finding = Prover().judge("U.S. Secretary of State Antony Blinken thanked Cho on Friday.", [item])
    assert finding == Finding("open", context=(introduction,))


def test_names_dates_and_numbers_of_another_language_are_left_to_the_reader() -> None:
    sentence = "The minister said in Cologne that 11,000 people were hurt in the storm of June 20."
    assert judge("Der Minister sagte in Köln, dass es am 20. Juni 11.000 Verletzte gab.", sentence).verdict == "open"
    assert judge("Der Minister sagte in Köln, dass es 12.000 Verletzte gab.", sentence) == Finding(
        "rejected", "number_not_in_source"
    )


# --- hard facts, one by one -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("It rained on May 3.", [PartialDate(None, 5, 3), PUBLISHED]),
        ("It rained on Wednesday.", [PUBLISHED, PartialDate(2024, 6, 19), PartialDate(2024, 6, 26)]),
        ("It rained yesterday.", [PUBLISHED, PartialDate(2024, 6, 20), PartialDate(2024, 6, 22)]),
        ("It rained last year.", [PUBLISHED, PartialDate(2023), PartialDate(2025)]),
        ("It rained this month.", [PUBLISHED, PartialDate(2024, 5), PartialDate(2024, 7)]),
    ],
)
def test_days_that_a_source_means(source: str, meant: list[PartialDate]) -> None:
    assert days_meant([source], PUBLISHED) == meant


def test_without_the_date_of_the_article_only_written_dates_are_meant() -> None:
    assert days_meant(["It rained on Wednesday, as on May 3."], None) == [PartialDate(None, 5, 3)]


def test_the_month_before_january_is_of_the_year_before() -> None:
    found = days_meant(["It rained last month."], PartialDate(2024, 1, 5))
    assert PartialDate(2023, 12) in found and PartialDate(2024, 2) in found


@pytest.mark.parametrize(
    ("text", "source", "missing"),
    [
        ("It rained on June 19, 2024.", "It rained on Wednesday.", []),
        ("It rained on June 18.", "It rained on Wednesday.", ["June 18"]),
        ("It rained on Wednesday.", "It rained on June 19.", []),
        ("It rained on Tuesday.", "It rained on June 19.", ["Tuesday"]),
        ("It rained on Thursday.", "It rained yesterday.", []),
        ("It rained in 2023.", "It rained last year.", []),
        ("It rained in 2022.", "It rained last year.", ["2022"]),
        ("It rained on May 3, 2024.", "It rained on May 3.", []),
        ("It rained on May 3, 2019.", "It rained on May 3.", ["May 3, 2019"]),
        ("It rained in May.", "It rained on May 3.", []),
        ("It rained on May 3.", "It rained in May.", ["May 3"]),
        ("It rained on June 21.", "It rained.", []),
        ("It rained in 1997.", "It recalled a 1997 storm.", []),
    ],
)
def test_dates_that_sources_neither_have_nor_mean(text: str, source: str, missing: list[str]) -> None:
    found = missing_dates(read_sentences(text), [source], days_meant([source], PUBLISHED), PUBLISHED)
    assert found == missing


@pytest.mark.parametrize(
    ("text", "source", "missing"),
    [
        ("It cost 3 million.", "It cost 3,000,000.", []),
        ("It cost $3m.", "It cost 3 million dollars.", []),
        ("It cost 4 million.", "It cost 3 million.", ["4 million"]),
        ("Twenty came.", "They came.", ["Twenty"]),
        ("Two came.", "They came.", []),
        ("About 870 came.", "872 came.", []),
        ("About 800 came.", "872 came.", ["800"]),
        ("More than 800 came.", "872 came.", []),
        ("Over 900 came.", "872 came.", ["900"]),
        ("20 percent left.", "A fifth left.", []),
        ("Half left.", "50 percent left.", []),
        ("It was number 3.", "It was the third.", []),
        ("He ran it in 30:41.", "He ran it in 30 minutes 41 seconds.", []),
        ("It happened on June 7.", "It happened.", []),  # a date is for `missing_dates`
    ],
)
def test_numbers_that_sources_do_not_have(text: str, source: str, missing: list[str]) -> None:
    assert missing_numbers(read_sentences(text), [source]) == missing


def test_numbers_of_other_languages_are_compared_by_their_digits() -> None:
    text = read_sentences("11.000 kamen.")
    assert missing_numbers(text, ["11,000 came."], loosely=True) == []
    assert missing_numbers(text, ["12,000 came."], loosely=True) == ["11.000"]


def test_a_decimal_comma_is_compared_by_its_digits() -> None:
    assert missing_numbers(read_sentences("0,5 Prozent gingen."), ["0.5 percent left."], loosely=True) == []


def test_parts_of_days_that_are_meant_count_as_numbers() -> None:
    assert missing_numbers(read_sentences("It lasted until 2024."), ["It lasted."], dates=[PUBLISHED]) == []


@pytest.mark.parametrize(
    ("text", "source", "missing"),
    [
        ("Macron spoke.", "Blinken spoke.", ["Macron"]),
        ("Antony Blinken spoke to Macron.", "Blinken spoke.", ["Antony", "Macron"]),
        ("[Blinken] spoke.", "He spoke.", ["Blinken"]),
        ("The UN spoke.", "The United Nations spoke.", []),
        ("The European Union spoke.", "The EU spoke.", []),
        ("Germany won.", "The German team won.", []),
        ("Russia agreed.", "Moscow agreed.", []),
        ("Moscow agreed.", "Russia agreed.", ["Moscow"]),
        ("President Kim spoke.", "Kim spoke.", []),
        ("Talks began on Monday in June.", "They began.", []),
        ("THE BANK FAILED", "The bank failed", []),
    ],
)
def test_names_that_sources_do_not_have(text: str, source: str, missing: list[str]) -> None:
    assert missing_names(read_sentences(text), read_sentences(source)) == missing


def test_aliases_and_context_give_names() -> None:
    text, source = read_sentences("Antony Blinken spoke."), read_sentences("Blinken spoke.")
    assert missing_names(text, source, aliases=[("Antony Blinken", "Blinken")]) == []
    assert missing_names(text, source, aliases=[("Antony Smith", "Smith")]) == ["Antony"]
    assert missing_names(text, source, context=read_sentences("Antony came.")) == []
    assert missing_names(read_sentences("[Blinken] spoke."), read_sentences("He spoke."), aliases=[("Blinken",)]) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("He said “the sea has no fences”.", []),
        ('He said "The sea has no fences."', []),
        ("He said “the sea has fences”.", ["the sea has fences"]),
        ("He said “the sea … fences”.", []),
        ("He said “the sea [of Norway] has no fences”.", []),
        ("He said “the sea [of Norway] has fences”.", ["the sea [of Norway] has fences"]),
        ("He said 'no fences', it's Cho's word.", []),
        ("Er sagte „das Meer“.", ["das Meer"]),
        ("He said the sea has fences.", []),
    ],
)
def test_quotations_that_sources_do_not_have_word_for_word(text: str, missing: list[str]) -> None:
    assert missing_quotes(text, ["“The sea has no fences,” Teixeira said."]) == missing


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("This may delay the vote.", "A delay of the vote is possible."),
        (
            "Oman opens its airspace to El Al. Previously, flights took longer.",
            "Oman opens its airspace to El Al; until now, flights took longer.",
        ),
        ("Nevertheless, both houses pass laws.", "Both houses pass laws."),
        ("Meanwhile, they left.", "They left, too."),
        ("Ferries stopped.", "The ships stopped."),
        ("Sir Keir Starmer won.", "Keir Starmer was the winner."),
        ("Lord Byron was the winner.", "Byron won."),
        ("It reached 6.5 feet.", "It grew to six and a half feet."),
        ("The Russia-Ukraine talks broke down.", "The Russia–Ukraine talks failed."),
        ("The 2018-19 season was long.", "It was the season of 2018-2019."),
        ("The UN's envoy left.", "The envoy of the United Nations went."),
    ],
)
def test_what_says_the_same_is_not_rejected_for_its_form(text: str, source: str) -> None:
    assert judge(text, source).verdict != "rejected"
