"""Behind a proxy, under a path of its own: what the proxy says is believed where it is trusted, and links follow."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from rag.config import ServerSettings
from tests.api.live import running
from tests.fake_engine import FakeEngine, seeds

DOCS = Path(__file__).parent.parent.parent / "docs" / "api.md"
QUESTION = "What about the deterrence?"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/news", "Host": "news.localhost"}


def _link(url: str, headers: dict[str, str], *, path: str = "/v1/chat/completions") -> str:
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    reply: Any = httpx2.post(f"{url}{path}", json=body, headers=headers, timeout=20).json()
    found: str = reply["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    return found.partition("#")[0]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/news/v1/chat/completions"])
def test_links_follow_a_proxy_whether_it_takes_the_prefix_off_or_not(path: str) -> None:
    with running(FakeEngine(seeds()).as_engine()) as url:
        assert _link(url, FORWARDED, path=path) == "https://news.localhost/news/"
        strange = FORWARDED | {"X-Forwarded-Prefix": "//evil.example.com/"}
        assert _link(url, strange) == "https://news.localhost/"


def test_stranger_is_not_believed() -> None:
    with running(FakeEngine(seeds()).as_engine(), ServerSettings(trusted_proxies=("10.0.0.0/8",))) as url:
        assert _link(url, FORWARDED) == "http://news.localhost/"


def test_path_can_be_set() -> None:
    with running(FakeEngine(seeds()).as_engine(), ServerSettings(root_path="/press/news")) as url:
        assert _link(url, {}) == f"{url}/press/news/"
        assert httpx2.get(f"{url}/press/news/static/style.css", timeout=20).status_code == 200
        assert httpx2.get(f"{url}/healthz", timeout=20).status_code == 200
        created = httpx2.post(f"{url}/v1/articles", json={"text": "The bridge opened."}, timeout=20)
        assert httpx2.get(f"{url}{created.headers['location']}", timeout=20).status_code == 200
        assert created.headers["location"].startswith("/press/news/v1/articles/")
        missing: Any = httpx2.get(f"{url}/press/news/v1/models/none", timeout=20).json()
        assert (missing["instance"], missing["error"]["code"]) == ("/press/news/v1/models/none", "model_not_found")


# --- nginx, by the block in the documentation ---


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    with running(FakeEngine(seeds()).as_engine()) as url, _nginx(program, tmp_path, url) as address:
        yield address


@contextmanager
def _nginx(program: str, folder: Path, upstream: str) -> Iterator[str]:
    documented = re.search(r"```nginx\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert documented is not None
    block = documented[1].replace("http://127.0.0.1:8000", upstream)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in _TEMPORARY)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; {block} }} }}\n"
    )
    command = [program, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_it_listens(process, port)
        yield f"http://127.0.0.1:{port}/news"
    finally:
        process.terminate()
        process.communicate(timeout=20)


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _wait_until_it_listens(process: subprocess.Popen[str], port: int) -> None:
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        assert process.poll() is None, process.communicate()[1]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


def test_documented_nginx_block_serves_page_api_and_streams(nginx: str) -> None:
    page = httpx2.get(f"{nginx}/", timeout=20).text
    addresses = re.findall(r'(?:href|src)="(static/[^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        assert httpx2.get(f"{nginx}/{address}", timeout=20).status_code == 200
    document: Any = httpx2.get(f"{nginx}/openapi.json", timeout=20).json()
    assert document["servers"] == [{"url": "/news"}]
    client = openai.OpenAI(base_url=f"{nginx}/v1", api_key="none", max_retries=0)
    message = (
        client.chat.completions.create(model="newsqa", messages=[{"role": "user", "content": QUESTION}])
        .choices[0]
        .message
    )
    assert message.annotations is not None
    assert message.annotations[0].url_citation.url.startswith(f"{nginx}/#article=")
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-4o'"):
        client.models.retrieve("gpt-4o")


def test_stream_passes_nginx_piece_by_piece(tmp_path: Path) -> None:
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    fake = FakeEngine(seeds())
    fake.before_event = lambda: time.sleep(0.5)
    with running(fake.as_engine()) as upstream, _nginx(program, tmp_path, upstream) as address:
        arrived = []
        body = {"question": QUESTION, "stream": True}
        with httpx2.stream("POST", f"{address}/v1/ask", json=body, timeout=20) as response:
            for line in response.iter_lines():
                if line.startswith("data: ") and "text" in json.loads(line.removeprefix("data: ")):
                    arrived.append(time.monotonic())
    assert arrived[-1] - arrived[0] > 0.4
