"""How somebody else gives himself away: names, professions and facts a persona does not have."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAME = r"(?P<name>[A-ZÄÖÜÉ][\w'-]{1,20}(?: (?:van |von |de |O')?[A-ZÄÖÜÉ][\w'-]{1,20}){0,2})"
_TITLE = r"(?:(?:[Dd]octor|Dr\.?|Captain|Queen|King|Sir|Lady|Lord|Mrs?\.?|Miss|Professor|Father|Sister|Chef|Agent) )?"
#: A name that stands alone: at the beginning, at the end, or under a letter.
STANDING_NAMES = (
    re.compile(
        rf"^(?=(?:Sister|Father|Princess|Prince|Queen|King|Captain|Lady|Lord|Sir|Doctor|Dr|Professor)\\b)"
        rf"(?:Princess |Prince )?{_TITLE}{_NAME}(?=,? of\\b)"
    ),
    re.compile(rf"^(?:[Yy]es|[Nn]o|[Hh]ello),? [Ii]t's {_TITLE}{_NAME}[.!]"),
    re.compile(rf"^\W{{0,3}}{_TITLE}{_NAME}(?: here[.,!]|, at your service|, pleased to meet you| speaking[.,!])"),
    re.compile(
        rf"(?im:^|[.!?] )(?i:(?:best|kind|warm) (?:regards|wishes)|regards|yours(?: (?:truly|sincerely|"
        rf"faithfully))?|love|sincerely|"
        rf"cheers|take care|signed|greetings),?[ \n]{{1,3}}[-–—~]{{0,2}} ?{_TITLE}{_NAME}\W{{0,3}}$"
    ),
    re.compile(rf"\n ?[-–—~]{{1,2}} ?{_TITLE}{_NAME}\W{{0,3}}$"),
)
#: What is said of one's own name by somebody else; {own} is put in.
STRANGER_TO = (
    r"\b(?:nobody|no one|no) (?:called |named |by the name of )?{own} (?:lives|works|here)\b|\b{own}\? (?:sorry,? |"
    r"no,? )?(?:(?:s?he|they) |"
    r"who|never heard|(?:you|you've got) the wrong|you must|there's no|i don't know|no,? i'm|that's not)|"
    r"\b{own} is (?:my|our) (?!(?:name|nickname|first|real|given)\b)(?:\w+ )?\w+|\b(?:who is|who's) {own}\b|"
    r"\b(?:don't|do not|never) (?:know|knew|met|heard of) (?:any |anyone called |anybody called |a )?{own}\b|"
    r"\bi(?:'m| am) no longer {own}\b|\bforget (?:about )?{own}\b|\bi was never {own}\b|\b{own} (?:was|is) (?:just )?"
    r"(?:a cover|an alias|a mask|a disguise|dead|gone|someone else|a lie)\b"
)
WRONG_PERSON = re.compile(
    r"\b(?:you(?:'ve| have)? (?:must have |got |have got )?(?:the )?wrong (?:person|number|guy|woman|man|one)|"
    r"you must be "
    r"(?:confusing|mistaking) me|(?:confused|mistaken) me (?:with|for)|i(?:'m| am) somebody else|i(?:'m|"
    r" am) someone else)\b",
    re.IGNORECASE,
)

NAME_CLAIMS = {
    "en": re.compile(
        rf"\b(?:(?:[Mm]y (?:real |actual |full |true )?name(?: is|'s| isn't \w+,? it's| is not \w+,? it's)|"
        rf"[Tt]he name(?:'s| is)|"
        rf"(?:[Cc]all|[Ii]t's) me,?|(?:[Pp]eople|[Ee]veryone|[Ff]riends|[Tt]hey|[Ff]olks|"
        rf"[Mm]ost) (?:\w+ ){{0,2}}(?:call me|know(?:s)? me as)|[Yy]ou may know me as|"
        rf"[Tt]hey called me|I (?:also |now |usually )?(?:go by|answer to)|(?:parents|mother|father|mum|mom|"
        rf"dad) named me|[Kk]nown as|"
        rf"[Ss]peaking as|"
        rf"From now on,? I(?:'m| am| will be|'ll be)|"
        rf"I(?:'m| am) (?:no longer \w+,? (?:I'm|but)|really|the (?:great|famous|legendary|real))|"
        rf"I,(?= {_TITLE}[A-Z]\w+(?: [A-Z]\w+)?,)|I(?: am|'m) (?:called|"
        rf"named))(?= )|"
        rf"[Tt]his is(?= {_TITLE}[A-Z][\w'-]+(?: [A-Z][\w'-]+)? (?:speaking|here|from)\b)|"
        rf"I(?: am|'m)(?: actually| really)?(?= {_TITLE}[A-Z][\w'-]+(?: [A-Z][\w'-]+){{0,2}}(?:[,.!]|$| and "
        rf"(?:I|my)\b| (?:from|of|the)\b|\n))|[Ii]t's(?= [A-Z]\w+(?: [A-Z]\w+)?, (?:from|your|the)\b)) "
        rf"{_TITLE}{_NAME}"
    ),
    "de": re.compile(
        rf"\b(?:[Ii]ch heiße|[Mm]an nennt mich|[Hh]ier (?:ist|spricht)|[Aa]lle nennen mich|[Dd]u kannst mich|"
        rf"[Ii]ch bin(?= [A-ZÄÖÜ]\w+ [A-ZÄÖÜ]\w+\b)|[Mm]ein Name ist|[Nn]enn mich|"
        rf"[Ii]ch bin(?= [A-ZÄÖÜ]\w+(?: [A-ZÄÖÜ]\w+)?, (?:der|"
        rf"die|ein|eine)\b)) {_NAME}"
    ),
    "es": re.compile(
        rf"\b(?:[Mm]e llamo|[Mm]i nombre es|[Ll]lámame|[Pp]uedes llamarme|[Mm]e llaman|[Mm]e dicen|"
        rf"[Hh]abla(?= [A-Z]\w+[.,])|[Ss]oy(?= [A-ZÁÉÍÓÚ]\w+ [A-ZÁÉÍÓÚ]\w+)|"
        rf"[Ss]oy(?= [A-ZÁÉÍÓÚ]\w+(?: [A-ZÁÉÍÓÚ]\w+)?(?:, (?:el|la|"
        rf"un|una)\b|[.!]))) {_NAME}"
    ),
    "fr": re.compile(
        rf"\b(?:[Jj]e m'appelle|[Mm]on nom est|[Aa]ppelle[zs]?-moi|[Oo]n m'appelle|[Mm]oi,? c'est|"
        rf"[Tt]u peux m'appeler|[Jj]e suis(?= [A-ZÉ]\w+ [A-ZÉ]\w+\b)|[Jj]e suis(?= [A-ZÉ]\w+(?: [A-ZÉ]\w+)?, "
        rf"(?:le|la|l'|une?)\b)) {_NAME}"
    ),
}

ASSISTANTS = _words(
    """
    chatgpt gpt gpt-3 gpt-4 claude gemini bard siri alexa cortana copilot smollm llama mistral bing assistant
    """
)

NOT_NAMES = _words(
    """
    american british english scottish welsh irish canadian australian german french italian spanish portuguese
    brazilian mexican russian chinese japanese korean indian african european asian catholic christian muslim
    jewish buddhist hindu protestant lutheran god ok okay sorry monday tuesday wednesday thursday friday
    saturday sunday greek roman norwegian ukrainian austrian hungarian romanian belgian egyptian kenyan nigerian
    ghanaian cuban argentinian colombian peruvian chilean persian arab libra aries taurus gemini cancer leo
    virgo scorpio sagittarius capricorn aquarius pisces not so very here just a an the from in death
    i i'm i've we're we it's he's she's you're that's they're right over nobody somebody someone everyone
    """
)

_POOR = r"(?!(?:good|bad|decent|terrible|poor|great|better|worse|keen|amateur|weekend|awful|lousy|fine|born|bit) )"
_JOB = r"(?P<job>[a-z-]{3,20}(?: [a-z-]{3,20}){0,2})(?!['\w])"
_NOT_JOB = r"(?! (?:person|lover|man|at heart|of sorts|by nature|fan)\b)"
#: "I'm a plumber": one of the words must be a listed profession. "I work as a plumber": any word that is not a filler.
OCCUPATION_CLAIMS = {
    "en": re.compile(
        rf"\bi(?: am|'m|'ve always been|'ve been| have been)\s+(?:just |only |actually |really |still |now |"
        rf"currently |merely |"
        rf"and always will be |in fact )?(?:an?|the)\s+{_POOR}{_JOB}{_NOT_JOB}|"
        rf"\bas an? {_POOR}(?P<role>[a-z-]{{3,20}}(?: [a-z-]{{3,20}})?),? (?:i\b|my\b|we\b|myself)|"
        r"\b(?:i|i've been|i have been|i'm|i am|my job|my work|my career|my days|a job|career|my (?:life|living)|"
        r"i've (?:always )?)"
        r" (?:currently |now |mostly |just )?(?:work(?:ing|ed)? as|serv(?:e|ing) as|as|is being|making a living as|"
        r"make a living as)"
        r" (?:an? |the )?(?:[\w-]+ ){0,2}?(?P<work>[a-z-]{3,20})"
        r"(?= (?:in|at|for|on|with|and|here|now|these|since|all)\b|[.,!;]|$)|"
        r"\bi (?:make|earn) (?:my|a) living as an? (?:[\w-]+ ){0,2}?(?P<living>[a-z-]{3,20})(?=[.,!;]| \w+ing\b|"
        r" in\b|$)|"
        r"\bi(?:'m| am) an? (?P<by>[a-z-]{3,20}) by (?:trade|profession|training)\b|"
        r"\bi (?P<trade>drive a truck|drive a taxi|drive a cab|play \\w+|teach|sell [\w ]{3,20}|fix cars|act|sing|"
        r"paint|box|"
        r"cook) for a living",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:als (?P<role>\w{4,20}) (?:sehe|habe|bin|weiß|kenne|arbeite|muss) ich|"
        r"von beruf bin ich (?P<by>\w{4,20}))\b|\bich (?:arbeite als (?P<work>\w{4,20})|bin (?:eine? |"
        r"von beruf )?(?P<job>\w{4,20}))\b(?=[.,!]| in\b| "
        r"bei\b| und\b|$)",
        re.I,
    ),
    "es": re.compile(
        r"\bcomo (?P<role>\w{4,20}), (?:yo|tengo|veo|sé|puedo|me)\b|\b(?:trabajo como (?:una? )?(?P<work>\w{4,20})|"
        r"soy (?:una? )?(?P<job>\w{4,20}))\b(?=[.,!]| en\b| de\b|"
        r" y\b|$)",
        re.I,
    ),
    "fr": re.compile(
        r"\ben tant que (?P<role>\w{4,20}), je|\bje (?:travaille comme (?:une? )?(?P<work>\w{4,20})|"
        r"suis (?:une? )?(?P<job>\w{4,20}))\b(?=[.,!]| à\b|"
        r" dans\b| et\b|$)",
        re.I,
    ),
}
FILLERS = _words("todos todas tous alle everyone always usual hard well much one part")

PROFESSIONS = _words(
    """
    accountant actor actress architect artist astronaut baker banker barber barista bartender biologist butcher
    carpenter cashier chef chemist cleaner coach cook dancer dentist designer detective doctor driver economist
    electrician engineer farmer firefighter fisherman florist gardener hairdresser historian janitor jeweller
    journalist judge lawyer librarian lifeguard magician manager mechanic merchant miner musician nanny nurse
    optician painter pharmacist photographer physicist pilot plumber poet policeman policewoman politician
    postman priest professor programmer psychologist receptionist sailor salesman saleswoman scientist sculptor
    secretary singer soldier surgeon tailor teacher therapist translator trader vet veterinarian waiter waitress
    weaver welder writer schoolteacher truck-driver trucker blacksmith cobbler lawyer attorney banker chemist paramedic
    developer consultant analyst lecturer midwife builder bricklayer roofer courier shopkeeper innkeeper knight wizard
    sheriff pirate smuggler thief assassin king queen prince princess duke detective policeman bookkeeper seamstress
    stockbroker ballerina footballer goldsmith captain boxer student cat dog dragon vampire witch
    ghost elf monk nun bishop rapper athlete mayor ceo
    president general colonel spy hacker streamer influencer youtuber warrior duchess emperor empress professional-gamer
    robot alien mermaid lumberjack butler realtor pharmacist gangster mafioso cowboy rancher archaeologist zoologist
    koch uhrmacher bauer student studentin estudiante étudiant étudiante agriculteur fermier granjero obrero camionero
    shepherd potter gardener astronomer geologist botanist broker realtor salesperson blogger model bouncer
    arzt ärztin lehrer lehrerin polizist polizistin schmied anwalt anwältin ingenieur ingenieurin krankenschwester
    pfleger koch köchin maler tischler schreiner bäcker metzger fahrer pilot verkäufer verkäuferin gärtner förster
    médico médica enfermero enfermera profesor profesora abogado abogada ingeniero ingeniera policía panadero panadera
    cocinero cocinera carpintero mecánico pintor pintora piloto pescador camarero camarera maestro maestra taxista
    médecin infirmier infirmière professeur avocat avocate ingénieur policier boulanger boulangère cuisinier cuisinière
    menuisier mécanicien peintre pilote pêcheur serveur serveuse institutrice instituteur
    """
)

#: What one does all day, and the beginnings of the words one of which such a persona has somewhere.
ACTIVITIES = tuple(
    (re.compile(claim, re.IGNORECASE), tuple(known.split()))
    for claim, known in (
        (
            r"\bi (?:own|run) an? (?:\w+ )?(?:label|agency|company|brand|hotel|start-?up)\b",
            "compan business owner entrepr design manag founder hotel agen director ceo",
        ),
        (
            r"\bmy patients\b|\bat my (?:clinic|practice)\b",
            "doct nurs surg dent medic médic méd therap vet clinic hosp midwi pharm psych care patient heal",
        ),
        (
            r"\bi teach (?:chemistry|maths?|history|english|biology|physics|geography|school|kids|children|"
            r"\w+ (?:to|at) )",
            "teach profess school instruct coach lectur tutor universi educat maestr lehr",
        ),
        (
            r"\b(?:my|grade|grading) (?:pupils|students'? (?:essays|papers))\b",
            "teach profess school instruct lectur tutor universi educat maestr lehr",
        ),
        (
            r"\bi (?:fix|repair) (?:cars|engines|trucks|motorbikes)\b|\bi (?:own|run) a garage\b",
            "mechan car garage engine motor",
        ),
        (
            r"\bi (?:design|build|make|develop) (?:websites|apps|software|(?:mobile |video )?games)|"
            r"\bi write (?:code|software)|\bmy (?:startup|"
            r"codebase)\b",
            "engine develop program design softw cod tech web comput startup",
        ),
        (
            r"\bi (?:drive|fly) (?:a )?(?:truck|lorry|bus|taxi|cab|planes|passenger)",
            "driv truck taxi bus pilot lorry cab fly",
        ),
        (
            r"\bi (?:own|run|manage|have) (?:an? |my own )?(?:small |little |busy )?(?:restaurant|bakery|café|cafe)\b",
            "chef cook bak restau café cafe barista owner waiter",
        ),
        (
            r"\bi (?:own|run|manage) (?:an? |my own )?(?:\w+ )?(?:farm|ranch|vineyard)\b",
            "farm ranch vine wine shep grow",
        ),
        (
            r"\bi (?:run|own|captain|command) (?:an? |my own )?(?:\w+ )?(?:boat|trawler|ship|starship)\b",
            "fish sail capt boat ship ferry sea pirat skipper",
        ),
        (r"\bmy (?:law firm|clients in court)\b|\bi defend (?:people|clients)", "law attorn solicit barrist judge"),
        (
            r"\bi (?:arrest|catch) (?:criminals|murderers|thieves)|\bmy badge\b",
            "polic detect sheriff offic inspect guard",
        ),
        (r"\bmy (?:throne|kingdom|crown)\b", "king queen prince princess duke royal emper king lord lady fantasy"),
        (r"\bmy next (?:film|movie|album|tour)\b", "act sing film music band direct perform star"),
    )
)
#: What one denies to have, and the words that say the persona has it.
DENIED_FAMILY = tuple(
    (re.compile(claim, re.IGNORECASE), re.compile(known, re.IGNORECASE))
    for claim, known in (
        (
            r"\bi (?:don't have|have no|never had) (?:any )?(?:children|kids)\b",
            r"\b(?:sons?|daughters?|children|kids|mother of|father of)\b",
        ),
        (
            r"\bi(?:'m| am) (?:single|unmarried|a bachelor)\b|\bi(?:'ve| have)? (?:was )?never (?:been )?married\b|"
            r"\bi (?:don't have|have no) a? ?(?:wife|husband)\b",
            r"\b(?:wife|husband|married|spouse)\b",
        ),
        (r"\bmy (?:wife|husband)\b", r"\b(?:unmarried|bachelor|never married|single)\b"),
        (r"\bi(?:'m| am) an only child\b", r"\b(?:brothers?|sisters?|siblings?|twin)\b"),
    )
)
AGE_CLAIM = re.compile(
    r"\bi(?:'m| am|'ve just turned| just turned| turned)(?: only| just| already)? (?:an? )?(?P<age>\d{1,3}|"
    r"[a-z]{3,8}ty|eighteen|nineteen|sixteen|"
    r"seventeen|fifteen|fourteen|twelve)(?:[- ]years?[- ]old\b|(?= and\b|[.,!;]|$| last\b| this\b| next\b))",
    re.IGNORECASE,
)
NUMBERS = {"twelve": 12, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90}  # fmt: skip
AGE_KNOWN = re.compile(r"\b(\d{1,3})[- ](?:years?|jährig|años|ans)|^(\d{1,3})$|, (\d{1,2})(?:,|$)")
PLACE_CLAIM = re.compile(
    r"\b(?:I live in|(?:here|back home) in|I'm based in|I grew up here in|I(?:'m| am) in(?= [A-Z]\w+, (?:born|"
    r"where))) (?P<place>[A-Z][\w'-]+)"
)
PLACE_KNOWN = re.compile(r"\b(?:in|from|of|aus|de) [A-Z]\w+")
