"""The README's examples are run as they stand there, over the seeds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.config import Settings
from rag.engine import Engine
from tests.api.live import running

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVER = "http://127.0.0.1:8000"
ELLIPSIS = "…"


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _examples() -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in "".join(_blocks("console")).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme") / "index"


@pytest.fixture(scope="module")
def server(index: Path) -> Iterator[str]:
    with Engine.open(Settings(index=index)) as engine:
        engine.index([ROOT / "seeds"])
        with running(engine) as address:
            yield address


def _run(command: str, index: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "NEWSQA_INDEX": str(index), "PATH": path}
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_console_examples_print_what_the_readme_says(index: Path, server: str) -> None:
    commands = _examples()
    assert len(commands) >= 8
    for command, expected in commands:
        if command.startswith("curl") and shutil.which("curl") is None:
            continue
        printed = _run(command.replace(SERVER, server), index)
        for line in expected:
            for piece in filter(None, map(str.strip, line.split(ELLIPSIS))):
                assert piece in printed or command == "newsqa index seeds", f"{command}\nprinted: {printed}"


def test_python_example_talks_to_the_server(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = _blocks("python")
    exec(compile(code.replace(SERVER, server), "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "Blinken" in printed
    assert f"{server}/#article=" in printed


def test_commands_of_the_readme_exist() -> None:
    from rag.cli.group import COMMANDS, PLUGINS

    used = set(re.findall(r"^(?:\$ )?newsqa (\w+)", README, re.MULTILINE))
    assert used <= {*COMMANDS, *PLUGINS}
