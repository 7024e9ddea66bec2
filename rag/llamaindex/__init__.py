"""newsqa in a LlamaIndex application: reader, node parser, embedding, retriever, query engine.

Importing this package imports llama_index; nothing else in newsqa imports this package.
"""

from rag.llamaindex.embedding import NewsqaEmbedding
from rag.llamaindex.nodes import citation_node, passage_node
from rag.llamaindex.parser import NewsqaNodeParser
from rag.llamaindex.query_engine import NewsqaQueryEngine
from rag.llamaindex.reader import NewsqaReader
from rag.llamaindex.retriever import NewsqaRetriever

__all__ = [
    "NewsqaEmbedding",
    "NewsqaNodeParser",
    "NewsqaQueryEngine",
    "NewsqaReader",
    "NewsqaRetriever",
    "citation_node",
    "passage_node",
]
