"""What requests look like. Answers are in `rag/wire`, shared with the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, WithJsonSchema, model_validator

from rag.schema import Filters, Question, Turn

MAX_QUESTION_CHARS = 4000
MAX_TURNS = 100
"""Of a longer conversation the end is read; refusing it would end it for good, as clients send all of it each time."""
MAX_TURN_CHARS = 20_000
"""Of a longer earlier message the beginning is read."""

VISIBLE = r"[^\s\x00-\x1f\ufeff]"
"""Something that can be seen."""

_DAY = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])"

_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


def _read_day(value: object) -> object:
    if not isinstance(value, str):
        if isinstance(value, date) or value is None:
            return value
        raise ValueError("expected a date such as 2024-06-21")
    try:
        return date.fromisoformat(value)
    except ValueError:
        if "T" not in value.upper() and " " not in value.strip():
            raise ValueError("expected a date such as 2024-06-21") from None  # pydantic takes "0" for a moment of 1970
        return _MOMENT.validate_strings(value).date()


Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
"""A day in ISO 8601; of a moment, the day is kept."""

QuestionText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARS,
        pattern=VISIBLE,
        examples=["What did Blinken say?"],
    ),
]


ArticleText = Annotated[str, Field(min_length=1, pattern=VISIBLE)]

PublishedText = Annotated[
    str,
    Field(
        max_length=100,
        pattern=rf"^[0-9]{{4}}(-(0[1-9]|1[0-2])|-({_DAY})([T ][0-9:.+Z-]*)?)?$",
        description="ISO 8601, as much of it as is known",
    ),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Selection(BaseModel):
    """Which articles may answer, and how long the answer may be. Null is the default."""

    since: Day | None = Field(None, description="Only articles of this day or later")
    until: Day | None = Field(None, description="Only articles of this day or earlier")
    as_of: Day | None = Field(None, description="Articles near this day weigh more; none is excluded")
    paths: list[Annotated[str, Field(min_length=1, max_length=1000)]] | None = Field(
        default=[], max_length=100, description="fnmatch globs over the whole path", examples=[["reuters/*.txt"]]
    )
    max_statements: int | None = Field(8, ge=1, le=200, strict=True)

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")
        return self

    def to_question(
        self, text: str, *, history: Sequence[Turn], model: str | None, instructions: str | None = None
    ) -> Question:
        """Convert to the inside."""
        return Question(
            text=text,
            history=tuple(Turn(turn.role, turn.content[:MAX_TURN_CHARS]) for turn in history[-MAX_TURNS:]),
            filters=Filters(since=self.since, until=self.until, as_of=self.as_of, paths=tuple(self.paths or ())),
            max_statements=self.max_statements or 8,
            model=model,
            instructions=instructions,
        )


class TurnRequest(_Request):
    """One earlier message of the conversation; the server keeps none."""

    role: Literal["user", "assistant"]
    content: str


class AskRequest(Selection, _Request):
    """A question, and which articles may answer it."""

    question: QuestionText
    history: list[TurnRequest] = Field(
        default=[], description=f"Earlier messages, oldest first; the last {MAX_TURNS} are read"
    )
    model: str | None = Field(
        None, min_length=1, max_length=200, description="`newsqa`, `extractive`, or another that the server offers"
    )
    stream: bool | None = Field(
        None, strict=True, description="Answer with server-sent events; else the `Accept` header decides"
    )

    def question_of(self, model: str | None) -> Question:
        """Convert to the inside."""
        history = [Turn(turn.role, turn.content) for turn in self.history]
        return self.to_question(self.question, history=history, model=model)


class UploadFields(_Request):
    """What is known about an article that is sent."""

    title: str | None = Field(None, max_length=1000)
    published: PublishedText | None = Field(None, examples=["2024-06-21", "2024-06", "2024-06-21T09:30:00Z"])
    publisher: str | None = Field(None, max_length=300)
    author: str | None = Field(None, max_length=300)
    url: str | None = Field(None, max_length=2000)


class UploadRequest(UploadFields):
    """An article, with what is known about it; only the text is required."""

    text: ArticleText = Field(description="The article, as scraped", examples=["Seoul, June 21 - ..."])
    name: str = Field(
        "upload.txt",
        min_length=1,
        max_length=255,
        description="Becomes the path; `.md` and `.html` say what the text is. No file is written under it",
    )
