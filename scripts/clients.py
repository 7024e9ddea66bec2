"""Run the packages that people use against a server of ours: OpenAI's for Python and JavaScript, LangChain, LlamaIndex.

    python scripts/clients.py [openai-2 openai-newest frameworks node]

Each has an environment of its own under `.clients/`, built from the package registry that pip and npm are set up for. A
client that cannot be installed is skipped with the reason; one that fails makes the run fail. What a client is asked is
in `scripts/client_programs/`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from load import serving

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(__file__).parent / "client_programs"
ENVIRONMENTS = ROOT / ".clients"
INSTALL_S = 900
RUN_S = 180


class Skipped(Exception):
    """A client cannot be installed here."""


@dataclass(frozen=True)
class Client:
    """An environment and what runs in it."""

    packages: tuple[str, ...]
    programs: tuple[str, ...]
    install: Callable[[Path, tuple[str, ...]], Path]
    """Returns the program that runs the programs."""


def main() -> None:
    """Install, serve, run, report."""
    chosen = sys.argv[1:] or list(CLIENTS)
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        newsqa = [sys.executable, "-m", "rag.cli", "index", str(ROOT / "seeds"), "--index", folder]
        subprocess.run(newsqa, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with serving(Path(folder)) as server:
            for name in chosen:
                try:
                    failed += _run(name, f"http://127.0.0.1:{server.port}/v1")
                except Skipped as reason:
                    print(f"{name}: skipped: {reason}", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _run(name: str, url: str) -> list[str]:
    client = CLIENTS[name]
    runner = client.install(ENVIRONMENTS / name, client.packages)
    failed = []
    for program in client.programs:
        # Node looks for packages beside the program, not where it is run.
        copied = shutil.copy(PROGRAMS / program, ENVIRONMENTS / name)
        done = subprocess.run([str(runner), str(copied), url], timeout=RUN_S, check=False)
        failed += [f"{name} {program}"] if done.returncode else []
    return failed


def _install_python(folder: Path, packages: tuple[str, ...]) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    _install([str(python), "-m", "pip", "install", "-q", "--upgrade", *packages], folder)
    return python


def _install_node(folder: Path, packages: tuple[str, ...]) -> Path:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Skipped("node and npm are not installed")
    folder.mkdir(parents=True, exist_ok=True)
    _install(
        [npm, "install", "--loglevel=error", "--no-audit", "--no-fund", "--prefix", str(folder), *packages], folder
    )
    return Path(node)


def _install(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).splitlines()
        errors = (line for line in lines if "error" in line.lower())
        raise Skipped(next(errors, f"{command[0]} failed without a word"))


CLIENTS = {
    "openai-2": Client(("openai>=2,<3", "pydantic"), ("openai_package.py",), _install_python),
    "openai-newest": Client(("openai", "pydantic"), ("openai_package.py",), _install_python),
    "frameworks": Client(
        ("langchain-openai", "llama-index-llms-openai-like"),
        ("langchain_package.py", "llamaindex_package.py"),
        _install_python,
    ),
    "node": Client(("openai",), ("openai_package.mjs",), _install_node),
}

if __name__ == "__main__":
    main()
