"""The embedded default: wordllama's static word-piece vectors, averaged. Its weights come inside its wheel.

The package's two data files are read directly: importing `wordllama` configures the root logger and costs 0.17 s,
and its own loop pads every batch to its longest text.

The tokenizer takes a whole text for one word, so that it never meets a word it knows. But none of its pieces runs
across a space, nor from a letter into a mark, so texts are cut there and the pieces of each word remembered. On 300
articles that takes 0.7 ms of processor time an article, 0.4 once most words are known; the tokenizer alone 1.5 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Vectors, unit_rows
from rag.errors import ConfigError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.models import Model

NAME = "wordllama/l2_supercat_256"
WEIGHTS = Path("weights", "l2_supercat_256.safetensors")
TOKENIZER = Path("tokenizers", "l2_supercat_tokenizer_config.json")

_WORD: Final = re.compile(
    r" ?[a-zA-Z]++(?=[ ,.\n])"  # what most words are; the next line matches the same and takes longer
    r"| *(?:[^\W_²]+|(?:[^\w \n]|[_²])+)|\n| +"
)
"""A word or a run of marks, with the spaces before it; "²" is the one sign with pieces that go on in marks."""
_SPECIAL: Final = re.compile(r"<(?:/?s|unk)>")  # the tokenizer's own marks, which it takes out first
_WORDS = 100_000  # remembered; some 20 MB
_WORD_CHARS = 40
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
        self._words = _Words(self._tokenizer.model)
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
        for vector, text in zip(vectors, texts, strict=True):
            for piece in _pieces_of(text):
                vector += self._pieces.take(self._ids(piece), axis=0).sum(axis=0)
        return unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (256,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def _ids(self, text: str) -> NDArray[np.intp]:
        if not text or _SPECIAL.search(text):
            return np.array(self._tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.intp)
        words = _WORD.findall(" " + text.replace("▁", " "))  # the tokenizer writes spaces so, and begins with one
        return np.frombuffer(b"".join(map(self._words.__getitem__, words)), dtype=np.intp)


class _Words(dict[str, bytes]):
    """The pieces of words as bytes of an array, which are joined quickly; worked out when a word is first met."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, word: str) -> bytes:
        ids = np.array([token.id for token in self._model.tokenize(word.replace(" ", "▁"))], dtype=np.intp).tobytes()
        if len(word) <= _WORD_CHARS:
            if len(self) >= _WORDS:
                self.clear()
            self[word] = ids
        return ids


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
