"""Passages rejoin to the article, whatever the text."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from rag.passages import split_article
from rag.schema import Article, Block, BlockKind, Passage, Removal, Span
from rag.text.tokens import count_tokens


def article(*parts: tuple[str, str]) -> Article:
    """Build an article from (kind, text); the kind of a removed part is "removed"."""
    raw = ""
    kept: list[Span] = []
    removed: list[Removal] = []
    blocks: list[Block] = []
    kinds: dict[str, BlockKind] = {"p": "paragraph", "li": "list_item", "h": "heading"}
    for kind, text in parts:
        start = len(raw)
        raw += text
        span = Span(start, len(raw))
        if kind == "removed":
            removed.append(Removal(span, "advertisement"))
            continue
        if kept and kept[-1].end == start:
            kept[-1] = Span(kept[-1].start, len(raw))
        else:
            kept.append(span)
        if text.strip():
            lead = len(text) - len(text.lstrip())
            blocks.append(Block(Span(start + lead, start + len(text.rstrip())), kinds[kind]))
    return Article(
        id="a1",
        path="a.txt",
        raw=raw,
        sha256=hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest(),
        encoding="utf-8",
        kind="text",
        kept=tuple(span for span in kept if span),
        removed=tuple(removed),
        blocks=tuple(blocks),
    )


def shown(passages: tuple[Passage, ...], source: Article) -> list[tuple[str | None, str, list[str]]]:
    return [(p.heading, p.text, [s.of(source.raw) for s in p.sentences]) for p in passages]


def test_a_heading_opens_its_section_and_is_not_cited() -> None:
    source = article(
        ("p", "Lead one. Lead two.\n\n"),
        ("h", "The talks\n"),
        ("p", "They met.\n"),
        ("removed", "- Advertisement -\n"),
        ("p", "They left."),
    )
    assert shown(split_article(source), source) == [
        (None, "Lead one. Lead two.", ["Lead one.", "Lead two."]),
        ("The talks", "The talks\nThey met.", ["They met."]),
        ("The talks", "They left.", ["They left."]),
    ]


def test_a_heading_with_nothing_under_it_is_a_passage_without_sentences() -> None:
    source = article(("h", "Key figures\n"), ("removed", "- Advertisement -\n"), ("p", "Two died.\n"), ("h", "More"))
    assert shown(split_article(source), source) == [
        ("Key figures", "Key figures", []),
        ("Key figures", "Two died.", ["Two died."]),
        ("More", "More", []),
    ]


def test_sections_longer_than_a_passage_are_cut_between_sentences() -> None:
    sentence = "The ministers of both countries met in the capital on Monday and talked about trade."
    source = article(("h", "Talks\n"), ("p", " ".join([sentence] * 10)))
    passages = split_article(source, max_tokens=50)
    assert [len(p.sentences) for p in passages] == [2, 3, 3, 2]
    assert all(s.of(source.raw) == sentence for p in passages for s in p.sentences)
    assert {p.heading for p in passages} == {"Talks"}


def test_a_sentence_longer_than_a_passage_is_cut_at_white_space() -> None:
    source = article(("p", "word " * 300 + "end."))
    passages = split_article(source, max_tokens=100)
    assert all(count_tokens(p.text) <= 100 for p in passages)
    assert [p.text.strip() for p in passages] == [p.text for p in passages]
    assert " ".join(p.text for p in passages) == source.raw


def test_a_word_longer_than_a_passage_is_cut_inside() -> None:
    source = article(("p", "see " + "x" * 20_000 + " there."))
    passages = split_article(source, max_tokens=40)
    assert all(count_tokens(p.text) <= 40 for p in passages)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(source.raw.split())


def test_ids_depend_on_article_and_place_only() -> None:
    first, second = (split_article(article(("p", "One. Two.\n"), ("h", "H\n"), ("p", "Three."))) for _ in range(2))
    assert first == second
    assert [p.ordinal for p in first] == [0, 1]
    assert first[0].id == hashlib.sha256(b"a1:0:9").hexdigest()[:32]


def test_an_article_without_body_has_no_passages() -> None:
    assert split_article(article(("removed", "Cookies\n"))) == ()


PIECES = st.lists(
    st.sampled_from(
        [
            "A b.",
            "He said “no.” ",
            "\r\n",
            "\ufeff",
            "😀👩‍👩‍👧",
            "שלום. ",
            "مرحبا؟ ",
            "\x00",
            "e\u0301",
            "x" * 90,
            " ",
            "\u2028",
        ]
    ),
    max_size=12,
).map("".join)
PARTS = st.lists(st.tuples(st.sampled_from(["p", "p", "li", "h", "removed"]), PIECES), max_size=8)


@given(PARTS, st.sampled_from([40, 60, 220]))
def test_passages_cover_the_body_and_nothing_else(parts: list[tuple[str, str]], max_tokens: int) -> None:
    source = article(*parts)
    passages = split_article(source, max_tokens=max_tokens)
    body = {place for block in source.blocks for place in range(block.span.start, block.span.end)}
    headings = {
        place for block in source.blocks if block.kind == "heading" for place in range(block.span.start, block.span.end)
    }
    covered = [place for p in passages for place in range(p.span.start, p.span.end)]
    assert covered == sorted(set(covered))
    assert {place for place in body if not source.raw[place].isspace()} <= set(covered)
    assert not {place for r in source.removed for place in range(r.span.start, r.span.end)} & set(covered)
    cited = [place for p in passages for s in p.sentences for place in range(s.start, s.end)]
    assert cited == sorted(set(cited))
    assert {place for place in body - headings if not source.raw[place].isspace()} <= set(cited)
    assert not headings & set(cited)
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert passage.text == passage.span.of(source.raw) == passage.text.strip()
        assert all(passage.span.contains(sentence) for sentence in passage.sentences)
        assert count_tokens(passage.text) <= max_tokens


def test_one_line_of_a_megabyte_is_cut_in_time() -> None:
    source = article(("p", "a" * 1_000_000))
    passages = split_article(source)
    assert "".join(p.text for p in passages) == source.raw
