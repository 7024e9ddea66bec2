"""Print exact pins of everything that newsqa and its development tools install: `make pins` writes constraints.txt.

What stands in the environment beside that (somebody's experiments) is left out, and so are addresses.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# pip itself, because dependency groups need a recent one, and the build backend.
TOOLS = ("pip", "setuptools")


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Return name and installed version of every distribution that the requirements lead to."""
    pins: dict[str, str] = {}
    todo = [(Requirement(text), frozenset[str]()) for text in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement, extras_of_parent = todo.pop()
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras_of_parent or {""}
        ):
            continue
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(requirement.name)
        except PackageNotFoundError:
            print(f"not installed, left out: {requirement}", file=sys.stderr)
            continue
        pins[name] = found.version
        todo += [(Requirement(text), extras | {""}) for text in found.requires or ()]
    return pins


def main() -> None:
    """Print the pins of the project in the current folder."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    requirements = [
        *project["project"]["dependencies"],
        *(item for extra in project["project"]["optional-dependencies"].values() for item in extra),
        *project["dependency-groups"]["dev"],
        *TOOLS,
    ]
    print("# Exact versions of the whole environment, made by `make pins`. Used as a pip constraint: nothing here is")
    print("# installed unless pyproject.toml leads to it.")
    for name, version in sorted(closure(requirements).items()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
