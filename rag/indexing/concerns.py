"""What a person should know about an article that was indexed, lest part of it vanish unseen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from rag.schema import Article

FEWEST_LEFT = 1 / 3  # of the text
_SHOWN_REASONS = 3

ConcernKind = Literal["nothing_left", "little_left", "uncleaned", "bytes_replaced"]


@dataclass(frozen=True, slots=True)
class Concern:
    """Something about one article that a person may want to look at."""

    path: str
    kind: ConcernKind
    what: str
    """In words, with the share that is left and the reasons."""
    kept_share: float
    """Of the text's characters, white space aside."""


def concerns_of(article: Article, *, citable: bool) -> tuple[Concern, ...]:
    """Return what is worth a look; `citable` says whether the article has sentences that can be cited."""
    share = article.kept_share
    found: list[tuple[ConcernKind, str]] = []
    if not citable:
        found.append(("nothing_left", f"nothing in it can be cited ({_reasons(article) or 'it has no sentences'})"))
    elif article.is_uncleaned:
        found.append(("uncleaned", "cleaning would have left nothing to cite, so all of its text stays"))
    elif share < FEWEST_LEFT:
        found.append(("little_left", f"{share:.0%} of its text is article ({_reasons(article)})"))
    if article.errors == "replace":
        found.append(("bytes_replaced", "it is UTF-8 with wrong bytes, which are shown as U+FFFD"))
    return tuple(Concern(article.path, kind, what, round(share, 3)) for kind, what in found)


def _reasons(article: Article) -> str:
    """Return the commonest reasons for which text was removed, with their shares."""
    sizes: Counter[str] = Counter()
    for removal in article.removed:
        sizes[removal.reason] += len(removal.span.of(article.raw).split())
    words = len(article.raw.split()) or 1
    common = [(reason, size / words) for reason, size in sizes.most_common(_SHOWN_REASONS) if size]
    return ", ".join(f"{reason} {share:.0%}" for reason, share in common)
