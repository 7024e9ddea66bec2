"""Load a running server and report throughput, latency and memory; beside it, a plain route over LlamaIndex.

    python scripts/load.py --corpus news.jsonl.gz --queries questions.jsonl.gz --limit 6000 --soak 600

Everything is on loopback, bounded in time, and stops by itself. The corpus has one article a line with `text`, the
queries one `question` a line. Servers are processes of their own; clients are threads of this one, so they share the
machine with what they measure. The processor time that a server takes for a request does not depend on that.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS = (1, 8, 32)
START_S = 1800  # LlamaIndex splits and embeds 6,000 articles first
WARM_S = 5
SOAK_PARTS = 10  # memory is looked at after each


@dataclass
class Outcome:
    """What a number of clients saw."""

    clients: int
    seconds: float
    processor_s: float = 0.0
    """Of the server, in all its threads."""
    latencies_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count another stretch of time too."""
        self.seconds += other.seconds
        self.processor_s += other.processor_s
        self.latencies_ms += other.latencies_ms
        self.errors += other.errors

    def row(self, name: str) -> str:
        """Write it as a row of a Markdown table."""
        done = sorted(self.latencies_ms)
        if not done:
            return f"| {name} | {self.clients} | 0 | | | | | {len(self.errors)} |"
        p50, p95, p99 = (done[min(len(done) - 1, int(len(done) * share))] for share in (0.5, 0.95, 0.99))
        rate = len(done) / self.seconds
        latencies = f"{p50:.0f} | {p95:.0f} | {p99:.0f}"
        processor_ms = 1000 * self.processor_s / len(done)
        return f"| {name} | {self.clients} | {rate:.1f} | {latencies} | {processor_ms:.1f} | {len(self.errors)} |"


@dataclass(frozen=True)
class Server:
    """A process that listens on loopback."""

    pid: int
    port: int

    def memory_mb(self) -> float:
        """Return what it has in memory."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    def processor_s(self) -> float:
        """Return the processor time that it has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    options = _options()
    if options.serve_baseline is not None:
        _serve_llama_index(options.serve_baseline)
        return
    questions = [row["question"] for row in _rows(options.queries)][:2000]
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        with articles.open("w", encoding="utf-8") as out:
            for row in itertools.islice(_rows(options.corpus), options.limit):
                out.write(json.dumps(row) + "\n")
        index = options.index or Path(folder) / "index"
        if not (index / "catalog.sqlite").exists():
            subprocess.run([sys.executable, "-m", "rag.cli", "index", str(articles), "--index", str(index)], check=True)
        _print("| server | clients | answers a second | median ms | p95 ms | p99 ms | processor ms | errors |")
        _print("|---|---|---|---|---|---|---|---|")
        memory: list[str] = []
        with serving(index) as server:
            memory.append(f"newsqa {server.memory_mb():.0f} MB when started")
            _load(server, questions, clients=4, seconds=WARM_S)
            for clients in CLIENTS:
                done = _load(server, questions, clients=clients, seconds=options.seconds)
                _print(done.row("newsqa, answers"))
            for clients in CLIENTS:
                done = _load(server, questions, clients=clients, seconds=options.seconds, send=_search)
                _print(done.row("newsqa, search only"))
            if options.soak:
                memory.append(f"{server.memory_mb():.0f} MB before {options.soak:.0f} s of 8 clients")
                done = Outcome(8, 0)
                for part in range(SOAK_PARTS):
                    first = part * len(questions) // SOAK_PARTS
                    rotated = questions[first:] + questions[:first]
                    done.add(_load(server, rotated, clients=8, seconds=options.soak / SOAK_PARTS))
                    memory.append(f"{server.memory_mb():.0f}")
                _print(done.row(f"newsqa, answers for {options.soak:.0f} s"))
        if options.baseline:
            with _llama_index(articles) as server:
                _load(server, questions, clients=4, seconds=WARM_S, send=_search)
                for clients in CLIENTS:
                    done = _load(server, questions, clients=clients, seconds=options.seconds, send=_search)
                    _print(done.row("LlamaIndex retriever, no answers"))
                memory.append(f"LlamaIndex {server.memory_mb():.0f} MB")
        _print("\nMemory: " + ", ".join(memory) + ".")


def _print(line: str) -> None:
    print(line, flush=True)  # a soak is long, and somebody may be watching


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--limit", type=int, default=6000, help="articles")
    parser.add_argument("--seconds", type=float, default=20, help="for each number of clients")
    parser.add_argument("--soak", type=float, default=0, help="seconds with 8 clients, memory before and after")
    parser.add_argument("--index", type=Path, help="build the index here, or use the one that is here")
    parser.add_argument("--baseline", action="store_true", help="also load a plain route over LlamaIndex's retriever")
    parser.add_argument("--serve-baseline", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_baseline is None and (options.corpus is None or options.queries is None):
        parser.error("--corpus and --queries are needed")
    return options


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


def _load(server: Server, questions: list[str], *, clients: int, seconds: float, send: Send = _ask) -> Outcome:
    outcome = Outcome(clients, 0)
    began_at, processor_s = time.monotonic(), server.processor_s()
    ends_at = began_at + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
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
    outcome.seconds = time.monotonic() - began_at  # the last answers come a little later
    outcome.processor_s = server.processor_s() - processor_s
    for error in outcome.errors[:3]:
        print(f"error: {error}", file=sys.stderr)
    return outcome


@contextlib.contextmanager
def serving(index: Path) -> Iterator[Server]:
    """Serve an index with newsqa."""
    with _started("-m", "rag.cli", "serve", "--index", str(index), "--port", "0") as server:
        yield server


@contextlib.contextmanager
def _llama_index(articles: Path) -> Iterator[Server]:
    with _started(__file__, "--serve-baseline", str(articles)) as server:
        yield server


@contextlib.contextmanager
def _started(*arguments: str) -> Iterator[Server]:
    """Run Python with these arguments until it says on stderr where it listens."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as the command line has it, for both
    process = subprocess.Popen([sys.executable, *arguments], stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    log = process.stderr
    timer = threading.Timer(START_S, process.kill)
    timer.start()
    try:
        found = (re.search(r"running on http://127\.0\.0\.1:(\d+)", line) for line in log)
        port = next((int(match[1]) for match in found if match), None)
        timer.cancel()
        if port is None:
            sys.exit(f"{arguments[0]} did not start")
        threading.Thread(target=lambda: [None for _ in log], daemon=True).start()  # or the pipe fills up
        yield Server(process.pid, port)
    finally:
        timer.cancel()
        process.terminate()
        process.wait(60)


def _serve_llama_index(articles: Path) -> None:
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

    uvicorn.run(app, port=0, access_log=False)


if __name__ == "__main__":
    main()
