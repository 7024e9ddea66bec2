"""Our retrieval as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio

from llama_index.core.callbacks import CallbackManager
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.engine import Engine
from rag.llamaindex.nodes import passage_node
from rag.schema import Filters


class NewsqaRetriever(BaseRetriever):
    """Finds passages of a newsqa index: lexical and dense search, fused, with date filters and copies collapsed."""

    def __init__(
        self,
        engine: Engine,
        *,
        similarity_top_k: int = 10,
        filters: Filters = Filters(),
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """Search `engine`, which stays the caller's to close.

        Args:
            engine: an open engine.
            similarity_top_k: passages a query, under LlamaIndex's name for it.
            filters: which articles may be found.
            callback_manager: LlamaIndex's own.
        """
        super().__init__(callback_manager=callback_manager)
        self._engine = engine
        self._k = similarity_top_k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._engine.search(query_bundle.query_str, k=self._k, filters=self._filters)
        return [NodeWithScore(node=passage_node(item.article, item.passage), score=item.score) for item in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
