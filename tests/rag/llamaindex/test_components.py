"""A small LlamaIndex application built on newsqa: everything offline, every offset exact."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import get_response_synthesizer
from llama_index.core.schema import Document, MetadataMode, NodeRelationship, TextNode

from rag.config import Settings
from rag.engine import Engine
from rag.llamaindex import NewsqaEmbedding, NewsqaNodeParser, NewsqaQueryEngine, NewsqaReader, NewsqaRetriever
from rag.passages import split_article
from rag.schema import Filters, Question

HARBOUR = (
    "Harbour talks end without a deal\r\n\r\n"
    "Dock workers and port managers in Rotterdam broke off talks on Tuesday.\r\n\r\n"
    "“We asked for nine percent,” said Anna de Vries, who speaks for the workers. "
    "She added that a strike would begin on May 3, 2024.\r\n\r\n"
    "The port employs 12,000 people. The port said it would keep two terminals open.\r\n"
)
BRIDGE = (
    "Bridge reopens\n\n"
    "The Maria Bridge in Tallinn reopened on Friday after repairs that cost 4 million euros.\n\n"
    "Mayor Jaan Tamm said the bridge would carry trams again in autumn.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "harbour.txt").write_bytes(("\ufeff" + HARBOUR).encode("utf-8"))
    (folder / "bridge.txt").write_bytes(BRIDGE.encode("utf-8"))
    (folder / "empty.txt").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(Settings(index=tmp_path_factory.mktemp("index") / "i", workers=1)) as engine:
        engine.index([folder])
        yield engine


def file_slice(folder: Path, node: TextNode) -> str:
    """Read what a node claims to be from the file itself, by its metadata alone."""
    text = (folder / node.metadata["path"]).read_bytes().decode(node.metadata["encoding"])
    assert (node.metadata["start"], node.metadata["end"]) == (node.start_char_idx, node.end_char_idx)
    return str(text[node.metadata["start"] : node.metadata["end"]])


def as_text(node: object) -> TextNode:
    assert isinstance(node, TextNode)
    return node


def test_the_reader_yields_raw_text_and_leaves_out_what_it_cannot_read(folder: Path) -> None:
    documents = NewsqaReader().load_data(folder)
    assert [document.metadata["path"] for document in documents] == ["bridge.txt", "harbour.txt"]
    assert [document.text for document in documents] == [BRIDGE, "\ufeff" + HARBOUR]
    assert documents == NewsqaReader().load_data(folder)


def test_nodes_are_our_passages_with_exact_offsets(folder: Path, engine: Engine) -> None:
    nodes = [as_text(node) for node in NewsqaNodeParser(max_tokens=40)(NewsqaReader().load_data(folder))]
    assert len(nodes) == 3
    for node in nodes:
        assert file_slice(folder, node) == node.text
        assert node.source_node is not None
    indexed = NewsqaNodeParser()(NewsqaReader().load_data(folder))
    articles = [engine.article(item.id) for item in engine.articles().items]
    ours = {passage.id: passage.text for article in articles if article for passage in split_article(article)}
    assert {node.node_id: as_text(node).text for node in indexed} == ours


def test_words_that_stand_in_a_document_twice_keep_their_own_place() -> None:
    sentence = "The minister said once more that nothing at all had been decided about the new railway line."
    text = " ".join([sentence] * 5)
    nodes = [as_text(node) for node in NewsqaNodeParser(max_tokens=40)([Document(text=text)])]
    assert len({node.text for node in nodes}) < len({node.start_char_idx for node in nodes}) == len(nodes)
    assert all(text[node.start_char_idx : node.end_char_idx] == node.text for node in nodes)
    assert NodeRelationship.NEXT in nodes[0].relationships


def test_models_see_title_and_date_and_no_hashes() -> None:
    document = Document(text=BRIDGE, metadata={"title": "Bridge reopens", "published": "2024-05-03", "path": "b.txt"})
    node = as_text(NewsqaNodeParser()([document])[0])
    shown = node.get_content(metadata_mode=MetadataMode.EMBED)
    assert "title: Bridge reopens" in shown and "published: 2024-05-03" in shown
    assert node.metadata["sha256"] not in shown and node.metadata["path"] not in shown


def test_an_index_of_llamaindex_works_on_our_nodes(folder: Path) -> None:
    nodes = NewsqaNodeParser()(NewsqaReader().load_data(folder))
    index = VectorStoreIndex(nodes=nodes, embed_model=NewsqaEmbedding())
    found = index.as_retriever(similarity_top_k=1).retrieve("When does the bridge carry trams?")
    assert as_text(found[0].node).metadata["path"] == "bridge.txt"
    assert file_slice(folder, as_text(found[0].node)) == as_text(found[0].node).text


def test_our_retriever_feeds_a_query_engine_of_llamaindex(folder: Path, engine: Engine) -> None:
    retriever = NewsqaRetriever(engine, similarity_top_k=2)
    synthesizer = get_response_synthesizer(llm=MockLLM())
    response = RetrieverQueryEngine(retriever=retriever, response_synthesizer=synthesizer).query("port of Rotterdam")
    assert as_text(response.source_nodes[0].node).metadata["path"] == "harbour.txt"
    assert "nine percent" in str(response)  # the mock model returns its prompt
    for found in response.source_nodes:
        assert file_slice(folder, as_text(found.node)) == as_text(found.node).text


def test_the_retriever_gives_what_the_engine_finds(engine: Engine) -> None:
    filters = Filters(paths=("bridge*",))
    found = NewsqaRetriever(engine, filters=filters).retrieve("trams on the bridge")
    expected = engine.search("trams on the bridge", filters=filters)
    assert [(item.node.node_id, item.score) for item in found] == [(p.passage.id, p.score) for p in expected]


@pytest.mark.parametrize("question", ["What did Anna de Vries say?", "When did the bridge reopen?"])
def test_the_query_engine_answers_with_citations_that_hold(folder: Path, engine: Engine, question: str) -> None:
    response = NewsqaQueryEngine(engine).query(question)
    answer = engine.ask(Question(text=question))
    assert str(response) == answer.text
    assert response.metadata is not None
    assert response.metadata["status"] == "answered"
    assert [as_text(found.node).text for found in response.source_nodes] == [c.quote for c in answer.citations]
    for found in response.source_nodes:
        assert file_slice(folder, as_text(found.node)) == as_text(found.node).text
    for statement in response.metadata["statements"]:
        assert answer.text[statement["start"] : statement["end"]] == statement["text"]


def test_the_query_engine_refuses_what_is_not_there(engine: Engine) -> None:
    response = NewsqaQueryEngine(engine).query("What did Macron say?")
    assert response.metadata is not None
    assert (response.metadata["status"], response.metadata["reason"]) == ("abstained", "subject_not_found")
    assert response.source_nodes == []


async def _both(engine: Engine) -> tuple[str, list[str]]:
    response = await NewsqaQueryEngine(engine).aquery("What did Jaan Tamm say?")
    found = await NewsqaRetriever(engine).aretrieve("trams")
    return str(response), [item.node.node_id for item in found]


def test_async_calls_give_the_same(engine: Engine) -> None:
    import asyncio

    text, ids = asyncio.run(_both(engine))
    assert text == str(NewsqaQueryEngine(engine).query("What did Jaan Tamm say?"))
    assert ids == [item.node.node_id for item in NewsqaRetriever(engine).retrieve("trams")]


def test_a_collection_with_text_opens_as_a_vector_store_of_llamaindex(folder: Path, tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings as ChromaSettings
    from llama_index.vector_stores.chroma import ChromaVectorStore

    settings = Settings(index=tmp_path / "i", workers=1, store_text_in_chroma=True)
    with Engine.open(settings) as engine:
        engine.index([folder])
    client = chromadb.PersistentClient(
        str(tmp_path / "i" / "chroma"), settings=ChromaSettings(anonymized_telemetry=False)
    )
    collection = client.get_collection(client.list_collections()[0].name, embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    index = VectorStoreIndex.from_vector_store(store, embed_model=NewsqaEmbedding())
    found = index.as_retriever(similarity_top_k=1).retrieve("How much did the repairs of the bridge cost?")
    node = as_text(found[0].node)
    assert "4 million euros" in node.text
    text = (folder / str(node.metadata["path"])).read_bytes().decode("utf-8")
    assert text[int(node.metadata["start"]) : int(node.metadata["end"])] == node.text
