"""What a statement is about, told by an open word list: the first row of the table that matches decides.

English only; a text in another language, or one that no row knows, is "other".
"""

from __future__ import annotations

import re
from functools import cache

_FAMILY = (
    r"(?:step|grand|god|half-)?(?:mother|father|mom|mum|dad|parents?|sisters?|brothers?|siblings?|sons?|daughters?|"
    r"child|children|kids?|twins?|mama|papa|uncles?|aunts?|cousins?|nephews?|nieces?|grand(?:ma|pa)|baby|family)"
)
_PARTNER = r"wife|husband|spouse|girlfriend|boyfriend|fianc[eé]e?|partner|ex-wife|ex-husband|lover"
_PET = (
    r"dogs?|cats?|pupp(?:y|ies)|kittens?|parrots?|hamsters?|rabbits?|goldfish|ponies|pony|pets?|ferrets?|lizards?|"
    r"guinea pigs?|snakes?|turtles?|horses?|beagle|poodle|terrier|labrador|tomcat|canary|raven"
)
_JOB = (
    r"nurse|doctor|teacher|engineer|lawyer|artist|writer|musician|chef|cook|waiter|waitress|driver|farmer|soldier|"
    r"scientist|researcher|programmer|developer|designer|archivist|librarian|clerk|manager|accountant|mechanic|baker|"
    r"carpenter|blacksmith|smith|merchant|trader|sailor|captain|pilot|detective|journalist|editor|translator|tailor|"
    r"painter|photographer|actor|actress|singer|dancer|knight|mage|wizard|healer|hunter|guard|thief|innkeeper|"
    r"gardener|plumber|electrician|janitor|therapist|psychologist|tutor|professor|scholar|consultant|analyst|"
    r"salesman|saleswoman|cashier|barista|bartender|firefighter|policeman|officer|judge|priest|monk|nun|vet|"
    r"veterinarian|pharmacist|dentist|surgeon|architect|shepherd|fisherman|courier|freelancer|entrepreneur|assistant"
)
_MOOD = (
    r"kind|shy|quiet|calm|patient|proud|honest|loyal|stubborn|curious|brave|cheerful|grumpy|sarcastic|friendly|gentle|"
    r"warm|cold|serious|playful|optimist(?:ic)?|pessimist(?:ic)?|introvert(?:ed)?|extrovert(?:ed)?|confident|anxious|"
    r"ambitious|lazy|generous|cautious|impulsive|reserved|outgoing|sensitive|moody|witty|clever|intelligent|arrogant|"
    r"humble|jealous|protective|independent|creative|organi[sz]ed|disciplined|perfectionist|easygoing|analytical|"
    r"mischievous|stoic|vain|dry humou?r|sense of humou?r|temper|good-natured|strict|tactful|blunt|romantic"
)
_SUBJECT = r"(?:i|you|he|she|they|it|\{\{char\}\}|[A-Z][\w'’-]+)"
_BE = r"(?:am|'m|’m|is|'s|’s|are|'re|’re|was|were)"

#: (kind, pattern), most telling first. Patterns are searched without regard to case.
TABLE: tuple[tuple[str, str], ...] = (
    (
        "secret",
        r"\bsecret(?:ly|s)?\b|\bnobody knows\b|\bno one knows\b|\bnever told (?:anyone|a soul)\b|"
        r"\bhides? (?:the|that|her|his|my)\b",
    ),
    (
        "limit",
        r"\b(?:does ?n[o']t|do ?n[o']t|cannot|can't|could not) (?:know|remember|speak of|read|write|"
        r"explain)\b|\bknows? nothing\b|\bnever heard of\b|\brefuses? to\b|\bwill (?:never|not)\b|\bwon't\b",
    ),
    ("fear", r"\bafraid\b|\bfears?\b|\bscared\b|\bterrified\b|\bphobia\b|\bfrighten|\bdreads?\b|\bnightmares?\b"),
    (
        "goal",
        r"\b(?:want|wants|wish|wishes|hope|hopes|plan|plans|aim|aims|intend|intends) to\b|\bdreams? of\b|"
        r"\bgoals?\b|\bsaving (?:up )?(?:for|to)\b|\bambition\b|\bwould (?:love|like) to\b|\bsomeday\b|"
        r"\bone day\b|\bworking towards?\b",
    ),
    (
        "name",
        r"\bmy name\b|\b(?:her|his|their|your|full|real|first|last) name\b|\bnicknamed?\b|\b(?:call|"
        r"calls) (?:me|him|her|them)\b|\bis called\b|\bknown as\b|\bgoes by\b|^name\b",
    ),
    (
        "age",
        r"\b\d{1,3}[- ]years?[- ]olds?\b|\byears? old\b|\bmy age\b|\bturned \d+\b|\bborn in (?:1[0-9]|"
        r"20)\d\d\b|\bbirthday\b|\b(?:in|into) (?:my|her|his|their) (?:early |mid|late |-)*(?:teens|twenties|"
        r"thirties|forties|fifties|sixties|seventies|eighties)\b|^age\b|\b(?:am|is|'m) \d{1,3}\b",
    ),
    (
        "pet",
        r"\b(?:have|has|own|owns|got|adopted|my|her|his|their|named|called|a|an|two|"
        rf"three)\b[^.]{{0,30}}\b(?:{_PET})\b",
    ),
    (
        "dislike",
        r"\b(?:hate|hates|dislike|dislikes|detest|detests|loathe|loathes|despise|despises|resent|resents)\b|"
        r"\bcan(?:'t|not) stand\b|\b(?:do not|don't|does not|doesn't|never) (?:like|enjoy|care for)\b|"
        r"\bnot (?:a )?(?:fond|fan) of\b|\bannoy|\bpet peeve",
    ),
    (
        "appearance",
        r"\b(?:hair|eyes?|eyed|haired|tall|short|beard|moustache|mustache|freckles?|scars?|tattoos?|skinny|"
        r"slim|slender|muscular|built|wears?|wearing|dressed|glasses|skin|pale|bald|height|weigh[st]?|"
        r"looks like|handsome|pretty|beautiful)\b|\bfeet\b.*\binch|\b\d+ ?(?:cm|kg|lbs?)\b",
    ),
    (
        "health",
        r"\b(?:allerg\w+|asthma|diabet\w+|illness|sick|disease|cancer|depress\w+|anxiety disorder|insomnia|"
        r"disab\w+|blind|deaf|wheelchair|injur\w+|migraines?|medication|limp|arthritis|pregnant|surgery|"
        r"prosthe\w+)\b",
    ),
    (
        "speech",
        r"\b(?:speaks? (?:in|with|softly|slowly|quickly|quietly|little)|accent|tone of voice|voice|stutters?|"
        r"whispers?|talks? (?:in|like|with|about|a lot|too|fast|slowly)|catchphrase|swears?|dialect|"
        r"says? little|mumbles?|vocabulary|proverbs?)\b",
    ),
    (
        "skill",
        r"\b(?:good|skilled|great|expert|talented|gifted|brilliant|excellent|bad|terrible|proficient|fluent|"
        r"master(?:ed|s)?) (?:at|in|with|of)\b|\b(?:speaks? (?:\w+ )?(?:english|french|german|spanish|"
        r"portuguese|italian|chinese|japanese|russian|arabic|latin|languages?)|fluent(?:ly)?|can (?:play|"
        r"speak|cook|sing|read|fix|juggle|swim|ride|draw|dance|code)|knows how to|talent for|skills?)\b",
    ),
    (
        "education",
        r"\b(?:stud(?:y|ies|ied|ying)|student|school|university|college|degree|graduat\w+|major(?:ed|ing)?|"
        r"phd|ph\.d|master's|bachelor|diploma|academy|apprentice\w*|homework|exams?|educated|grade)\b",
    ),
    (
        "relationship",
        rf"\b(?:{_PARTNER}|married|divorced|single|widow(?:ed|er)?|engaged|dating|in love|best friends?|"
        r"friends?|rival|mentor|neighbou?rs?|colleagues?|roommate|enem(?:y|ies))\b",
    ),
    ("family", rf"\b{_FAMILY}\b|\borphan(?:ed)?\b|\bonly child\b|\badopted\b"),
    (
        "work",
        r"\b(?:works?|worked|working) (?:as|for|at|in|on|part|full|night|with)\b|\bjobs?\b|\bcareer\b|"
        r"\bprofession(?:al)?\b|\bfor a living\b|\bemploy\w+|\bretired\b|\boccupation\b|\bboss\b|"
        r"\bunemployed\b|\bown(?:s)? (?:a|my|her|his|their) (?:\w+ )?(?:business|shop|store|company|bakery|"
        rf"farm|bar|restaurant|studio|inn|tavern)\b|\b{_BE} (?:an?|the)\b[^.,;]{{0,30}}\b(?:{_JOB})\b|"
        r"\b(?:runs|manages|teaches)\b",
    ),
    (
        "origin",
        r"\b(?:was |were )?born (?:in|on|at|near)\b|\bgrew up\b|\braised\b|\b(?:am|is|are|'m|comes?|"
        r"originally|hail|hails) from\b|\bnative of\b|\bancestors?\b|\bnationality\b|\bimmigra\w+|"
        r"\bethnic\w*\b|\bspecies\b|\bhometown\b",
    ),
    (
        "residence",
        r"\b(?:live|lives|living|lived|reside|resides|dwell|dwells)\b|\bmoved to\b|\bmy (?:home|house|"
        r"apartment|flat)\b|\b(?:apartment|cottage|cabin) (?:in|on|near|by)\b|\brents?\b|\bhome is\b",
    ),
    (
        "belief",
        r"\b(?:believes?|faith|relig\w+|god|church|atheist|christian|muslim|jewish|buddhist|hindu|catholic|"
        r"vote[sd]?|politic\w+|values?|principles?|moral\w*|vegan(?:ism)?|superstiti\w+|thinks? that|opinion|"
        r"opposes?|considers?|trusts?)\b",
    ),
    (
        "food",
        r"\b(?:eat|eats|eating|food|foods|drinks?|drinking|coffee|tea|pizza|wine|beer|chocolate|cheese|meat|"
        r"vegetarian|kosher|halal|cook(?:s|ing)?|bake[sd]?|baking|breakfast|lunch|dinner|soup|bread|fruit|"
        r"ice cream|sushi|cake|spicy|recipes?)\b",
    ),
    (
        "hobby",
        r"\bhobb(?:y|ies)\b|\b(?:free|spare) time\b|\bweekends?\b|\b(?:collects?|plays?|paints?|hikes?|knits?|"
        r"sews?|reads?|reading|gardens?|gardening|fishing|hunting|camping|hiking|painting|drawing|knitting|"
        r"surfing|swimming|chess|guitar|piano|violin|video ?games?|gaming|football|soccer|basketball|tennis|"
        r"yoga|photography|birdwatching|astronomy|embroidery|pottery|crosswords?)\b",
    ),
    (
        "habit",
        r"\b(?:always|every (?:day|morning|night|evening|week|sunday|monday|year)|usually|often|never|habit|"
        r"routine|tends? to|each (?:day|morning|night|evening)|before bed|wakes? up|gets? up|rarely|"
        r"constantly|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
    ),
    (
        "like",
        r"\b(?:like|likes|love|loves|enjoy|enjoys|adore|adores|fond of|fan of|favou?rites?|prefer|prefers|"
        r"passion\w*|fascinated|obsessed|treasures?|cherish\w*|crazy about|interested in)\b",
    ),
    ("personality", rf"\b(?:{_MOOD})\b|\bpersonality\b|\btemperament\b|\bcharacter\b"),
    (
        "possession",
        r"\b(?:own|owns|possess|possesses|has|have|carry|carries|keep|keeps|drive|drives)\b[^.]{0,25}\b(?:an?|"
        r"the|my|her|his|their|two|three|four|\d+) \w+|\bbelongs? to (?:me|her|him)\b",
    ),
    (
        "event",
        r"\b(?:once|years? ago|last (?:year|month|week|summer|winter|spring|autumn|night)|recently|yesterday|"
        r"in (?:1\d|20)\d\d|when (?:i|he|she|they) (?:was|were)|lost|won|survived|died|met|happened|accident|"
        r"war|broke|discovered|escaped|left|became|since)\b",
    ),
    ("work", rf"\b(?:{_JOB})\b"),
    ("personality", rf"^\W*{_SUBJECT}\s*{_BE}\s+(?:\w+ly\s+|very\s+|quite\s+)?\w+(?:,? (?:and |but )?\w+){{0,3}}\W*$"),
)

#: Labels of key-value cards → kind.
LABELS: dict[str, str] = {
    "name": "name", "full name": "name", "nickname": "name", "alias": "name", "character": "name", "aliases": "name",
    "age": "age", "birthday": "age", "birth date": "age", "date of birth": "age",
    "species": "origin", "race": "origin", "ethnicity": "origin", "nationality": "origin", "origin": "origin",
    "birthplace": "origin", "hometown": "origin", "gender": "appearance", "sex": "appearance",
    "residence": "residence", "location": "residence", "home": "residence", "region": "residence", "lives": "residence",
    "job": "work", "occupation": "work", "profession": "work", "work": "work", "role": "work", "class": "work",
    "education": "education", "family": "family", "relatives": "family", "relationships": "relationship",
    "relationship": "relationship", "friends": "relationship", "marital status": "relationship",
    "pets": "pet", "pet": "pet", "equipment": "possession", "possessions": "possession", "items": "possession",
    "appearance": "appearance", "features": "appearance", "looks": "appearance", "body": "appearance",
    "hair": "appearance", "eyes": "appearance", "height": "appearance", "weight": "appearance", "outfit": "appearance",
    "clothes": "appearance", "clothing": "appearance", "health": "health", "likes": "like", "loves": "like",
    "dislikes": "dislike", "hates": "dislike", "food": "food", "favorite food": "food", "favourite food": "food",
    "hobbies": "hobby", "hobby": "hobby", "interests": "hobby", "habits": "habit", "quirks": "habit",
    "skills": "skill", "skill": "skill", "abilities": "skill", "powers": "skill", "languages": "skill",
    "beliefs": "belief", "values": "belief", "religion": "belief", "personality": "personality",
    "traits": "personality", "mind": "personality", "mbti": "personality", "attributes": "personality",
    "speech": "speech", "tone": "speech",
    "voice": "speech", "fears": "fear", "fear": "fear", "goals": "goal", "goal": "goal", "dream": "goal",
    "motivation": "goal", "backstory": "event", "history": "event", "background": "event", "secret": "secret",
    "secrets": "secret", "limits": "limit", "weaknesses": "limit",
}  # fmt: skip


def kind_of(text: str) -> str:
    """The kind of a statement, one of `STATEMENT_KINDS`.

    >>> [kind_of(text) for text in ("I am 34 years old.", "She hates rain.", "Ana works as an archivist.", "Olá.")]
    ['age', 'dislike', 'work', 'other']
    """
    for kind, pattern in _compiled():
        if pattern.search(text):
            return kind
    return "other"


def kind_of_label(label: str) -> str | None:
    """The kind that the label of a key-value card names, if it is a known one.

    >>> kind_of_label("Occupation"), kind_of_label("Shoe size")
    ('work', None)
    """
    return LABELS.get(" ".join(label.casefold().replace("_", " ").split()))


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in TABLE)
