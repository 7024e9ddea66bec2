"""The command line. `newsqa --help` imports nothing but click; each command loads what it needs when it runs.

`eval` and `serve` live in other packages and are found by name in the entry-point group `newsqa.commands`: each entry
is a `click.Command` in a module that imports nothing heavy at its top.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Final

YOUNG_OBJECTS: Final = 50_000
"""What the garbage collector of this process lets come together before it looks."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 misused, 3 abstained (`ask` only)."""
    # Before numpy comes in. The matrix products of a question are small: threads that wait for them by spinning cost
    # 20 ms of processor time a question (6,264 articles, 2 cores) and made none quicker.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A question makes some 10,000 objects that nothing holds when it is answered; looking at every 700th took a sixth
    # of its processor time, and a thirtieth of what it takes to write an ingest.
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    from rag.cli.group import run

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))
