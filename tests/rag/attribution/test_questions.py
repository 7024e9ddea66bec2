import time

import pytest

from rag.attribution import SpeechQuestion, parse_speech_question

Parts = tuple[str, str, str | None, str | None, str | None]
"""Form, verb, speaker, topic, time."""


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What did Blinken say?", ("what", "say", "Blinken", None, None)),
        ("What did Antony Blinken say about Cho's plan?", ("what", "say", "Antony Blinken", "Cho's plan", None)),
        ("What has Putin said about Ukraine since June?", ("what", "say", "Putin", "Ukraine", "since June")),
        ("In June, what did Putin say?", ("what", "say", "Putin", None, "In June")),
        ("What did John Kirby say on September 8, 2023?", ("what", "say", "John Kirby", None, "on September 8, 2023")),
        ("What did the ministry report last week?", ("what", "report", "the ministry", None, "last week")),
        ("what did the u.s. state department say", ("what", "say", "the u.s. state department", None, None)),
        ("What has the United States promised?", ("what", "promise", "the United States", None, None)),
        ("What has Putin been saying about NATO?", ("what", "say", "Putin", "NATO", None)),
        ("What did the White House accuse Russia of?", ("what", "accuse", "the White House", "Russia", None)),
        ("What did Kim have to say on trade?", ("what", "say", "Kim", "trade", None)),
        ("What measures did Oslo announce in May?", ("what", "announce", "Oslo", "measures", "in May")),
        ("What things did Oslo announce?", ("what", "announce", "Oslo", None, None)),
        (
            "What stopped it, according to Berg's remarks on radio?",
            ("what", "according", "Berg", "What stopped it", None),
        ),
        ("Is it true that Berg denied the theft?", ("whether", "deny", "Berg", "the theft", None)),
        ("What warning came from Oslo?", ("what", "warn", "Oslo", None, None)),
        (
            "According to Oslo, Lima and Bern, which ports close?",
            ("what", "according", "Oslo, Lima and Bern", "which ports close", None),
        ),
        ("How did Berg rate the talks?", ("how", "rate", "Berg", "the talks", None)),
        ("Tell me what Putin said about weapons", ("what", "say", "Putin", "weapons", None)),
        ("What statements did Kim make about Russia?", ("what", "statement", "Kim", "Russia", None)),
        ("What was Seoul's reaction to the treaty?", ("what", "react", "Seoul", "the treaty", None)),
        ("Seoul's statement on the deal", ("what", "statement", "Seoul", "the deal", None)),
        ("What are the views of Berg on trade?", ("what", "view", "Berg", "trade", None)),
        ("How did Putin describe the meeting?", ("how", "describe", "Putin", "the meeting", None)),
        ("How did the US respond to the summit?", ("how", "respond", "the US", "the summit", None)),
        ("Why did Cho condemn the agreement?", ("why", "condemn", "Cho", "the agreement", None)),
        ("Did Macron comment on the treaty?", ("whether", "comment", "Macron", "the treaty", None)),
        ("Has Biden said anything about Korea?", ("whether", "say", "Biden", "Korea", None)),
        ("Is there any statement from Macron on the deal?", ("whether", "statement", "Macron", "the deal", None)),
        (
            "According to the Kremlin, when will Kim visit?",
            ("what", "according", "the Kremlin", "when will Kim visit", None),
        ),
        ("What is banned, according to Moe's statement?", ("what", "according", "Moe", "What is banned", None)),
        ("What, according to Moe, is banned?", ("what", "according", "Moe", "What is banned", None)),
        ("Is it banned in the eyes of Moe?", ("what", "according", "Moe", "Is it banned", None)),
        ("What did Moe tell the council about fees?", ("what", "tell", "Moe", "fees", None)),
        ("What is banned, according to Moe?", ("what", "according", "Moe", "What is banned", None)),
        ("WHAT DID PUTIN SAY?", ("what", "say", "putin", None, None)),
        ("What did he add?", ("what", "add", "he", None, None)),
    ],
)
def test_questions_about_speech(question: str, parts: Parts) -> None:
    form, verb, speaker, topic, when = parts
    assert parse_speech_question(question) == SpeechQuestion(
        form=form,  # type: ignore[arg-type]  # a table of plain strings
        verb=verb,
        speaker=speaker,
        topic=topic,
        time=when,
    )


def test_who_said_asks_for_the_speaker() -> None:
    parsed = parse_speech_question("Who said that weapons would be a huge mistake?")
    assert parsed == SpeechQuestion(
        form="who", verb="say", speaker=None, topic="weapons would be a huge mistake", time=None
    )


@pytest.mark.parametrize(
    "question",
    [
        "What did Putin sign?",
        "When did Putin visit North Korea?",
        "Who met Kim Jong Un?",
        "Where is the summit?",
        "What does the article say about Cho?",
        "Who is the foreign minister of South Korea?",
        "What was Russia accused of?",
        "Why is Seoul worried?",
        "How many people died?",
        "",
        "?",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert parse_speech_question(question) is None


@pytest.mark.parametrize(
    ("question", "topic", "states"),
    [
        ("Who said that rents would fall?", "rents would fall", True),
        ("Who was quoted as saying rents would fall?", "rents would fall", True),
        ("Has anyone commented on the strike?", "the strike", True),
        ("Did anybody else criticise the plan?", "the plan", False),
        ("Who spoke with Olav Berg by phone?", "with Olav Berg by phone", False),
    ],
)
def test_questions_for_the_speaker(question: str, topic: str, states: bool) -> None:
    parsed = parse_speech_question(question)
    assert parsed is not None
    assert (parsed.form, parsed.speaker, parsed.topic, parsed.asks_who_states) == ("who", None, topic, states)


def test_general_verbs_want_any_speech() -> None:
    wanted = {q: parse_speech_question(q) for q in ("What did Moe say?", "What did Moe warn?")}
    assert [parsed is not None and parsed.wants_any_speech for parsed in wanted.values()] == [True, False]


@pytest.mark.parametrize(
    "text", ["what did " + "say now " * 70, "who " + "also recently " * 40, "'s " * 150, "x" * 10**6]
)
def test_strange_questions_take_no_time(text: str) -> None:
    start = time.perf_counter()
    parse_speech_question(text)
    assert time.perf_counter() - start < 1


def test_who_was_spoken_to_is_no_question_about_speech() -> None:
    assert parse_speech_question("Who did Berg speak to by phone?") is None
    assert parse_speech_question("Whom has Berg talked with?") is None
