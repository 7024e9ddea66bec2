"""Questions to try, drawn from what is indexed; each is answered by it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from itertools import islice

from rag.catalog import SpeakerCount
from rag.engine import Engine
from rag.schema import Question

COUNT = 4
TRIED = 24  # speakers asked about at most, so that a large index does not make the page wait

# "Ada Moss", "Kim Jong-un", "Cho Tae Yul": people and bodies read well in a question; "officials" and "US" do not.
_NAME = re.compile(r"[^\W\d_a-z][\w’'.-]*(?: [^\W\d_a-z][\w’'.-]*){1,3}")


class Examples:
    """Finds questions once for each state of the index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: tuple[tuple[str, int], list[str]] | None = None

    def of(self, engine: Engine) -> list[str]:
        """Return a few questions that the index answers; none for an empty one."""
        state = (engine.index_id, engine.articles(limit=1).total)
        with self._lock:
            if self._found is None or self._found[0] != state:
                self._found = (state, list(islice(_answered(engine), COUNT)))
            return self._found[1]


def _answered(engine: Engine) -> Iterable[str]:
    for speaker in _by_likeliness(engine.speakers())[:TRIED]:
        question = f"What did {speaker.name} say?"
        if engine.ask(Question(text=question, max_statements=2, model="extractive")).status == "answered":
            yield question


def _by_likeliness(speakers: Iterable[SpeakerCount]) -> list[SpeakerCount]:
    """Return speakers whose name is a name, those first that are no place ("the United States" reads badly)."""
    from rag.text.places import place_aliases

    named = [speaker for speaker in speakers if _NAME.fullmatch(speaker.name) and len(speaker.name) < 40]
    return sorted(named, key=lambda speaker: place_aliases(speaker.name) is not None)
