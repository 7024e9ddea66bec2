"""Statements as a model writes them about a source, and the same with one thing wrong."""

import pytest

from rag.grounding import check_statement

STRIKE = (
    "Rail workers in northern Italy will begin a three-day strike on Monday after talks with Trenitalia broke down, "
    "union leader Carla Rossi said."
)
COURT = (
    "The European Court of Justice ruled on March 12 that Hungary must pay a fine of 200 million euros "
    "for breaking asylum rules."
)
FLOOD = (
    "At least 45 people died and more than 3,000 homes were destroyed when the Indus River burst its "
    "banks near Sukkur last week."
)
DEAL = (
    "Siemens agreed to sell its wind turbine unit in Spain to the Indian group Adani for $1.4 billion, "
    "pending approval by regulators in Madrid."
)
VOTE = "Senators rejected the immigration bill by 54 votes to 46, with three Republicans joining the Democrats."
DENIAL = (
    "President Lula da Silva denied that he had met the general before the coup attempt and called the "
    "report “pure fantasy.”"
)
RATES = (
    "The Bank of England left interest rates unchanged at 5.25 percent, but Governor Andrew Bailey said "
    "a cut in August was possible."
)
RESCUE = "Firefighters rescued eight miners from a collapsed coal mine in Silesia; two others are still missing."
TRIAL = (
    "Prosecutors accused the mayor of Marseille, Benoît Payan, of taking bribes from a construction "
    "company, which he denies."
)
LAUNCH = "India's space agency plans to launch its first crewed mission in 2026, a year later than it had announced."

TRUE = [
    ("Rail workers in northern Italy will go on strike for three days from Monday.", STRIKE),
    ("Carla Rossi, a union leader, said talks with Trenitalia had broken down.", STRIKE),
    ("A three-day strike by rail workers in northern Italy begins on Monday.", STRIKE),
    ("The European Court of Justice ruled that Hungary must pay 200 million euros.", COURT),
    ("Hungary must pay a fine for breaking asylum rules, the ECJ ruled.", COURT),
    ("The Indus River burst its banks near Sukkur, and at least 45 people died.", FLOOD),
    ("More than 3,000 homes were destroyed last week near Sukkur.", FLOOD),
    ("Siemens agreed to sell its Spanish wind turbine unit to Adani.", DEAL),
    ("Adani is an Indian group.", DEAL),
    ("The Senate rejected the immigration bill by 54 votes to 46.", VOTE),
    ("Three Republicans joined the Democrats in the vote on the immigration bill.", VOTE),
    ("Lula da Silva denied having met the general before the coup attempt.", DENIAL),
    ("Lula called the report “pure fantasy”.", DENIAL),
    ("Andrew Bailey said that a rate cut in August was possible.", RATES),
    ("Eight miners were rescued from a coal mine in Silesia, and two are still missing.", RESCUE),
    ("Firefighters rescued 8 miners in Silesia.", RESCUE),
    ("The mayor of Marseille was accused of taking bribes from a construction company.", TRIAL),
    ("Benoît Payan denies taking bribes.", TRIAL),
    ("India plans to launch its first crewed mission in 2026.", LAUNCH),
    ("The mission will come a year later than announced.", LAUNCH),
]

FALSE = [
    ("Rail workers in southern Italy will begin a three-day strike on Monday.", STRIKE),
    ("Rail workers in northern Italy began a three-day strike on Sunday.", STRIKE),
    ("Rail workers in northern Italy will begin a three-week strike on Monday.", STRIKE),
    ("The European Court of Justice ruled that Poland must pay 200 million euros.", COURT),
    ("The court ruled that Hungary must pay 20 million euros.", COURT),
    ("The court ruled on March 21 that Hungary must pay a fine.", COURT),
    ("The court ruled that Hungary need not pay a fine for breaking asylum rules.", COURT),
    ("At least 450 people died near Sukkur.", FLOOD),
    ("The Indus River burst its banks near Karachi last week.", FLOOD),
    ("Adani agreed to sell its wind turbine unit in Spain to Siemens for $1.4 billion.", DEAL),
    ("Siemens sold its solar unit in Spain to Adani.", DEAL),
    ("Regulators in Madrid rejected the sale of the wind turbine unit.", DEAL),
    ("Senators approved the immigration bill by 54 votes to 46.", VOTE),
    ("Senators rejected the immigration bill by 46 votes to 54.", VOTE),
    ("Three Democrats joined the Republicans.", VOTE),
    ("Lula da Silva met the general before the coup attempt.", DENIAL),
    ("Lula da Silva confirmed that he had met the general.", DENIAL),
    ("Lula called the report “pure nonsense”.", DENIAL),
    ("The Bank of England raised interest rates to 5.25 percent.", RATES),
    ("Andrew Bailey ruled out a cut in August.", RATES),
    ("Firefighters rescued two miners from a collapsed coal mine.", RESCUE),
    ("Benoît Payan admitted taking bribes from a construction company.", TRIAL),
    ("Prosecutors cleared the mayor of Marseille of taking bribes.", TRIAL),
    ("The mayor of Marseille accused prosecutors of taking bribes.", TRIAL),
    ("India launched its first crewed mission in 2026.", LAUNCH),
    ("India's space agency plans to launch its first crewed mission in 2025.", LAUNCH),
    ("China's space agency plans to launch its first crewed mission in 2026.", LAUNCH),
]

NOT_YET_UNDERSTOOD = [
    ("The sale, worth $1.4 billion, still needs approval by regulators in Madrid.", DEAL, True),
    ("On March 12, the court ordered Hungary to pay a €200 million fine for breaking asylum rules.", COURT, True),
    ("The Bank of England kept interest rates at 5.25%.", RATES, True),
    ("Carla Rossi called off the strike after talks with Trenitalia.", STRIKE, False),
    ("Eight miners are still missing in Silesia.", RESCUE, False),
]


@pytest.mark.parametrize(("text", "source"), TRUE)
def test_a_true_statement_passes(text: str, source: str) -> None:
    assert check_statement(text, [source], strict=True).reason is None


@pytest.mark.parametrize(("text", "source"), FALSE)
def test_a_false_statement_fails(text: str, source: str) -> None:
    assert check_statement(text, [source], strict=True).reason is not None


@pytest.mark.xfail(strict=True, reason="needs the meaning of words; listed so that an improvement is noticed")
@pytest.mark.parametrize(("text", "source", "is_true"), NOT_YET_UNDERSTOOD)
def test_statements_that_words_alone_do_not_decide(text: str, source: str, is_true: bool) -> None:
    assert check_statement(text, [source], strict=True).holds == is_true
