import pytest

from rag.text.places import country_named, find_places, place_aliases


@pytest.mark.parametrize(
    ("phrase", "country"),
    [
        ("Seoul", "South Korea"),
        ("South Korea's", "South Korea"),
        ("ROK", "South Korea"),
        ("the Kremlin", "Russia"),
        ("White House", "United States"),
        ("american", "United States"),
        ("the U.S.", "United States"),
        ("US", "United States"),
        ("us", None),
        ("car", None),
        ("poles", None),
        ("Kyiv", "Ukraine"),
        ("Côte d’Ivoire", "Ivory Coast"),
        ("Burmese", "Myanmar"),
        ("Ouagadougou", "Burkina Faso"),
        ("Lindqvist", None),
        ("", None),
    ],
)
def test_a_country_by_all_its_names(phrase: str, country: str | None) -> None:
    assert place_aliases(phrase) == country


def test_only_outright_names_name_a_country() -> None:
    assert [country_named(p) for p in ("DPRK", "Seoul", "Russian", "us")] == ["North Korea", None, None, None]


def test_places_in_words_longest_first() -> None:
    words = "seoul 's foreign minister met the south korean president in the united states".split()
    assert find_places(words) == [(0, 1, "South Korea"), (5, 8, "South Korea"), (10, 13, "United States")]


def test_every_member_of_the_united_nations_is_there() -> None:
    sample = (
        "Tuvalu Vanuatu Eswatini Comoros Andorra Bhutan Lesotho Nauru Palau Kiribati Djibouti Benin Oman Laos".split()
    )
    assert [place_aliases(name) for name in sample] == sample
