"""What kinds of things a text tells: a time, a duration, an age, an amount, a sum of money, a reason."""

from __future__ import annotations

import re
from typing import Final

from rag.text.dates import find_dates
from rag.text.numbers import find_numbers

_FEW: Final = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|few|several|many|couple of)"
_SEASONS: Final = r"(?:spring|summer|autumn|fall|winter|morning|afternoon|evening)"
_TIME_UNITS: Final = r"(?:second|minute|hour|day|week|fortnight|month|year|decade|centur(?:y|ie)|generation)s?\b"
_TIME: Final = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tomorrow|tonight|overnight|weekend"
    r"|(?:last|this|next|previous|following|same) (?:day|week|month|year|decade|century|night|season)"
    rf"|(?:in|during|by|of|since|until|last|this|next|early|late|mid)[ -](?:the )?(?:early |late |mid-?)?{_SEASONS}"
    rf"|{_FEW} {_TIME_UNITS} (?:ago|earlier|later|before|after)"
    rf"|(?:in|within|after|for) (?:the (?:next|past|last) )?{_FEW} {_TIME_UNITS}"
    r"|christmas|easter|new year|thanksgiving|halloween|ramadan|passover|diwali"
    r"|(?:1[5-9]|20)\d0s|\d{1,2}(?:st|nd|rd|th) century|(?:19|20)\d\d|noon|midday|midnight|dawn"
    r"|\d{1,2}(?::\d\d)? ?[ap]\.?m)\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    rf"\b(?:an?|half an?|several|a few|many|a couple of|(?:for )?decades|centuries|years)[\s-]+{_TIME_UNITS}"
    r"|\bfor (?:decades|centuries|years|months|weeks|days|hours|generations)\b",
    re.IGNORECASE,
)
_TIME_UNIT_AFTER: Final = re.compile(rf"[\s-]+(?:and a half[\s-]+)?(?:\w+ )?{_TIME_UNITS}", re.IGNORECASE)
_FIRST_TIME_IN: Final = re.compile(
    rf"\b(?:first|last|only)(?: \w+)? (?:in|for) (?:\w+ )?\w+ {_TIME_UNITS}", re.IGNORECASE
)
_OLD_AFTER: Final = re.compile(r"[\s-]years?[\s-]old\b|,(?=\s)", re.IGNORECASE)
_AGE_BEFORE: Final = re.compile(
    r"\bage[ds]?(?: of)?(?: (?:about|just|around|only|between))? $|\bwhen (?:he|she|they) (?:was|were) $|\w, $",
    re.IGNORECASE,
)
_AGE: Final = re.compile(
    r"\bborn\b|\b\d{1,3}(?:st|nd|rd|th) birthday\b|\bdied (?:\w+ )?at \d{1,3}\b"
    r"|\bturn(?:s|ed|ing)? \d{1,3}(?=\W*$|[,.;)]|\s+(?:and|as|at|in|just|last|next|on|this|today|when|\w+day)\b)"
    r"|\bin (?:his|her|their) (?:early |late |mid-?)?(?:[a-z]+ties|teens|\d0s)\b",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(
    r"[$€£¥₩₹₽]\s?\d|\b\d+-(?:cent|dollar|euro|pound)\b|\b(?:USD|EUR|GBP)\b"
    r"|\b\d[\d.,]*\s+(?:(?:m|b|tr)illion\s+|[mb]ln\s+)?(?:(?:U\.?S\.?|[A-Z][a-z]+)\s+)?"
    r"(?:dollars?|dlrs?|euros?|pounds?|stg|sterling|yen|won|rubles?|roubles?|yuan|rupees?|francs?|marks?|liras?|pesos?"
    r"|kron\w+|cents?)\b",
    re.IGNORECASE,
)
_MEASURE_AFTER: Final = re.compile(
    r"[\s-]?(?:tonne|ton|kilo(?:gram|met(?:re|er))?|kg|gram|pound|ounce|lit(?:re|er)|gallon|barrel|bushel|mile|km"
    r"|(?:centi|milli)?met(?:re|er)|cm|mm|foot|feet|ft|inch|yard|acre|hectare|square|cubic|degree|(?:mega|giga|kilo)?watt"
    r"|times|fold|percentage|points?|(?:giga|mega|tera)byte|calorie)(?:s|es)?\b",
    re.IGNORECASE,
)
_SHARE: Final = re.compile(
    r"\b(?:half|(?:a|one|two|three)[ -](?:third|quarter|fifth|tenth)s?|majority|double|twice|triple"
    r"|(?:one|two|three|nine|\d+) (?:in|out of) (?:every )?(?:\d+|two|three|four|five|ten|twenty))\b",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(
    r"\b(?:in|at|from|inside|outside|near|on|into|onto|under|behind|to) (?:an?|the|his|her|their|its|several|two)? ?"
    r"(?:[\w’'-]+ ){0,3}?(?:airports?|apartments?|banks?|bars?|bases?|basements?|beach(?:es)?|boats?|borders?|bridges?"
    r"|buildings?|bus(?:es)?|camps?|campus|cars?|caves?|cellars?|cemeter(?:y|ies)|church(?:es)?|coast|courts?|deserts?"
    r"|embass(?:y|ies)|factor(?:y|ies)|farms?|fields?|flats?|forests?|gardens?|gyms?|halls?|harbou?rs?|hills?|homes?"
    r"|hospitals?|hotels?|houses?|islands?|jails?|kitchens?|lakes?|librar(?:y|ies)|markets?|mines?|mosques?|motorways?"
    r"|mountains?|museums?|offices?|palaces?|parks?|plants?|ports?|prisons?|pubs?|restaurants?|rivers?|roads?|roof(?:top)?s?"
    r"|rooms?|schools?|sea|shelters?|ships?|shops?|squares?|stadiums?|stations?|stores?|streets?|studios?|temples?"
    r"|theat(?:re|er)s?|towns?|trains?|tunnels?|universit(?:y|ies)|valleys?|vans?|villages?|warehouses?|woods?|yards?)\b",
    re.IGNORECASE,
)
_TRANSPORT: Final = re.compile(
    r"\b(?:trains?|planes?|aircraft|airplanes?|aeroplanes?|jets?|helicopters?|ships?|boats?|ferr(?:y|ies)|yachts?|cars?"
    r"|limousines?|bus(?:es)?|coach(?:es)?|trucks?|lorr(?:y|ies)|vans?|taxis?|trams?|motorcades?|convoys?|motorcycles?"
    r"|bikes?|bicycles?|horseback|foot|flew|fl(?:y|ies|ying|ights?)|sail(?:s|ed|ing)?|dr(?:ove|ives?|iving|iven)"
    r"|walk(?:s|ed|ing)?|rail(?:way|road)?|by (?:sea|air|road|land))\b",
    re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"\b(?:because|due to|owing to|thanks to"
    r"|in order to|so that|so as to|as a result|in response to|prompted|prompting|caused by|aimed at|the reason"
    r"|on the grounds?|given that|in protest|out of (?:fear|concern)"
    r"|over (?:concerns?|fears?|allegations?|claims?|his|her|their|its|what)"
    r"|amid (?:concerns?|fears?)|following an?\b|for fear|in honou?r of)\b"
    r"|, as (?!well\b)\w",
    re.IGNORECASE,
)


def tells_time(text: str) -> bool:
    """Say whether a text says when something is: a date, a weekday, "two days later", "in the autumn"."""
    return bool(find_dates(text) or _TIME.search(text))


def tells_duration(text: str, *, lasting: bool = False) -> bool:
    """Say whether a text says how long something takes: "a two-hour meeting", "for decades".

    Args:
        lasting: whether "for the first time in ten years" is none, because it tells how long something was not.
    """
    if lasting:
        text = _FIRST_TIME_IN.sub(" ", text)
    return bool(_DURATION.search(text)) or any(_TIME_UNIT_AFTER.match(text, s.end) for s, _ in find_numbers(text))


def tells_age(text: str) -> bool:
    """Say whether a text says how old somebody is: "aged seven", "the 30-year-old", "Ann Ray, 41,"."""
    if _AGE.search(text):
        return True
    for span, _ in find_numbers(text):
        after = _OLD_AFTER.match(text, span.end)
        before = _AGE_BEFORE.search(text[max(0, span.start - 30) : span.start])
        if (after and len(after[0]) > 1) or (before and (after or not before[0].endswith(", "))):
            return True
    return False


def tells_money(text: str) -> bool:
    """Say whether a text names a sum of money."""
    return bool(_MONEY.search(text))


def tells_amount(text: str) -> bool:
    """Say whether a text says how much: a measure, a percentage, a share or a sum of money."""
    if tells_money(text) or _SHARE.search(text):
        return True
    return any(value.endswith("%") or _MEASURE_AFTER.match(text, span.end) for span, value in find_numbers(text))


def tells_place(text: str) -> bool:
    """Say whether a text says where by a common noun: "in a deserted warehouse"."""
    return bool(_PLACE.search(text))


def tells_transport(text: str) -> bool:
    """Say whether a text names a means of transport: "by train", "flew", "his convoy"."""
    return bool(_TRANSPORT.search(text))


def gives_reason(text: str) -> bool:
    """Say whether a text words a reason outright, rather than by "to", "after" or "for"."""
    return bool(_REASON.search(text))


def tells_parts(text: str, *, loosely: bool = False) -> bool:
    """Say whether a sentence tells the parts of what the one before names: "This includes ...".

    Args:
        loosely: whether "They are ..." may do so too.
    """
    return bool((_MAY_TELL_PARTS if loosely else _TELLS_PARTS).match(text))


def only_cites(text: str) -> bool:
    """Say whether a sentence only says who reports the one before: "Harbour Radio reports."."""
    return bool(_ONLY_CITES.fullmatch(text))


_PARTS: Final = r"(?:this|these|those|they|it|among (?:them|these|those))\b(?: \w+){0,2}? (?:includ|compris|consist"
_TELLS_PARTS: Final = re.compile(rf"{_PARTS})", re.IGNORECASE)
_MAY_TELL_PARTS: Final = re.compile(
    rf"{_PARTS}|are\b|is\b|were\b)|that\b(?: \w+){{0,2}}? (?:is|are|were)\b", re.IGNORECASE
)
_WHO: Final = r"(?:[Tt]he )?[A-Z][\w.&’'-]*(?: [A-Z][\w.&’'-]*){0,3}"
_ONLY_CITES: Final = re.compile(
    rf"\W*(?:{_WHO} (?:has |have )?(?:reports?|reported|writes|wrote|says|said)|[Aa]ccording to {_WHO})\W*"
)
