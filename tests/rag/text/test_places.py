import json
from importlib.resources import files

import pytest

from rag.text.places import capitals_in, countries_by_side, country_named, find_places, may_begin_place, place_aliases


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


def test_no_form_of_a_country_is_ruled_out_by_its_first_word() -> None:
    countries = json.loads((files("rag.text") / "places.json").read_text(encoding="utf-8"))
    forms = [form for one in countries for kind in ("names", "demonyms", "capitals", "seats") for form in one[kind]]
    for form in forms:
        for written in (form, form.upper(), f"{form}'s", f"{form}'", form.replace(" ", "-"), form.replace("-", "–")):
            assert place_aliases(written) is None or may_begin_place(written.split()[0]), written
    assert not may_begin_place("minister")


def test_some_countries_are_named_after_a_side() -> None:
    by_side = countries_by_side()
    assert set(by_side) == {"North", "South", "East", "West"}
    assert {"South Africa", "South Korea", "South Sudan"} <= set(by_side["South"])
    assert "North Macedonia" in by_side["North"]
    assert all(place_aliases(name) for names in by_side.values() for name in names)


def test_capitals_are_found_in_a_text() -> None:
    assert capitals_in("Lindqvist flew from Oslo to Washington, not to Norway.") == ["Oslo", "Washington"]
    assert capitals_in("Osloers sang.") == []
