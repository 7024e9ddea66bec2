"""The values that travel between the stages, frozen.

Offsets, once and for all: half-open `[start, end)`, in Unicode code points of the decoded raw text, newlines
untouched. `Article.raw` is what they point into; `SourceFile` says how it was decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

# --- positions and dates ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points in an article's raw text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of which parts may be unknown; a part that is not known is None and never guessed.

    Written as in XML Schema: `2024-06-21`, `2024-06`, `2024`, and without a year `--06-21` or `--06`.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        if self.year is None:
            return f"--{self.month or 0:02d}" + (f"-{self.day:02d}" if self.day else "")
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
            if self.day is not None:
                text += f"-{self.day:02d}"
        return text

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read what `str()` writes.

        Raises:
            ValueError: the text has another form, or names no real day.
        """
        yearless = text.startswith("--")
        parts = [int(part) for part in text.lstrip("-").split("-")]
        year, rest = (None, parts) if yearless else (parts[0], parts[1:])
        if len(rest) > 2:
            raise ValueError(f"expected at most year, month and day, found {text!r}")
        month = rest[0] if rest else None
        day = rest[1] if len(rest) > 1 else None
        if month is not None:
            date(year or 2000, month, day or 1)  # 2000 was a leap year, so --02-29 is accepted
        return cls(year, month, day)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Return the complete date of a calendar day."""
        return cls(day.year, day.month, day.day)

    @property
    def full(self) -> date | None:
        """The calendar day, or None where a part is unknown."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def agrees_with(self, other: PartialDate) -> bool:
        """Say whether both could be the same date: no part known to both differs."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(a is None or b is None or a == b for a, b in pairs)


# --- sources ----------------------------------------------------------------------------------------------------

DecodingErrors = Literal["strict", "replace"]
"""How bytes are decoded that the codec does not know: `replace` makes each wrong byte one U+FFFD."""

SourceKind = Literal["text", "markdown", "html", "record"]
"""`record` is one article of a JSON-lines file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a source says about itself outside its text (JSON fields, HTML head, upload form); None is not known."""

    title: str | None = None
    published: PartialDate | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One article as it was found: decoded, and not yet cleaned."""

    path: str
    """POSIX path relative to its root; of a record `file.jsonl#id`, without an id `file.jsonl#L<line>`."""
    raw: str
    """What all offsets point into: the decoded file, a record's `text`, or the visible text of an HTML page."""
    sha256: str
    """Hex digest of the file's bytes; of a record, of its `text` in UTF-8."""
    encoding: str
    """Python codec name that decodes the bytes into `raw`; a byte order mark counts as character 0."""
    kind: SourceKind
    metadata: Metadata = Metadata()
    errors: DecodingErrors = "strict"


@dataclass(frozen=True, slots=True)
class SkippedSource:
    """A file or record that was not read, and why."""

    path: str
    reason: str


# --- articles ---------------------------------------------------------------------------------------------------

BlockKind = Literal["paragraph", "list_item", "heading"]
TitleOrigin = Literal["metadata", "text", "first sentence"]


@dataclass(frozen=True, slots=True)
class Block:
    """One kept paragraph, list item or heading, without the white space around it. Headings are never cited."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Removal:
    """A part of the raw text that is not article body, and the reason: a short snake_case code."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned article. `kept` and the spans of `removed` together partition `raw`."""

    id: str
    """Hash of path and sha256, so the same file gets the same id on any machine."""
    path: str
    raw: str
    sha256: str
    encoding: str
    kind: SourceKind
    kept: tuple[Span, ...]
    """Ascending and disjoint; white space between kept blocks belongs to them."""
    removed: tuple[Removal, ...]
    blocks: tuple[Block, ...]
    """Ascending; each lies inside one kept span."""
    title: str | None = None
    title_from: TitleOrigin | None = None
    """Where the title comes from: `first sentence` stands in where none was found."""
    published: PartialDate | None = None
    published_from: str | None = None
    """Where the date comes from: `metadata`, `text`, `dateline`, `url`, with `; year from ...` when inferred."""
    publisher: str | None = None
    author: str | None = None
    language: str | None = None
    url: str | None = None
    errors: DecodingErrors = "strict"
    is_uncleaned: bool = False
    """Cleaning would have left nothing to cite, so the text stays."""

    @property
    def text(self) -> str:
        """The body: the kept spans of `raw`, joined."""
        return "".join(span.of(self.raw) for span in self.kept)

    @property
    def own_title(self) -> str | None:
        """The title, unless the first sentence only stands in for it: for search, that is in the text already."""
        return None if self.title_from == "first sentence" else self.title

    @property
    def kept_share(self) -> float:
        """The share of the raw text's characters that is body, white space aside, from 0 to 1."""
        size = len("".join(self.raw.split()))
        return len("".join(self.text.split())) / size if size else 0.0


# --- passages and statements ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Consecutive whole sentences of one section. Holds by construction: `raw[start:end] == text`."""

    id: str
    """Hash of article id, start and end."""
    article_id: str
    ordinal: int
    """Position in the article, from 0."""
    span: Span
    text: str
    sentences: tuple[Span, ...]
    """Raw spans of the sentences that can be cited; the heading is not among them."""
    heading: str | None = None
    """The heading this text stands under; part of `text` only in the first passage of its section."""


Speech = Literal["direct", "indirect", "mixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that an article reports somebody to have said."""

    article_id: str
    speaker: str
    """The fullest name the article gives this speaker ("Antony Blinken"), also when the sentence says "he"."""
    mention: str
    """The speaker as the sentence has it ("He", "Blinken", "the U.S. Secretary of State")."""
    cue: str
    """The word that reports the speech ("said", "according to")."""
    content: tuple[Span, ...]
    """Raw spans of what was said, without cue and speaker."""
    sentences: tuple[Span, ...]
    """Raw spans of the sentences that hold speaker, cue and content; what an answer cites."""
    speech: Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEntity:
    """A person, institution or place that an article names."""

    name: str
    """The fullest form in the article."""
    variants: tuple[str, ...]
    """Every form of the name, the fullest first: ("Antony Blinken", "Blinken"); descriptions are not among them."""
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedArticle:
    """All that an ingest makes of one source, before embedding."""

    article: Article
    passages: tuple[Passage, ...]
    statements: tuple[Statement, ...]
    entities: tuple[NamedEntity, ...]


# --- retrieval --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OriginScore:
    """Where one retriever ranked a passage (rank from 1) and its own score (higher is better)."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with the same words."""

    path: str
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles may answer. Dates are inclusive."""

    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    """Reference date: articles near it weigh more, none is excluded."""
    paths: tuple[str, ...] = ()
    """fnmatch globs over the whole path; none means all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPassage:
    """A passage found for a query, with the reasons."""

    passage: Passage
    article: Article
    score: float
    """Fused, higher is better; comparable within one query only."""
    origins: Mapping[str, OriginScore]
    """By retriever: `lexical`, `dense`."""
    also_in: tuple[Copy, ...] = ()


# --- questions and answers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, of which articles, and how long the answer may be."""

    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    max_statements: int = 8
    model: str | None = None
    """Overrides the configured answering model."""
    instructions: str | None = None
    """What form a client asks for ("briefly, in German"); a model reads it, quoting does not."""


Intent = Literal["fact", "said", "summary", "list", "count", "timeline", "latest", "talk", "about_the_index"]
"""What kind of answer a question asks for; `fact` is everything that is none of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as it was understood."""

    asked: str
    """Word for word, or the follow-up as rewritten to stand alone: what a model is shown."""
    text: str
    """What is searched for: without greetings, instructions and background."""
    intent: Intent = "fact"
    speaker: str | None = None
    """Whose words are asked for, as written; None where nobody's are."""
    topic: str | None = None
    """What those words, a list or a count is about; None for everything."""
    instructions: str | None = None
    """What form of answer a client asks for ("briefly, in German"), for the model."""
    filters: Filters = Filters()
    max_statements: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One sentence that can be cited."""

    article: Article
    passage: Passage
    span: Span
    also_in: tuple[Copy, ...] = ()

    @property
    def text(self) -> str:
        """The sentence, exactly as the source has it."""
        return self.span.of(self.article.raw)

    @property
    def list_number(self) -> str:
        """The number of a list that stands before the sentence on its line ("7."); empty where there is none.

        Cleaning takes it for layout, so it is not quoted, but in a ranking it is a fact.
        """
        line = self.article.raw[max(0, self.span.start - 12) : self.span.start].rpartition("\n")[2].strip()
        return line if line[:-1].isdigit() and line[-1] in ".)" else ""

    @property
    def numbered_text(self) -> str:
        """The sentence behind its list number, for whoever reads it in place of the article."""
        return f"{self.list_number} {self.text}" if self.list_number else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStatement:
    """A sentence of an answer before it is checked, with the evidence it points at."""

    text: str
    evidence: tuple[Evidence, ...]
    speaker: str | None = None
    speech: Speech | None = None
    is_counted: bool = False
    """It tells how many articles were counted, which holds by construction and in no sentence's words."""


AbstentionReason = Literal[
    "subject_not_found", "fact_not_stated", "outside_dates", "no_match", "not_a_question", "about_the_index"
]


@dataclass(frozen=True, slots=True)
class Near:
    """Something close to what was asked that the index does hold."""

    kind: Literal["name", "article", "sentence"]
    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know about how the answer came about."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens a model charged for one answer."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictingFact:
    """One fact for which the sources give different values; each value with the evidence it rests on."""

    fact: str
    values: tuple[tuple[str, tuple[Evidence, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What answering proposes. Either statements, or a reason for having none."""

    statements: tuple[DraftStatement, ...] = ()
    reason: AbstentionReason | None = None
    subject: str | None = None
    """What the question is about, in words for the refusal ("Macron")."""
    near: tuple[Near, ...] = ()
    text: str | None = None
    """What to say where nothing is cited, such as the answer to a greeting; None for the words of a refusal."""
    conflicts: tuple[ConflictingFact, ...] = ()
    model: str = "extractive"
    usage: Usage | None = None
    was_cut: bool = False
    """The model's server read far fewer tokens than it was sent."""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quotation that was found in a source.

    Holds by construction: `article.raw[raw.start:raw.end] == quote`.
    """

    number: int
    """1-based, in order of first use in the answer; what the reader sees as `[1]`."""
    path: str
    article_id: str
    title: str | None
    published: PartialDate | None
    quote: str
    """Exactly as printed in the source, not as a model repeated it."""
    raw: Span
    line_start: int
    """1-based, of the raw text."""
    line_end: int
    sha256: str
    encoding: str
    errors: DecodingErrors = "strict"
    stale: bool = False
    """The file has changed or gone since it was indexed."""
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStatement:
    """A sentence of the answer: `answer.text[span.start:span.end] == text`; its markers stand after the span."""

    text: str
    span: Span
    citations: tuple[int, ...]
    speaker: str | None = None
    speech: Speech | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A drafted statement that grounding did not let through."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConflictValue:
    """One of several values that the sources give for a fact."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact on which the cited sources disagree."""

    fact: str
    values: tuple[ConflictValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the user gets: verified statements with their citations, or a refusal with its reason."""

    question: str
    standalone_question: str | None
    """The question as rewritten from the conversation; None when it was asked in full."""
    status: Literal["answered", "abstained"]
    reason: AbstentionReason | None
    text: str
    statements: tuple[AnswerStatement, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    near: tuple[Near, ...]
    notices: tuple[Notice, ...]
    rejected: tuple[Rejection, ...]
    model: str
    usage: Usage | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    index_id: str = ""


# --- streaming --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """The passages that may be cited, before any text."""

    passages: tuple[ScoredPassage, ...]


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """Text to append to the answer; once sent it is never rewritten."""

    text: str


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """A citation that the text just sent uses."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The whole answer; always the last event."""

    answer: Answer


StreamEvent = SourcesEvent | DeltaEvent | CitationEvent | AnswerEvent
