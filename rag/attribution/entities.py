"""Decides which mentions of an article are the same person, institution or place, and whom a pronoun means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from rag.attribution import lexicon as lex
from rag.attribution.names import head_of_body, key_words, same_person
from rag.attribution.recognition import Kind, Mention
from rag.schema import NamedEntity
from rag.text.places import country_named

Gender = Literal["m", "f"]


@dataclass(slots=True, eq=False)
class Entity:
    """Somebody or something that an article names."""

    name: str
    key: tuple[str, ...]
    kind: Kind
    gender: str | None = None
    variants: dict[str, int] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    last_seen: int = -1
    """Number of the sentence that named it last, while reading in order."""

    @property
    def mentions(self) -> int:
        """How often it has been named so far."""
        return sum(self.variants.values())

    @property
    def may_be_person(self) -> bool:
        """Whether nothing says that it is an organisation or a place."""
        return self.kind in ("person", "unknown")

    def fits(self, gender: str) -> bool:
        """Say whether "he" (m) or "she" (f) can mean it."""
        return self.may_be_person and self.gender in (None, gender)


_NAMESAKES = 30  # the latest bearers of a family name that are compared; a list of members can have thousands
_LATELY = 3  # sentences; of two ministries, the one named longer ago is a guess
Speaker = tuple[str, Entity | None]
"""How a speaker is called, and who that is when it is somebody with a name."""


class Entities:
    """All entities of one article, built from its mentions in order of text."""

    def __init__(self) -> None:
        self._all: list[Entity] = []
        self._by_key: dict[tuple[str, ...], Entity] = {}
        self._by_last: dict[str, list[Entity]] = {}
        self._by_first: dict[str, list[Entity]] = {}
        self._by_role: dict[str, list[Entity]] = {}
        self._by_head: dict[str, list[Entity]] = {}

    def add_full_names(self, mentions: Iterable[Mention]) -> None:
        """Make an entity of each name of two words or more; short names are linked afterwards, by `link`."""
        for mention in mentions:
            if mention.last > mention.first:
                self._full(mention)

    def link(self, mention: Mention, sentence: int) -> Entity:
        """Return the entity that a mention means, and count it."""
        entity = self._full(mention) if mention.last > mention.first else self._short(mention, sentence)
        entity.variants[mention.name] = entity.variants.get(mention.name, 0) + 1
        entity.last_seen = sentence
        self._learn(entity, mention)
        return entity

    def _learn(self, entity: Entity, mention: Mention) -> None:
        for title in mention.titles:
            gender = lex.TITLES.get(title) or lex.TITLES.get(title + ".")
            if gender and entity.gender is None:
                entity.gender = gender
            if title in lex.ROLE_NOUNS:
                self.give_role(entity, title)
        if mention.titles and entity.kind == "unknown":
            entity.kind = "person"

    def _full(self, mention: Mention) -> Entity:
        key = key_words(mention.name)
        entity = self._by_key.get(key)
        if entity is not None:
            return entity
        country = country_named(mention.name) if mention.kind == "place" else None
        if country is not None:
            return self._country(mention, country)
        if not key:
            key = (mention.name.lower(),)
        for other in self._by_last.get(key[-1], [])[-_NAMESAKES:]:
            if len(other.key) > 1 and len(key) > 1 and other.kind != "place" and same_person(mention.name, other.name):
                self._by_key[key] = other
                if len(key) > len(other.key) and mention.kind != "organisation":
                    other.name, other.key = mention.name, key
                return other
        return self._new(mention, key)

    def _country(self, mention: Mention, country: str) -> Entity:
        """Return the country however it is written: "U.S." and "United States" are one; the longest form names it."""
        entity = self._by_key.get((f"={country}",))
        if entity is None:
            entity = self._new(mention, (f"={country}",))
        elif len(mention.name.replace(".", "")) > len(entity.name.replace(".", "")):
            entity.name = mention.name
        return entity

    def _new(self, mention: Mention, key: tuple[str, ...]) -> Entity:
        gender = None
        if mention.kind in ("person", "unknown") and len(key) > 1:
            gender = lex.GIVEN_NAMES.get(key[0])
        entity = Entity(mention.name, key, mention.kind, gender)
        self._learn(entity, mention)
        self._all.append(entity)
        self._by_key[key] = entity
        self._by_last.setdefault(key[-1], []).append(entity)
        if mention.kind == "organisation" and (head := head_of_body(key)) is not None:
            self.give_head(entity, head)
        if len(key) > 1:
            self._by_first.setdefault(key[0], []).append(entity)
        return entity

    def _short(self, mention: Mention, sentence: int) -> Entity:
        """Find whom a single name means: the full name with that family name, else with that given name."""
        key = key_words(mention.name) or (mention.name.lower(),)
        country = country_named(mention.name) if mention.kind == "place" else None
        if country is not None:
            return self._country(mention, country)
        own = self._by_key.get(key)
        if mention.name.isupper() and len(mention.name) <= 4:
            return own or self._new(mention, key)  # "UN" is not Kim Jong Un
        candidates = self._bearers(mention, key)
        titles = lex.ROLE_NOUNS.intersection(mention.titles)
        if titles and not any(e.last_seen >= 0 or e.roles & titles for e in candidates):
            candidates = []  # "President Obama", long before Michelle Obama comes up
        if own is not None and own.last_seen >= 0 and own.kind == "person" and len(own.key) == len(key):
            candidates = [*candidates, own]
        if not candidates:
            return own or self._new(mention, key)
        seen = [e for e in candidates if e.last_seen >= 0]
        near = [e for e in seen if sentence - e.last_seen <= 1]
        if len(near) == 1:
            return near[0]
        if len(seen) > 1 and all(len(e.key) > 1 and e.key[-1] == key[-1] for e in seen):
            return max(seen, key=lambda e: (e.last_seen, e.mentions))  # of two people of one surname the one named last
        return max(candidates, key=lambda e: e.mentions)

    def _bearers(self, mention: Mention, key: tuple[str, ...]) -> list[Entity]:
        """Return the longer names that end in `key`, else those that begin with it, as far as the title fits."""
        word = key[-1]
        gender = next((g for t in mention.titles if (g := lex.TITLES.get(t) or lex.TITLES.get(t + "."))), None)
        found = [
            entity
            for entity in self._by_last.get(word, [])[-_NAMESAKES:]
            if len(entity.key) > len(key) and entity.key[-len(key) :] == key and entity.may_be_person
        ]
        if not found and len(key) == 1:
            is_given = word in lex.FAMILY_FIRST or word in lex.GIVEN_NAMES
            found = [
                entity
                for entity in self._by_first.get(word, [])[-_NAMESAKES:]
                if len(entity.key) <= 4 and entity.may_be_person and is_given
            ]
        if mention.kind == "place" and not mention.titles:
            found = [entity for entity in found if entity.kind == "person"]
        return [entity for entity in found if gender is None or entity.gender in (None, gender)]

    def find(self, mention: Mention) -> Entity | None:
        """Return the entity of a name of two words or more, counting nothing."""
        return self._full(mention) if mention.last > mention.first else None

    def by_role(self, role: str) -> Entity | None:
        """Return whom a description like "the senator" means: the only bearer of the role so far, else nobody."""
        bearers = self._by_role.get(role, ())
        return bearers[0] if len(bearers) == 1 else None

    def by_head(self, noun: str, sentence: int) -> Entity | None:
        """Return the body that "the ministry" means: the only one named so far, else the one named lately."""
        named = sorted((e for e in self._by_head.get(noun, ()) if e.last_seen >= 0), key=lambda e: -e.last_seen)
        if len(named) < 2:
            return named[0] if named else None
        is_late = sentence - named[0].last_seen <= _LATELY and named[0].last_seen > named[1].last_seen
        return named[0] if is_late else None

    def give_head(self, entity: Entity, noun: str) -> None:
        """Note that a body can be called by a noun ("the company")."""
        bodies = self._by_head.setdefault(noun, [])
        if entity not in bodies:
            bodies.append(entity)

    def give_role(self, entity: Entity, role: str) -> None:
        """Note that the article calls somebody by a role ("senator")."""
        if role not in entity.roles:
            entity.roles.add(role)
            self._by_role.setdefault(role, []).append(entity)

    def named(self) -> tuple[NamedEntity, ...]:
        """Return the entities as they are stored, most mentioned first."""
        found = []
        for entity in self._all:
            if not entity.variants:
                continue
            forms = sorted(entity.variants, key=lambda form: (-len(form), form))
            name = entity.name if entity.name in entity.variants else forms[0]
            variants = (name, *(form for form in forms if form != name))
            found.append(NamedEntity(name=name, variants=variants, mentions=entity.mentions))
        return tuple(sorted(found, key=lambda e: (-e.mentions, e.name)))
