"""The closed word lists that attribution rests on: reporting verbs, titles, nouns that speak, function words.

Written from general knowledge of English; none of it is fitted to a corpus. Verbs stand here by their base form and
are inflected at import.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

Complement = Literal["any", "clause", "object"]
"""What a reporting verb needs to count: `any` (nothing more), a `clause` (that, to, a quotation, wh-word, a bare
clause), or an `object` (any words at all after it)."""

# Verbs of saying: the subject spoke or wrote, whatever follows.
_SAY = """
say tell state declare announce assert claim contend maintain insist argue affirm reaffirm reiterate repeat stress
emphasize emphasise underline underscore highlight note remark comment observe mention point_out add continue go_on
explain clarify elaborate describe recount recall relate report reveal disclose confirm acknowledge admit concede
confess deny refute rebut dispute dismiss reject answer reply respond retort counter rejoin shoot_back fire_back hit_back
ask inquire enquire question wonder query demand request urge exhort implore plead beg appeal advise recommend counsel
caution warn threaten predict forecast project suggest propose hint imply insinuate intimate indicate signal allege
charge accuse blame fault criticize criticise denounce condemn decry deplore slam blast bash lambast lambaste rip rebuke
chide scold berate castigate assail attack deride mock ridicule taunt jeer belittle disparage malign lament bemoan
complain grumble gripe protest object express voice vent thank praise commend applaud laud hail salute congratulate
compliment extol tout boast brag crow gush apologize apologise vow pledge promise swear pronounce proclaim profess
testify attest avow opine quip joke crack deadpan muse shout yell scream cry exclaim bellow thunder bark snap growl whisper
mutter murmur mumble utter sigh chant sing preach lecture intone tweet retweet post blog write pen email e-mail text cable
quote cite conclude reason summarize summarise estimate calculate speculate theorize hypothesize surmise posit postulate
endorse advocate champion defend justify call call_for call_on call_out call_upon label brand dub liken compare
characterize characterise portray depict invite order instruct direct command assure reassure guarantee certify
volunteer interject interrupt chime_in weigh_in speak_out lash_out sum_up spell_out lay_out set_out speak talk discuss
address debate broach raise teach remind notify inform brief advise pooh-pooh laugh_off brush_off shrug_off
speculate caution vouch welcome urge outline detail present air communicate convey read
agree disagree concur
chastise reprimand reprove upbraid scold scorn decry lampoon skewer savage pillory vilify demonize demonise deplore
excoriate disavow disown repudiate renounce herald celebrate cheer eulogize commemorate rail rant rave fume gloat marvel
reference list enumerate recite harangue knock smear paint dispel debunk rehash recap reaffirm plead lobby mull
contradict rebut concede scoff sneer snipe needle heckle challenge press grill quiz interview
""".split()

# Attitudes: what somebody is reported to think, want or feel; they count only with a complement.
_THINK = """
believe think feel know hope wish fear worry doubt suspect expect anticipate assume presume suppose guess figure reckon
imagine understand realize realise recognize recognise remember forget consider deem regard view see judge find decide
determine conclude want intend plan aim mean prefer seek favor favour support oppose back like love hate dislike
appreciate admire respect envy resent regret learn discover notice hear foresee envision aspire long yearn desire need
resolve choose vote rule trust dread care mind suggest
""".split()

_IRREGULAR: dict[str, tuple[str, ...]] = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "read": ("reads", "read", "reading"),
    "go": ("goes", "went", "gone", "going"),
    "think": ("thinks", "thought", "thinking"),
    "feel": ("feels", "felt", "feeling"),
    "know": ("knows", "knew", "known", "knowing"),
    "understand": ("understands", "understood", "understanding"),
    "see": ("sees", "saw", "seen", "seeing"),
    "find": ("finds", "found", "finding"),
    "mean": ("means", "meant", "meaning"),
    "seek": ("seeks", "sought", "seeking"),
    "choose": ("chooses", "chose", "chosen", "choosing"),
    "hold": ("holds", "held", "holding"),
    "hear": ("hears", "heard", "hearing"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
    "forget": ("forgets", "forgot", "forgotten", "forgetting"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "teach": ("teaches", "taught", "teaching"),
    "sing": ("sings", "sang", "sung", "singing"),
    "shoot": ("shoots", "shot", "shooting"),
    "hit": ("hits", "hit", "hitting"),
    "set": ("sets", "set", "setting"),
    "spell": ("spells", "spelled", "spelt", "spelling"),
    "lay": ("lays", "laid", "laying"),
    "show": ("shows", "showed", "shown", "showing"),
    "prove": ("proves", "proved", "proven", "proving"),
    "cry": ("cries", "cried", "crying"),
    "deny": ("denies", "denied", "denying"),
    "reply": ("replies", "replied", "replying"),
    "decry": ("decries", "decried", "decrying"),
    "imply": ("implies", "implied", "implying"),
    "clarify": ("clarifies", "clarified", "clarifying"),
    "testify": ("testifies", "testified", "testifying"),
    "justify": ("justifies", "justified", "justifying"),
    "certify": ("certifies", "certified", "certifying"),
    "notify": ("notifies", "notified", "notifying"),
    "convey": ("conveys", "conveyed", "conveying"),
    "portray": ("portrays", "portrayed", "portraying"),
    "worry": ("worries", "worried", "worrying"),
    "query": ("queries", "queried", "querying"),
    "envy": ("envies", "envied", "envying"),
    "rip": ("rips", "ripped", "ripping"),
    "slam": ("slams", "slammed", "slamming"),
    "brag": ("brags", "bragged", "bragging"),
    "beg": ("begs", "begged", "begging"),
    "quip": ("quips", "quipped", "quipping"),
    "snap": ("snaps", "snapped", "snapping"),
    "plan": ("plans", "planned", "planning"),
    "admit": ("admits", "admitted", "admitting"),
    "pen": ("pens", "penned", "penning"),
    "dub": ("dubs", "dubbed", "dubbing"),
    "sum": ("sums", "summed", "summing"),
    "blog": ("blogs", "blogged", "blogging"),
    "prefer": ("prefers", "preferred", "preferring"),
    "regret": ("regrets", "regretted", "regretting"),
    "label": ("labels", "labeled", "labelled", "labeling", "labelling"),
    "counsel": ("counsels", "counseled", "counselled", "counseling"),
    "signal": ("signals", "signaled", "signalled", "signaling", "signalling"),
    "tout": ("touts", "touted", "touting"),
    "lash": ("lashes", "lashed", "lashing"),
}


def inflect(verb: str) -> tuple[str, ...]:
    """Return the third person, past and participle forms of a verb, not the base form."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return (verb + "s", verb + "d", verb[:-1] + "ing")
    third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
    return (third, verb + "ed", verb + "ing")


def _forms(entries: list[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Map every inflected form to (base verb, particles that may follow; empty string for none needed)."""
    table: dict[str, tuple[str, tuple[str, ...]]] = {}
    particles: dict[str, list[str]] = {}
    for entry in entries:
        verb, _, particle = entry.partition("_")
        particles.setdefault(verb, []).append(particle)
    for verb, found in particles.items():
        for form in (verb, *inflect(verb)):
            table[form] = (verb, tuple(found))
    return table


SAY_FORMS = _forms(_SAY)
THINK_FORMS = {form: value for form, value in _forms(_THINK).items() if form not in SAY_FORMS}

# Verbs that stand before their subject after a quotation ("...," said Cho). The rest are too often transitive.
INVERTING = frozenset(
    form
    for verb in (
        "say add write note explain argue ask reply respond continue declare recall conclude insist warn tweet claim "
        "admit observe remark quip exclaim assert wonder joke cry shout begin"
    ).split()
    for form in (*inflect(verb), verb)
) | {"says"}

# Verbs of saying whose object need not be speech ("reports an income", "reads a book"): they need a clause or quote.
NEED_CLAUSE = frozenset(
    "testify see learn hear long figure continue go read report show present speak talk address discuss find raise post direct command order text cable "
    "relate question project detail sing lecture preach air communicate present pen crack snap bark attack back call "
    "cite list press challenge knock paint reference celebrate cheer recite grill quiz interview quote interrupt appeal answer order express mention recall present calculate guarantee figure reason charge "
    "counter observe object champion brief present counsel cry compare forecast post shoot hit set lay".split()
)

AUXILIARIES = frozenset(
    "has have had having is are was were be been being will would can could shall should may might must do does did "
    "’s ’d ’ve ’ll ’re 's 'd 've 'll 're hasn't haven't hadn't isn't aren't wasn't weren't won't wouldn't can't couldn't "
    "shouldn't don't doesn't didn't hasn’t haven’t hadn’t isn’t aren’t wasn’t weren’t won’t wouldn’t can’t couldn’t "
    "shouldn’t don’t doesn’t didn’t cannot".split()
)
NEGATIONS = frozenset("not never n't n’t neither nor hardly".split())
BE = frozenset("is are was were be been being ’s 's ’re 're got get gets".split())

ADVERBS = frozenset(
    "also then later again still even just now once soon often always sometimes earlier already first further "
    "meanwhile instead too thus hence therefore however moreover furthermore indeed perhaps maybe rather quite very "
    "both all each himself herself themselves itself long since yesterday today tonight tomorrow previously "
    "simply well recently reportedly apparently so far away ever almost nearly only kind".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sept sep oct nov dec jan. feb. mar. apr. jun. jul. aug. sept. sep. oct. nov. dec.".split()
)
PREPOSITIONS = frozenset(
    "of for in from to with at by on about against between among amongst during before after under over into through "
    "within without toward towards upon near across behind beyond like unlike despite amid amidst around above below "
    "since until till as per via inside outside throughout off regarding concerning including versus than "
    "alongside along besides except".split()
)
SUBORDINATORS = frozenset(
    "if when while because although though unless whether whereas since until till after before once as that where "
    "why how what whenever wherever".split()
)
RELATIVES = frozenset("who whom whose which".split())
CONJUNCTIONS = frozenset("and or but nor yet plus &".split())
DETERMINERS = frozenset(
    "the a an this that these those his her its their our my your some any no every each all both many most several "
    "few other another one two three four five six seven eight nine ten such either neither".split()
)
SUBJECT_PRONOUNS = frozenset("he she they it".split())
OBJECT_PRONOUNS = frozenset("him her them us me you himself herself themselves".split())
OTHER_PRONOUNS = frozenset("i we you".split())

# Words before a person's name that are no part of it. The gender is None where either is usual.
TITLES: dict[str, str | None] = {
    "mr": "m", "mr.": "m", "mister": "m", "sir": "m", "lord": "m", "king": "m", "prince": "m", "father": "m",
    "brother": "m", "rabbi": None, "imam": "m", "sheikh": "m", "ayatollah": "m", "pope": "m", "emir": "m", "sultan": "m",
    "mrs": "f", "mrs.": "f", "ms": "f", "ms.": "f", "miss": "f", "madam": "f", "madame": "f", "lady": "f", "queen": "f",
    "princess": "f", "dame": "f", "sister": "f", "duchess": "f", "duke": "m", "baron": "m", "baroness": "f",
    "dr": None, "dr.": None, "doctor": None, "prof": None, "prof.": None, "professor": None, "rev": None, "rev.": None,
    "reverend": None, "sen": None, "sen.": None, "senator": None, "sens.": None, "senators": None, "rep": None, "rep.": None,
    "reps.": None, "representative": None, "congressman": "m", "congresswoman": "f", "gov": None, "gov.": None,
    "governor": None, "govs.": None, "lt.": None, "lt": None, "gen": None, "gen.": None, "general": None, "col.": None,
    "colonel": None, "maj.": None, "major": None, "capt.": None, "captain": None, "sgt.": None, "sergeant": None,
    "cmdr.": None, "commander": None, "adm.": None, "admiral": None, "lieutenant": None, "cpl.": None, "pvt.": None,
    "marshal": None, "sheriff": None, "officer": None, "detective": None, "judge": None, "justice": None, "attorney": None,
    "president": None, "president-elect": None, "vice": None, "premier": None, "chancellor": None, "minister": None,
    "prime": None, "secretary": None, "deputy": None, "undersecretary": None, "under": None, "assistant": None,
    "ambassador": None, "envoy": None, "mayor": None, "councilman": "m", "councilwoman": "f", "commissioner": None,
    "director": None, "chairman": "m", "chairwoman": "f", "chair": None, "chief": None, "leader": None, "speaker": None,
    "spokesman": "m", "spokeswoman": "f", "spokesperson": None, "ceo": None, "cfo": None, "executive": None,
    "founder": None, "co-founder": None, "editor": None, "coach": None, "candidate": None, "nominee": None,
    "frontrunner": None, "front-runner": None, "hopeful": None, "rival": None, "strategist": None, "adviser": None,
    "advisor": None, "aide": None, "analyst": None, "economist": None, "historian": None, "lawyer": None, "author": None,
    "actor": None, "actress": "f", "businessman": "m", "businesswoman": "f", "billionaire": None, "mogul": None,
    "tycoon": None, "magnate": None, "activist": None, "dictator": None, "bishop": "m", "archbishop": "m",
    "cardinal": "m", "pastor": None, "former": None, "ex-president": None, "ex": None, "then": None, "acting": None,
    "outgoing": None, "incoming": None, "interim": None, "late": None, "foreign": None, "defense": None, "defence": None,
    "finance": None, "interior": None, "senior": None, "top": None, "correspondent": None, "reporter": None,
    "host": None, "anchor": None, "columnist": None, "lawmaker": None, "legislator": None, "diplomat": None,
    "prosecutor": None, "treasurer": None, "comptroller": None, "supreme": None, "counterpart": None, "comedian": None,
    "singer": None, "pollster": None, "consultant": None, "manager": None, "whip": None, "majority": None, "minority": None,
    "gop": None, "democrat": None, "democratic": None, "republican": None, "independent": None, "libertarian": None,
    "conservative": None, "progressive": None, "tory": None, "labour": None, "republicans": None, "democrats": None,
    "editor-in-chief": None, "vice-president": None, "co-host": None, "presidential": None, "vice-presidential": None, "gubernatorial": None, "supporter": None, "critic": None, "opponent": None, "challenger": None, "incumbent": None, "fellow": None, "veteran": None, "longtime": None, "long-time": None, "campaign": None, "parliamentary": None,
    "co-chair": None, "co-chairman": "m", "first": None, "co-anchor": None, "moderator": None, "delegate": None, "inspector": None, "superintendent": None,
}  # fmt: skip

# Titles that stand alone as a way to address somebody; a name that is left with nothing keeps its title.
SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
PARTICLES = frozenset("de da di du del della la le van von der den bin ibn al el ben abu dos das ter st. y".split())

# Nouns for people, groups and texts that can say something without a name.
SPEAKER_NOUNS = frozenset(
    """official officials spokesman spokeswoman spokesperson spokespeople spokesmen campaign campaigns aide aides adviser
    advisers advisor advisors source sources critic critics expert experts analyst analysts economist economists
    report reports statement statements study studies poll polls survey surveys memo memos letter document documents
    filing filings complaint lawsuit indictment affidavit ruling editorial article book paper release government
    administration ministry department agency committee commission council court police authorities prosecutors
    prosecutor lawyer lawyers attorney attorneys judge judges company companies firm group groups organization
    organizations organisation party parties lawmaker lawmakers senator senators congressman congresswoman governor
    governors mayor mayors minister ministers president secretary chairman chairwoman chief director executive executives
    ceo leader leaders diplomat diplomats ambassador ambassadors envoy envoys general generals commander commanders
    soldier soldiers troops rebel rebels militant militants candidate candidates nominee rival rivals opponent opponents
    supporter supporters voter voters delegate delegates strategist strategists operative operatives donor donors
    republicans democrats conservatives liberals progressives activist activists protester protesters demonstrators
    researcher researchers scientist scientists professor scholar scholars author authors historian historians doctor
    doctors reporter reporters journalist journalists columnist anchor host moderator pundits pundit commentator
    commentators editor editors observers witnesses witness resident residents neighbor neighbors neighbour neighbours
    friend friends family father mother brother sister son daughter wife husband woman man women men people person
    americans russians chinese europeans students student teacher teachers worker workers employee employees union unions
    bank fund board panel team staff office embassy army military navy pentagon kremlin palace parliament senate house
    congress cabinet network newspaper magazine website agency media press allies ally country countries nation nations
    state states city authority regulator regulators investor investors owner owners manager managers coach player
    agreement treaty resolution constitution law bill order platform billionaire businessman mogul democrat republican
    veteran veterans pastor priest bishop clergy survivor survivors victim victims plaintiff defendant juror jurors
    insider insiders staffer staffers loyalist side sides duo pair trio crowd majority colleague colleagues
    deputy undersecretary premier chancellor monarch king queen prince spokesmen legislators legislator""".split()
)

# Speech nouns in "X's claim that ..." and "a statement by X".
SPEECH_NOUNS = frozenset(
    """claim assertion statement remark remarks comment comments argument contention suggestion proposal promise pledge
    vow warning threat call demand request plea appeal accusation allegation charge criticism attack denial admission
    announcement declaration prediction view belief opinion hope fear concern plan insistence complaint praise
    description characterization tweet tweets question answer response reply reaction position stance""".split()
)

# Descriptions by which an article may call a person again ("the senator").
ROLE_NOUNS = frozenset(
    word
    for word in TITLES
    if word.isalpha()
    and word
    not in {
        "mr", "mrs", "ms", "dr", "former", "then", "acting", "under", "vice", "prime", "late", "top", "senior", "foreign",
        "defense", "defence", "finance", "interior", "supreme", "majority", "minority", "gop", "outgoing", "incoming",
        "interim", "deputy", "assistant", "ex", "sen", "rep", "gov", "gen", "lt", "prof", "rev", "general", "major",
        "democratic", "conservative", "progressive", "independent",
    }
)  # fmt: skip

FEMALE_NOUNS = frozenset(
    "woman mother wife daughter sister spokeswoman chairwoman congresswoman businesswoman actress queen lady first-lady "
    "councilwoman princess duchess grandmother aunt niece girl widow waitress heroine".split()
)
MALE_NOUNS = frozenset(
    "man father husband son brother spokesman chairman congressman businessman actor king prince duke councilman "
    "grandfather uncle nephew boy widower".split()
)


def _load_given_names() -> dict[str, str | None]:
    table: dict[str, str | None] = {}
    gender: str | None = None
    for line in (files(__package__) / "given_names.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            gender = {"[male]": "m", "[female]": "f"}.get(line)
        elif not line.startswith("#"):
            table.update(dict.fromkeys(line.split(), gender))
    return table


GIVEN_NAMES: dict[str, str | None] = _load_given_names()
"""Lower-case given name -> "m", "f", or None where both are usual."""

# Family names that stand first (Korean, Chinese, Vietnamese); used only to see which part of a name is the family's.
FAMILY_FIRST = frozenset(
    """kim lee park choi jeong jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song ryu hong moon ban roh chung
    chang ri hyon jo ko pak rhee xi li wang zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo
    liang song zheng xie tang feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren
    yao shen zhong cui tan fan jin mao hua nguyen tran pham phan vo dang bui ngo duong""".split()
)
