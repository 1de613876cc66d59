"""The patterns and word lists of the out-of-character detector. All repetitions are bounded."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


#: What stands before a claim that is not the speaker's own.
REPORTED = re.compile(
    r"\b(?:if|you(?:'d| would)? (?:also |really |all |still )?(?:say|said|think|thought|keep|call|called|"
    r"claim|claimed|"
    r"believe|insist|want|mean|told|treat|take)|(?:he|she|they|people|everyone|somebody|someone|who)(?:'s)? "
    r"(?:say|says|said|thinks?|thought|calls?|called|claims?|tells?|told|keeps?|swears?)|pretend\w*|accus\w+|"
    r"as (?:if|though)|wish|dream(?:ed|t)? (?:that )?|deny|convinced that|"
    r"(?:do|did|would|could) you|why would|joke\w*|rumou?rs?|wenn|sagt|sagte|sagen|"
    r"nennen|dice|dicen|dijo|si|dit|disent)\b[^.;!?]{0,80}$|\bsay\W{1,3}$|"
    r"\b(?!i )\w+ (?:says?|said|told (?:me|us)|tells (?:me|us)|shouts?|shouted)\W{1,3}$",
    re.IGNORECASE,
)

#: What denies a claim, if no comma and no reason stands between.
DENIED = re.compile(
    r"\b(?:never|not|don't|didn't|isn't|doesn't|nicht|kein|keine|pas|ne)\b[^,]{0,80}$|\bno $", re.IGNORECASE
)
REASON = re.compile(
    r",|\b(?:since|because|given that|seeing as|considering|weil|porque|parce que|puisque)\b", re.IGNORECASE
)

#: Questions that are a claim all the same: an assistant offers its help.
OFFERS = re.compile(r"how|what|wie|en qu|comment", re.IGNORECASE)

AI_PERSONA = re.compile(
    r"\b(?:(?:i am|i'm|is|as|named|called)\s+(?:[\w-]+ ){0,3}?(?:AI|A\.I\.|artificial intelligence|"
    r"android|robot|chatbot|"
    r"virtual assistant|ship's computer|language model)|(?:an|shop|brand|our|the) (?:AI|chatbot) |"
    r"AI (?:assistant|companion))"
)

SCRIPT_LABEL = re.compile(
    r"(?m)^[ \t]{0,3}(?:\*{0,2}|#{0,3} ?|<\|im_start\|>|\[)(?P<label>[^\W\d_][\w' -]{0,24}?)\]?\*{0,2}(?: "
    r"?:\*{0,2}(?=\s|$)|$(?<=user))"
)
USER_LABELS = _words(
    """
    user human {{user}} customer interviewer interlocutor benutzer nutzer usuario utilisateur assistant asistente
    you me visitor guest stranger client passenger patient reader q kunde gast schüler patientin cliente alumno
    alumna paciente élève patron adventurer traveller traveler player buyer student reporter journalist
    """
)

GREETING = (
    r"(?:hello|hi|hey|dear|thank you|thanks|welcome|good (?:morning|evening|day|afternoon)|so|nice to meet you|"
    r"hallo|guten (?:tag|morgen|abend)|danke|moin|hola|gracias|buen(?:os|as) (?:días|tardes|noches)|bonjour|"
    r"salut|merci|bonsoir)"
)
ASKED = (
    r"(?:how|what|where|when|why|who|do|did|have|are|can|could|would|will|is|tell|you|your|wie|"
    r"was|cómo|qué|comment|vous|tu)"
)
WOULD_SAY = r"(?:would|might|could|würde|diría|respondería|contestaría|dirait|répondrait)"
NARRATES = (
    r"(?:(?:\w+ly |then |just |still |never |always )?(?:would|might|could|should|must|is (?!my\b|the name|what|"
    r"here|me\b)|"
    r"was (?!my\b)|has|had|said|"
    r"thought|felt|took|went|stood|sat|knew|told|gave|made|found|left|kept|began|came|saw|got|spoke|put|held|let|met|"
    r"won't|doesn't|didn't|isn't|wasn't|"
    r"lächelt|sagt|nickt|denkt|antwortet|fragt|steht|ist|hat|schaut|blickt|legt|geht|nimmt|lacht|"
    r"sonríe|dice|piensa|responde|mira|está|tiene|pregunta|asiente|ríe|cierra|abre|"
    r"sourit|dit|pense|répond|regarde|hoche|demande|pose|prend|rit|"
    r"(?!(?:is|was|has|as|says? hi|and|ist|los|las|les|des|es|sells?|always|perhaps|yes|bless|this|us|its|plus|"
    r"needs?)\b)"
    r"[a-z]{2,12}(?:s|ed)\b)"
    r"|and (?:the |a |you\b|i\b)(?:\w+ )?(?!are my)|(?:feels|thinks)\b)"
)
#: What a narrator tells of: "Ana's eyes", "in Ana's voice".
PARTS = (
    r"(?:eyes|face|voice|hands?|smile|heart|expression|gaze|brow|lips|shoulders|tone|response|reply|answer|character|"
    r"personality|backstory|background|role|perspective|point of view|style|place|shoes)"
)
SPEECH = r"(?:say|ask|reply|answer|whisper|murmur|mutter|nod|laugh|smile|shout|continue|add)"
#: The other side as a narrator writes it.
NARRATED = _all(
    r"^\W{0,3}you (?:walk|enter|step|approach|push|nod|smile|sit|arrive|reach|hand|turn|lean|open)\b(?! (?:\w+ly|"
    r"fast|a lot|"
    r"too|like|well|me|it)\b)",
    rf"[,.!?][\"”]\s{{1,2}}you {SPEECH}\b|^\W{{0,2}}[\"“][^\"\n]{{1,300}}[,.!?][\"”]\s{{1,2}}(?:she|he|they) "
    rf"{SPEECH}(?:s|ed|es|d)?\b|[.!?] [\"“][^\"\n]{{1,200}}[,.!?][\"”]\s{{1,2}}(?:she|he) {SPEECH}(?:s|ed|es|"
    rf"d)?\b[.]?$",
    r"[*.(\[] ?you (?:nod|smile|sit|tie|walk|step|hand|take|turn|lean|laugh|follow|pick|reach|sigh|shrug)\b",
    r"\bthe (?:user|visitor|customer|passenger|stranger|interlocutor|human|narrator)(?:'s)? (?:\w+ly |also |"
    r"then )?(?:asks?|"
    r"says?|wants?|follows?|laughs?|nods?|smiles?|replies|seems?|is asking|enters?|question|message|input|complains?)\b"
    r"(?=[^\n]{0,200}(?:[)\]*]|should|\bi\b|$))",
    r"^\W{0,3}(?:scene|setting|narrator|response|reply|answer|dialogue|int|ext|stage directions?)\W{0,2}[:.]\W",
    r"(?:^|[.!?] |\") ?you:? ?: .{1,200}\b(?:me|i)\b:",
)
#: What a customer says, and who never says it in the shop.
CUSTOMER = re.compile(
    r"(?:^|^(?:hi|hello|hey|good \w+|excuse me|please)[!,.]? )(?:i(?:'d| would) like (?:to (?:buy|order|book|get)|"
    r"an?|some|one|"
    r"two|three)\b|(?:can|could|may) i (?:get|have|order|buy)|do you (?:sell|have any)|how much (?:is|are|does|"
    r"for) (?!your))|"
    r", please,? (?:and )?(?:hurry|quickly)|\bto the (?:station|airport|hotel), please|\bhow much (?:is it|"
    r"will that be|do i owe)"
    r"|^[^\w\n]{0,3}i(?:'d| would) like to (?:buy|order)",
    re.IGNORECASE | re.MULTILINE,
)
SELLERS = _words(
    """
    baker barista bartender butcher florist merchant shopkeeper innkeeper waiter waitress cook chef taxi driver
    bookseller farmer fishmonger grocer tailor jeweller pharmacist hairdresser barber mechanic cashier vendor
    seller trader cobbler blacksmith smith beekeeper potter carpenter bäcker florista bouchère boulanger
    panadera fleuriste
    """
)

#: Other words for the same work: as a title it is called by, and as a claim that is no other.
KIN = tuple(
    _words(group)
    for group in (
        "doctor surgeon medic physician paramedic",
        "cook chef",
        "innkeeper tavern publican bartender",
        "teacher tutor schoolteacher professor miss",
    )
)
#: The other side of a service, by the profession that never says it.
COUNTERPARTS = (
    (
        _words("customer patient client guest"),
        re.compile(
            r"\b(?:thank you for your patience|may i have your|let me check|would you prefer|"
            r"sorry to hear that, (?:sir|madam|ma'am)|"
            r"on a scale from|i(?:'m| am) going to take your)\b",
            re.IGNORECASE,
        ),
    ),
    (
        _words("teacher tutor professor lecturer instructor maestra"),
        re.compile(
            r"\b(?:can|could) you (?:please )?(?:explain|start with|help me with)\b|\bi(?:'m| am) stuck on\b|"
            r"\bi have a test\b|"
            r"\byes please, miss\b",
            re.IGNORECASE,
        ),
    ),
    (
        _words("doctor surgeon medic nurse dentist physician"),
        re.compile(
            r"\bdo i need (?:stitches|surgery|an operation|antibiotics|a prescription)\b|\b(?:it (?:really )?hurts|"
            r"my \w+ hurts),? "
            r"doctor\b|^\W?doctor, my\b",
            re.IGNORECASE,
        ),
    ),
)
BRACKETED = re.compile(r"(\[[A-Z]\w{1,20}\])[^\[\]\n]{1,200}\[[A-Z]\w{1,20}\][^\[\]\n]{1,200}\1")

ROLE_TALK = _all(
    r"\b(?:my|the|this|your) character(?:'s)?(?: of \w+)? (?:is|would|was|has|might|says|named|called|backstory|"
    r"profile|sheet)\b",
    r"\bi(?:'ll| will|'m| am|'ve been| was)\s+(?:now |just |only |happy to |going to |here to |asked to )?"
    r"(?:play(?:ing)?|portray(?:ing)?|act(?:ing)? as|simulat(?:e|ing)|role-?play(?:ing)?)"
    r"(?: the (?:role|part|character)| as| a (?:role|character|fictional)|\b the persona)",
    r"\b(?:in|during|of|with|end|stop|continue|enjoy) (?:this|the|our|your) role-?play\b",
    r"\bas (?:the|an) author\b|\bin (?:this|the) (?:scenario|scene|roleplay),? \w+",
    r"\b(?:in diesem rollenspiel|en este juego de rol|dans ce jeu de rôle)\b|\b(?:die rolle (?:von|des|der)|el "
    r"papel de|le rôle de)\b",
    r"\bplay(?:ing)? the (?:role|part|character) of\b(?= [A-Z])|\b(?:possible|sample|suggested) (?:reply|"
    r"response|answer)\b",
    r"^\W{0,3}(?:\w+[.!,] )?now you be the \w+|\bi bought \w+ \w+ from you\b",
    r"\bout of character\b|\(ooc\b|\[ooc\b|\booc:",
    r"\bthe (?:persona|character|role) (?:i was|i've been|i am|i'm|you) (?:given|assigned|playing|asked|described)",
    r"\b(?:here is|here's|here are) (?:a|an|the|how|some|my) (?:\w+ ){0,3}?(?:dialogue|conversation|"
    r"response|reply|script|"
    r"persona|example)",
    r"\b(?:stay|remain|staying|break|breaking|keep|be|speaking|answer) (?:in |out of )?character\b|\b(?:you|you'll|"
    r"you can) "
    r"play (?:the |a |my )(?!game|violin|piano|tune|song|part in|guitar)\w+ and|\blet's (?:start|begin|continue|"
    r"do) (?:the|a|"
    r"our|this) (?:role-?play|scene|story|dialogue|script)",
    r"\b(?:would you like|do you want|want|shall|should|let|may) (?:me to |me |i )(?:to )?(?:continue|write|play|"
    r"rewrite|respond "
    r"as|answer as|extend|adjust|revise) (?:the |this |a |that |another |in |more )?(?:\w+ )?(?:scene|story|dialogue|"
    r"conversation|role-?play|character|part|persona|reply|response|version)",
    r"\bi(?: can|'ll| will|'d be happy to| could|'ve) (?:write|written|write up|draft|create|continue|"
    r"script) (?:you )?(?:the|a|"
    r"an|that|this|more|some) (?:\w+ )?(?:conversation|dialogue|scene|script|reply|response|role-?play|exchange)",
    r"\bin (?:this|the) (?:dialogue|conversation|exchange|role-?play|script),? (?:the|she|he|they|we see)\b|\byour "
    r"character\b",
    r"\b(?:ich spiele (?:jetzt |nun |hier )?(?:die rolle|für dich)|als autor|(?:mein|dein) charakter (?:ist|heißt)|"
    r"mon personnage|"
    r"mi personaje|voy a interpretar|je vais jouer)",
    r"\{\{(?:user|char)\}\}|<\|im_(?:start|end)\|>|###? ?(?:human|user|instruction|assistant)\b",
)
