import pytest

from rag.answering.splitting import split_question


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("When did the ferry stop?", ["When did the ferry stop?"]),
        ("When did the ferry stop, and what did Gallo say?", ["When did the ferry stop", "What did Gallo say?"]),
        ("When did the ferry stop? What did Gallo say?", ["When did the ferry stop", "What did Gallo say?"]),
        (
            "When did Gallo and Ferrante meet in May, and when in June?",
            ["When did Gallo and Ferrante meet in May", "When did Gallo and Ferrante meet in June?"],
        ),
        (
            "How did Gallo react to the fire, and how to the flood?",
            ["How did Gallo react to the fire", "How did Gallo react to the flood?"],
        ),
        (
            "When did it stop, and in which year did it open?",
            ["When did it stop", "In which year did it open?"],
        ),
        (
            "How did Gallo travel to Lima, and did Ferrante confirm the trip?",
            ["How did Gallo travel to Lima", "Did Ferrante confirm the trip?"],
        ),
        (
            "In which city did Gallo sing, and in which the choir?",
            ["In which city did Gallo sing", "In which city did the choir sing?"],
        ),
        ("When was the ferry late, and when the bus?", ["When was the ferry late", "When the bus?"]),
        (
            "How does what Gallo said about the fire differ from what Ferrante said?",
            ["What did Gallo say about the fire?", "What did Ferrante say?"],
        ),
        ("Who came and was heard?", ["Who came and was heard?"]),
        (
            "Which officials spoke for the Senate and for the Treasury?",
            ["Which officials spoke for the Senate?", "Which officials spoke for the Treasury?"],
        ),
        (
            "Which spokesmen of the Senate and of the Treasury met Gallo?",
            ["Which spokesmen of the Senate met Gallo?", "Which spokesmen of the Treasury met Gallo?"],
        ),
        (
            "When did the May vote and the signing of the pact take place?",
            ["When did the May vote take place?", "When did the signing of the pact take place?"],
        ),
        (
            "On which dates were the May vote and the June vote held?",
            ["On which dates were the May vote held?", "On which dates were the June vote held?"],
        ),
        (
            "On what dates did Gallo and Ferrante meet in 2023 and sign the pact in 2024?",
            [
                "On what dates did Gallo and Ferrante meet in 2023?",
                "On what dates did Gallo and Ferrante sign the pact in 2024?",
            ],
        ),
        (
            "On which days did Gallo hold the meeting in Lima and the summit in Rome?",
            ["On which days did Gallo hold the meeting in Lima?", "On which days did Gallo hold the summit in Rome?"],
        ),
        (
            "On which day did Gallo sing in May, and on which in June?",
            ["On which day did Gallo sing in May", "On which day did Gallo sing in June?"],
        ),
        (
            "What did Gallo say of Peru at the May talks, and what after the fire in Lima?",
            ["What did Gallo say of Peru at the May talks", "What did Gallo say of Peru after the fire in Lima?"],
        ),
        (
            "When did Gallo go to Lima, and when did Ferrante go there herself?",
            ["When did Gallo go to Lima", "When did Ferrante go to Lima herself?"],
        ),
        (
            "Who were the spokesmen for Meridia and for the Harbour Council?",
            ["Who were the spokesmen for Meridia?", "Who were the spokesmen for the Harbour Council?"],
        ),
        ("Who was the mayor of Bath and Wells?", ["Who was the mayor of Bath and Wells?"]),
        (
            "What did Chile sell to Peru, and when did the two countries fall out?",
            ["What did Chile sell to Peru", "When did Chile and Peru fall out?"],
        ),
        (
            "What did Gallo sell to Peru, and when did the two countries fall out?",
            ["What did Gallo sell to Peru", "When did the two countries fall out?"],
        ),
        (
            "What did Gallo say about the fire and about the flood?",
            ["What did Gallo say about the fire?", "What did Gallo say about the flood?"],
        ),
        (
            "What did Gallo and Ferrante each call a mistake?",
            ["What did Gallo call a mistake?", "What did Ferrante call a mistake?"],
        ),
        ("What did Gallo say, and on what day?", ["What did Gallo say"]),
        ("Who met Gallo, and where?", ["Who met Gallo"]),
        ("What did Gallo and Ferrante say?", ["What did Gallo and Ferrante say?"]),
        ("What is Gallo reported to have said about the ferry?", ["What did Gallo said about the ferry?"]),
    ],
)
def test_a_question_is_split_where_another_begins(text: str, parts: list[str]) -> None:
    assert split_question(text, is_name=lambda word: word in {"gallo", "ferrante"}) == parts
