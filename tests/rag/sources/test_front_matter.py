"""The fields at the top of a text file."""

from __future__ import annotations

import pytest

from rag.schema import Metadata, PartialDate
from rag.sources.front_matter import front_matter_end, read_front_matter


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_text_begins_right_behind_the_fence(newline: str) -> None:
    raw = newline.join(["---", "title: Quay closed", "date: 2024-03-07", "---", "The quay is closed."])

    assert raw[front_matter_end(raw) :] == "The quay is closed."
    assert read_front_matter(raw) == Metadata(title="Quay closed", published=PartialDate(2024, 3, 7))


@pytest.mark.parametrize(
    ("lines", "metadata"),
    [
        (['title: "Rail: strike ends after \\"long night\\""'], Metadata(title='Rail: strike ends after "long night"')),
        (["title: 'It''s over'"], Metadata(title="It's over")),
        (["title: Rail: strike ends"], Metadata(title="Rail: strike ends")),
        (["author:", "  - Ada Quill", "  - Ben Oar"], Metadata(author="Ada Quill, Ben Oar")),
        (["authors:", "- Ada Quill"], Metadata(author="Ada Quill")),
        (['author: [Ada Quill, "Oar, Ben"]'], Metadata(author="Ada Quill, Oar, Ben")),
        (["source: https://lenn.example/a", "tags:", "  - port"], Metadata(url="https://lenn.example/a")),
    ],
)
def test_values_are_read_as_yaml_means_them(lines: list[str], metadata: Metadata) -> None:
    assert read_front_matter("\n".join(["---", *lines, "---", "Text."])) == metadata


def test_toml_is_read() -> None:
    raw = '+++\ntitle = "Quay closed"\ndate = 2024-03-07\nauthors = ["Ada Quill"]\n+++\nText.'

    assert read_front_matter(raw) == Metadata(
        title="Quay closed", published=PartialDate(2024, 3, 7), author="Ada Quill"
    )
    assert raw[front_matter_end(raw) :] == "Text."


@pytest.mark.parametrize(
    "raw",
    [
        "---\nThe quay is closed.\n---\nIt opens in May.",
        "---\ntitle: Quay closed\n\nThe quay is closed.\n",
        "--- \n---\nText.",
        "title: Quay closed\n---\nText.",
    ],
    ids=["rules around text", "no end", "empty", "no beginning"],
)
def test_what_only_looks_so_is_text(raw: str) -> None:
    assert front_matter_end(raw) == 0
