"""Small closed classes of English words that decide whether one sentence may stand for another."""

from __future__ import annotations

from typing import Final

NEGATIONS: Final = frozenset(
    """not no never nobody nothing none neither nor without cannot unable hardly barely deny denies denied denying
    refuse refuses refused refusing fail fails failed failing decline declines declined""".split()
)

PLANS: Final = frozenset(
    """will shall would could should may might can plan plans planned planning expect expects expected hope hopes hoped
    want wants wanted consider considers considered considering threaten threatens threatened intend intends intended
    propose proposes proposed proposal try tries tried trying attempt attempts attempted seek seeks sought aim aims
    aimed urge urged ask asked call called calls demand demanded demands prepare prepares preparing ready promise
    promised pledge pledged vow vowed offer offered due set scheduled""".split()
)

CONDITIONS: Final = frozenset("if unless whether until except only provided without".split())

HEDGES: Final = frozenset(
    """possible possibly potential potentially perhaps likely unlikely maybe reportedly allegedly apparently supposedly
    purportedly seemingly alleged suspected suspects suspect purported rumored rumoured accused accuse accuses fear
    fears feared appear appears appeared seem seems seemed nearly almost about around roughly approximately partly
    partially so-called would-be""".split()
)

QUANTIFIERS: Final = frozenset("all every each most many some several few always often any entire whole both".split())
