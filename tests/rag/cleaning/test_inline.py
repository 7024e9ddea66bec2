"""What goes out of a line that stays."""

from __future__ import annotations

import pytest

from rag.cleaning import clean
from rag.schema import Article, SourceFile, SourceKind

FIRST = "The quay at Port Lenn was closed on Monday after a crane had fallen into the harbour, the council said."
SECOND = "Harbour master Ola Rehn said that it would open again in May and that nobody had been hurt."


def cleaned(raw: str, kind: SourceKind = "text") -> Article:
    return clean(SourceFile(path="a", raw=raw, sha256="0" * 64, encoding="utf-8", kind=kind))


def blocks(article: Article) -> list[str]:
    return [block.span.of(article.raw) for block in article.blocks]


@pytest.mark.parametrize(
    ("cut", "reason"),
    [
        ("[Related: Penguins get a new pool]", "related"),
        ("(Read also: Penguins get a new pool)", "related"),
        ("(READ MORE: Penguins get a new pool)", "related"),
        ("(AP Photo/Jane Doe)", "caption"),
        ("(Photo: Jane Doe/Lenn Daily)", "caption"),
        ("(Jane Doe/Getty Images)", "caption"),
        ("ADVERTISEMENT", "advertisement"),
    ],
)
def test_what_is_no_text_goes_out_of_a_line_of_prose(cut: str, reason: str) -> None:
    article = cleaned(f"{FIRST} {cut} {SECOND}\n\n{FIRST.replace('Monday', 'Friday')}")

    assert blocks(article)[:2] == [FIRST, SECOND]
    assert (cut, reason) in [(removal.span.of(article.raw).strip(), removal.reason) for removal in article.removed]


def test_a_farm_of_links_goes_out_of_the_sentence_it_was_glued_into() -> None:
    farm = "Ilhan OmarHillicon Valley: Facebook bans ads | Senate votes on Friday MORE"
    article = cleaned(f"{FIRST} Rep. Ilhan Omar{farm} (D-Minn.) voted against it.\n\n{SECOND}")

    assert farm in [removal.span.of(article.raw).strip() for removal in article.removed if removal.reason == "related"]
    assert "Hillicon" not in article.text


@pytest.mark.parametrize("ending", ["Read more →", "Read more »", "Related: Penguins get a new pool"])
def test_a_pointer_goes_from_the_end_of_a_paragraph(ending: str) -> None:
    assert blocks(cleaned(f"{FIRST} {ending}\n\n{SECOND}")) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dr. Ian McDonald told them to read more (a lot more) and to see the sea.",
        "The report (Reuters saw it) says that the photo (a fake) was shared on Monday.",
        "He paid for an advertisement in the Lenn Daily and got MORE than he had asked for.",
        "She added: “Related: that is what we are,” and left the room for good.",
    ],
)
def test_sentences_that_only_look_so_stay_whole(sentence: str) -> None:
    assert sentence in blocks(cleaned(f"{FIRST}\n\n{sentence}\n\n{SECOND}"))


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_tags_between_blocks_go_from_text_and_markdown(kind: SourceKind) -> None:
    article = cleaned(f"<p>{FIRST}</p><p>Officer <b>Lou Hart</b> said so.</p><br/>\n\n<div>{SECOND}</div>", kind)

    assert blocks(article) == [FIRST, "Officer <b>Lou Hart</b> said so.", SECOND]


@pytest.mark.parametrize(
    "line",
    ["[Related: Penguins get a new pool]", "(Read also: Penguins get a new pool)", ">> READ: Penguins get a new pool",
     "Also Read - Penguins get a new pool", "ADVERTISEMENT - CONTINUE READING BELOW",
     "This article is for subscribers only.", "This content is available to premium members.",
     "You have 2 free articles left this month.", "You have read 3 of 3 free articles this month.",
     "Listen to this article 4 min", "3 min read", "Published on: 10 Mar 2024 10:12 IST",
     "Image source, Getty Images", "Image caption, Nelly in 1990", "View this email in your browser"],
)  # fmt: skip
def test_small_print_amid_an_article_goes(line: str) -> None:
    assert blocks(cleaned(f"{FIRST}\n\n{line}\n\n{SECOND}")) == [FIRST, SECOND]


def test_corrections_stay() -> None:
    line = "Editor's note: An earlier version of this article said that the quay was closed on Sunday."

    assert line in blocks(cleaned(f"{FIRST}\n\n{SECOND}\n\n{line}"))
