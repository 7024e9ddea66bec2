"""What every vector store must do, run against the double and Chroma alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ConfigError, IndexDamagedError, IndexUnavailable
from rag.vectors import ChromaVectors, Vector, VectorEntry, VectorStore
from rag.vectors.memory import MemoryVectors


@pytest.fixture(params=["memory", "chroma"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    made: VectorStore = MemoryVectors() if request.param == "memory" else chroma(tmp_path, create=True)
    yield made
    made.close()


def chroma(folder: Path, *, create: bool = False) -> ChromaVectors:
    return ChromaVectors(folder=folder / "chroma", collection="passages", create=create)


def unit(*values: float) -> Vector:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def make(passage_id: str, vector: Vector, *, date: str | None = "2024-06-21") -> VectorEntry:
    article_id = passage_id.split("-")[0]
    return VectorEntry(
        passage_id=passage_id, article_id=article_id, path="a.txt", start=0, end=5, date=date, vector=vector
    )


def test_the_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    store.upsert([make("a-0", unit(1, 0)), make("a-1", unit(1, 1)), make("b-0", unit(-1, 0), date=None)])
    found = store.query(unit(1, 0), limit=2)
    assert [one for one, _ in found] == ["a-0", "a-1"]
    assert [score for _, score in found] == pytest.approx([1.0, 0.7071], abs=1e-4)
    assert len(store.query(unit(1, 0), limit=50)) == 3


def test_ties_are_told_apart_by_id(store: VectorStore) -> None:
    store.upsert([make("c-0", unit(1, 0)), make("a-0", unit(1, 0)), make("b-0", unit(1, 0))])
    assert [one for one, _ in store.query(unit(1, 0), limit=3)] == ["a-0", "b-0", "c-0"]


def test_nothing_is_found_in_nothing_or_for_a_zero_vector(store: VectorStore) -> None:
    assert store.query(unit(1, 0), limit=3) == []
    assert store.ids() == set()
    store.upsert([make("a-0", unit(1, 0))])
    assert store.query(np.zeros(2, dtype=np.float32), limit=3) == []


def test_vectors_come_back_as_they_went_in(store: VectorStore) -> None:
    store.upsert([make("a-0", unit(3, 4)), make("a-1", np.zeros(2, dtype=np.float32))])
    held = store.get(["a-0", "a-1", "unknown"])
    assert sorted(held) == ["a-0", "a-1"]
    assert held["a-0"].tolist() == pytest.approx([0.6, 0.8])
    assert held["a-1"].tolist() == [0.0, 0.0]
    assert store.similarity(unit(1, 0), ["a-0", "unknown"]) == {"a-0": pytest.approx(0.6)}
    assert store.get([]) == {}


def test_writing_an_id_again_replaces_it(store: VectorStore) -> None:
    store.upsert([make("a-0", unit(1, 0)), make("b-0", unit(1, 1))])
    store.upsert([make("a-0", unit(0, 1))])
    assert [one for one, _ in store.query(unit(1, 0), limit=2)] == ["b-0", "a-0"]
    assert store.ids() == {"a-0", "b-0"}


def test_deleting_drops_exactly_the_given(store: VectorStore) -> None:
    store.upsert([make(f"a-{n}", unit(1, n)) for n in range(6)])
    store.delete({"a-1", "a-3", "unknown"})
    assert store.ids() == {"a-0", "a-2", "a-4", "a-5"}
    store.delete([])
    assert sorted(one for one, _ in store.query(unit(1, 1), limit=9)) == ["a-0", "a-2", "a-4", "a-5"]


def test_ids_by_article(store: VectorStore) -> None:
    store.upsert([make("a-0", unit(1, 0)), make("a-1", unit(1, 1)), make("b-0", unit(0, 1))])
    assert store.ids_of(["a"]) == {"a-0", "a-1"}
    assert store.ids_of(["a", "b", "c"]) == {"a-0", "a-1", "b-0"}
    assert store.ids_of([]) == set()


def test_more_rows_than_chroma_takes_at_once(tmp_path: Path) -> None:
    store = chroma(tmp_path, create=True)
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((7000, 4)).astype(np.float32)
    store.upsert([make(f"a-{n}", vectors[n] / np.linalg.norm(vectors[n])) for n in range(7000)])
    assert len(store.ids()) == 7000
    assert len(store.get([f"a-{n}" for n in range(7000)])) == 7000
    store.delete([f"a-{n}" for n in range(6990)])
    assert store.ids() == {f"a-{n}" for n in range(6990, 7000)}
    store.close()


def test_a_second_client_sees_the_first_ones_writes_after_reloading(tmp_path: Path) -> None:
    writer = chroma(tmp_path, create=True)
    reader = chroma(tmp_path)
    writer.upsert([make("a-0", unit(1, 0))])
    reader.reload()
    assert [one for one, _ in reader.query(unit(1, 0), limit=3)] == ["a-0"]
    writer.delete(["a-0"])
    reader.reload()
    assert reader.query(unit(1, 0), limit=3) == []
    writer.close()
    reader.close()


def test_queries_go_on_while_another_thread_reloads(tmp_path: Path) -> None:
    store = chroma(tmp_path, create=True)
    store.upsert([make(f"a-{n}", unit(1, n)) for n in range(50)])
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert len(store.query(unit(1, 0), limit=5)) == 5
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(15):
        store.reload()
    done.set()
    for thread in threads:
        thread.join()
    store.close()
    assert failures == []


def test_other_users_of_chroma_in_the_process_are_left_alone(tmp_path: Path) -> None:
    import chromadb

    other = chromadb.PersistentClient(str(tmp_path / "other"), settings=chromadb.Settings(anonymized_telemetry=False))
    collection = other.create_collection("theirs", embedding_function=None)
    store = chroma(tmp_path, create=True)
    store.reload()
    store.close()
    collection.add(ids=["x"], embeddings=[[1.0, 0.0]])
    assert other.get_collection("theirs", embedding_function=None).count() == 1
    other.close()


def test_a_missing_or_damaged_store_is_told_as_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="doctor --repair"):
        chroma(tmp_path)
    store = chroma(tmp_path, create=True)
    store.upsert([make("a-0", unit(1, 0))])
    store.close()
    with pytest.raises(IndexUnavailable, match="closed"):
        store.ids()
    with pytest.raises(IndexDamagedError, match="no collection 'another'"):
        ChromaVectors(folder=tmp_path / "chroma", collection="another")
    database = tmp_path / "chroma" / "chroma.sqlite3"
    database.write_bytes(b"not a database" * 100)
    with pytest.raises(IndexDamagedError, match="cannot use the vectors"):
        chroma(tmp_path).ids()


def test_a_server_address_is_checked() -> None:
    with pytest.raises(ConfigError, match=r"expected a Chroma address such as http://localhost:8000"):
        ChromaVectors(url="localhost:8000", collection="passages")
    with pytest.raises(IndexUnavailable, match="is it running"):
        ChromaVectors(url="http://127.0.0.1:9", collection="passages")
