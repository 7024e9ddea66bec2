"""The baseline of `eval.bench.ingest`: LlamaIndex as its documentation has it, in a process of its own.

    python llamaindex_ingest.py TEXTS.jsonl CHROMA_FOLDER MODEL SPLITTER HOW QUERIES.json

SentenceSplitter, ChromaVectorStore, and as model `wordllama` (newsqa's embedded default) or the folder of a
sentence-transformers model. SPLITTER is `default`, or tokens and overlap of a node as `220:20`. HOW is `at-once`
(`from_documents`: all texts are embedded, then all are stored) or `one-by-one` (`insert`: what was added stays when the
process dies). It stands alone, so that an interpreter with torch and without newsqa can run it. Prints one JSON object:
seconds to index, nodes, seconds of each retrieval.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Index the texts, ask the queries, print the times."""
    texts_file, folder, model, splitter, how, queries_file = sys.argv[1:7]
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    embedding = _wordllama() if model == "wordllama" else _sentence_transformer(model)
    rows = [json.loads(line) for line in Path(texts_file).read_text(encoding="utf-8").splitlines()]
    queries = json.loads(Path(queries_file).read_text(encoding="utf-8"))
    embedding.get_text_embedding("warm")
    client = chromadb.PersistentClient(folder, settings=chromadb.Settings(anonymized_telemetry=False))
    store = ChromaVectorStore(chroma_collection=client.get_or_create_collection("baseline"))
    began, cpu_began = time.perf_counter(), time.process_time()
    documents = [Document(text=row["text"], metadata={"path": row["path"]}) for row in rows]
    index = VectorStoreIndex.from_documents(
        documents if how == "at-once" else [],
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=embedding,
        transformations=[SentenceSplitter(**_sizes(splitter))],
    )
    if how == "one-by-one":
        for document in documents:
            index.insert(document)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    retriever = index.as_retriever(similarity_top_k=10)
    asked = []
    for query in queries:
        began = time.perf_counter()
        retriever.retrieve(query)
        asked.append(time.perf_counter() - began)
    result = {"seconds": seconds, "cpu_s": cpu_s, "articles": len(rows), "nodes": store._collection.count()}
    sys.stdout.write(json.dumps(result | {"ask_s": asked}) + "\n")


def _sizes(splitter: str) -> dict[str, Any]:
    """Return what SentenceSplitter is told; nothing for its defaults."""
    if splitter == "default":
        return {}
    tokens, overlap = splitter.split(":")
    return {"chunk_size": int(tokens), "chunk_overlap": int(overlap)}


def _wordllama() -> Any:
    from llama_index.core.embeddings import BaseEmbedding

    from rag.config import EmbeddingSettings
    from rag.models.factory import make_embedder

    ours = make_embedder(EmbeddingSettings())

    class WordLlama(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(value) for value in ours.embed_documents([text])[0]]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(value) for value in row] for row in ours.embed_documents(texts)]

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in ours.embed_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return WordLlama(embed_batch_size=256)


def _sentence_transformer(folder: str) -> Any:
    from llama_index.core.embeddings import BaseEmbedding
    from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]  # in another interpreter

    model = SentenceTransformer(folder, device="cpu")

    class MiniLM(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(value) for value in row] for row in model.encode(texts)]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embeddings([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return MiniLM(embed_batch_size=32)


if __name__ == "__main__":
    main()
