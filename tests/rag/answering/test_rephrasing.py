import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.rephrasing import rephrased


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("Who speaks for Meridia?", "who is the spokesperson of Meridia?"),
        ("Who was in charge of Meridia?", "who is the head of Meridia?"),
        ("Who sits in the Fish Council?", "what does the Fish Council consist of?"),
        ("What kind of people sit on it?", "what does it consist of?"),
        ("Which of the two ministers, Lindqvist or Teixeira, called it useful?", "who called it useful?"),
        ("Compare what Oslo and Lima said about cod.", "what did Oslo and Lima say about cod."),
        ("Was Norway the only country worried?", "Was Norway alone worried?"),
        ("Which parts of the world need rain?", "Which region need rain?"),
        ("By what means of transport did Teixeira come?", "how did Teixeira come?"),
        ("On what grounds was the pact condemned?", "why was the pact condemned?"),
        ("How old is the pact in the eyes of Oslo?", "How old is the pact according to Oslo?"),
        ("Per Oslo, what follows?", "according to Oslo, what follows?"),
        ("Apart from cod, what did they sell?", "besides cod, what did they sell?"),
        ("When did they see each other?", "When did they meet?"),
        ("What is the treaty of Lima called?", "what is the name of the treaty of Lima?"),
        ("Who is he called by?", "Who is he called by?"),
        ("What did the trilateral statement say?", "What did the joint statement say?"),
        ("Did they sit down with Teixeira?", "Did they meet with Teixeira?"),
        ("When did he set foot on Chilean soil?", "When did he arrive in Chilean?"),
        ("Who died on Chilean soil?", "Who died in Chilean?"),
        ("Did Oslo own up to it?", "Did Oslo admit it?"),
        ("How did he sum up the talks?", "How did he describe the talks?"),
        ("Will they keep an eye on it?", "Will they monitor it?"),
        ("What stands in the way of trade?", "What limit trade?"),
        ("Who is put at risk?", "Who is threatened?"),
        ("Did Oslo give the union a hand?", "Did Oslo helping the union?"),
        ("How did he go to see her?", "How did he go to meet her?"),
        ("What does EDSCG stand for?", "what is EDSCG?"),
        ("What does the abbreviation WHO stand for?", "what is WHO?"),
        ("Which officials make up the group?", "what does the group consist of?"),
        ("Who heads the foreign ministry in Oslo?", "who is the foreign minister of Oslo?"),
        ("Who headed Oslo's fisheries ministry?", "who is Oslo's fisheries minister?"),
        ("Who signed it on behalf of Japan?", "which official of Japan signed it?"),
        ("Who signed it on Tokyo's behalf?", "which official of Tokyo signed it?"),
        ("Who chaired it on the South Korean side?", "which South Korean official chaired it?"),
        ("Who represented Japan in Lima?", "which official of Japan took part in Lima?"),
        ("What did the top US diplomat say?", "What did the US top diplomat say?"),
        ("What is the name of the minister who came?", "who is the minister who came?"),
        ("Is the trilateral alliance new?", "Is the three-way alliance new?"),
        ("What was Kamau's means of transport to Lima?", "how did Kamau travel to Lima?"),
        ("What means of transport did Kamau use to get to Lima?", "how did Kamau travel to Lima?"),
        ("What was Kamau's verdict on the talks?", "how did Kamau describe the talks?"),
        ("What adjective did Kamau use for his trip?", "how did Kamau describe his trip?"),
        ("What did Kamau call the plan?", "how did Kamau describe the plan?"),
        ("Who put out the joint statement?", "Who made the joint statement?"),
        ("Which body made the call known?", "Which body announced the call?"),
        ("What if Peru finds itself at war?", "What if Peru is at war?"),
        ("What stands in the report's annex?", "What stands in the report's annex?"),
    ],
)
def test_an_idiom_is_said_plainly(question: str, plain: str) -> None:
    assert rephrased(question) == plain


@given(st.text(max_size=200))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert rephrased(rephrased(text)) == rephrased(text)
