"""The words of a refusal: what is not there, and what comes near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.grounding.presenting import presentable
from rag.schema import AbstentionReason, Near

_MOST_NEAR: Final = 3
_LONGEST_NEAR: Final = 240


def refusal_text(reason: AbstentionReason, subject: str | None, near: Sequence[Near] = ()) -> str:
    """Say in plain words why there is no answer, naming the subject and what was near."""
    about = _plain(subject) if subject else None
    if reason == "subject_not_found":
        text = f"None of the indexed articles mentions {about}." if about else "No indexed article mentions this."
    elif reason == "fact_not_stated":
        text = (
            f"The indexed articles mention {about}, but they do not say what you asked."
            if about
            else "The indexed articles do not say this."
        )
    elif reason == "outside_dates":
        text = (
            f"The indexed articles speak of {about} only outside the dates you asked for."
            if about
            else "The indexed articles say this only outside the dates you asked for."
        )
    else:
        text = "Nothing in the indexed articles answers this question."
    return " ".join([text, *_near(near)])


def _near(near: Sequence[Near]) -> list[str]:
    names = [_plain(item.text) for item in near if item.kind == "name"][:_MOST_NEAR]
    articles = [_plain(item.text) for item in near if item.kind == "article"][:_MOST_NEAR]
    sentences = [_plain(item.text) for item in near if item.kind == "sentence"][:1]
    lines = []
    if names:
        lines.append(f"Did you mean {_listed(names, 'or')}?")
    if sentences:
        lines.append(f"The nearest they come: “{sentences[0].strip('“”')}”")
    elif articles:
        lines.append(f"Nearest: {_listed([f'“{title}”' for title in articles], 'and')}.")
    return lines


def _listed(items: Sequence[str], word: str) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def _plain(text: str) -> str:
    """Make a text from a question or an article fit into a sentence of ours."""
    text = presentable(text)
    return text if len(text) <= _LONGEST_NEAR else text[:_LONGEST_NEAR].rsplit(" ", 1)[0] + " …"
