"""What a line looks like, as numbers that mean the same on any site: one row for each line of a file.

Three groups: the line alone; the lines around it; where it stands in the file. `NAMES` says what each column is, in
order; `weights.json` refers to them by name.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line

LONGEST_LOOK = 1500
"""Characters of a line that are looked at; shares settle long before, and one line may hold megabytes."""

FUNCTION_WORDS = frozenset(
    # the commonest words of each language that are not names: running text is full of them, labels and links are not
    """the of and to in a is that for it was on with as be by at this from have he his had are but not or an they which
    she were we their been has will would there what if can when who said more no out so up than its about into them
    her him you your our i my do did could after before over also because while during against between under
    der die das und ist nicht ein eine zu den dem des von mit auf für im sich auch es an als wie bei nach wird sind
    le la les un une des et est que qui dans pour pas sur au aux par avec ce cette il elle du de en ne se sont
    el los las y es una por con para del al como más pero sus fue o os as do da dos das em não uma com no na se ao
    il lo gli di che non per è sono della nel con una het van een zijn niet op voor met te bij
    и в не на что с он она как по это но из за для от о к у же был была были его их так или
    і та що у з не на до як за це від його про але був була w i z na do nie się że jest od po oraz
    yang dan di dari untuk dengan pada ini itu dalam tidak akan""".split()
)
_READER_WORDS = frozenset(
    "you your you're our us we please click here sign subscribe subscription newsletter inbox read share follow comment "
    "comments log login register cookies email facebook twitter instagram whatsapp youtube app download free offer".split()
)
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
_SYMBOLS = re.compile(r"https?://|www\.|\S@\S|@\w|#\w|[|•·›»©→▼▲►✕×★]")
_CLOCK = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b|\b\d+\s?(?:m|h|d|min|mins|minutes?|hours?|hrs?|days?|weeks?|months?|years?)"
    r"\s(?:ago|read)\b|\b\d+\s?(?:mins?|minutes?)\b|\b(?:updated|published|posted|first published)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[a-zа-я][A-ZА-Я][a-zа-я]|[.!?)][A-Z][a-z]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_SAID = re.compile(
    r"\b(?:said|says|told|added|according to|announced|reported|stated|explained|wrote|noted|claimed|argued)\b|"
    r"\b(?:сказал|заявил|сообщил|disse|afirmou|dijo|sagte|sagt|a déclaré|ha detto|kata)\w*"
)
_STEM = re.compile(r"\b\w{4,6}")

_CAPTION = re.compile(
    r"\((?:AP|Photo|Image|Picture|Credit|Reuters|Getty|AFP|File|Source|Supplied|Courtesy)\b|"
    r"\b(?:Photo(?:graph)?s?|Images?|Pictures?|Illustration|Graphic|Credits?|Source|Foto|Fotos|Quelle|Фото|Crédito|Foto de)"
    r"(?: (?:credit|by|courtesy|via|source))?[:/]|"
    r"\b(?:Getty|Shutterstock|iStock|AFP|EPA|Xinhua|Reuters|AP)(?: Images| Photo)?(?:/|\)|$)|File photo|Photo by|Image by|"
    r"(?:Image|Photo|Picture) (?:credit|source|courtesy)|\((?:left|right|centre|center|pictured|above|below)\)|[Pp]ictured\b|"
    r"\b(?:poses?|posing) (?:for|with)\b|\b(?:is|are) seen\b|[Aa]rtist'?s? (?:concept|impression|rendering)|^©|"
    r"\([A-Z][^()]{1,40}/[^()]{2,60}\)\.?$"
)
_PHOTO_CREDIT = re.compile(
    r"\((?:(?:AP|Reuters|AFP|Getty|EPA|File|Handout|Courtesy|Image|Photo|Picture|Credit|Foto|Source)\b[^()]{0,25}(?:Photo|Images?|"
    r"/|:|by|credit|courtesy|of)|[A-Z][^()]{1,40}/[A-Z])[^()]{0,100}\)?\s?$|"
    r"(?:©|\(c\)) ?[A-Z][^.]{1,60}$|\b(?:Photo|Image|Picture|Photograph)(?:s|graphy)?(?: credit| by|:| courtesy)[^.]{2,60}\.?$|"
    r"/ ?(?:AFP|Getty Images|Reuters|AP|Shutterstock|EPA|REX|PA|Xinhua|TASS|Sputnik)\.?$"
)
_SIGN_OFF = re.compile(
    r"\(?(?:(?:Additional |With )?(?:Reporting|reporting)|Editing|Writing|Written|Edited|Compiled|Produced) by [A-Z]|"
    r".{3,80} contributed to this (?:report|story|article)|.{3,60} is an? .{3,60} (?:writer|reporter|editor|correspondent|columnist)"
    r"(?: (?:for|at|with|covering|based)\b.*)?\.$"
)
_FULL_DATE = re.compile(
    r"\b(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}),? \d{4}"
)
_AUTHOR_NOTE = re.compile(
    r"\b(?:is|was|works as|serves as) (?:an?|the|our)\b[^.]{0,70}\b(?:writer|reporter|editor|columnist|journalist|"
    r"correspondent|contributor|author|producer|blogger|freelancer?|host|fellow|critic|photographer)\b|"
    r"\b(?:contributed to|contributing to) this (?:report|story|article)|^(?:Reporting|Editing|Additional reporting|"
    r"Written|Edited|Compiled) by\b|^About (?:the )?(?:author|writer)|\bfollow (?:him|her|them|me)\b|"
    r"\b(?:lives|resides) in\b[^.]{0,60}\bwith (?:his|her|their)\b|\bcan be reached\b|\bemail(?:ed)? (?:him|her|them) at\b",
    re.IGNORECASE,
)
_THREAD = re.compile(
    r"(?:^says|says$|^on .* said$|\d+ thoughts on|\brated comments|\bvotes?\b)|\b(?:reply|replies|upvotes?|votes?|likes?|dislike|report abuse|permalink|quote|flag|"
    r"\d+ ?(?:[smhdwy]|min\w*|hours?|days?|weeks?|months?|years?) ago|at \d{1,2}:\d\d(?: [ap]m)?|responder|antworten|ответить)"
    r"(?::|\b)"
)
_DATELINE = re.compile(
    r"[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,40}(?:, [A-Z][\w. ]{1,25})?,? ?(?:\([A-Za-z ./-]{2,30}\) ?)?[—–-]{1,2} ?\S|\([A-Z][\w ]{1,20}\) ?[—–-]"
)
_OFFER = re.compile(
    r"\b(?:subscri\w+|newsletter|sign ?up|free trial|per month|a month|our app|discount|buy now|order now|click here|"
    r"check out|shop now|enter your|your email|download|podcast|learn more|find out more|read more|join us|"
    r"follow us|visit our|on facebook|on twitter|terms|privacy|feedback|editors?|guidelines|rss)\b"
)
_GALLERY = re.compile(r"image \d+ of ?/? ?\d+|photos?|image|caption|\d+ ?/ ?\d+|slide \d+.*|close|hide caption")
REASONS = ("advertisement", "comments", "share", "subscribe", "related", "navigation", "legal", "cookies", "copyright")

LOCAL = (
    "chars", "words", "words_12", "words_30", "words_60", "ends_sentence", "ends_colon", "ends_ellipsis", "sentences",
    "commas", "function", "function_0", "capitals", "all_caps", "digits", "starts_lower", "bullet", "indent",
    "symbols", "clock", "glued", "reader", "quote", "said", "repeated", "repeated_corpus", "blank_before",
    "caption", "author_note", "thread", "shouted", "dateline", "offer", "title_case", "question",
    "name_like", "full_date", "photo_credit", "separators", "sign_off",
    *(f"label_{reason}" for reason in REASONS), *(f"phrase_{reason}" for reason in REASONS), "full",
)  # fmt: skip
"""The line alone."""

_AROUND = (
    "words", "words_12", "ends_sentence", "full", "function", "capitals", "clock", "bullet", "furniture", "topical",
    "byline", "repeated", "caption", "author_note", "label_related", "name_like",
)  # fmt: skip
_STEPS = (-3, -2, -1, 1, 2, 3)
_PLACE = (
    "furniture_4", "furniture_10", "thread_8", "short_6", "clock_4", "related_section", "comments_section",
    "full_topical", "full_off_topic", "full_inside", "words_topical", "short_inside", "bullets_4", "list_like",
    "dup_near", "dup_far", "standfirst", "lead", "thread_opened", "caption_4", "full_before", "full_left", "name_4",
    "credit_below", "gallery_above", "dup_credit", "teaser",
    "author_note_late", "caption_full", "isolated", "caps_inside", "offer_off_topic", "related_off_topic", "title_echo",
    "topical", "furniture", "byline", "share_before", "share_after", "density_4", "density_12", "run_lines", "run_words",
    "inside_core", "before_core", "after_core", "core_words", "far_from_full_before", "far_from_full_after",
    "position", "lines", "comments_before", "related_before", "furniture_before", "since_furniture", "since_comments",
    "date_before", "first_line",
)  # fmt: skip
NAMES = (*LOCAL, *_PLACE, *(f"{name}{step:+d}" for step in _STEPS for name in _AROUND), "always")
"""Every column, in order."""

_AT = {name: column for column, name in enumerate(NAMES)}
_BYLINE = re.compile(r"(?:by|von|par|por|от|автор:?|author:?|written by|posted by)\b.{0,60}", re.IGNORECASE)


def features(lines: Sequence[Line], repeated_lines: Container[str]) -> NDArray[np.float64]:
    """Return one row of numbers, all between about -1 and 3, for each line; columns as in `NAMES`."""
    if not lines:
        return np.zeros((0, len(NAMES)))
    counts = Counter(line.key for line in lines)
    local = np.array([_local(line, counts[line.key], line.key in repeated_lines) for line in lines])
    table = np.zeros((len(lines), len(NAMES)))
    table[:, : len(LOCAL)] = local
    table[:, -1] = 1.0
    _place(table, lines)
    for step in _STEPS:
        for name in _AROUND:
            _shift_into(table[:, _AT[f"{name}{step:+d}"]], table[:, _AT[name]], step)
    return table


def _shift_into(target: NDArray[np.float64], source: NDArray[np.float64], step: int) -> None:
    """Copy each row's value of the line `step` lines further on; nothing where there is no such line."""
    if abs(step) >= len(source):
        return
    if step > 0:
        target[:-step] = source[step:]
    else:
        target[-step:] = source[:step]


def _place(table: NDArray[np.float64], lines: Sequence[Line]) -> None:
    size = len(lines)
    rows = np.arange(size)
    full = table[:, _AT["full"]]
    words = np.expm1(table[:, _AT["words"]] * 2)
    full_words = np.minimum(words, 150) * full
    labels = table[:, _AT["label_advertisement"] : _AT["phrase_copyright"] + 1]
    furniture = np.minimum(labels.sum(axis=1), 1)
    comments = np.maximum(table[:, _AT["label_comments"]], table[:, _AT["phrase_comments"]])
    related = np.maximum(table[:, _AT["label_related"]], table[:, _AT["phrase_related"]])
    start, end = _core(full_words, full)
    inside = (rows >= start) & (rows < end)

    vocabularies = [set(_STEM.findall(line.key)) if len(line.key) > 3 else set() for line in lines]
    known: Counter[str] = Counter()
    for row in np.flatnonzero(inside & (full > 0)):
        known.update(vocabularies[row])
    own = inside & (full > 0)
    topical = [
        sum(known[stem] > mine for stem in stems) / len(stems) if stems else 0.0
        for stems, mine in zip(vocabularies, own.tolist(), strict=True)
    ]

    total = max(full_words.sum(), 1.0)
    before = np.cumsum(full_words)
    run_lines, run_words = _runs(full, full_words)
    topic = np.array(topical)
    fulls_before = np.cumsum(full) - full
    next_short = np.append((words < 8)[1:] * 1.0, 0.0)
    keys = [line.key for line in lines]
    dup_near = np.array(
        [float(key in keys[max(0, row - 3) : row] or key in keys[row + 1 : row + 4]) for row, key in enumerate(keys)]
    )
    thread = np.maximum(table[:, _AT["thread"]], comments)
    short = (words < 8).astype(float)
    credit = table[:, _AT["caption"]] * (words < 14) * (1 - full)
    gallery = np.array([float(_GALLERY.fullmatch(key) is not None) for key in keys])
    thread_opened = _thread_opened(thread, comments, full)
    since_related = _nearness(rows - _last(related, rows))
    since_comments = _nearness(rows - _last(comments, rows))
    width = np.log1p(words)
    alike = np.abs(np.diff(width, prepend=width[0])) < 0.35
    bullets = table[:, _AT["bullet"]]
    columns: dict[str, NDArray[np.float64] | list[float]] = {
        "furniture_4": _density(furniture, 4),
        "furniture_10": _density(furniture, 10),
        "thread_8": _density(thread, 8),
        "short_6": _density(short, 6),
        "clock_4": _density(table[:, _AT["clock"]], 4),
        "related_section": (1 - since_related) * short,
        "comments_section": (1 - since_comments) * full,
        "full_topical": full * topic,
        "full_off_topic": full * (topic < 0.2),
        "full_inside": full * inside,
        "words_topical": np.minimum(width, 4) / 2 * topic,
        "short_inside": short * inside,
        "bullets_4": _density(bullets, 4),
        "list_like": _density(alike * (1 - full), 2),
        "dup_near": dup_near,
        "dup_far": table[:, _AT["repeated"]] * (1 - dup_near),
        "standfirst": full * (fulls_before == 0) * next_short,
        "lead": full * (fulls_before == 0) * (1 - next_short),
        "thread_opened": thread_opened,
        "caption_4": _density(table[:, _AT["caption"]], 4),
        "full_before": np.minimum(np.log1p(fulls_before) / 2, 2),
        "full_left": np.minimum(np.log1p(full.sum() - fulls_before - full) / 2, 2),
        "name_4": _density(table[:, _AT["name_like"]], 4),
        "author_note_late": table[:, _AT["author_note"]] * (1 - before / total),
        "caption_full": table[:, _AT["caption"]] * full,
        "credit_below": np.append(credit[1:], 0.0),
        "gallery_above": np.concatenate(([0.0], gallery[:-1])),
        "dup_credit": dup_near * (_density(credit + gallery, 4) > 0),
        "teaser": _teasers(full, related, topic, run_lines) * (rows >= end) * (fulls_before >= 3),
        "isolated": full * (run_lines <= 1),
        "caps_inside": table[:, _AT["shouted"]] * inside,
        "offer_off_topic": table[:, _AT["offer"]] * (1 - topic),
        "related_off_topic": (1 - since_related) * (1 - topic) * full,
        "title_echo": (1 - full) * topic * (rows < start),
        "topical": topical,
        "furniture": furniture,
        "byline": [float(len(line.text) < 70 and _BYLINE.match(line.text) is not None) for line in lines],
        "share_before": (before - full_words) / total,
        "share_after": 1 - before / total,
        "density_4": _density(full, 4),
        "density_12": _density(full, 12),
        "run_lines": np.log1p(run_lines) / 2,
        "run_words": np.log1p(run_words) / 4,
        "inside_core": inside,
        "before_core": _nearness(start - rows),
        "after_core": _nearness(rows - end + 1),
        "core_words": np.log1p(full_words[start:end].sum()) / 6,
        "far_from_full_before": _nearness(rows - _last(full, rows)),
        "far_from_full_after": _nearness(_last(full[::-1], rows)[::-1] * -1 + size - 1 - rows),
        "position": rows / size,
        "lines": np.log1p(size) / 5,
        "comments_before": np.log1p(np.cumsum(comments)) / 2,
        "related_before": np.log1p(np.cumsum(related)) / 2,
        "furniture_before": np.log1p(np.cumsum(furniture)) / 4,
        "since_furniture": _nearness(rows - _last(furniture, rows)),
        "since_comments": since_comments,
        "date_before": _nearness(rows - _last(table[:, _AT["clock"]], rows)),
        "first_line": rows == 0,
    }
    for name in _PLACE:
        table[:, _AT[name]] = columns[name]


def _teasers(
    full: NDArray[np.float64], related: NDArray[np.float64], topic: NDArray[np.float64], run_lines: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mark single sentences off the topic below a "related" label: summaries of other articles."""
    marks = np.zeros(len(full))
    open_since = False
    for row, (is_full, is_related, topical, run) in enumerate(
        zip(full.tolist(), related.tolist(), topic.tolist(), run_lines.tolist(), strict=True)
    ):
        if is_related:
            open_since = True
        elif is_full and run >= 2:
            open_since = False
        elif is_full and open_since and topical < 0.3:
            marks[row] = 1.0
    return marks


def _thread_opened(
    thread: NDArray[np.float64], comments: NDArray[np.float64], full: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mark what follows a comments label below some text, if the marks of a discussion follow it."""
    opened = np.zeros(len(full))
    written = np.cumsum(full)
    left = thread[::-1].cumsum()[::-1]
    for row in np.flatnonzero(comments):
        if written[row] >= 3 and left[row] >= 3 and thread[row : row + 16].sum() >= 3:
            opened[row:] = 1.0
            break
    return opened


def _core(full_words: NDArray[np.float64], full: NDArray[np.float64]) -> tuple[int, int]:
    """Return the run of lines with most running text, where each line that is none costs some words."""
    best, best_at, total, start = 0.0, (0, 0), 0.0, 0
    for row, gain in enumerate((full_words - GAP_COST * (1 - full)).tolist()):
        if total <= 0:
            total, start = 0.0, row
        total += gain
        if total > best:
            best, best_at = total, (start, row + 1)
    return best_at


GAP_COST = 12.0
"""Words of running text that one line of something else weighs against, when looking for the article's core."""


def _runs(
    full: NDArray[np.float64], full_words: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each line how many lines, and words, the unbroken run of full lines has that it stands in."""
    group = np.cumsum(np.diff(full, prepend=0.0) != 0)
    lines = np.bincount(group, weights=full)
    words = np.bincount(group, weights=full_words)
    return lines[group], words[group]


def _density(full: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    sums = np.concatenate(([0.0], np.cumsum(full)))
    rows = np.arange(len(full))
    low, high = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, len(full))
    share: NDArray[np.float64] = (sums[high] - sums[low]) / (2 * reach + 1)
    return share


def _nearness(distance: NDArray[np.int64]) -> NDArray[np.float64]:
    """Map a distance in lines to 0 (at it, or past it) .. about 1 (50 lines and more)."""
    scaled: NDArray[np.float64] = np.log1p(np.clip(distance, 0, 50)) / 4
    return scaled


def _last(marks: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row the last marked row above it."""
    seen = np.maximum.accumulate(np.where(marks > 0, rows, -99))
    return np.concatenate(([-99], seen[:-1]))


_ONE_HOT = {reason: tuple(float(reason == other) for other in REASONS) for reason in (None, *REASONS)}


def _local(line: Line, count: int, repeated_corpus: bool) -> tuple[float, ...]:
    text = line.text
    size = len(text)
    look = text if size <= LONGEST_LOOK else text[:LONGEST_LOOK]
    words = look.split()
    seen = len(words)
    if size > 12 and seen < size / 12 and _CJK.search(look):
        seen = max(seen, len(look) // 2)  # scripts without spaces: about two characters a word
    total = seen * size / len(look)
    function = reader = capital = 0
    for word in words:
        lower = word.lower()
        if lower in FUNCTION_WORDS:
            function += 1
        if lower.strip(".,!:") in _READER_WORDS:
            reader += 1
        if word[0].isupper():
            capital += 1
    ends = _SENTENCE_END.search(text, max(0, size - 5)) is not None
    sentences = look.count(". ") + look.count("? ") + look.count("! ") + look.count("。") + ends
    digits = sum(map(str.isdigit, look)) if any(map(str.isdigit, look)) else 0
    label, phrase = label_reason(line.key), phrase_reason(line.key)
    full = total >= 8 and ends and not label and not phrase
    return (
        math.log1p(size) / 4,
        math.log1p(total) / 2,
        total >= 12,
        total >= 30,
        total >= 60,
        ends,
        text.endswith((":", "：")),
        text.endswith(("...", "…")),
        min(sentences, 8) / 4,
        min(look.count(",") / seen, 0.3) * 3,
        function / len(words),
        not function,
        capital / len(words),
        text.isupper(),
        digits / size,
        text[0].islower(),
        line.bullet,
        min(line.indent, 8) / 8,
        _SYMBOLS.search(look) is not None,
        size < 200 and _CLOCK.search(look) is not None,
        _GLUED.search(look) is not None,
        reader / len(words),
        text[0] in "\"'“‘«„",
        _SAID.search(line.key) is not None,
        count > 1,
        repeated_corpus,
        line.blank_before,
        size < 500 and _CAPTION.search(look) is not None,
        size < 700 and _AUTHOR_NOTE.search(look) is not None,
        size < 80 and _THREAD.search(line.key) is not None,
        len(words) >= 4 and text.isupper(),
        _DATELINE.match(look) is not None,
        size < 600 and _OFFER.search(line.key) is not None,
        len(words) >= 4 and not ends and capital > 0.7 * len(words),
        text.endswith("?"),
        1 < len(words) < 5 and capital == len(words) and text.replace(" ", "").isalpha(),
        30 < size < 400 and _FULL_DATE.search(look) is not None,
        size < 600 and _PHOTO_CREDIT.search(look) is not None,
        look.count(" - ") + look.count(" | ") + look.count(" · ") >= 3,
        size < 400 and _SIGN_OFF.match(look) is not None,
        *_ONE_HOT[label],
        *_ONE_HOT[phrase],
        full,
    )
