"""What the repository promises about itself: pins, generated pages, make targets, no addresses, no network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
REQUIREMENTS = [
    Requirement(text)
    for text in (
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["local"],
        *PROJECT["dependency-groups"]["dev"],
    )
]


def test_every_pin_is_a_name_and_an_exact_version() -> None:
    assert PINS
    for line in PINS:
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*==[0-9][0-9A-Za-z.!+]*", line), line


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    pinned = dict(line.split("==") for line in PINS)
    for requirement in REQUIREMENTS:
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} has no pin; run `make pins`"
        assert requirement.specifier.contains(pinned[name], prereleases=True), (name, pinned[name])


def test_runtime_installs_no_torch() -> None:
    assert not [line for line in PINS if line.startswith(("torch==", "transformers==", "nvidia-"))]


def test_configuration_page_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "scripts/configuration.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert page == made, "run `make docs`"


def test_links_between_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} == linked


def test_embedded_default_works_where_there_is_no_network(tmp_path: Path) -> None:
    """Compiled libraries open sockets that pytest-socket does not see; an empty network namespace has none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    isolated = [unshare, "--map-root-user", "--net"]
    permitted = subprocess.run([*isolated, "true"], capture_output=True, check=False)
    if permitted.returncode:
        pytest.skip(f"unshare is not permitted here: {permitted.stderr.decode().strip()}")
    newsqa = [*isolated, sys.executable, "-m", "rag.cli"]
    for arguments in (["index", "seeds"], ["ask", "What did Blinken say?"], ["doctor"]):
        done = subprocess.run(
            [*newsqa, *arguments, "--index", str(tmp_path / "index")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_seeds_are_kept_byte_for_byte() -> None:
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert "seeds/** -text" in attributes


@pytest.mark.parametrize("name", ["Makefile", ".ci/run", "Dockerfile", "compose.yaml", "README.md", "constraints.txt"])
def test_nothing_names_a_machine_or_a_registry(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.$}])/(?:work|home|root|Users)/", text)
    for forbidden in ("../shared", "index-url", "find-links", "pypi.org", "file://"):
        assert forbidden not in text
