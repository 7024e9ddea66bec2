"""Our answers as a LlamaIndex query engine."""

from __future__ import annotations

import asyncio

from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.query_engine import BaseQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.engine import Engine
from rag.llamaindex.nodes import citation_node
from rag.schema import Filters, Question
from rag.wire import AnswerObject


class NewsqaQueryEngine(BaseQueryEngine):
    """Answers with citations that hold, or refuses.

    The response's text carries markers such as `[1]`; its source nodes are the citations in that order, each exactly
    what the source says at `start_char_idx` to `end_char_idx`. Its metadata is the whole answer as `newsqa ask --json`
    prints it: `status`, `reason`, `statements` with their spans, `citations`, `notices` and so on.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        filters: Filters = Filters(),
        max_statements: int = 8,
        model: str | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """Ask `engine`, which stays the caller's to close.

        Args:
            engine: an open engine.
            filters: which articles may answer.
            max_statements: longest answer.
            model: overrides the configured answering model.
            callback_manager: LlamaIndex's own.
        """
        super().__init__(callback_manager=callback_manager)
        self._engine = engine
        self._filters = filters
        self._max_statements = max_statements
        self._model = model

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        question = Question(
            text=query_bundle.query_str,
            filters=self._filters,
            max_statements=self._max_statements,
            model=self._model,
        )
        with self.callback_manager.event(
            CBEventType.QUERY, payload={EventPayload.QUERY_STR: query_bundle.query_str}
        ) as event:
            answer = self._engine.ask(question)
            response = Response(
                response=answer.text,
                source_nodes=[NodeWithScore(node=citation_node(citation)) for citation in answer.citations],
                metadata=AnswerObject.of(answer).model_dump(mode="json"),
            )
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)
