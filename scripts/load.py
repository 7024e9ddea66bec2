"""Load a running server and report throughput, latency and memory; beside it, a plain route over LlamaIndex.

    python scripts/load.py --corpus news.jsonl.gz --queries questions.jsonl.gz --limit 6000 --soak 600

Everything is on loopback, bounded in time, and stops by itself. The corpus has one article a line with `text`, the
queries one `question` a line. Clients are threads of this process, so they share the machine with what they measure.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = (1, 8, 32)
START_S = 120


@dataclass
class Outcome:
    """What a number of clients saw."""

    clients: int
    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """Write it as a row of a Markdown table."""
        done = sorted(self.latencies_ms)
        p50, p95, p99 = (done[min(len(done) - 1, int(len(done) * share))] for share in (0.5, 0.95, 0.99))
        rate = len(done) / self.seconds
        return f"| {name} | {self.clients} | {rate:.1f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {len(self.errors)} |"


def main() -> None:
    """Measure and print."""
    options = _options()
    questions = [row["question"] for row in _rows(options.queries)][:2000]
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        with articles.open("w", encoding="utf-8") as out:
            for row in itertools.islice(_rows(options.corpus), options.limit):
                out.write(json.dumps(row) + "\n")
        index = options.index or Path(folder) / "index"
        if not (index / "catalog.sqlite").exists():
            subprocess.run([sys.executable, "-m", "rag.cli", "index", str(articles), "--index", str(index)], check=True)
        print("| server | clients | answers a second | median ms | p95 ms | p99 ms | errors |")
        print("|---|---|---|---|---|---|---|")
        with _newsqa(index) as (process, port):
            _load(port, questions, clients=4, seconds=5)  # warm
            for clients in CLIENTS:
                print(_load(port, questions, clients=clients, seconds=options.seconds).row("newsqa, answers"))
            for clients in CLIENTS:
                done = _load(port, questions, clients=clients, seconds=options.seconds, send=_search)
                print(done.row("newsqa, search only"))
            if options.soak:
                before = _memory_mb(process.pid)
                soaked = _load(port, questions, clients=8, seconds=options.soak)
                print(soaked.row(f"newsqa, {options.soak:.0f} s"))
                print(f"\nMemory: {before:.0f} MB before, {_memory_mb(process.pid):.0f} MB after.")
        if options.baseline:
            with _llama_index(articles) as port:
                _load(port, questions, clients=4, seconds=5, send=_search)
                for clients in CLIENTS:
                    done = _load(port, questions, clients=clients, seconds=options.seconds, send=_search)
                    print(done.row("LlamaIndex retriever, no answers"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=6000, help="articles")
    parser.add_argument("--seconds", type=float, default=20, help="for each number of clients")
    parser.add_argument("--soak", type=float, default=0, help="seconds with 8 clients, memory before and after")
    parser.add_argument("--index", type=Path, help="build the index here, or use the one that is here")
    parser.add_argument("--baseline", action="store_true", help="also load a plain route over LlamaIndex's retriever")
    return parser.parse_args()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


Send = Callable[[http.client.HTTPConnection, str], http.client.HTTPResponse]


def _ask(connection: http.client.HTTPConnection, question: str) -> http.client.HTTPResponse:
    body = json.dumps({"question": question})
    connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
    return connection.getresponse()


def _search(connection: http.client.HTTPConnection, question: str) -> http.client.HTTPResponse:
    from urllib.parse import urlencode

    connection.request("GET", f"/v1/search?{urlencode({'q': question})}")
    return connection.getresponse()


def _load(port: int, questions: list[str], *, clients: int, seconds: float, send: Send = _ask) -> Outcome:
    outcome = Outcome(clients, seconds)
    ends_at = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = itertools.islice(itertools.cycle(questions), number * 37, None)
        while time.monotonic() < ends_at:
            began = time.perf_counter()
            try:
                response = send(connection, next(mine))
                body = response.read()
                if response.status != 200:
                    outcome.errors.append(f"{response.status} {body[:200]!r}")
                    continue
            except OSError as exc:
                outcome.errors.append(repr(exc))
                connection.close()
                continue
            outcome.latencies_ms.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in outcome.errors[:3]:
        print(f"error: {error}", file=sys.stderr)
    return outcome


@contextlib.contextmanager
def _newsqa(index: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "rag.cli", "serve", "--index", str(index), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    log = process.stderr
    try:
        port = next(
            int(line.split("127.0.0.1:")[1].split(" ")[0].split('"')[0]) for line in log if "running on" in line
        )
        threading.Thread(target=lambda: [None for _ in log], daemon=True).start()  # or the pipe fills up
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def _llama_index(articles: Path) -> Iterator[int]:
    """Serve the same articles by the same embedder, split and retrieved as LlamaIndex does by itself."""
    import chromadb
    import uvicorn
    from fastapi import FastAPI
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from rag.llamaindex import NewsqaEmbedding

    client = chromadb.EphemeralClient(settings=chromadb.Settings(anonymized_telemetry=False))
    store = ChromaVectorStore(chroma_collection=client.create_collection("baseline"))
    documents = [Document(text=row["text"]) for row in _rows(articles)]
    storage = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex.from_documents(documents, storage_context=storage, embed_model=NewsqaEmbedding())
    retriever = index.as_retriever(similarity_top_k=10)
    app = FastAPI()

    @app.get("/v1/search")
    def search(q: str) -> list[dict[str, object]]:
        return [{"text": node.get_content(), "score": node.score} for node in retriever.retrieve(q)]

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    ends_at = time.monotonic() + START_S
    while not server.started and time.monotonic() < ends_at:
        time.sleep(0.05)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
