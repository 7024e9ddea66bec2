import pytest

from tests.rag.attribution.builders import statements_of


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Mara Lindqvist praised the banks. She also warned them.", ["Mara Lindqvist", "Mara Lindqvist"]),
        ("Olav Berg met Ingrid Moe. She warned him.", ["Ingrid Moe"]),
        ("Olav Berg praised Per Dahl. He also warned the banks.", ["Olav Berg", "Olav Berg"]),
        ("Olav Berg said he was sorry.", ["Olav Berg"]),
        ("Lindqvist and Berg agreed to meet. They said rents would fall.", ["Lindqvist", "Berg", "Lindqvist", "Berg"]),
        ("The talks failed. He said so.", []),
        ("Olav Berg sat with Per Dahl and Knut Vik. Rain fell. The three ate. All left. He spoke of it.", []),
        (
            "Olav Berg, the foreign minister, warned of war. The foreign minister added that peace was near.",
            ["Olav Berg", "Olav Berg"],
        ),
        ("President Mara Lindqvist left. The president said rents would fall.", ["Mara Lindqvist"]),
        ("Officials met. The president said rents would fall.", ["president"]),
        (
            "Norwegian President Mara Lindqvist met Chilean President Olav Berg. "
            "Chilean President discussed selling ships.",
            ["Olav Berg"],
        ),
        ("President Mara Lindqvist left. Chilean President said rents would fall.", ["Chilean President"]),
        ("Norwegian President Mara Lindqvist discussed ships.", []),
    ],
)
def test_pronouns_and_descriptions(text: str, speakers: list[str]) -> None:
    assert [s.speaker for s in statements_of(text)] == speakers


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Mara Lindqvist came. Lindqvist said no.", ["Mara Lindqvist"]),
        ("Cho Tae Yul came, and so did Cho Kuk. Cho Kuk said no. Kuk left.", ["Cho Kuk"]),
        ("Hanna Berg met Olav Berg. Mr. Berg said no. Mrs. Berg said yes.", ["Olav Berg", "Hanna Berg"]),
        ("Kim Jong-un came. Kim said no.", ["Kim Jong-un"]),
        ("The U.S. came. The United States warned them.", ["United States"]),
    ],
)
def test_short_names_mean_the_full_name(text: str, speakers: list[str]) -> None:
    assert [s.speaker for s in statements_of(text)] == speakers


def test_the_mention_stays_as_written() -> None:
    (first, second) = statements_of("Mara Lindqvist praised the banks. She also warned them.")
    assert (first.mention, second.mention) == ("Mara Lindqvist", "She")


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "The Foreign Ministry of Velmora said it was late. The ministry added that it was cold.",
            ["Foreign Ministry of Velmora", "Foreign Ministry of Velmora"],
        ),
        (
            "The Foreign Ministry said it was late. The Defense Ministry said it snowed. The ministry said it rained.",
            ["Foreign Ministry", "Defense Ministry", "Defense Ministry"],
        ),
        (
            "The Foreign Ministry and the Defense Ministry met. The ministry said that it rained.",
            ["ministry"],  # which of the two?
        ),
        (
            "The company, Nordhavn Shipping, said it was late. The company added that ships would sail.",
            ["Nordhavn Shipping", "Nordhavn Shipping"],
        ),
        (
            "Nordhavn, a small firm in Bergen, sold ships. The firm said that ships would sail.",
            ["Nordhavn"],
        ),
        ("The company said that ships would sail.", ["company"]),
    ],
)
def test_a_body_is_whoever_was_named_so_last(text: str, speakers: list[str]) -> None:
    assert [statement.speaker for statement in statements_of(text)] == speakers
