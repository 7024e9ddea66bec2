"""Token counts in cl100k_base, from the copy that llama-index-core ships: never from the network."""

from __future__ import annotations

import importlib.util
import re
from binascii import a2b_base64
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.errors import ConfigError

if TYPE_CHECKING:
    import tiktoken

_RANKS_FILE: Final = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""tiktoken caches a file under the SHA-1 of its address; this is cl100k_base."""

_PATTERN: Final = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+$|\s*[\r\n]|\s"
)
"""How cl100k_base cuts text before merging, but for `_GAP`.

The pattern in tiktoken_ext.openai_public has possessive repeats, which change nothing here, and looks ahead. Either
keeps tiktoken from its quick kind of regular expressions and takes twice as long.
"""

_SPACE: Final = r"[^\S\r\n\x1c-\x1f]"  # without line breaks, and without what only Python takes for white space
_GAP: Final = re.compile(rf"((?<!{_SPACE}){_SPACE}{{2,}}(?={_SPACE}[\S\x1c-\x1f]))")
"""All but the last of three spaces or more before something else, which cl100k_base takes together."""

_PIECE_CHARS: Final = 4000
"""Longer texts are counted piece by piece: merging one long run of letters takes more than linear time."""


def count_tokens(text: str) -> int:
    """Return the number of cl100k_base tokens in `text`; special tokens count as the characters they are written with.

    Exact up to 4,000 characters; beyond, a piece border may add a token.
    """
    if not text:
        return 0
    encoding = _encoding()
    if len(text) <= _PIECE_CHARS:
        if "   " not in text and text.replace("\n", "").isprintable():  # no other white space is printable
            return len(encoding.encode_ordinary(text))
        return sum(len(encoding.encode_ordinary(part)) for part in _GAP.split(text))
    count = 0
    start = 0
    while start < len(text):
        end = min(start + _PIECE_CHARS, len(text))
        if end < len(text):
            space = text.rfind(" ", start + 1, end)  # the space goes to the next piece, as cl100k_base would cut
            end = space if space > start else end
        count += count_tokens(text[start:end])
        start = end
    return count


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    return tiktoken.Encoding(name="cl100k_base", pat_str=_PATTERN, mergeable_ranks=_ranks(), special_tokens={})


@lru_cache(maxsize=1)
def _ranks() -> dict[bytes, int]:
    """Read the token table without importing llama_index, which takes seconds."""
    spec = importlib.util.find_spec("llama_index")  # a namespace package: finding it runs none of its code
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / "core" / "_static" / "tiktoken_cache" / _RANKS_FILE
        if file.is_file():
            lines = (line.split() for line in file.read_bytes().splitlines() if line)
            return {a2b_base64(token): int(rank) for token, rank in lines}
    raise ConfigError(
        f"expected the cl100k_base token table {_RANKS_FILE!r} inside the installed llama-index-core, found none; "
        "reinstall with `pip install --force-reinstall llama-index-core`"
    )


def word_rank(word: str) -> int | None:
    """Return the place of a word in cl100k_base, which was merged in order of frequency; None if it is several tokens.

    A rough frequency list of written English that is there anyway: " the" is 279, " treaty" 38,997. Case counts.
    """
    return _ranks().get(f" {word}".encode("utf-8", "surrogatepass"))
