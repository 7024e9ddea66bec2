"""Question -> ScoredPassages: lexical and dense search, fused, filtered, dated, near-duplicates collapsed."""

from rag.retrieval.dates import TimeWindow, may_lie_within, time_window
from rag.retrieval.gathering import retrieve
from rag.retrieval.mentions import ArticleMention
from rag.retrieval.retriever import Retriever

__all__ = ["ArticleMention", "Retriever", "TimeWindow", "may_lie_within", "retrieve", "time_window"]
