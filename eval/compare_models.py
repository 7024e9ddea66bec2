"""The same questions, model and server: newsqa beside LlamaIndex's CitationQueryEngine.

    python -m eval.compare_models --base-url http://127.0.0.1:8080/v1 --model qwen2.5 [--golden FILE] [--corpus FOLDER]

Both embed with wordllama. LlamaIndex indexes the files as they are, with its own splitter and defaults. Prompt tokens
are what the server reports. A server that reads one prompt at a time keeps the last one, which helps whoever asks
several times in a row; so the two are asked in blocks, and not in turn.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.cases import Case, load_cases, states
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
    refused: bool
    seconds: float
    prompt_tokens: int | None
    text: str


class CountingModel(OpenAIChatModel):
    """Remembers what its last answer was charged."""

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
    cases = load_cases(options.golden)
    wanted = [case for case in cases if not options.ids or case.id in options.ids][: options.limit]
    model = CountingModel(options.model, llm)
    asked = [*_ask_newsqa(wanted, options.corpus, llm, model), *_ask_llama_index(wanted, options.corpus, model, llm)]
    if options.records:
        lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in asked)
        options.records.write_text("".join(lines), encoding="utf-8")
    sys.stdout.write(as_table(asked) + "\n")
    return 0


def as_table(asked: Sequence[Asked]) -> str:
    """Compare the engines in Markdown; medians are over questions for which the model was asked."""
    lines = ["| engine | facts | refused rightly | median seconds | median prompt tokens |", "|---|---|---|---|---|"]
    for engine in dict.fromkeys(row.engine for row in asked):
        rows = [row for row in asked if row.engine == engine]
        reached = [row for row in rows if row.prompt_tokens is not None]
        seconds = statistics.median([row.seconds for row in reached]) if reached else 0.0
        tokens = statistics.median([row.prompt_tokens or 0 for row in reached]) if reached else 0
        facts, found = sum(row.facts for row in rows), sum(row.facts_found for row in rows)
        absent = [row for row in rows if not row.answerable]
        refused = sum(row.refused for row in absent)
        lines.append(f"| {engine} | {found}/{facts} | {refused}/{len(absent)} | {seconds:.1f} | {tokens:.0f} |")
    return "\n".join(lines)


def _ask_newsqa(cases: Sequence[Case], corpus: Path, llm: LLMSettings, model: CountingModel) -> list[Asked]:
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="newsqa-eval-") as folder,
        Engine.open(Settings(index=Path(folder, "index"), llm=llm), llm=model) as engine,
    ):
        engine.index([corpus])
        for case in cases:
            model.last = None
            started = time.perf_counter()
            answer = engine.ask(case.ask())
            seconds = time.perf_counter() - started
            rows.append(_row("newsqa", case, answer.text, seconds, model.last, refused=answer.status == "abstained"))
    return rows


def _ask_llama_index(cases: Sequence[Case], corpus: Path, model: CountingModel, llm: LLMSettings) -> list[Asked]:
    engine = _citation_query_engine(corpus, model, llm)
    rows = []
    for case in cases:
        model.last = None
        started = time.perf_counter()
        text = str(engine.query(case.question))
        seconds = time.perf_counter() - started
        refused = any(words in text.lower() for words in NO_ANSWER)
        rows.append(_row("CitationQueryEngine", case, text, seconds, model.last, refused=refused))
    return rows


def _row(engine: str, case: Case, text: str, seconds: float, usage: Usage | None, *, refused: bool) -> Asked:
    return Asked(
        engine=engine,
        id=case.id,
        question=case.question,
        answerable=case.answerable,
        facts=len(case.facts),
        facts_found=sum(states(fact, text) for fact in case.facts),
        refused=refused,
        seconds=round(seconds, 2),
        prompt_tokens=usage.prompt_tokens if usage else None,
        text=text,
    )


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
    parser.add_argument("--limit", type=int, default=None, help="only so many questions")
    parser.add_argument("--ids", nargs="*", default=[], help="only these questions")
    parser.add_argument("--records", type=Path, default=None, help="write every answer here, one JSON object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
