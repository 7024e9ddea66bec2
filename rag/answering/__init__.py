"""Query and passages -> draft statements, behind one Protocol: a model writes, or sentences are quoted."""

from rag.answering.protocol import Answerer

__all__ = ["Answerer"]
