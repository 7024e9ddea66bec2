"""Draft to Answer: every citation located, every statement checked against what it cites, the rest dropped."""

from rag.grounding.answers import Accepted, AnswerBuilder, ground
from rag.grounding.checking import Support, check_statement, supporting_sentences
from rag.grounding.presenting import presentable

__all__ = ["Accepted", "AnswerBuilder", "Support", "check_statement", "ground", "presentable", "supporting_sentences"]
