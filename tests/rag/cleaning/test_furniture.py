from __future__ import annotations

import pytest

from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import normalise


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- Advertisement -", "advertisement"),
        ("Story continues below advertisement", "advertisement"),
        ("Anzeige", "advertisement"),
        ("Leave a Reply", "comments"),
        ("12 Comments", "comments"),
        ("Комментарии (4)", "comments"),
        ("Share on Facebook", "share"),
        ("Facebook | Twitter | WhatsApp", "share"),
        ("Поделиться", "share"),
        ("Subscribe now!", "subscribe"),
        ("You May Also Like", "related"),
        ("[LATEST] Latest Stories", "related"),
        ("Читайте также:", "related"),
        ("関連記事", "related"),
        ("Skip to content", "navigation"),
        ("Privacy Policy", "legal"),
        ("Fares rise at the harbour", None),
        ("What is known about the treaty", None),
        ("Sharing the harbour", None),
        ("Read the letter in full below, said the mayor", None),
    ],
)
def test_labels(line: str, reason: str | None) -> None:
    assert label_reason(normalise(line)) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("We use cookies to improve your experience on this site.", "cookies"),
        ("Diese Seite verwendet Cookies.", "cookies"),
        ("© 2024 The Coast Post. All rights reserved.", "copyright"),
        ("무단전재 및 재배포금지", "copyright"),
        ("Your email address will not be published.", "comments"),
        ("Sign up for our daily newsletter.", "subscribe"),
        ("Follow us on Twitter for more.", "subscribe"),
        ("Read More: Storm closes the harbour", "related"),
        ("Lire aussi : Le port fermé", "related"),
        ("This post contains affiliate links.", "legal"),
    ],
)
def test_phrases(line: str, reason: str) -> None:
    assert phrase_reason(normalise(line)) == reason


@pytest.mark.parametrize(
    "sentence",
    [
        "Ukraine wants to become a member of NATO, its president said on Monday.",
        "By signing the agreement, the two leaders ended ten years of dispute.",
        "The company uses cookies to track visitors, the regulator found.",
        "Moscow must accept the terms of the treaty, the minister said.",
        "He asked them to join our coalition against the plan.",
        "The law was passed without the prior consent of parliament.",
        "Students subscribe to the theory that the climate is changing.",
        "More than 300 people who sign up to receive benefits were turned away.",
        "The mayor urged both sides to join the discussion.",
        "Facebook said the post violated its community standards.",
        "Contact him on Monday, she told the court.",
        "The names of the victims may not be published before the trial.",
        "The newspaper published three letters to the editor about the ferry.",
    ],
)
def test_sentences_that_only_sound_like_furniture_are_not(sentence: str) -> None:
    assert (label_reason(normalise(sentence)), phrase_reason(normalise(sentence))) == (None, None)
