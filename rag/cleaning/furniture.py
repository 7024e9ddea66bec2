"""Known furniture of news pages: what a line says outright about not being article text, in several languages.

Patterns see normalised lines (`lines.normalise`): lower case, straight quotes, single spaces. Each belongs to a reason
code that is shown to the user. Words are those of page templates, never of single sites.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_WHOLE = 90
"""Lines longer than this are not looked up as labels; they may still hold one of the phrases."""

# Labels: the whole line is furniture. `n` stands for a count beside it.
_COUNT = r"(?: ?[(\[]?[\d.,]+ ?[km]?\+?[)\]]?)?"
_LABELS: tuple[tuple[str, str], ...] = (
    (
        "advertisement",
        r"-? ?(?:advertisements?|advertising|ads?|sponsored(?: content| links?| post)?|promoted(?: content| links?)?|"
        r"(?:story|article) continues (?:below|after)(?: the)? ?(?:ad\w*)?|ad feedback|paid content|\w+ ads?|"
        r"advertisement - (?:story|article) continues below|continue reading (?:the main story|below)|"
        r"(?:scroll|skip) (?:down )?(?:to|for) (?:continue|more)|remove ads|report (?:this )?ad|why this ad\??|"
        r"publicidade?|publicit[ée]|publicidad|pubblicit[àa]|anzeige|werbung|реклама|на правах рекламы|reklama|"
        r"advertentie|annonse?|annons|iklan|광고|広告|広告の後にも続きます|廣告|广告) ?-?",
    ),
    (
        "comments",
        r"(?:leave a (?:reply|comment)|(?:post|add|write|leave)(?: a| your)? comments?(?: \(\+\))?|cancel reply|"
        r"(?:view |show |hide |see |read |load |all |no |more |join the |start the |reader )*"
        rf"(?:comments?|conversation|discussion|responses?|replies){_COUNT}|[\d.,]+ (?:comments?|responses?|replies)|"
        r"what(?: do you|'s your) (?:think|opinion|view)\??|your (?:name|email|comment|message)|save my name.*|"
        r"kommentare?(?: schreiben)?|commentaires?|comentarios?|coment[áa]rios?|commenti|комментарии|"
        r"коментарі|коментувати|комментировать|komentarze|reacties|댓글|コメント|评论|評論|be the first to comment.*|"
        r"\d+ thoughts? on .*|(?:top|best|most) (?:rated|liked) comments?|log ?in to (?:leave a )?(?:comment|reply)|you must be logged in.*|sign in to comment.*)"
        rf"{_COUNT}[:!.]?",
    ),
    (
        "share",
        r"(?:(?:share|tweet|pin|email|e-mail|print|copy|save|like|facebook|twitter|whatsapp|telegram|linkedin|pinterest|"
        r"reddit|viber|instagram|youtube|messenger|tumblr|flipboard|snapchat|tiktok|rss|vk|vkontakte|x|pocket|gmail|"
        r"line|wechat|weibo|google\+?|google plus|mail|sms|skype|threads|bluesky|mastodon|odnoklassniki|get short url|"
        r"copy link|short url|copy url|permalink|link|this|article|story|post|page|on|it|via|to|with|by|the|a|your|"
        rf"friends?|using|and|or|[|,/:·•&+-])(?:[ .…]+|\Z|(?=[|,/:·•&+-]))){{1,12}}{_COUNT}[:.…]*|"
        r"(?:sharetweet|tweetshare|shares?|share this(?: [a-z ]{0,30})?|share (?:on|via|with) .{0,30}|sharing options|"
        r"click to (?:share|email|print).{0,60}|opens in (?:a )?new window|partager|teilen|compartir|compartilhar|"
        rf"condividi|поделиться|поділитися|udostępnij|delen|공유|공유하기|シェア|分享|bagikan){_COUNT}[:.…]*",
    ),
    (
        "subscribe",
        r"(?:subscribe|sign up|sign me up|subscribe now|subscribe today|get (?:our|the) newsletter|newsletters?|"
        r"join (?:now|us)|become a member|support us|donate(?: now)?|follow(?: us)?(?: (?:on|@).{0,40})?|register|"
        r"log ?in ?/? ?(?:register)?|sign ?in|log ?out|my account|create (?:an )?account|already a subscriber\??.*|"
        r"get alerts?|turn on notifications|download (?:our|the) app.*|abonnieren|s'abonner|suscr[íi]bete|inscreva-se|"
        r"assine|iscriviti|подписаться|підписатися|구독|구독하기|登録)[:!.]*",
    ),
    (
        "related",
        r"(?:\[?latest\]? ?)?(?:(?:more|read|related|latest|top|popular|trending|most|recommended|recent|editor'?s?|"
        r"editors'?|featured|weekly|best|similar|further|hot|breaking|must|today'?s?|other|also|next|previous)[ -]){0,4}"
        r"(?:(?:stories|articles?|news|posts?|reads?|reading|topics?|links?|content|coverage|headlines|videos?|picks?|"
        r"choice|recommendations|now|popular|viewed|commented|shared|trending|updates|read more|features?|"
        r"galler(?:y|ies)|previous|next)\b[ ,&/+-]*(?:and )?){1,3}(?: (?:from|in|on|by|about|for you|this week).{0,40})?"
        r"[:>»…]*|"
        r"(?:you (?:may|might) (?:also )?(?:like|be interested|enjoy).{0,30}|more (?:on|about|from|in|like|stories).{0,40}|"
        r"(?:also|read|see|watch|don'?t miss|what to read next|up next|next up|related|trending|most popular|popular|"
        r"recommended(?: for you)?|latest|read also|see also|also read|also see|more for you|from the web|around the web|"
        r"from our partners|editors? picks?|top picks|in case you missed it|keep reading|next|previous|read next|"
        r"read previous|previous (?:article|post|story)|next (?:article|post|story)|newer|older|tags?|topics?|tagged|"
        r"filed under|related (?:topics|items|tags)|categor(?:y|ies)|in this (?:story|article)|publication date|"
        r"dig deeper|you'll also like|everyone'?s talking about|what others are reading|load more|show more|view more|"
        r"see more|read more|learn more|more|view all|see all|more \+|continue reading|full story|"
        r"lesen sie auch|mehr zum thema|auch interessant|das k[öo]nnte sie auch interessieren|lire aussi|à lire aussi|"
        r"sur le m[êe]me sujet|le[ae] tamb(?:i[ée]n|[ée]m)|leia mais|veja tamb[ée]m|lea m[áa]s|te puede interesar|"
        r"noticias relacionadas|not[íi]cias relacionadas|leggi anche|potrebbe interessarti|читайте также|читать далее|"
        r"по теме|материалы по теме|читайте також|більше по темі|czytaj (?:też|także|również)|zobacz też|lees ook|"
        r"lees meer|baca juga|artikel terkait|관련기사|관련 기사|많이 본 뉴스|関連記事|関連ニュース|あわせて読みたい|相关阅读|相关新闻|相關新聞)"
        r"[:>»…]*)",
    ),
    (
        "navigation",
        r"(?:home(?:page)?|menu|main menu|search.{0,20}|skip to .{0,30}|jump to .{0,30}|back to (?:top|home).{0,20}|go to top|"
        r"scroll to top|top|close|open|toggle .{0,30}|navigation|sections?|about(?: us)?|contact(?: us)?|privacy|"
        r"terms|help|faq|sitemap|site map|archive|archives|editions?|language|settings|loading\.*|please wait\.*|"
        r"accept|decline|ok|okay|got it|i agree|agree|accept (?:all|cookies|and close|& close)|dismiss|reject|continue|"
        r"submit|send|reply|report|edit|delete|cancel|yes|no|expand|collapse|hide|show|play|pause|mute|listen|"
        r"(?:quick|direct) access to .{0,140}|photos?|pictures?|images?|captions?|image \d+ of ?/? ?\d+|video|videos|live|watch live|listen live|audio|gallery|"
        r"startseite|accueil|inicio|início|главная|головна|strona główna|beranda|[x×✕☰▲▼‹›«»<>^→←]+|next|prev(?:ious)?|"
        r"\d+ ?(?:/|of) ?\d+|[\d.,]+[km]?)",
    ),
    (
        "legal",
        r"(?:(?:privacy|cookies?|terms|legal|copyright|accessibility)(?: (?:policy|notice|statement|settings|preferences|"
        r"of (?:use|service)|and conditions|& conditions|info(?:rmation)?))?|terms (?:of|and|&) \w+(?: \w+)?|"
        r"do not sell.{0,40}|disclaimers?|impressum|imprint|datenschutz|mentions l[ée]gales|aviso legal|ad choices|adchoices)",
    ),
)

# Phrases: found anywhere in a line, they mark the whole line, unless it is a long paragraph that only mentions them.
_PHRASES: tuple[tuple[str, int, str], ...] = (
    (
        "cookies",
        700,
        r"(?:uses?|using|use of|our|accept|store|these|via|of|utiliza|usamos|utilise|verwende[tn]?|nutz(?:t|en)|"
        r"использу\w+|używa\w*|gebruikt?|menggunakan) (?:\w+ ){0,2}(?:cookies?|файлы cookie|pliki cookie)|"
        r"cookies? (?:policy|settings|preferences|notice|consent|and similar|to (?:improve|ensure|provide|personali[sz]e))|"
        r"assume you'?re ok with this|opt-?out if you wish|쿠키를|クッキー",
    ),
    (
        "copyright",
        260,
        r"all rights reserved|subject to copyright|^©|(?:^|\W)(?:©|\(c\)|copyright(?: ©)?) ?(?:\d{4}|by|\w+ \d{4})|alle rechte vorbehalten|tous droits r[ée]serv|"
        r"todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|все права защищены|"
        r"усі права захищені|wszelkie prawa|무단 ?전재|無断転載|may not be (?:published|reproduced|republished)|"
        r"without (?:the )?(?:prior|express)(?: \w+){0,3} (?:permission|consent)",
    ),
    (
        "comments",
        400,
        r"(?:email|e-mail) address will not be published|required fields are marked|save my name, email|"
        r"notify me (?:of|by)|be respectful|comments? (?:are|is) (?:closed|moderated|disabled|subject)|"
        r"(?:join|start) the (?:conversation|discussion)|(?:let us|tell us)(?: \w+)? (?:know )?(?:what you think )?"
        r"(?:down )?(?:below )?in the comments|logged in to (?:post|leave|comment)|this site uses akismet|"
        r"community (?:guidelines|standards)|адрес email не будет|ваш e-?mail не",
    ),
    (
        "subscribe",
        330,
        r"sign up (?:here|now|today|below|to (?:receive|get|our)|for (?:our|free|daily|weekly|breaking|e-?mail|alerts?|updates|"
        r"newsletters?|the (?:\w+ ){0,3}newsletter))|subscribe (?:now|here|today|to (?:our|the)|for (?:as|just|only|free))|"
        r"click here (?:to|for)|as little as .{1,12}\d|"
        r"(?:our|the|a|free|daily|weekly|\w+) newsletters?\b.{0,60}(?:inbox|sign|subscri|deliver|receiv)|"
        r"to your inbox|in your inbox|unsubscribe|(?:follow|like|find|join|visit) us (?:on|at)|"
        r"(?:become|be) a (?:\w+ )?(?:member|subscriber|patron)|support (?:our|independent|quality) journalism|"
        r"start your (?:free )?(?:trial|subscription)|(?:create|register for) (?:an|a free|your) account|"
        r"download (?:our|the) (?:\w+ ){0,3}app\b|get (?:the latest|breaking|our|daily|unlimited).{0,50}(?:news|updates|access|alerts?)\b|"
        r"(?:follow|contact|reach|email|tweet) (?:him|her|them|me|the (?:author|writer|reporter)) (?:on|at)\b|"
        r"please enter a valid email|by (?:signing|clicking|subscribing|submitting|registering|continuing)|"
        r"chat with us|(?:like|enjoy(?:ed)?) this (?:story|article)|for as little as|by clicking here|news tips?\b|join our|"
        r"letters to the editor|recaptcha|thank you for (?:signing|subscribing|your subscription)|подпи(?:шитесь|сывайтесь) на|підписуйтесь на|"
        r"abonnieren sie|abonnez-vous|suscr[íi]bete a|assine (?:a|o|nossa)|iscriviti all",
    ),
    (
        "related",
        170,
        r"^also on \w+(?:\.\w+)?\b|^(?:read (?:more|also|next|previous|the full|our|this|on)|see (?:also|more)|also (?:read|see|on|in)|related(?: \w+)?|"
        r"watch(?: (?:now|more|also|the|this|video|live|below))?|more|(?:recommended|further)(?: reading)?|"
        r"don'?t miss|video|photos|in pictures|gallery|listen(?: to)?|opinion|"
        r"click here|trending|must read|next|previous|up next|"
        r"lesen sie auch|mehr zum thema|lire aussi|à lire(?: aussi)?|le[ae] tamb\w+|leia (?:mais|também)|veja também|te puede interesar|"
        r"leggi anche|читайте также|читать также|по теме|читайте також|czytaj (?:też|także)|lees ook|baca juga|관련기사|関連記事)"
        r" ?[:|>»→] ?\S",
    ),
    (
        "legal",
        300,
        r"(?:agree to|accept|read) (?:our|the) (?:terms|privacy)|terms of (?:use|service).{0,40}privacy policy|"
        r"privacy policy.{0,40}terms of (?:use|service)|affiliate (?:links?|commission)|(?:may|might|can) earn (?:a|an) (?:small )?(?:\w+ )?commission|"
        r"javascript (?:is|to|enabled|disabled|must)|enable javascript|your browser (?:does not|is)|ad ?block(?:er|ing)?",
    ),
)

_LABEL_PATTERNS = tuple((reason, re.compile(pattern)) for reason, pattern in _LABELS)
_PHRASE_PATTERNS = tuple((reason, longest, re.compile(pattern)) for reason, longest, pattern in _PHRASES)
_COMMENT_FORM = frozenset({"comments"})

# After these the rest of the page is no longer the article, or not until full paragraphs come again.
_OPENERS = re.compile(
    r"(?:leave a (?:reply|comment)|post (?:a )?comment.*|.{0,12}comments?\b ?\(?\d*\)?|"
    r"(?:you (?:may|might) (?:also )?(?:like|enjoy|be interested).{0,30})|more (?:on|from|about|in|like|stories).{0,40}|"
    r"(?:\[?latest\]?|related|recommended|trending|popular|weekly|recent|most|must|top|editors?'?s?).{0,40}|"
    r"read (?:next|more|previous|also)|share (?:it|this).{0,20}|vinkmag.*)"
)


@lru_cache(maxsize=20_000)
def label_reason(key: str) -> str | None:
    """Return the reason if a normalised line is a furniture label and nothing else."""
    if len(key) > LONGEST_WHOLE and not key.startswith(("quick access", "direct access")):
        return None
    return next((reason for reason, pattern in _LABEL_PATTERNS if pattern.fullmatch(key)), None)


@lru_cache(maxsize=20_000)
def phrase_reason(key: str) -> str | None:
    """Return the reason if a normalised line holds a furniture phrase that outweighs the rest of it."""
    return next(
        (reason for reason, longest, pattern in _PHRASE_PATTERNS if len(key) <= longest and pattern.search(key)), None
    )
