"""Which language a text is in, guessed from its script and its commonest words; None where that is not plain."""

from __future__ import annotations

import re
from collections.abc import Mapping

FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": """the of and to in a is that for it was on with as be by at this from have he his had are but not or an
            they which she were we their been has will would there what if can when who said more no out so up than its
            about into them her him you your our i my do did could after before over also because while during against
            between under""",
        "de": """der die das und ist nicht ein eine zu den dem des von mit auf für im sich auch es an als wie bei nach
            wird sind""",
        "fr": """le la les un une des et est que qui dans pour pas sur au aux par avec ce cette il elle du de en ne se
            sont""",
        "es": "el la los las y es en un una de que por con para del al como más pero sus se su lo fue",
        "pt": "o a os as e é em um uma de que do da dos das por com para não no na se ao mais",
        "it": "il la lo gli di che e è un una per non sono del della nel con le si da",
        "nl": "de het een en van is zijn dat die niet in op voor met te bij er aan",
        "ru": "и в не на что с он она как по это но из за для от о к у же был была были его их так или",
        "uk": "і та що у в з не на до як за це від його про але був була були або й",
        "pl": "w i z na do nie się że jest to od po dla o oraz a przez jak",
        "id": "yang dan di dari untuk dengan pada ini itu dalam tidak akan ke",
    }.items()
}
"""The commonest words of each language that are not names: running text is full of them, labels and links are not."""

_SCRIPTS = (("ko", re.compile("[가-힣]")), ("ja", re.compile("[ぁ-ヿ]")), ("zh", re.compile("[一-鿿]")),
    ("ar", re.compile("[\u0620-\u064a]")), ("he", re.compile("[א-ת]")), ("el", re.compile("[α-ω]")),
    ("th", re.compile("[ก-ฮ]")))  # fmt: skip
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_SCRIPT_SHARE = 0.2  # of the characters
_TOKEN = re.compile(r"\w+")
_LOOK = 1000  # characters; a few sentences are enough
_FEWEST_WORDS = 10
_SHARE = 0.12  # of the words; English news has 0.35, and half of it still rules out chance
_LEAD = 1.2  # times the next language, because neighbours share words


def guess_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of running text."""
    look = text[:_LOOK].lower()
    if len(_NOT_ASCII.findall(look)) > _SCRIPT_SHARE * len(look):
        for language, letters in _SCRIPTS:
            if len(letters.findall(look)) > _SCRIPT_SHARE * len(look):
                return language
    words = _TOKEN.findall(look)
    if len(words) < _FEWEST_WORDS:
        return None
    counts = {language: sum(map(known.__contains__, words)) for language, known in FUNCTION_WORDS.items()}
    (best, most), (_, second) = sorted(counts.items(), key=lambda item: -item[1])[:2]
    return best if most >= _SHARE * len(words) and most >= _LEAD * second else None
