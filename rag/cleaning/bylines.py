"""What a line looks like that says who wrote the article."""

from __future__ import annotations

import re

NAME = r"[^\W\d_a-zа-я][\w'’.-]*(?: (?:(?:de|da|del|van|von|der|den|la|le|bin|al|el) )*[^\W\d_a-zа-я][\w'’.-]*){1,3}"
NAME_ALONE = re.compile(NAME)
NAMES = re.compile(rf"{NAME}(?:,? (?:and|&) {NAME}|, {NAME})*")
BYLINE = re.compile(
    r"(?:(?:[Ww]ritten|[Pp]osted|[Rr]eported|[Ee]dited|[Ss]tory|[Ww]ords|WRITTEN|POSTED)? ?(?:[Bb]y|BY)|"
    r"[Aa]uthor|Von|Par|Por|От|Автор):? "
    rf"(?P<name>{NAME}(?:,? (?:and|&) {NAME})*)"
    rf"(?:(?: ?[,|·•/(–—-]| (?:for|in|on|at|[Uu]pdated|[Pp]ublished|[Pp]osted) | (?=\d)).*)?"
)
_DAYS_AND_MONTHS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun january february
    march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov
    dec""".split()
)
_POSITION = re.compile(
    r"(?:(?<=[a-z])|,? )(?:(?:Senior|Chief|Contributing|Political|Special|Staff) )*"
    r"(?:Writer|Reporter|Correspondent|Editor|Columnist|Contributor|Staff)\b.*"
)


def author_name(text: str) -> str:
    """Return a name without the position and the date that are written behind it: "Meg JamesStaff Writer"."""
    words = _POSITION.sub("", text).split()
    while len(words) > 2 and words[-1].strip(".,").lower() in _DAYS_AND_MONTHS:
        words.pop()
    return " ".join(words).rstrip(".,")


SOMEBODY = re.compile(r"(?:by|von|par|por|от) .{2,60}")
