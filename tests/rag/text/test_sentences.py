"""Boundaries written by hand: "‖" stands where a sentence ends."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import split_sentences

CASES = [
    # plain
    "The ministers met on Monday.‖ They agreed on nothing.‖ Talks go on.",
    "Who paid?‖ Nobody knows!‖ The inquiry goes on.",
    "One sentence without an end",
    "Prices rose by 3.5 percent to $1.25 a litre.‖ Demand fell 0.4 percent.",
    # acronyms and countries
    "He met the U.S. Secretary of State.‖ They spoke of the U.K. economy.",
    "Troops left the U.S. on Friday.‖ It was raining.",
    "The pact threatens the security of South Korea and the U.S.‖ It threatens peace.",
    "It signed the treaty with the U.S.‖ The text is secret.",
    "She works for the U.N. in Geneva.‖ He does not.",
    "He moved to Washington, D.C.‖ There he found work.",
    "The South Korea-U.S. alliance holds.‖ The U.S.-Japan one too.",
    "She has a Ph.D. in physics.‖ He has none.",
    "The D.C. Circuit ruled against him.‖ He will appeal.",
    # people
    "Kim Jong-un met Gen. Mark Milley and Lt. Col. Ann Ray.‖ Mr. Xi was absent.",
    "J. K. Rowling wrote it.‖ George W. Bush read it.‖ J.R.R. Tolkien did not.",
    "Sen. John McCain, R-Ariz., said no.‖ Rep. Ocasio-Cortez agreed.",
    "Martin Luther King Jr. was there.‖ Sammy Davis Jr. sang.",
    "Martin Luther King Jr.‖ He had a dream.",
    "Prof. Dr. h. c. Hans Meier spoke.‖ Dr. Smith listened.",
    "St. Petersburg was founded in 1703.‖ Mt. Everest is higher.",
    "He lives on Main St.‖ The house is blue.",
    "Sens. Warren and Sanders wrote to Gov. Hochul.‖ She replied.",
    "He wrote it in a post on X.‖ “Stay peaceful,” it said.‖ Ask Malcolm X. Smith.",
    "Plan A failed.‖ So did plan B.‖ The rest is history.",
    # companies
    "Apple Inc. said on Tuesday it would pay.‖ Alphabet Inc. Chief Executive Sundar Pichai declined to comment.",
    "He joined Goldman Sachs & Co. in 1999.‖ He left Ford Motor Co.‖ It had no plan.",
    "Yahoo! said it was sold.‖ Verizon paid.",
    "The case is Roe vs. Wade.‖ Smith v. Jones came later.",
    # dates and times
    "It was signed on Sept. 14, 2023, in Moscow.‖ It ended on Dec. 31.‖ Then came war.",
    "The vote is at 5 p.m. on Monday.‖ Polls open at 7 a.m.‖ They close late.",
    "The game starts at 8 p.m. Eastern time.‖ Bring a coat.",
    "They met at 9 a.m. Tuesday.‖ The talks lasted a 2-hour session.",
    "Born in Oct. 1950, he left school early.‖ In Nov.‖ The first snow fell.",
    "In the 1990s.‖ That was long ago.",
    # numbers
    "He lives at No. 10 Downing Street.‖ See p. 3 and Fig. 2 for more.",
    "Did he agree?‖ No.‖ He refused.",
    "The town has approx. 3,000 people.‖ In 2006 it had 2,000.‖ 500 have left.",
    "1. The first point is this.‖ It is short.",
    "12. Turn off the tap.",
    "The rate fell to 4.‖ Nobody noticed.",
    "The budget is $1.5 billion.‖ That is 2.5 times more.",
    # quotations
    '"We won," he said.‖ "We will win again."‖ Then he left.',
    "“We won. ‖We will win again,” he said.‖ He smiled.",
    "“It is a huge mistake.”‖ Putin left the room.",
    'Talks were "actively progressing."‖ In July, he came back.',
    "She called it ‘a disgrace.’‖ Nobody disagreed.",
    '"Are you sure?" he asked.‖ "Yes!" she cried.‖ They left.',
    "“Where is the money?” Blinken asked.‖ Nobody replied.",
    "“Why now?”‖ That is what people ask.",
    "He said: “Stop.”‖ She did.",
    "The leaders emphasized, “It is a threat,” adding, ” We condemn it.”‖ Nobody spoke.",
    "He asked “Why?” and left.‖ She stayed.",
    'He said. "I am tired."‖ She slept.'.replace("said. ", "said.‖ "),
    "«Nous partons.»‖ Il est parti.",
    "„Wir gehen.“‖ Er ging.",
    'THE TERMS ARE GOOD .‖ " THE TERMS ARE VERY GOOD . "‖ MANY WERE NOT SO SURE .',
    # brackets
    "He left. ‖(He had a train to catch.)‖ She stayed.",
    "The ministry (it was founded in 1950. It is old.) said no.‖ Nobody minded.",
    "He was born in Kyiv (then part of the U.S.S.R.) in 1950.‖ He died there.",
    "The bill failed (see p. 4).‖ It was late.",
    "[Antony Blinken] also suggested it.‖ [He] left.",
    "Sources confirm it.[1]‖ Others do not.[12]‖ We shall see.",
    "Sen. Smith (D-Calif.) voted no.‖ Sen. Jones (R-Texas) voted yes.",
    # ellipses
    "We waited ... and waited.‖ Nothing came…‖ We left.",
    "He said he would... but did not.‖ She knew.",
    "“I never…” she said.‖ He nodded.",
    "And so it ends...‖ The curtain falls.",
    # addresses
    "Write to press.office@example.org or see www.example.org/News.Html for more.‖ Do it now.",
    "It runs on Node.js and ASP.NET.‖ It is slow.",
    "See https://example.com/a.B?c=D.E! for details.‖ Thanks.",
    "Booking.com and Amazon.co.uk are down.‖ Both are large.",
    # missing spaces
    "The treaty was signed.The ministers left.‖ Nobody spoke.".replace(".The", ".‖The"),
    "It cost 5 million.‖He paid.‖ She did not.",
    "Is it true?‖Yes, it is.",
    'He said "no."‖ "But I" may change.',
    # capitals
    "FIRST PROPOSED BY THE U.S . IN 1960 .‖ BUT EUROPE MADE NO ATTEMPT .",
    "THE PLAN (TIME, DEC . 28) WAS HIS .‖ MR . MACMILLAN WAS GLAD .",
    "WHO'S IN CHARGE ?‖ NOBODY .",
    # other scripts
    "会议结束了。‖他们离开了！‖为什么？‖没有人知道。",
    "他说：“我们走吧。”‖然后离开了。",
    "会议「结束了。」‖他们离开。",
    "Он приехал.‖ Она уехала.",
    "В 1950 г. он родился в г. Киеве.‖ Это было давно.",
    "وصل الوزير.‖ ثم غادر؟‖ نعم.",
    "वह आया।‖ वह गया।",
    # openings
    "It fell.‖ iPhone sales rose.‖ eBay gained.",
    "Talks failed.‖ — Reuters",
    "Talks failed.‖ ‘Not again,’ she said.",
    "¿Quién paga?‖ ¡Nadie!‖ Así es.",
    "They sell fruit, e.g. Apples and i.e. Pears.‖ Nobody buys.",
    "He bought milk, bread, etc.‖ Then he left.",
    "First line\nof a wrapped paragraph.‖\nSecond sentence.",
    "A line‖\n\nAnother line",
]


def parse(case: str) -> tuple[str, list[str]]:
    return case.replace("‖", ""), [part.strip() for part in case.split("‖")]


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    text, expected = parse(case)
    assert [span.of(text) for span in split_sentences(text)] == expected


@given(st.text(alphabet=st.sampled_from(list("aA1.!?。…\"'“”()[] \n\t\u00a0\r\x00א😀é-,")), max_size=200))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = split_sentences(text)
    covered = [place for span in spans for place in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    assert all(text[place].isspace() for place in set(range(len(text))) - set(covered))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)


@pytest.mark.parametrize(
    "piece", ["a. ", ".", "x", '" ', "(", "(a. ", '. " ', "A.B.", ".-", "a\n \n", "? ", "[1]", "a.[1]", ' "?" A']
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.process_time()
        split_sentences(text)
        return time.process_time() - began

    small = min(seconds(10_000) for _ in range(3))
    assert seconds(100_000) < 40 * small + 0.3  # ten times the text; a quadratic algorithm takes a hundred times
