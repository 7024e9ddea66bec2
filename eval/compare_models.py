"""The same questions, model and server: newsqa beside LlamaIndex's CitationQueryEngine.

    python -m eval.compare_models --base-url http://127.0.0.1:8080/v1 --model qwen2.5 [--golden FILE] [--corpus FOLDER]
        [--sample N] [--server-pid PID] [--records FILE]

Both embed with wordllama. LlamaIndex indexes the files as they are, with its own splitter and defaults. Prompt tokens
are what the server reports of all calls for a question; newsqa may make a second one, to verify. A server that reads
one prompt at a time keeps the last one, which helps whoever asks several times in a row; so the two are asked in
blocks, and not in turn. On a machine that does other things, seconds by the clock say little: with `--server-pid` the
processor seconds of the server are counted as well.

A fact counts as cited when the answer cites a text of the right file that states it and holds a gold sentence, or
lies in one: a sentence with newsqa, with LlamaIndex a source node of which `[n]` or `[Source n]` stands in the answer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.cases import Case, GoldSpan, load_cases, states
from rag.config import LLMSettings, Settings
from rag.engine import Engine
from rag.llm import ChatMessage
from rag.models.openai_chat import OpenAIChatModel
from rag.models.wordllama_embedder import WordLlamaEmbedder
from rag.schema import Usage

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine

GOLDEN = Path(__file__).with_name("golden.jsonl")
NO_ANSWER = ("not in the articles", "empty response", "do not", "does not", "no information", "not mention", "cannot")
"""What counts as a refusal of the other engine, which has no field for it; generous to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to one engine."""

    engine: str
    id: str
    question: str
    answerable: bool
    facts: int
    facts_found: int
    facts_cited: int
    refused: bool
    seconds: float
    server_seconds: float | None
    """Processor time of the model's server; None where its process is not known."""
    prompt_tokens: int | None
    text: str


class CountingModel(OpenAIChatModel):
    """Remembers what it was charged since `last` was reset."""

    last: Usage | None = None

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Any:
        """Stream as usual, and keep the usage."""
        for delta in super().stream(messages, max_tokens=max_tokens):
            if delta.usage is not None:
                before = self.last or Usage(0, 0)
                self.last = Usage(
                    before.prompt_tokens + delta.usage.prompt_tokens,
                    before.completion_tokens + delta.usage.completion_tokens,
                )
            yield delta


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask both and print a table; answers go to `--records` as JSON lines."""
    options = _parser().parse_args(arguments)
    llm = LLMSettings(
        model=options.model, base_url=options.base_url, timeout_s=600, retries=0, context_tokens=options.context
    )
    cases = [case for case in load_cases(options.golden) if not options.ids or case.id in options.ids]
    wanted = spread(cases, options.sample)
    model = CountingModel(options.model, llm)
    stopwatch = Stopwatch(options.server_pid)
    asked = []
    with (options.records or Path(os.devnull)).open("w", encoding="utf-8") as records:
        for ask in (_ask_newsqa, _ask_llama_index):
            for row in ask(wanted, options.corpus, llm, model, stopwatch):
                asked.append(row)
                records.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
                records.flush()
    sys.stdout.write(as_table(asked) + "\n")
    return 0


def spread(cases: Sequence[Case], count: int | None) -> list[Case]:
    """Return so many cases at even distances; all of them for None."""
    if count is None or count >= len(cases):
        return list(cases)
    return [cases[place * len(cases) // count] for place in range(count)]


class Stopwatch:
    """Takes the time of a call: by the clock, and what processors the server used."""

    def __init__(self, server_pid: int | None) -> None:
        """Watch a server process, on Linux; None watches the clock alone."""
        self._stat = Path(f"/proc/{server_pid}/stat") if server_pid else None

    def time(self, call: Callable[[], Any]) -> tuple[Any, float, float | None]:
        """Return what a call returns, its seconds, and the server's processor seconds."""
        started, used = time.perf_counter(), self._used()
        result = call()
        after = self._used()
        return result, time.perf_counter() - started, None if after is None or used is None else after - used

    def _used(self) -> float | None:
        if self._stat is None:
            return None
        fields = self._stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def as_table(asked: Sequence[Asked]) -> str:
    """Compare the engines in Markdown; medians are over questions for which the model was asked."""
    lines = [
        "| engine | facts stated | facts cited | refused rightly | asked the model | median seconds "
        "| median processor seconds of the server | median prompt tokens |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for engine in dict.fromkeys(row.engine for row in asked):
        rows = [row for row in asked if row.engine == engine]
        reached = [row for row in rows if row.prompt_tokens is not None]
        facts = sum(row.facts for row in rows)
        absent = [row for row in rows if not row.answerable]
        cells = (
            engine,
            f"{sum(row.facts_found for row in rows)}/{facts}",
            f"{sum(row.facts_cited for row in rows)}/{facts}",
            f"{sum(row.refused for row in absent)}/{len(absent)}",
            f"{len(reached)}/{len(rows)}",
            _median([row.seconds for row in reached], ".1f"),
            _median([row.server_seconds for row in reached if row.server_seconds is not None], ".1f"),
            _median([row.prompt_tokens for row in reached if row.prompt_tokens is not None], ".0f"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _median(values: Sequence[float], form: str) -> str:
    return format(statistics.median(values), form) if values else "-"


def _ask_newsqa(
    cases: Sequence[Case], corpus: Path, llm: LLMSettings, model: CountingModel, stopwatch: Stopwatch
) -> Iterator[Asked]:
    with (
        tempfile.TemporaryDirectory(prefix="newsqa-eval-") as folder,
        Engine.open(Settings(index=Path(folder, "index"), llm=llm), llm=model) as engine,
    ):
        engine.index([corpus])
        for case in cases:
            model.last = None
            answer, *took = stopwatch.time(partial(engine.ask, case.ask()))
            cited = [(citation.path, citation.quote) for citation in answer.citations]
            yield _row("newsqa", case, answer.text, cited, took, model, refused=answer.status == "abstained")


def _ask_llama_index(
    cases: Sequence[Case], corpus: Path, llm: LLMSettings, model: CountingModel, stopwatch: Stopwatch
) -> Iterator[Asked]:
    engine = _citation_query_engine(corpus, model, llm)
    for case in cases:
        model.last = None
        response, *took = stopwatch.time(partial(engine.query, case.question))
        text = str(response)
        numbers = cited_numbers(text)
        nodes = [found.node for number, found in enumerate(response.source_nodes, 1) if number in numbers]
        cited = [(str(node.metadata.get("file_name")), node.get_content()) for node in nodes]
        refused = any(words in text.lower() for words in NO_ANSWER)
        yield _row("CitationQueryEngine", case, text, cited, took, model, refused=refused)


def cited_numbers(text: str) -> set[int]:
    """Return the numbers of the sources that an answer of the other engine cites: "[2]", "[Source 2]", "[1, 3]"."""
    marks = re.findall(r"\[((?:sources? )?\d{1,3}(?:, ?(?:source )?\d{1,3})*)\]", text, re.IGNORECASE)
    return {int(number) for mark in marks for number in re.findall(r"\d+", mark)}


def _row(
    engine: str,
    case: Case,
    text: str,
    cited: Sequence[tuple[str, str]],
    took: Sequence[float | None],
    model: CountingModel,
    *,
    refused: bool,
) -> Asked:
    seconds, server_seconds = took
    stated = [fact for fact in case.facts if states(fact, text)]
    right = [quote for path, quote in cited if any(_holds(path, quote, gold) for gold in case.evidence)]
    return Asked(
        engine=engine,
        id=case.id,
        question=case.question,
        answerable=case.answerable,
        facts=len(case.facts),
        facts_found=len(stated),
        facts_cited=sum(any(states(fact, quote) for quote in right) for fact in stated),
        refused=refused,
        seconds=round(seconds or 0.0, 2),
        server_seconds=server_seconds,
        prompt_tokens=model.last.prompt_tokens if model.last else None,
        text=text,
    )


def _holds(path: str, quote: str, gold: GoldSpan) -> bool:
    one, other = (" ".join(text.split()) for text in (quote, gold.quote))
    return path == gold.file and (one in other or other in one)


def _citation_query_engine(corpus: Path, model: CountingModel, llm: LLMSettings) -> BaseQueryEngine:
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
    from llama_index.core.llms import CustomLLM
    from llama_index.core.query_engine import CitationQueryEngine

    from rag.llamaindex import NewsqaEmbedding

    class SameModel(CustomLLM):
        """The model that newsqa asks, as LlamaIndex wants it."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(
                model_name=model.name, context_window=llm.context_tokens, num_output=llm.max_answer_tokens
            )

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
            pieces = model.stream([ChatMessage("user", prompt)], max_tokens=llm.max_answer_tokens)
            return CompletionResponse(text="".join(piece.text for piece in pieces))

        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
            raise NotImplementedError

    embedding = NewsqaEmbedding(embedder=WordLlamaEmbedder())
    documents = SimpleDirectoryReader(str(corpus)).load_data()
    index = VectorStoreIndex.from_documents(documents, embed_model=embedding)
    return CitationQueryEngine.from_args(index, llm=SameModel(), similarity_top_k=3)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.compare_models", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--base-url", required=True, help="OpenAI-compatible server")
    parser.add_argument("--model", required=True, help="name of the model there")
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    parser.add_argument("--corpus", type=Path, default=Path("seeds"))
    parser.add_argument("--context", type=int, default=8192, help="tokens that the model can read")
    parser.add_argument("--sample", type=int, default=None, help="only so many questions, at even distances")
    parser.add_argument("--server-pid", type=int, default=None, help="process of the server, to count what it uses")
    parser.add_argument("--ids", nargs="*", default=[], help="only these questions")
    parser.add_argument("--records", type=Path, default=None, help="write every answer here, one JSON object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
