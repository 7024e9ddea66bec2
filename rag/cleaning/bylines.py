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
    rf"(?:(?: ?[,|·•/(–—-]| (?:for|in|on|at|[Uu]pdated|[Pp]ublished|[Pp]osted) ).*)?"
)
SOMEBODY = re.compile(r"(?:by|von|par|por|от) .{2,60}")
