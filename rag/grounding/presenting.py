"""Makes the words of strangers fit to be shown as ours."""

from __future__ import annotations

import re
from typing import Final

from rag.text.folding import printable

_MARKER: Final = re.compile(r" ?\[\d{1,4}(?: ?[,;–-] ?\d{1,4}){0,20}\](?!\()")
"""What would look like a citation of ours in a text that is not."""
_MARKDOWN_LINK: Final = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^)\s]{0,2000}(?:\s+\"[^\"]{0,300}\")?\)")
_ADDRESS: Final = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"'“”)\]]+|\b(?:javascript|data):\S+", re.IGNORECASE
)
_TAG: Final = re.compile(r"</?[a-z!][^<>]{0,300}>", re.IGNORECASE)


def presentable(text: str) -> str:
    """Make the words of an article or a model fit to be shown as ours.

    Control characters become harmless, white space plain; links, tags and what looks like a citation marker go.
    """
    text = " ".join(printable(text).split())
    text = _ADDRESS.sub("(link)", _TAG.sub(" ", _MARKDOWN_LINK.sub(r"\1", text)))
    return " ".join(_MARKER.sub("", " ".join(text.split())).split())
