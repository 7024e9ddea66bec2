"""Over a real socket: the clients people use, and the ones nobody wants."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openai import APIStatusError, OpenAI

from rag.config import ServerSettings, Settings
from rag.engine import Engine
from rag.schema import Question
from tests.api.live import running, seeds_indexed
from tests.fake_engine import FakeEngine, seeds

QUESTION = "What did Blinken say?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with seeds_indexed(tmp_path_factory.mktemp("index")) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(engine: Engine) -> Iterator[str]:
    with running(engine, ServerSettings(max_body_bytes=20_000, body_timeout_s=1)) as url:
        yield url


# --- the clients people use ---


def test_openai_client_gets_the_answer_with_its_citations(address: str, engine: Engine) -> None:
    client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    reply = client.chat.completions.create(model="newsqa", messages=[{"role": "user", "content": QUESTION}])
    message = reply.choices[0].message
    answer = engine.ask(Question(text=QUESTION))
    assert message.content == answer.text
    assert message.annotations
    first = message.annotations[0].url_citation
    assert answer.text[first.start_index : first.end_index] == answer.statements[0].text
    assert first.title == answer.citations[0].title
    assert {model.id for model in client.models.list()} == {"newsqa", "newsqa+sources"}


def test_openai_client_streams(address: str, engine: Engine) -> None:
    client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    text, usage = "", None
    annotations: list[dict[str, Any]] = []
    for chunk in client.chat.completions.create(
        model="newsqa",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            annotations += getattr(choice.delta, "annotations", None) or []
    answer = engine.ask(Question(text=QUESTION))
    assert text == answer.text
    assert [item["newsqa_citation"]["number"] for item in annotations] == [
        number for statement in answer.statements for number in statement.citations
    ]
    assert usage is not None


def test_openai_client_understands_our_errors(address: str) -> None:
    client = OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
    with pytest.raises(APIStatusError) as caught:
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": QUESTION}])
    assert caught.value.status_code == 404
    assert "There is no model 'gpt-9'" in caught.value.response.text


def test_curl_reads_the_stream(address: str) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    body = json.dumps({"question": QUESTION, "stream": True})
    command = [curl, "-sN", f"{address}/v1/ask", "-H", "Content-Type: application/json", "-d", body]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    names = [line.removeprefix("event: ") for line in printed.splitlines() if line.startswith("event: ")]
    assert (names[0], names[-1]) == ("sources", "answer")
    assert {"citation", "delta"} <= set(names)


def test_curl_uploads_files_and_json_lines(tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    story, feed = tmp_path / "story.txt", tmp_path / "feed.jsonl"
    story.write_text("Mayor Ada Moss said on Tuesday that the new bridge would open in May.\n")
    rows: list[object] = [{"id": "ferry", "text": "Harbour master Tom Reed said the ferry had sunk."}, ["no object"]]
    feed.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def send(url: str, *options: str) -> Any:
        done = subprocess.run([curl, "-sf", *options, url], capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    with Engine.open(Settings(index=tmp_path / "index")) as opened, running(opened) as url:
        assert send(f"{url}/v1/articles", "-F", f"file=@{story}")["path"] == "story.txt"
        lines = ("--data-binary", f"@{feed}", "-H", "Content-Type: application/jsonl")
        report = send(f"{url}/v1/articles?name=feed.jsonl", *lines)
        assert [(one["path"], one["problem"]) for one in report["results"]] == [
            ("feed.jsonl#ferry", None),
            ("feed.jsonl#L2", "expected a JSON object, found a list; write {'text': ...}"),
        ]
        for who, path in (("Ada Moss", "story.txt"), ("Tom Reed", "feed.jsonl#ferry")):
            asked = ("-H", "Content-Type: application/json", "-d", json.dumps({"question": f"What did {who} say?"}))
            assert send(f"{url}/v1/ask", *asked)["citations"][0]["path"] == path


# --- the ones nobody wants ---


def _connect(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def _send(address: str, raw: bytes) -> bytes:
    with closing(_connect(address)) as connection:
        connection.sendall(raw)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def _status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def _post(path: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Content-Length: {len(body) if length is None else length}",
        "Content-Type: application/json",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


ASK = json.dumps({"question": QUESTION}).encode()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (_post("/v1/ask", b"{" + b" " * 30_000 + b"}"), 413),
        (_post("/v1/ask", b"{}", length=10**12), 413),
        (_post("/v1/ask", b'{"question": "\xc3\x28"}'), 400),
        (_post("/v1/ask", b"[" * 15_000), 400),
        (_post("/v1/ask", json.dumps({"question": "\u202e\x00\x1b[2J"}).encode()), 200),
        (_post("/v1/ask", json.dumps({"question": "a" * 3999 + "!"}).encode()), 200),
        (_post("/v1/ask", json.dumps({"question": "what did " * 440}).encode()), 200),
        (_post("/v1/ask", json.dumps({"question": "((((a+)+)+)+)+" * 280}).encode()), 200),
        (_post("/v1/ask", json.dumps({"question": '"' * 3999}).encode()), 422),
        (_post("/v1/ask", ASK, "X-Request-Id: a\tb"), 200),
        (_post("/v1/ask", ASK, "Accept: text/event-stream"), 200),
        (b"GET /v1/articles/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /static/../app.py HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /static/%2e%2e/%2e%2e/app.py HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n", 421),
        (b"TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 405),
        (b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 431),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else str(value),
)
def test_hostile_request_gets_its_status_and_the_server_goes_on(address: str, raw: bytes, status: int) -> None:
    began = time.monotonic()
    try:
        response = _send(address, raw)
    except (ConnectionResetError, BrokenPipeError):
        response = b""  # refused before it was read whole
    if response:
        assert _status(response) == status
        assert b"Traceback" not in response
        assert b"\r\nset-cookie" not in response.lower()
    else:
        assert status in (400, 413, 431)
    assert time.monotonic() - began < 15
    assert _status(_send(address, _post("/v1/ask", ASK))) == 200


def test_body_that_never_ends_is_given_up(address: str) -> None:
    with closing(_connect(address)) as connection:
        connection.sendall(_post("/v1/ask", b'{"question":', length=500))
        assert _status(connection.recv(65536)) == 408


HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def impatient() -> Iterator[str]:
    """A server that waits a second for nobody."""
    limits = ServerSettings(header_timeout_s=0.5, body_timeout_s=0.5, max_connections=4)
    with running(FakeEngine(seeds()).as_engine(), limits) as url:
        yield url


def _until_closed(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            received += chunk
    return received


def _trickle(connection: socket.socket, *, seconds: float) -> None:
    """Send a header now and then, never the empty line that ends them."""
    ends_at = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < ends_at:
            connection.sendall(b"X-A: b\r\n")
            time.sleep(0.1)


def test_headers_that_never_end_are_given_up(impatient: str) -> None:
    began = time.monotonic()
    with closing(_connect(impatient)) as connection:
        connection.sendall(HEAD)
        threading.Thread(target=_trickle, args=(connection,), kwargs={"seconds": 5}, daemon=True).start()
        response = _until_closed(connection)
    assert _status(response) == 408
    assert json.loads(response.partition(b"\r\n\r\n")[2])["detail"] == "The headers did not arrive within 0.5 s."
    assert time.monotonic() - began < 4
    assert _status(_send(impatient, HEAD + b"Connection: close\r\n\r\n")) == 200


def test_second_request_of_a_connection_has_its_own_time(impatient: str) -> None:
    with closing(_connect(impatient)) as connection:
        for _ in range(3):
            time.sleep(0.3)
            connection.sendall(HEAD)
            connection.sendall(b"\r\n")
            assert _status(connection.recv(65536)) == 200
        connection.sendall(HEAD)
        assert _status(_until_closed(connection)) == 408


def test_connection_that_says_nothing_is_closed(impatient: str) -> None:
    with closing(_connect(impatient)) as connection:
        assert _until_closed(connection) == b""


def test_body_that_trickles_after_its_answer_is_given_up(impatient: str) -> None:
    with closing(_connect(impatient)) as connection:
        connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
        threading.Thread(target=_trickle, args=(connection,), kwargs={"seconds": 5}, daemon=True).start()
        began = time.monotonic()
        assert _status(_until_closed(connection)) in (404, 405)
    assert time.monotonic() - began < 4


def test_answer_that_nobody_reads_is_given_up() -> None:
    fake = FakeEngine(seeds())
    article = next(iter(fake.articles_by_id.values()))
    fake.articles_by_id["long"] = dataclasses.replace(article, id="long", raw=article.raw + "a" * 20_000_000)
    with running(fake.as_engine(), ServerSettings(body_timeout_s=0.5)) as url, closing(_connect(url)) as connection:
        connection.sendall(_get("/v1/articles/long"))
        assert connection.recv(1000)
        time.sleep(2)
        assert len(_until_closed(connection)) < 15_000_000
        assert _status(_send(url, _get("/healthz"))) == 200


def test_too_long_headers_are_refused(impatient: str) -> None:
    with closing(_connect(impatient)) as connection:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            for _ in range(100):
                connection.sendall(b"X-A: " + b"b" * 5000 + b"\r\n" if _ else HEAD)
                time.sleep(0.001)
        received = _until_closed(connection)
    assert not received or _status(received) == 431


def test_connections_over_the_limit_are_refused_and_the_server_goes_on(impatient: str) -> None:
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(closing(_connect(impatient))) for _ in range(4)]
        time.sleep(0.1)
        crowded = _send(impatient, _get("/v1/models"))
        assert _status(crowded) == 503
        assert b"retry-after: 1" in crowded.lower()
        assert b'"type":"urn:newsqa:problem:busy"' in crowded
        assert _status(_send(impatient, _get("/healthz"))) == 200
        beyond = [stack.enter_context(closing(_connect(impatient))) for _ in range(6)]
        assert _until_closed(beyond[-1]) == b""
        for connection in idle:
            _until_closed(connection)
    time.sleep(0.2)
    assert _status(_send(impatient, _get("/v1/models"))) == 200


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/ask", {"question": "What about the deterrence?"}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "What about the deterrence?"}]}),
        ("/v1/responses", {"input": "What about the deterrence?"}),
    ],
)
def test_client_that_goes_stops_the_work(path: str, words: dict[str, object]) -> None:
    fake = FakeEngine(seeds())
    waiting, go_on = threading.Event(), threading.Event()
    calls = iter(range(100))

    def wait() -> None:
        if next(calls) == 1:  # between the first event and the second
            waiting.set()
            go_on.wait(20)

    fake.before_event = wait
    with running(fake.as_engine()) as url:
        body = json.dumps(words | {"stream": True}).encode()
        with closing(_connect(url)) as connection:
            connection.sendall(_post(path, body))
            assert connection.recv(65536)
            assert waiting.wait(20)
        time.sleep(0.3)
        go_on.set()
        ends_at = time.monotonic() + 10
        while not fake.closed_streams and time.monotonic() < ends_at:
            time.sleep(0.01)
    assert fake.closed_streams == 1
    assert next(calls) == 2, "the engine was asked for more although nobody listens"


def test_client_that_goes_stops_an_answer_without_a_stream_too() -> None:
    fake = FakeEngine(seeds())
    stopped = threading.Event()

    def wait() -> None:
        ends_at = time.monotonic() + 20
        while not fake.should_stop() and time.monotonic() < ends_at:
            time.sleep(0.01)
        if fake.should_stop():
            stopped.set()

    fake.before_event = wait
    with running(fake.as_engine()) as url:
        with closing(_connect(url)) as connection:
            connection.sendall(_post("/v1/ask", ASK))
            ends_at = time.monotonic() + 10
            while not fake.questions and time.monotonic() < ends_at:
                time.sleep(0.01)
            assert fake.questions
        assert stopped.wait(10)
        fake.before_event = lambda: None
        assert b'route="/v1/ask",status="499"} 1.0' in _send(url, _get("/metrics"))


def test_more_connections_than_the_limit_are_told_so() -> None:
    fake = FakeEngine(seeds())
    release = threading.Event()
    fake.before_event = lambda: _wait(release)
    with running(fake.as_engine(), ServerSettings(max_in_flight=3, threads=3)) as url:
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.append(_status(_send(url, _post("/v1/ask", ASK)))))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        ends_at = time.monotonic() + 10
        while len(statuses) < 5 and time.monotonic() < ends_at:
            time.sleep(0.01)
        release.set()
        for thread in threads:
            thread.join(20)
        assert sorted(statuses) == [200] * 3 + [503] * 5
        assert _status(_send(url, _post("/v1/ask", ASK))) == 200


def _wait(event: threading.Event) -> None:
    event.wait(20)


# --- the command ---


def _serve(index: Path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "rag.cli", "serve", "--index", str(index), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        message = json.loads(line)["message"]
        if "running on" in message:
            return process, message.split(" ")[3]
    raise AssertionError("the server did not start")


def test_running_server_sees_what_another_process_indexes_and_stops_when_told(tmp_path: Path) -> None:
    folder, index = tmp_path / "articles", tmp_path / "index"
    folder.mkdir()
    shutil.copy(seeds() / "001_8d2cb2aa2a8e2621.txt", folder)
    newsqa = [sys.executable, "-m", "rag.cli"]
    subprocess.run([*newsqa, "index", str(folder), "--index", str(index)], check=True, capture_output=True)
    process, address = _serve(index)
    try:
        question = json.dumps({"question": "Who is Ada Moss?"}).encode()
        before = _send(address, _post("/v1/ask", question))
        assert b'"status":"abstained"' in before
        (folder / "new.txt").write_text(
            "Ada Moss is the mayor of Harbour City. She took office in May.\n\nMoss said the bridge would open soon.\n"
        )
        subprocess.run([*newsqa, "index", "--index", str(index)], check=True, capture_output=True)
        after = _send(address, _post("/v1/ask", json.dumps({"question": "What did Ada Moss say?"}).encode()))
        assert b'"path":"new.txt"' in after
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in log
    assert "Moss" not in log


def test_public_address_without_a_key_does_not_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag.cli", "serve", "--host", "0.0.0.0", "--port", "0", "--index", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("newsqa: listening on '0.0.0.0' without an API key")
