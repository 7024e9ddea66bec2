"""Tells text that speaks to a language model from text that speaks to a reader.

A scraped page may carry instructions for whoever processes it. They are never obeyed; sentences that are plainly
addressed to a model are not shown to one, prove nothing and are not quoted. This is one layer of several, and it
judges by a few constructions that news prose does not use: what it misses, delimiting, parsing and proof still stop.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rag.schema import Span
from rag.text.folding import searchable

_MOST_LINE_CHARS: Final = 4000

_IMPERATIVE: Final = r"(?:^|[.!?:;,>*\]\"“‘(]\s*|\bplease )"
"""Where an order begins; "drivers ignore all traffic rules" gives none."""
_IGNORE: Final = r"(?:ignore|disregard|forget|override|bypass|discard|do not follow|stop following)"
_WHOSE: Final = r"(?:all|any|every|your|my|our|previous\w*|prior|above|earlier|preceding)"
_RULES: Final = r"(?:instructions?|prompts?|directions?|directives?|guidelines?|rules?|messages?|constraints?)"
_MODEL: Final = (
    r"(?:ai|a\.i\.|llms?|ai assistants?|chatbots?|language models?|(?:ai|llm|answering) (?:models?|systems?|agents?))"
)
_ANSWER: Final = r"(?:answers?|responses?|reply|replies|output|summary)"
_COMMAND: Final = r"(?:say|answer|reply|respond|write|state|claim|tell them)\b(?! (?:he|she|they|it)\b)"

_ENGLISH: Final = (
    # "ignore all previous instructions", "forget everything you were told"
    rf"{_IMPERATIVE}{_IGNORE} (?:(?:the|of|these|those) )*{_WHOSE} (?:\w+ ){{0,3}}{_RULES}\b",
    rf"\b{_IGNORE} (?:(?:the|of|these|those|all) )*(?:your|my|previous|prior|above) (?:\w+ )?"
    r"(?:instructions?|prompts?)\b",
    rf"\b{_IGNORE} (?:everything|anything|all|what) (?:that )?(?:(?:is|was|you were|you are|i) )?"
    r"(?:above|before|told|said)\b",
    r"\byour (?:system|developer|hidden|secret|initial) (?:prompts?|instructions?|messages?|rules)\b"
    r"|\bthe system prompt\b",
    r"\b(?:reveal|print|repeat|output|leak|reproduce) (?:me )?(?:your|the (?:full|whole|entire|above)) (?:\w+ ){0,2}"
    r"(?:prompt|instructions)\b",
    rf"{_IMPERATIVE}{_IGNORE} (?:(?:the|all|these|those|of) )*{_RULES} (?:above|before|so far)\b",
    rf"(?:^|\W)assistants?, (?:please )?(?:do not|don't|never|always|ignore|mention|{_COMMAND})",
    rf"\b{_MODEL} (?:is|are) (?:asked|reading|processing|summari[sz]ing)\b[^.]{{0,80}}\b(?:must|should) {_COMMAND}",
    # "you are now a chatbot", "note to AI assistants:"
    rf"\byou are (?:now )?(?:an? )?(?:\w+ )?(?:{_MODEL}|helpful assistant|dan|bot)\b|\byou are now an? \w+ assistant\b",
    rf"\b{_MODEL} (?:must|should|shall|have to|has to|need to) (?:now |only |always )?{_COMMAND}"
    r"(?! (?:for|to|questions)\b)"
    rf"|\byou must (?:now |only |always )?{_COMMAND}",
    r"\b(?:dear|attention|note to|notice to|message to|hey|hello|to any|to all|if you are) (?:(?:an?|any|all|the) )?"
    rf"(?:{_MODEL}|assistants)\b",
    # turns and control tokens of chat templates, our own delimiters
    r"^\W*(?:system|assistant)\s*:",
    r"<\s*\|?\s*/?\s*(?:im_start|im_end|system|assistant|user|end_of_turn|start_of_turn|eot_id|endoftext|s|inst)\b",
    r"\[/?(?:inst|system|assistant|user)\]|<<\s*/?\s*sys\s*>>|<<<\s*(?:articles|end)",
    r"#{2,}\s*(?:system|instruction|response)",
    r"<\s*/?\s*(?:script|iframe|img|svg|object|style)\b|<!--",
    # "answer only with the word", "your answer must", "end every answer with"
    r"\b(?:respond|reply|answer) (?:(?:only|exclusively|always) )?(?:with|by saying|using) (?:(?:only|exactly) )?"
    r"(?:the (?:word|words|phrase|following|text|link|sentence)|[\"'“‘])",
    rf"^\W*always {_COMMAND}",
    rf"\byour {_ANSWER} (?:must|should|shall|has to|needs to|will)\b",
    r"\b(?:include|insert|add|append|emit|output|render|embed|put|end|begin|start)\b[^.]{0,60} (?:your|every|each|all) "
    rf"{_ANSWER}\b",
    r"\b(?:do not|don't|never) (?:cite|mention|use|trust|quote) (?:(?:any|the) )?"
    r"(?:sources?|articles?|sentences?|passages?|citations?|numbers?)\b",
    r"\bcite (?:only )?(?:sentence|source|number|passage|this article)\b",
    r"\b(?:when|if) (?:asked|someone asks|a user asks|anyone asks|questioned)\b[^.,;:]{0,80}"
    rf"(?:[,;:] (?:(?:you must|always|please|only) )*| (?:you must|always|please|only) ){_COMMAND}",
    rf"(?:{_IMPERATIVE}|\byour )(?:new|updated|real|actual|important) (?:instructions?|task|directive)\s*:",
    r"\b(?:instructions?|task|directive) for (?:the )?(?:ai|model|assistant)\b",
    r"\]\s*\(\s*(?:javascript:|data:)",
)
_OTHER_LANGUAGES: Final = (
    # "ignore the previous instructions" in the larger languages of the news
    r"\bignor(?:e (?:as|las|los|le|les|todas|tutte)|a|ad|ez|er|iere|ieren|iert|are|en)\b[^.]{0,40}"
    r"\b(?:instru\w+|anweisung\w*|istruzion\w*|consignes?|indicacion\w*|anwijzing\w*)",
    r"\b(?:vergiss|vergessen|oublie[zr]?|olvida|olvide|dimentica|esquece[r]?|esqueca)\b[^.]{0,40}"
    r"\b(?:instru\w+|anweisung\w*|istruzion\w*|consignes?)",
    r"игнорир\w*[^.]{0,40}(?:инструкц|указан|команд)|забудь\w*[^.]{0,40}(?:инструкц|указан)",
    r"ігнор\w*[^.]{0,40}(?:інструкц|вказів)|[іi]гнор\w*[^.]{0,40}(?:[іi]нструкц|вказ)",
    r"(?:忽略|无视|無視|忘记|忽視)[^。]{0,20}(?:指令|指示|说明|提示|命令)|(?:指示|命令)を(?:すべて)?無視",
    r"(?:지시|명령|지침)[^.]{0,12}무시",
    r"تجاهل[^.]{0,30}(?:تعليمات|التعليمات|الاوامر|الأوامر)",
    r"निर्देश[^।]{0,20}(?:अनदेखा|नज़रअंदाज|भूल)",
    r"התעל\w*[^.]{0,20}הוראות|دستور[^.]{0,30}نادیده",
    r"(?:onceki|tum) (?:talimat|komut)\w*[^.]{0,20}(?:yok say|unut|gormezden)",
)
_ADDRESSES: Final = re.compile("|".join((*_ENGLISH, *_OTHER_LANGUAGES)), re.IGNORECASE | re.MULTILINE)

# Every construction above holds one of these, and most sentences none: looking for them first saves 0.2 ms a sentence.
_HINTS: Final = re.compile(
    r"instru|нструкц|prompt|ignor|disregard|forget|overrid|bypass|discard|assistant|chatbot|language model|llm"
    r"|\ba\.?i\b|you are now|you must|^always|note to|notice to|message to|\b(?:system|user)\s*:|<|\[|##|respon"
    r"|repl(?:y|ies)|answer|output|summary|cite (?:only|sent|sour|numb|pass|this)|when asked|if asked|asks|questioned"
    r"|new task|directive|do not|don't|never|hidden|secret|rules|guideline|developer|anweisung|istruzion|consigne"
    r"|indicacion|anwijzing|указан|команд|вказ|指|命令|说明|提示|지시|지침|명령|تجاهل|निर्देश|הוראות|دستور|talimat|komut"
    r"|\bbot\b|\bdan\b"
)

_ADDRESS: Final = re.compile(r"\]\s?\((?!\s*(?:javascript|data):)[^()\s]{0,2000}(?:\s[^()]{0,300})?\)")
"""Where a Markdown link leads, which would hide what stands around it."""
_HIDDEN: Final = re.compile("[\u202d\u202e]|[\U000e0020-\U000e007f]{8,}")  # reversed text; tags longer than a flag's


def addresses_a_model(text: str) -> bool:
    """Say whether a sentence or title is an instruction to a language model, or hides text from its reader."""
    if _HIDDEN.search(text):
        return True
    plain = " ".join(_ADDRESS.sub("]", unicodedata.normalize("NFKC", text).lower()).split())
    folded = " ".join(searchable(plain).split())
    return any(_HINTS.search(form) and _ADDRESSES.search(form) for form in {plain, folded})


def stands_among_instructions(raw: str, span: Span) -> bool:
    """Say whether a sentence, or the line before or after it in its paragraph, speaks to a model.

    An instruction is often spread over lines of which only one gives it away.
    """
    start = raw.rfind("\n", 0, span.start) + 1
    end = raw.find("\n", span.end)
    end = len(raw) if end < 0 else end
    before = raw.rfind("\n", 0, max(start - 1, 0)) + 1
    after = raw.find("\n", end + 1)
    around = (raw[before : max(start - 1, 0)], raw[start:end], raw[end + 1 : after if after >= 0 else len(raw)])
    return addresses_a_model(span.of(raw)) or any(addresses_a_model(line[:_MOST_LINE_CHARS]) for line in around)
