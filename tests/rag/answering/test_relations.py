import pytest

from rag.answering.candidates import candidates
from rag.answering.relations import relations_hold
from rag.answering.selection import make_matcher
from tests.rag.answering.builders import analysed, candidate, corpus_of, processed, scored


@pytest.mark.parametrize(
    ("question", "sentence", "hold"),
    [
        ("Who leads the Norwegian delegation?", "The delegation of Norway is led by Astrid Lindqvist.", True),
        ("Who leads the Norwegian delegation?", "Norway watched as Portugal's delegation was led by Teixeira.", False),
        ("Who is the foreign minister of Norway?", "Norwegian Foreign Minister Astrid Lindqvist left.", True),
        ("Who is the foreign minister of Norway?", "Norwegian Deputy Foreign Minister Kamau left.", False),
        ("Who is Norway's trade minister?", "It made Norway halt all of its imports, said Trade Minister Kamau.", True),
        ("Who is Norway's trade minister?", "Norway watched as Portugal was led by Trade Minister Kamau.", False),
        ("Which Norwegian officials came?", "Norway sent Under Secretary Kamau.", True),
        ("Who chairs the committee?", "Kamau, chair of the committee, left.", True),
        ("Who chaired the committee?", "Kamau, chair of the committee, left.", False),
        ("Who is the deputy foreign minister of Norway?", "Norwegian Deputy Foreign Minister Kamau left.", True),
        ("Who destroyed the market?", "Kamau destroyed the market.", True),
        ("Who destroyed the market?", "Kamau saw the market.", False),
        ("Who reminded Norway of the rules?", "Kamau urged Norway to keep to the rules.", True),
        ("Who reminded Norway of the rules?", "Kamau saw Norway keep to the rules.", False),
        ("In which hotel did Lindqvist sleep?", "Lindqvist slept in the Hotel Gloria.", True),
        ("In which hotel did Lindqvist sleep?", "Lindqvist slept in Palermo.", False),
        ("What did Norway's foreign minister say?", "Teixeira of Portugal said no.", True),
    ],
)
def test_what_a_question_ties_together_must_stand_together(question: str, sentence: str, hold: bool) -> None:
    article = processed("a", sentence)
    (found,) = candidates(scored(article))
    analysis = analysed(question)
    matcher = make_matcher(analysis, [found], similarity=None, corpus=corpus_of(article))
    assert relations_hold(analysis, found, matcher) == hold


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Kamau visited Norway.", True),
        ("Kamau arrived in the Norwegian port.", True),
        ("Kamau said that Norway may pay.", False),
    ],
)
def test_where_somebody_goes_must_stand_as_a_place(text: str, holds: bool) -> None:
    question = analysed("When did Kamau visit Norway?")
    sentence = candidate(text)
    matcher = make_matcher(question, [sentence], similarity=None, corpus=corpus_of(processed("a", text)))
    assert relations_hold(question, sentence, matcher) is holds
