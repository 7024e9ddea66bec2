"""Draw `rag/attribution/reporting_verbs.txt` from the database files of Princeton WordNet 3.0.

    python scripts/make_reporting_verbs.py /usr/share/wordnet   # Debian: apt-get install wordnet-base

A sense of a verb is an act of speech if WordNet files it under communication and it lies under one of `SPEECH`; it may
report speech if, filed there, it takes a that-clause. It reports an attitude if it is one of `ATTITUDES`, or lies under
one and takes a clause, an infinitive or a participle. The weight of a sense is how often WordNet's tagged texts use it,
and one over its number, so that unused senses count a little.

A verb with `MOST` of its weight in acts of speech is a verb of saying; else one with `FELT` of it in attitudes is a
verb of thinking; else one with `SOME` of it in acts and clauses reports only with a clause or a quotation. Words are
left out that the tagged texts know as noun or adjective and not as verb ("low"), and of the last two kinds those that
they use more often so than as verb ("picture").
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent.parent / "rag" / "attribution" / "reporting_verbs.txt"
COMMUNICATION = 32  # number of the lexicographer file verb.communication
CLAUSE_FRAMES = {26}  # "that"
COMPLEMENT_FRAMES = {24, 26, 28, 29, 33}  # besides, "somebody to", "to", "-ing"
MOST = 0.5
SOME = 0.15
FELT = 0.3

# Senses as lemma.number, in WordNet 3.0; everything below them counts, except below `NO_SPEECH`.
SPEECH = (
    "say.1 inform.1 talk.2 talk_about.2 utter.1 shout.1 repeat.1 request.1 ask.1 criticize.1 praise.1 accuse.2 "
    "reject.3 reject.4 complain.1 mock.1 agree.1 disagree.1 insist.1 affirm.3 admit.1 mention.1 thank.1 "
    "apologize.1 joke.1 disown.1 deny.1 deny.2 refute.1 dismiss.1 boast.1 advise.1 predict.1 pronounce.2 call.2 "
    "characterize.1 respond.2 speak.4"
).split()
NO_SPEECH = (
    "forbid.1 call.5 negotiate.1 confer.1 consult.1 publicize.1 teach.1 misinform.1 translate.1 misrepresent.1 "
    "forgive.1 sing.2 name.1 permit.1"
).split()
ATTITUDES = (
    "think.1 think.2 believe.1 believe.3 want.1 intend.1 plan.2 expect.1 know.1 know.3 like.2 dislike.1 love.1 fear.1 "
    "fear.2 fear.3 fear.4 worry.1 doubt.1 regret.1 remember.1 forget.1 understand.1 realize.1 feel.1 feel.2 respect.1 "
    "envy.1 resent.1 conclude.1 imagine.1 assume.1 trust.1 view.1 prefer.1"
).split()
PARTICLES = frozenset("about for of on out upon to against up off down back in away over".split())


@dataclass(frozen=True, slots=True)
class Sense:
    """One verb synset."""

    file: int
    words: tuple[str, ...]
    frames: tuple[tuple[int, int], ...]
    """Sentence frame, and the number of the word it holds for (0: all)."""
    broader: tuple[str, ...]

    def takes(self, lemma: str, frames: set[int]) -> bool:
        """Say whether a word of the synset stands in one of the sentence frames."""
        place = self.words.index(lemma) + 1
        return any(frame in frames and word in (0, place) for frame, word in self.frames)


class WordNet:
    """The verbs of WordNet: senses by synset, synsets by lemma in order of frequency."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / "data.verb").read_text("utf-8").splitlines()
        self.licence = [line[2:].strip() for line in lines if line.startswith("  ")]
        self.senses = dict(map(_sense, (line for line in lines if not line.startswith("  "))))
        self.synsets: dict[str, list[str]] = {}
        for line in (folder / "index.verb").read_text("utf-8").splitlines():
            fields = line.split()
            if not line.startswith(" "):
                self.synsets[fields[0]] = fields[-int(fields[2]) :]
        self.uses: dict[tuple[str, int], int] = {}
        self.verb_uses: dict[str, int] = defaultdict(int)
        self.other_uses: dict[str, int] = defaultdict(int)
        for line in (folder / "cntlist.rev").read_text("utf-8").splitlines():
            key, number, count = line.split()
            lemma, rest = key.split("%")
            if rest.startswith("2:"):
                self.uses[lemma, int(number)] = int(count)
                self.verb_uses[lemma] += int(count)
            else:
                self.other_uses[lemma] += int(count)
        self.exceptions: dict[str, list[str]] = defaultdict(list)
        for line in (folder / "verb.exc").read_text("utf-8").splitlines():
            form, *lemmas = line.split()
            for lemma in lemmas:
                self.exceptions[lemma].append(form)

    def below(self, tops: Sequence[str], *, but: Sequence[str] = ()) -> set[str]:
        """Return the synsets of some senses and everything narrower."""
        narrower: dict[str, list[str]] = defaultdict(list)
        for synset, sense in self.senses.items():
            for above in sense.broader:
                narrower[above].append(synset)
        left_out = {self._synset(name) for name in but}
        found: set[str] = set()
        waiting = [self._synset(name) for name in tops]
        while waiting:
            synset = waiting.pop()
            if synset not in found and synset not in left_out:
                found.add(synset)
                waiting += narrower[synset]
        return found

    def shares(self, lemma: str, speech: set[str], attitudes: set[str]) -> tuple[float, float, float]:
        """Return which shares of a verb's weight are acts of speech, may report speech, and are attitudes."""
        total = acting = stating = thinking = 0.0
        named = {self._synset(name) for name in ATTITUDES}
        for number, synset in enumerate(self.synsets[lemma], start=1):
            sense = self.senses[synset]
            weight = self.uses.get((lemma, number), 0) + 1 / number
            total += weight
            if sense.file == COMMUNICATION and synset in speech:
                acting += weight
            elif sense.file == COMMUNICATION and sense.takes(lemma, CLAUSE_FRAMES):
                stating += weight
            elif synset in named or (synset in attitudes and sense.takes(lemma, COMPLEMENT_FRAMES)):
                thinking += weight
        return acting / total, stating / total, thinking / total

    def _synset(self, name: str) -> str:
        lemma, _, number = name.partition(".")
        return self.synsets[lemma][int(number) - 1]


def _sense(line: str) -> tuple[str, Sense]:
    fields = line.split("|")[0].split()
    count = int(fields[3], 16)
    words = tuple(word.lower() for word in fields[4 : 4 + 2 * count : 2])
    at = 4 + 2 * count
    pointers = int(fields[at])
    broader = tuple(fields[at + 2 + 4 * i] for i in range(pointers) if fields[at + 1 + 4 * i] == "@")
    at += 1 + 4 * pointers
    frames = tuple((int(fields[at + 2 + 3 * i]), int(fields[at + 3 + 3 * i], 16)) for i in range(int(fields[at])))
    return fields[0], Sense(int(fields[1]), words, frames, broader)


def main(folder: Path) -> None:
    """Read the database and write the lists."""
    wordnet = WordNet(folder)
    speech = wordnet.below(SPEECH, but=NO_SPEECH)
    attitudes = wordnet.below(ATTITUDES)
    lists: dict[str, list[str]] = {"say": [], "say with a clause": [], "think": []}
    for lemma in sorted(wordnet.synsets):
        first, *particles = lemma.split("_")
        if len(first) < 2 or len(particles) > 1 or not PARTICLES.issuperset(particles) or not first.isalpha():
            continue
        others = wordnet.other_uses[lemma]
        if others and not wordnet.verb_uses[lemma]:
            continue
        acting, stating, thinking = wordnet.shares(lemma, speech, attitudes)
        if acting >= MOST:
            lists["say"].append(lemma)
        elif others > wordnet.verb_uses[lemma]:
            continue
        elif thinking >= FELT:
            lists["think"].append(lemma)
        elif acting + stating >= SOME:
            lists["say with a clause"].append(lemma)
    for name, verbs in lists.items():
        print(name, len(verbs), file=sys.stderr)
    header = ["Drawn by scripts/make_reporting_verbs.py, which says by which rules.", "", *wordnet.licence]
    text = "".join(f"# {line}".rstrip() + "\n" for line in header)
    for name, verbs in lists.items():
        text += f"\n[{name}]\n" + _wrap(verbs)
    irregular = sorted({verb.split("_")[0] for verbs in lists.values() for verb in verbs} & wordnet.exceptions.keys())
    text += "\n[irregular]\n" + _wrap([f"{verb}:{','.join(sorted(wordnet.exceptions[verb]))}" for verb in irregular])
    TARGET.write_text(text, "utf-8")


def _wrap(words: list[str], width: int = 118) -> str:
    return re.sub(rf"(.{{1,{width}}})(?: |$)", r"\1\n", " ".join(words))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
