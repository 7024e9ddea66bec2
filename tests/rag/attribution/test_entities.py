import pytest

from rag.attribution.quotations import find_quotations
from rag.attribution.recognition import recognize
from rag.attribution.tokens import tokenize
from rag.schema import NamedEntity, Span
from tests.rag.attribution.builders import entities_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "South Korean Deputy Foreign Minister Chang Ho-jin met Secretary of State Mara Moe.",
            ["Chang Ho-jin", "Mara Moe"],
        ),
        ("US State Department spokesperson Per Dahl left.", ["US State Department", "Per Dahl"]),
        ("But Ingrid van der Berg and Mayor de Vries stayed.", ["Ingrid van der Berg", "de Vries"]),
        ("South Korea's Ministry of Foreign Affairs moved.", ["South Korea's Ministry of Foreign Affairs"]),
        ("On Monday the Russian troops left in June.", []),
        ("However, critics stayed. Earlier rents fell.", []),
        ("J.K. Rowling and Sen. Amy O’Hara met at AT&T.", ["J.K. Rowling", "Amy O'Hara", "AT&T"]),
        ("The Prime Minister left.", []),
        ("The Nordfond CEO met Saudi Arabia's crown prince.", ["Nordfond", "Saudi Arabia"]),
        ("Lake County Board of Commissioners President Emma Moe left.", ["Emma Moe"]),
        ("The Centers for Disease Control and Prevention closed.", ["Centers for Disease Control and Prevention"]),
        ("He shouted RENTS ARE FALLING NOW at them.", []),
    ],
)
def test_names_in_a_sentence(text: str, names: list[str]) -> None:
    assert [mention.name for mention in recognize(tokenize(text, 0), {"critics": 1, "rents": 1})] == names


def test_entities_join_the_forms_of_a_name() -> None:
    text = "Kim Jong-un met Mara Lindqvist. Lindqvist thanked Kim Jong Un. Kim left for the U.S. by train."
    assert entities_of(text) == (
        NamedEntity(name="Kim Jong-un", variants=("Kim Jong-un", "Kim Jong Un", "Kim"), mentions=3),
        NamedEntity(name="Mara Lindqvist", variants=("Mara Lindqvist", "Lindqvist"), mentions=2),
        NamedEntity(name="U.S.", variants=("U.S.",), mentions=1),
    )


def test_a_full_name_in_the_title_is_the_bearer_of_a_short_one() -> None:
    (entity,) = entities_of("Yesterday Lindqvist left.", title="Mara Lindqvist resigns")
    assert entity == NamedEntity(name="Lindqvist", variants=("Lindqvist",), mentions=1)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "yes" and "no".', ['"yes"', '"no"']),
        ("He said ''yes 'sir,''' twice.", ["''yes 'sir,'''"]),
        ("He added, ” We condemn it.”", ["” We condemn it.”"]),
        ("He said “yes“ twice.", ["“yes“"]),
        ('It is 5" long.', []),
        ("He said 'yes' to them.", ["'yes'"]),
        ("“One.\n\n“Two.” Three.", ["“One.", "“Two.”"]),
        ("No quotes: it's the dogs' day.", []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    spans, start = [], 0
    for paragraph in text.split("\n\n"):
        spans.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 2
    assert [quotation.span.of(text) for quotation in find_quotations(text, spans)] == quoted
