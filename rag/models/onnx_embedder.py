"""all-MiniLM-L6-v2 as Chroma ships it: ONNX, no torch. Its 80 MB are downloaded at first use unless they are there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.config import EmbeddingSettings
from rag.embedding import Vectors, unit_rows
from rag.errors import ConfigError, ModelUnavailable

logger = logging.getLogger(__name__)

DIMENSIONS = 384
FILES = ("config.json", "model.onnx", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt")


class OnnxMiniLMEmbedder:
    """Runs on the CPU, 45-60 passages a second on 2 cores. Texts are cut after 256 word pieces by the model itself."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Find the model's files; a warning tells of a coming download.

        Args:
            settings: `model` may name a prepared folder that holds `onnx/model.onnx` and its companions, or the
                `onnx` folder itself; without it Chroma's own cache folder is used.

        Raises:
            ConfigError: the prepared folder lacks files.
        """
        from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

        self._function: Any = ONNXMiniLM_L6_V2(preferred_providers=["CPUExecutionProvider"])
        if settings.model is not None:
            self._function.DOWNLOAD_PATH = _prepared(Path(settings.model).expanduser())
        elif missing := _missing(Path(self._function.DOWNLOAD_PATH, "onnx")):
            logger.warning(
                "all-MiniLM-L6-v2 is not in %s (%s missing): its 80 MB will be downloaded from %s at first use",
                self._function.DOWNLOAD_PATH,
                ", ".join(missing),
                self._function.MODEL_DOWNLOAD_URL,
            )

    @property
    def name(self) -> str:
        """Identity of the vector space."""
        return "chroma-onnx/all-MiniLM-L6-v2"

    @property
    def dimensions(self) -> int:
        """Length of every vector: 384."""
        return DIMENSIONS

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), 384)."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        try:
            rows = self._function([text.encode("utf-8", "replace").decode() for text in texts])
        except Exception as exc:  # download, archive and runtime each raise their own
            raise ModelUnavailable(
                f"all-MiniLM-L6-v2 cannot be loaded or run from {str(self._function.DOWNLOAD_PATH)!r}: {exc}; "
                "without a network put its files there, or set NEWSQA_EMBEDDING__MODEL to their folder"
            ) from exc
        return unit_rows(np.asarray(rows, dtype=np.float32))

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (384,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def _missing(folder: Path) -> list[str]:
    return [name for name in FILES if not (folder / name).is_file()]


def _prepared(folder: Path) -> Path:
    parent = folder.parent if folder.name == "onnx" else folder
    if missing := _missing(parent / "onnx"):
        raise ConfigError(f"expected the files of all-MiniLM-L6-v2 in {str(parent / 'onnx')!r}, missing: {missing}")
    return parent
