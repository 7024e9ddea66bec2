"""The closed word lists that attribution rests on: reporting verbs, titles, nouns that speak, function words.

The lists themselves are in `reporting_verbs.txt`, which is drawn from WordNet, in `lexicon.txt` and in
`given_names.txt`; this module reads them and inflects the verbs.
"""

from __future__ import annotations

from importlib.resources import files


def _read(name: str) -> dict[str, str]:
    """Read a file of sections: a name in brackets, then words; lines with # are comments."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (files(__package__) / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            current.append(line)
    return {section: " ".join(lines) for section, lines in sections.items()}


_SECTIONS = _read("lexicon.txt")
_VERBS = _read("reporting_verbs.txt")


def _words(section: str) -> frozenset[str]:
    return frozenset(_SECTIONS[section].split())


_IRREGULAR = {
    verb: tuple(forms.split(","))
    for entry in f"{_VERBS['irregular']} {_SECTIONS['irregular']}".split()
    for verb, _, forms in [entry.partition(":")]
}
"""Verb -> its irregular forms, those with a doubled consonant too."""


def inflect(verb: str) -> tuple[str, ...]:
    """Return the third person, past and participle forms of a verb, not the base form."""
    stem = verb.removesuffix("e")
    third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
    if verb.endswith("y") and verb[-2] not in "aeou":
        third = verb[:-1] + "ies"
    irregular = _IRREGULAR.get(verb, ())
    # "labelled" stands beside "labeled", but "said" instead of "sayed".
    doubled = {form for form in irregular if form.startswith(verb + verb[-1])}
    past = () if set(irregular) - doubled - {verb + "ing"} else (stem + "ed",)
    return (third, *past, *irregular, stem + "ing")


def _forms(listed: str, drawn: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Map every inflected form to (base verb, particles that may follow; an empty one when none is needed).

    Args:
        listed: verbs of `lexicon.txt`.
        drawn: verbs of `reporting_verbs.txt`; forms of theirs that have another use here are left out.
    """
    particles: dict[str, list[str]] = {}
    for entry in (listed + " " + drawn).split():
        verb, _, particle = entry.partition("_")
        particles.setdefault(verb, []).append(particle)
    wanted = {entry.partition("_")[0] for entry in listed.split()}
    return {
        form: (verb, tuple(found))
        for verb, found in particles.items()
        for form in (verb, *inflect(verb))
        if verb in wanted or form not in _OTHERWISE_USED
    }


AUXILIARIES = _words("auxiliaries")
NEGATIONS = _words("negations")
BE = _words("be")
ADVERBS = _words("adverbs")
DAYS = _words("days")
MONTHS = _words("months")
PREPOSITIONS = _words("prepositions")
SUBORDINATORS = _words("subordinators")
RELATIVES = _words("relatives")
CONJUNCTIONS = _words("conjunctions")
DETERMINERS = _words("determiners")
SUBJECT_PRONOUNS = _words("subject pronouns")
OBJECT_PRONOUNS = _words("object pronouns")
OTHER_PRONOUNS = _words("other pronouns")
LIGHT_VERBS = _words("light verbs")
_OTHERWISE_USED = (
    LIGHT_VERBS | AUXILIARIES | PREPOSITIONS | ADVERBS | CONJUNCTIONS | SUBORDINATORS | DETERMINERS | {"words"}
)
"""Forms that mean something else: "made clear", "will", "in her words"."""

SAY_FORMS = _forms(_SECTIONS["say"] + " " + _SECTIONS["news say"], _VERBS["say"] + " " + _VERBS["say with a clause"])
"""Form of a verb of saying -> its base form and particles. The subject spoke or wrote, whatever follows."""
CLAUSE_VERBS = frozenset(_VERBS["say with a clause"].split()) - _words("say") - _words("news say")
"""Base forms of verbs drawn from WordNet that are only now and then verbs of saying ("show", "refer")."""
SPEECH_FORMS = frozenset(form for form, (verb, _) in SAY_FORMS.items() if verb not in CLAUSE_VERBS)
"""Those that mostly mean speech even without a clause."""
THINK_FORMS = {
    form: value for form, value in _forms(_SECTIONS["think"], _VERBS["think"]).items() if form not in SAY_FORMS
}
"""The same of verbs that report what somebody thinks, wants or feels; they count only with a complement."""
INVERTING = frozenset(form for verb in _SECTIONS["inverting"].split() for form in (verb, *inflect(verb)))
"""Forms that stand before their subject after a quotation: "...," said Cho."""
NEED_CLAUSE = _words("need clause") | CLAUSE_VERBS
"""Base forms whose object need not be speech ("reads a book"): they need a clause or a quotation."""

TITLES: dict[str, str | None] = {
    **dict.fromkeys(_SECTIONS["titles"].split()),
    **dict.fromkeys(_SECTIONS["male titles"].split(), "m"),
    **dict.fromkeys(_SECTIONS["female titles"].split(), "f"),
}
"""Words before a person's name that are no part of it -> "m", "f", or None where either is usual."""
ROLE_NOUNS = frozenset(word for word in TITLES if word.isalpha()) - _words("no roles")
"""Titles by which an article may call a person again ("the senator")."""
SUFFIXES = _words("suffixes")
PARTICLES = _words("particles")
SPEAKER_NOUNS = _words("speaker nouns")
"""People, groups and texts that can say something without a name."""
SPEECH_NOUNS = _words("speech nouns")
FEMALE_NOUNS = _words("female nouns")
MALE_NOUNS = _words("male nouns")
FAMILY_FIRST = _words("family first")
"""Family names that stand first, which tells which part of a name is the family's."""

LIGHT_NOUNS = SPEECH_NOUNS | _words("light nouns")
"""With a light verb these report speech: "made clear", "issued a statement"."""
ATTITUDE_ADJECTIVES = _words("attitude adjectives")
INFINITIVE_AFTER = _words("infinitive after")
"""Words after which an infinitive tells what was done: "went on to argue"."""

ASKED_VERBS = _words("asked verbs")
"""Base forms by which a question asks for speech."""
GENERAL_VERBS = _words("general verbs")
"""Those, and nouns, that ask for anything said."""

ORGANISATION_HEADS = _words("organisation heads")
"""Last words of the names of organisations."""
BODY_NOUNS = (ORGANISATION_HEADS & SPEAKER_NOUNS) | {"firm"}
"""Nouns by which an article calls a body again ("the company")."""
LINKING_HEADS = ORGANISATION_HEADS | _words("linking heads")
"""Words that "of" or "for" continues inside a name: "Secretary of State"."""
NEVER_FIRST = (
    PREPOSITIONS
    | SUBORDINATORS
    | RELATIVES
    | CONJUNCTIONS
    | DETERMINERS
    | SUBJECT_PRONOUNS
    | OTHER_PRONOUNS
    | OBJECT_PRONOUNS
    | AUXILIARIES
    | ADVERBS
    | NEGATIONS
    | _words("never first")
)
"""Words that begin a sentence with a capital and are no names."""

_GENDERS = {"male": "m", "female": "f", "any": None}
GIVEN_NAMES: dict[str, str | None] = {
    name: _GENDERS[section] for section, names in _read("given_names.txt").items() for name in names.split()
}
"""Lower-case given name -> "m", "f", or None where both are usual."""
