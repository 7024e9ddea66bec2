"""What a single line looks like, as numbers that mean the same on any site."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line, is_row
from rag.text.language import FUNCTION_WORDS

_LONGEST_REMEMBERED = 80
LONGEST_LOOK = 1500
"""Characters of a line that are looked at; shares settle long before, and one line may hold megabytes."""

REASONS = ("advertisement", "comments", "share", "subscribe", "related", "navigation", "legal", "cookies", "copyright")
SHAPE = (
    "chars", "words", "words_12", "words_30", "words_60", "ends_sentence", "ends_colon", "ends_ellipsis", "sentences",
    "commas", "function", "function_0", "capitals", "all_caps", "digits", "starts_lower", "bullet", "indent",
    "symbols", "clock", "glued", "reader", "quote", "said", "repeated", "repeated_corpus", "blank_before",
    "caption", "author_note", "thread", "shouted", "dateline", "offer", "title_case", "question",
    "name_like", "full_date", "photo_credit", "separators", "sign_off", "byline", "gallery",
    "label", "phrase", "full",
)  # fmt: skip
"""Names of what `shape` returns. `label` and `phrase` are numbers of reasons, from 1 in the order of `REASONS`."""

_FUNCTION_WORDS: frozenset[str] = frozenset().union(*FUNCTION_WORDS.values())
_READER_WORDS = frozenset(
    """you your our us we please click here sign subscribe subscription newsletter inbox read share follow comment
    comments log login register cookies email facebook twitter instagram whatsapp youtube app download free
    offer""".split()
)
_SAID = frozenset(
    """said says told added according announced reported stated explained wrote noted claimed argued disse afirmou dijo
    sagte sagt déclaré kata сказал сказала заявил заявила сообщил сообщила""".split()
)
# A pattern is tried only on a line that has one of its words: most lines have none, and sets are faster.
_AUTHOR_WORDS = frozenset(
    """writer reporter editor columnist journalist correspondent contributor author producer blogger freelance
    freelancer host fellow critic photographer contributed contributing reporting editing written edited compiled
    writing produced follow lives resides reached email emailed""".split()
)
_OFFER_WORDS = frozenset(
    """subscribe subscribed subscriber subscribers subscribing subscription subscriptions newsletter newsletters sign
    signup trial per month app discount buy order click check shop enter email download podcast learn find read join
    follow visit facebook twitter terms privacy feedback editor editors guidelines rss""".split()
)
_CAPTION_WORDS = frozenset(
    """photo photos photograph photographs image images picture pictures pictured illustration graphic credit credits
    source foto fotos quelle crédito фото getty shutterstock istock afp epa xinhua reuters ap file poses pose posing
    seen artist artists""".split()
)
_CREDIT_SIGN = re.compile(r"[(/©\[]")
_POSTED_WORDS = frozenset("updated published posted".split())
_THREAD_WORDS = frozenset(
    """says said reply replies upvote upvotes vote votes likes dislike report permalink quote flag thoughts rated
    responder antworten ответить""".split()
)
_TOKEN = re.compile(r"\w+")
# The rarest character first, and what stands before it looked up afterwards: `re` then skips to it in one go.
_CAPITAL = re.compile(r"[A-ZÀ-ÞА-ЯЁ](?<!\S.)")  # at the beginning of a word
_DIGIT = re.compile(r"\d")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")
_SYMBOLS = re.compile(r"[@#|•·›»©→▼▲►✕×★:w](?:(?<=[^:w])|(?<=:)//|(?<=w)ww\.)")  # also :// and www.
_CLOCK = re.compile(
    r"\b\d{1,2}[:.]\d\d\b|\b(?:19|20)\d\d\b|"
    r"\b\d+\s?(?:m|h|d|min|mins|minutes?|hours?|hrs?|days?|weeks?|months?|years?)\s(?:ago|read)\b|\b\d+\s?(?:mins?|minutes?)\b"
)
_GLUED = re.compile(r"[A-ZА-Я](?:(?<=[a-zа-я].)[a-zа-я]|(?<=[.!?)][A-Z])[a-z])")  # "endBeginning", "end.Beginning"
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_CAPTION = re.compile(
    r"\((?:AP|Photo|Image|Picture|Credit|Reuters|Getty|AFP|File|Source|Supplied|Courtesy)\b|"
    r"\b(?:Photo(?:graph)?s?|Images?|Pictures?|Illustration|Graphic|Credits?|Source|Foto|Fotos|Quelle|Фото|Crédito)"
    r"(?: (?:credit|by|courtesy|via|source|de))?[:/]|"
    r"\b(?:Getty|Shutterstock|iStock|AFP|EPA|Xinhua|Reuters|AP)(?: Images| Photo)?(?:/|\)|$)|File photo|Photo by|"
    r"Image by|(?:Image|Photo|Picture) (?:credit|source|courtesy)|"
    r"\((?:left|right|cent(?:re|er)|pictured|above|below)\)|"
    r"[Pp]ictured\b|\b(?:poses?|posing) (?:for|with)\b|\b(?:is|are) seen\b|"
    r"[Aa]rtist'?s? (?:concept|impression|rendering)|"
    r"^(?:Image|Photo|Video|Media) (?:caption|source)\b|^©|\([A-Z][^()]{1,40}/[^()]{2,60}\)\.?$"
)
_PHOTO_CREDIT = re.compile(
    r"^\[\d{1,2}/\d{1,2}\]|\bREUTERS/[A-Z]|"
    r"\((?:(?:AP|Reuters|AFP|Getty|EPA|File|Handout|Courtesy|Image|Photo|Picture|Credit|Foto|Source)\b[^()]{0,25}"
    r"(?:Photo|Images?|/|:|by|credit|courtesy|of)|[A-Z][^()]{1,40}/[A-Z])[^()]{0,100}\)?\s?$|"
    r"(?:©|\(c\))\s*[A-Z][^.]{1,60}$|"
    r"\b(?:Photo|Image|Picture|Photograph)(?:s|graphy)?(?: credit| by|:| courtesy)[^.]{2,60}\.?$|"
    r"/ ?(?:AFP|Getty Images|Reuters|AP|Shutterstock|EPA|REX|PA|Xinhua|TASS|Sputnik)\.?$"
)
_SIGN_OFF = re.compile(
    r"\(?(?:(?:Additional |With )?(?:Reporting|reporting)|Editing|Writing|Written|Edited|Compiled|Produced) by [A-Z]|"
    r".{3,80} contributed to this (?:report|story|article)|"
    r".{3,60} is an? .{3,60} (?:writer|reporter|editor|correspondent|columnist)"
    r"(?: (?:for|at|with|covering|based)\b.*)?\.$"
)
_FULL_DATE = re.compile(
    r"\b(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}),? \d{4}"
)
_AUTHOR_NOTE = re.compile(
    r"^[^\"'“”.]{3,60}\b(?:is|works as|serves as) (?:an?|the)\b[^.\"“”]{0,70}\b(?:writer|reporter|editor|columnist|"
    r"journalist|correspondent|contributor|author|producer|blogger|freelancer?|photographer)\b|"
    r"\b(?:contributed to|contributing to) this (?:report|story|article)|^(?:reporting|editing|additional reporting|"
    r"written|edited|compiled) by\b|^about (?:the )?(?:author|writer)|\bfollow (?:him|her|them|me) (?:on|at)\b|"
    r"\b(?:lives|living|resides) in\b[^.]{0,60}\bwith (?:his|her|their)\b|\bcan be reached (?:at|on|via)\b|"
    r"\bemail(?:ed)? (?:him|her|them) at\b"
)
_THREAD = re.compile(
    r"^says|says$|^on .* said$|\d+ thoughts on|\brated comments|"
    r"\b(?:reply|replies|upvotes?|votes?|\d+ likes?|dislike|report abuse|permalink|quote|flag|"
    r"\d+ ?(?:[smhdwy]|min\w*|hours?|days?|weeks?|months?|years?) ago|at \d{1,2}:\d\d(?: [ap]m)?|"
    r"responder|antworten|ответить)(?::|\b)"
)
_DATELINE = re.compile(
    r"[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,40}(?:, [A-Z][\w. ]{1,25})?,? ?(?:\([A-Za-z ./-]{2,30}\) ?)?[—–-]{1,2} ?\S|"
    r"\([A-Z][\w ]{1,20}\) ?[—–-]"
)
_OFFER = re.compile(
    r"\b(?:subscri\w+|newsletter|sign ?up|free trial|per month|a month|our app|discount|buy now|order now|click here|"
    r"check out|shop now|enter your|your email|download|podcast|learn more|find out more|read more|join us|"
    r"follow us|visit our|on facebook|on twitter|terms|privacy|feedback|editors?|guidelines|rss)\b"
)
_GALLERY = re.compile(r"image \d+ of ?/? ?\d+|photos?|image|caption|\d+ ?/ ?\d+|slide \d+.*|close|hide caption")
_BYLINE = re.compile(r"(?:by|von|par|por|от|автор:?|author:?|written by|posted by)\b.{0,60}")

_NUMBER = {reason: float(number) for number, reason in enumerate((None, *REASONS))}


def shape(line: Line, *, repeated: bool, repeated_in_corpus: bool) -> tuple[float, ...]:
    """Describe a line; the names are in `SHAPE`, the numbers lie between 0 and about 3.

    Args:
        line: never empty.
        repeated: the same line stands elsewhere in the file.
        repeated_in_corpus: it stands in many files.
    """
    describe = _remembered if len(line.text) < _LONGEST_REMEMBERED else _describe
    return describe(line.text, line.key, line.bullet, line.indent, line.blank_before, repeated, repeated_in_corpus)


def _describe(
    text: str, key: str, bullet: bool, indent: int, blank_before: bool, repeated: bool, repeated_in_corpus: bool
) -> tuple[float, ...]:
    size = len(text)
    look = text if size <= LONGEST_LOOK else text[:LONGEST_LOOK]
    lower = look.lower()
    tokens = _TOKEN.findall(lower)
    vocabulary = set(tokens)
    spaced = look.count(" ") + 1
    if size > 12 and spaced < size / 12 and _CJK.search(look):
        spaced = max(spaced, len(look) // 2)  # scripts without spaces: about two characters a word
    words = spaced * size / len(look)
    counted = len(tokens) or 1
    function = sum(map(_FUNCTION_WORDS.__contains__, tokens)) / counted
    capitals = min(1.0, len(_CAPITAL.findall(look)) / spaced)
    ends = _SENTENCE_END.search(text, max(0, size - 5)) is not None
    sentences = look.count(". ") + look.count("? ") + look.count("! ") + look.count("。") + ends
    has_digit = _DIGIT.search(look) is not None
    credited = size < 600 and (not vocabulary.isdisjoint(_CAPTION_WORDS) or _CREDIT_SIGN.search(look) is not None)
    by_author = size < 700 and not vocabulary.isdisjoint(_AUTHOR_WORDS)
    dateline = _DATELINE.match(look) is not None
    upper = spaced > 3 and text.isupper()
    label = None if is_row(text) else label_reason(key)  # of a table, "2022" and "94" are no page numbers
    phrase = phrase_reason(key, vocabulary, size=size)
    return (
        math.log1p(size) / 4,
        math.log1p(words) / 2,
        words >= 12,
        words >= 30,
        words >= 60,
        ends,
        text.endswith((":", "：")),
        text.endswith(("...", "…")),
        min(sentences, 8) / 4,
        min(look.count(",") / spaced, 0.3) * 3,
        function,
        not function,
        capitals,
        upper or text.isupper(),
        len(_DIGIT.findall(look)) / len(look) if has_digit else 0.0,
        text[0].islower(),
        bullet,
        min(indent, 8) / 8,
        _SYMBOLS.search(look) is not None,
        size < 200 and ((has_digit and _CLOCK.search(lower) is not None) or not vocabulary.isdisjoint(_POSTED_WORDS)),
        _GLUED.search(look) is not None,
        len(vocabulary & _READER_WORDS) / counted,
        text[0] in "\"'“‘«„",
        not vocabulary.isdisjoint(_SAID),
        repeated,
        repeated_in_corpus,
        blank_before,
        credited and not dateline and size < 500 and _CAPTION.search(look) is not None,
        by_author and _AUTHOR_NOTE.search(lower) is not None,
        size < 80 and (has_digit or not vocabulary.isdisjoint(_THREAD_WORDS)) and _THREAD.search(key) is not None,
        upper,
        dateline,
        size < 600 and not vocabulary.isdisjoint(_OFFER_WORDS) and _OFFER.search(key) is not None,
        spaced > 3 and not ends and capitals > 0.7,
        text.endswith("?"),
        1 < spaced < 5 and capitals == 1 and text.replace(" ", "").isalpha(),
        has_digit and 30 < size < 400 and "day, " in look and _FULL_DATE.search(look) is not None,
        credited and _PHOTO_CREDIT.search(look) is not None,
        look.count(" - ") + look.count(" | ") + look.count(" · ") >= 3,
        by_author and size < 400 and _SIGN_OFF.match(look) is not None,
        size < 70 and _BYLINE.match(lower) is not None,
        size < 40 and _GALLERY.fullmatch(key) is not None,
        _NUMBER[label],
        _NUMBER[phrase],
        words >= 8 and ends and not label and not phrase,
    )


_remembered = lru_cache(maxsize=8192)(_describe)
"""The menus of a site stand on all its pages."""
