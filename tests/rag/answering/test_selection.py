from dataclasses import replace

import pytest

from rag.answering.choosing import choose, is_answer, with_continuations
from rag.answering.kinds import tells_parts
from rag.answering.selection import LARGE_SHARES, SMALL_SHARES, ScoredSentence, shares
from rag.schema import PartialDate, ProcessedArticle
from tests.rag.answering.builders import processed, rank, texts

FIRE = "A fire destroyed the flower market in Quito on Tuesday."
AGAIN = "A fire destroyed the old flower market in Quito on Tuesday, too."
SOLD = "The flower market in Quito sold roses and tulips."
NIGHT = "It rained all night."
MARKET = processed("market", FIRE, AGAIN, SOLD, NIGHT, title="Market burns")


def chosen(question: str, *articles: ProcessedArticle, limit: int = 8) -> list[str]:
    analysis, ranked = rank(question, *articles)
    return texts(choose(analysis, ranked, limit=limit))


def of(ranked: list[ScoredSentence], text: str) -> ScoredSentence:
    return next(sentence for sentence in ranked if sentence.candidate.evidence.text == text)


def test_the_sentence_that_holds_the_terms_and_the_kind_of_thing_comes_first() -> None:
    _, ranked = rank("When did a fire destroy the flower market in Quito?", MARKET)
    assert texts(ranked)[0] in (FIRE, AGAIN)
    assert texts(ranked)[-1] in (NIGHT, SOLD)
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)
    assert all(0 <= s.score <= 1 and 0 <= s.coverage <= 1 for s in ranked)


def test_each_term_is_credited_by_the_sentence_and_by_what_surrounds_it() -> None:
    analysis, ranked = rank("Did the fire destroy roses?", MARKET)
    assert [term.text for term in analysis.terms] == ["fire", "destroy", "roses"]
    assert of(ranked, FIRE).own_credits == (1.0, 1.0, 0.0)
    assert of(ranked, FIRE).credits == (1.0, 1.0, 0.5)  # roses stand elsewhere in the passage
    assert of(ranked, FIRE).own_coverage < of(ranked, FIRE).coverage < 1


def test_equal_sentences_are_ordered_by_path_and_place() -> None:
    twins = [processed(name, "The ferry sank.") for name in ("b", "a")]
    _, ranked = rank("Did the ferry sink?", *twins)
    assert [s.candidate.evidence.article.path for s in ranked] == ["a.txt", "b.txt"]


def test_a_date_in_the_question_halves_what_disagrees() -> None:
    item = processed("rain", "It rained in Quito in May.", "It rained in Quito in June.")
    _, ranked = rank("Where did it rain in May?", item)
    may, june = ranked
    assert (may.date_agrees, june.date_agrees) == (True, False)
    assert june.score < 0.6 * may.score


def test_a_written_date_counts_more_than_that_of_the_article() -> None:
    written = processed("written", "Rain fell in Quito in May 2021.")
    unwritten = processed("unwritten", "Rain fell in Quito.", published=PartialDate(2021, 5, 3))
    _, ranked = rank("Did rain fall in Quito in May 2021?", unwritten, written)
    assert [s.candidate.evidence.article.path for s in ranked] == ["written.txt", "unwritten.txt"]


def measured(ranked: list[ScoredSentence], name: str) -> dict[str, float]:
    place = list(LARGE_SHARES).index(name)
    return {sentence.candidate.evidence.text: sentence.measures[place] for sentence in ranked}


def test_sentences_are_measured_beside_those_of_their_article() -> None:
    regatta = processed("a", "The regatta froze.", "Olsen judged the regatta.")
    _, ranked = rank("Who judged the regatta?", regatta, processed("b", NIGHT))
    peaks = measured(ranked, "peak")
    assert peaks["Olsen judged the regatta."] == 1.0
    assert 0 < peaks["The regatta froze."] < 1
    assert peaks[NIGHT] == 0.0
    openings = measured(ranked, "opening")
    assert openings["The regatta froze."] == openings[NIGHT] > openings["Olsen judged the regatta."] == 0.0


def test_a_name_that_several_articles_tell_is_worth_more() -> None:
    articles = [
        processed("a", "On Sunday Olsen won the regatta."),
        processed("b", "The regatta was won by Olsen in the end.", "It rained on Petrov."),
        processed("c", "They say that Berg won the regatta."),
    ]
    _, ranked = rank("Who won the regatta?", *articles)
    shared = measured(ranked, "shared")
    assert shared["On Sunday Olsen won the regatta."] == shared["The regatta was won by Olsen in the end."]
    assert shared["On Sunday Olsen won the regatta."] > shared["They say that Berg won the regatta."]
    assert shared["They say that Berg won the regatta."] > shared["It rained on Petrov."] == 0.0


def test_no_article_no_sentence() -> None:
    assert rank("Did it rain?") == (rank("Did it rain?")[0], [])


# --- what is shown ----------------------------------------------------------------------------------------------


def test_one_of_two_sentences_that_say_the_same_is_chosen() -> None:
    assert len(chosen("What did a fire destroy in Quito?", MARKET)) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Who set the fire?",  # nobody is named
        "How many roses did the flower market sell?",  # no number
        "Did Elena Paredes see the fire?",  # a name that is not there
        "Did a fire destroy the market in Lima?",  # another place
        "Did a fire destroy 12 markets in Quito?",  # a figure that is not there
        "",
        "What is it?",
    ],
)
def test_nothing_is_chosen_where_something_asked_for_is_missing(question: str) -> None:
    assert chosen(question, MARKET) == []


@pytest.mark.parametrize(("question", "most"), [("List everything about the flower market in Quito.", 3)])
def test_no_more_is_chosen_than_the_limit(question: str, most: int) -> None:
    whole = chosen(question, MARKET)
    assert 1 <= len(whole) <= most
    assert chosen(question, MARKET, limit=1) == whole[:1]


def test_a_large_index_adds_sentences_that_score_nearly_as_well() -> None:
    news = [
        "On Sunday Olsen judged the regatta in Bergen.",
        "The regatta in Bergen had been put off by storms and by Petrov for a week.",
        NIGHT,
    ]
    analysis, ranked = rank("Who judged the regatta in Bergen for the first time?", processed("regatta", *news))
    assert texts(choose(analysis, ranked, limit=8)) == news[:1]
    assert texts(choose(analysis, ranked, limit=8, is_large=True)) == news[:2]
    assert len(choose(analysis, ranked, limit=1, is_large=True)) == 1


def test_a_word_of_what_leads_up_to_the_question_is_enough() -> None:
    ring = "The bright white ring of ice crystals around the full moon over Lima is a Halo."
    led_up = "A bright white ring of ice crystals stood around the full moon over Lima."
    assert chosen(f"{led_up} What is the event called?", processed("moon", ring)) == [ring]
    assert chosen("What is the event over Lima called?", processed("moon", ring)) == []


def test_a_sure_answer_of_a_large_index_need_not_cover_as_much_as_others() -> None:
    analysis, ranked = rank("How many cars burned in the market in Quito?", MARKET)
    other = replace(of(ranked, FIRE), score=0.9, own_coverage=1.0)
    sure = replace(of(ranked, NIGHT), score=0.85, own_coverage=0.5, words_coverage=0.6, has_type=True)
    sure = replace(sure, own_credits=tuple(1.0 for _ in analysis.terms))
    assert choose(analysis, [other, sure], limit=4, is_large=True) == [sure]
    assert choose(analysis, [other, replace(sure, score=0.7)], limit=4, is_large=True) == []


def test_a_figure_that_is_asked_for_is_no_repetition() -> None:
    many = "After the fire in the flower market in Quito on Tuesday 12 cars were towed away."
    more = "After the fire in the flower market in Quito on Tuesday 9 of 12 cars were towed away."
    asked = "How many cars were towed away after the fire in the flower market in Quito?"
    assert set(chosen(asked, processed("many", many), processed("more", more))) == {many, more}
    assert len(chosen(asked, processed("many", many), processed("again", many.replace("Quito", "old Quito")))) == 1


def test_why_not_is_answered_only_by_a_sentence_that_denies() -> None:
    opened = "The bank opened the vault because the police had asked."
    shut = "The bank did not open the vault because the lock was broken."
    item = processed("bank", opened, shut)
    assert chosen("Why did the bank not open the vault?", item) == [shut]
    assert chosen("Why did the bank open the vault?", item) == [opened]


def test_a_sentence_that_tells_the_parts_follows_the_one_that_names_the_whole() -> None:
    whole, parts = "The museum in Lima bought new paintings.", "These include two portraits."
    item = processed("museum", whole, parts, NIGHT)
    analysis, ranked = rank("What did the museum in Lima buy?", item)
    first = [of(ranked, whole)]

    def goes_on(following: ScoredSentence) -> bool:
        return tells_parts(following.candidate.evidence.text)

    assert texts(with_continuations(first, ranked, goes_on=goes_on, limit=8)) == [whole, parts]
    assert texts(with_continuations(first, ranked, goes_on=goes_on, limit=1)) == [whole]
    assert texts(with_continuations([of(ranked, parts)], ranked, goes_on=goes_on, limit=8)) == [parts]
    assert is_answer(analysis, of(ranked, whole))
    assert not is_answer(analysis, of(ranked, NIGHT))


FERRY = processed(
    "ferry",
    "The Brisk ferry sank off Arbroth.",
    "The Brisk ferry was built in Leith.",
    "A rope of the Brisk ferry was found by divers.",
    "The Brisk ferry company paid 40 euros.",
    title="Brisk ferry sinks",
)


def test_what_an_article_is_about_tells_its_sentences_apart_less_than_what_few_of_them_hold() -> None:
    _, ranked = rank("Who found the rope of the Brisk ferry?", FERRY)
    focus = list(SMALL_SHARES).index("focus")
    rope = next(s for s in ranked if "rope" in s.candidate.evidence.text)
    other = next(s for s in ranked if "Leith" in s.candidate.evidence.text)
    assert rope.measures[focus] > rope.own_coverage * 0.9
    assert other.measures[focus] < other.own_coverage
    assert texts(ranked)[0] == rope.candidate.evidence.text


def test_a_sentence_need_not_repeat_what_its_article_is_about() -> None:
    about = processed("a", "The Brisk ferry sank.", "A rope was found by divers.", title="Brisk ferry sinks")
    elsewhere = processed("b", "The tug Wren sank.", "A rope was found by divers.", title="Tug sinks")
    _, ranked = rank("Who found the rope of the Brisk ferry?", about, elsewhere)
    ropes = [s for s in ranked if "rope" in s.candidate.evidence.text]
    assert [s.candidate.evidence.article.path for s in ropes] == ["a.txt", "b.txt"]


def test_the_shares_pass_from_those_of_a_small_to_those_of_a_large_index() -> None:
    assert shares(0.2) == pytest.approx(tuple(SMALL_SHARES.values()))
    assert shares(1.0) == pytest.approx(tuple(LARGE_SHARES.values()))
    between = zip(SMALL_SHARES.values(), shares(0.6), LARGE_SHARES.values(), strict=True)
    assert all(min(a, c) <= b <= max(a, c) for a, b, c in between)
    assert list(SMALL_SHARES) == list(LARGE_SHARES)
    assert sum(SMALL_SHARES.values()) == pytest.approx(sum(LARGE_SHARES.values())) == pytest.approx(1.0)


def test_a_plan_scores_less_than_what_happened() -> None:
    item = processed("a", "Gallo plans to meet Ferrante in Turin.", "Gallo met Ferrante in Turin.")
    _, ranked = rank("Where did Gallo meet Ferrante?", item)
    assert texts(ranked)[0] == "Gallo met Ferrante in Turin."


@pytest.mark.parametrize(
    ("reason", "answers"),
    [
        ("Gallo was dismissed because he did not close the market.", True),
        ("Gallo was not dismissed because of the market.", False),
        ("Gallo was never formally dismissed, because of the market.", False),
    ],
)
def test_a_reason_may_deny_anything_but_what_is_asked_about(reason: str, answers: bool) -> None:
    assert chosen("Why was Gallo dismissed?", processed("a", reason)) == ([reason] if answers else [])


def test_a_similar_word_is_enough_where_the_day_is_written() -> None:
    dated = "On May 3, Norwegian and Peruvian ministers had a meeting at Kestrel House."
    item = processed("house", dated, "Nobody came.")
    assert chosen("Which house did Norway and Peru visit on May 3?", item) == [dated]
    assert chosen("Which port did Norway and Peru visit?", item) == []


def test_each_date_of_a_question_has_its_sentence() -> None:
    may, june = "On May 3, Ada Kamau opened the Nairobi fair.", "On June 9, Ada Kamau opened the Nairobi fair again."
    item = processed("fair", june, "Ada Kamau likes fairs.", may)
    assert set(chosen("When did Ada Kamau open the Nairobi fair in May and in June?", item)) == {may, june}


def test_what_belongs_to_a_country_must_be_spoken_of() -> None:
    item = processed("aid", "Norway has sent money to Peru for its new ferries.")
    assert chosen("Has Norwegian money been sent to Peru?", item)
    assert chosen("Are Norwegian soldiers being sent to Peru?", item) == []


def test_where_two_were_on_a_written_day_is_told_whatever_they_did() -> None:
    dated = "On May 3, Norway and Peru signed the pact in Lisbon."
    item = processed("pact", dated, "Nobody came.")
    assert chosen("Where did Norway host Peru on May 3?", item) == [dated]
    assert chosen("Why did Norway host Peru on May 3?", item) == []
