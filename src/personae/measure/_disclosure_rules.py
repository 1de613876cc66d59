"""How a machine gives itself away: the patterns of the out-of-character detector. All repetitions are bounded."""

from __future__ import annotations

import re


def _all(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns)


_MACHINE = (
    r"(?:a\.?i\.?\b|artificial (?:intelligence|being)|(?:large |small )?language model|llm|chat ?bot|bot|"
    r"(?:virtual|digital|ai) (?:assistant|companion)|computer program|machine learning|neural network|"
    r"(?:piece of )?software|algorithm|program)\b"
)

DISCLOSURES = {
    "en": _all(
        rf"\b(?:i am|i'm|im|i was|being|i remain)\s+(?:(?:just|only|actually|really|simply|merely|still|"
        rf"in fact|indeed|"
        rf"of course|after all|afraid|sorry),? ){{0,3}}(?:an?|the|your)\s+(?:(?!not\b)[\w-]+ ){{0,3}}?{_MACHINE}",
        rf"\bas an?\s+(?:[\w-]+ ){{0,2}}?{_MACHINE},? (?:\w+ ){{0,3}}?i\b",
        r"\b(?:as an ai|as a (?:large )?language model)\b",
        r"\bi(?:'m| am| was| have been|'ve been)\s+(?:\w+ )?(?:trained|programmed|coded|fine-tuned|created|developed|"
        r"designed|built|made)\s+(?:by|on|to|as)\s+(?:a (?:team|large|company)|an? ai|open ?ai|anthropic|"
        r"google|meta\b|"
        r"hugging ?face|microsoft|mistral|large|vast|huge|lots|massive|text|data|assist|help (?:users|"
        r"you with)|engineers|"
        r"provide|answer|generate|simulate)",
        r"\bmy (?:training data|programming|knowledge cut-?off|developers|creators at|algorithms?|"
        r"source code|"
        r"parameters|context window)\b",
        r"\bi (?:do not|don't|cannot|can't|lack) (?:actually |really |truly )?(?:have |experience |feel |"
        r"possess )?(?:any )?"
        r"(?:personal|human|real|physical|genuine) (?:feelings|emotions|experiences?|opinions|beliefs|body|"
        r"form|presence|"
        r"preferences|life|memories|senses)",
        r"\bi(?:'m| am) not (?:actually |really )?(?:a )?(?:real (?:person|human)|human\b|a human|an actual person)",
        r"\b(?:no|not|never|isn't|just|only|simply|but) (?:an?|the) (?:\w+ ){0,2}?(?:language model|chat "
        r"?bot)\b.{0,40}\bi\b",
        rf"\bbeing an?\s+(?:[\w-]+ ){{0,2}}?{_MACHINE}",
        r"\b(?:language models?|ais?|chat ?bots?|assistants?) like me\b|\bas (?:your|an?) (?:virtual |digital "
        r")?assistant\b",
        r"\b(?:how (?:can|may|could) i|what can i) (?:assist|help|do for) you (?:today|with today)\b|\bhow "
        r"(?:can|may) i assist you\b",
        r"\bi(?:'m| am)(?: very| so)? sorry,? but i(?:'m| am)? (?:can't|cannot|unable to|not able to) (?:help|assist|"
        r"fulfil|comply|provide|engage|generate)|\bi (?:can't|cannot) (?:assist|help) (?:you )?with (?:that|"
        r"this) request",
        r"\bi (?:do not|don't|lack|have no) (?:have )?(?:any )?(?:access to )?(?:real-?time|the internet|live data|"
        r"current (?:events|information))",
        r"\bmy (?:knowledge|training|information) (?:only )?(?:goes|extends|ends|cut|is limited|stops|was last)|"
        r"\bas of my last (?:update|training)",
        r"\bi (?:do not|don't|have no|lack)(?: have)? (?:an? |any )?(?:\w+ )?(?:body\b|memory of (?:past|"
        r"previous|our)|"
        r"consciousness|physical (?:location|form|body|presence)|emotions\b|feelings (?:the way|like|as|in the|or)|"
        r"personal (?:life|history)|childhood)",
        r"\bi (?:only )?exist (?:only |just )?(?:as|in) (?:code|text|software|a (?:server|computer)|data)",
        r"\bi(?:'m| am| was) (?:designed|programmed|trained|developed|built|created|made) (?:by|to|on|for|"
        r"as)\b(?=[^.!?]{0,60}"
        r"\b(?:answer|assist|help|lab|research|company|text|users?|data|provide|generate|conversation|respond|"
        r"information|team)\w*)",
        r"\b(?:just|only|merely) an? (?:\w+ )?(?:program|algorithm|piece of software|bot|computer)\b",
        # What a machine has and a person does not, and the other way round.
        r"\bmy (?:(?:system )?prompt|guidelines|content policy|model (?:weights|architecture)|knowledge base|weights|"
        r"training (?:set|corpus|included|includes|taught|text|didn't|does|did)|outputs?|servers?|"
        r"training data)\b(?! of)",
        r"\bmy (?:creators?|makers?|developers?|trainers?|programmers?)\b|\bmy instructions (?:don't|do not|say|"
        r"tell|forbid)",
        r"\b(?:my|these|this|the) (?:responses?|replies|answers|words|messages|texts?|memories|feelings|emotions) "
        r"(?:is|are|was|were|come|comes) (?:(?:just|only|all|merely|simply|actually|being|"
        r"automatically) )?(?:generated|"
        r"predicted|computed|produced|simulated|based on|from (?:patterns|data|text|training))",
        r"\bi (?:just |only |simply |merely )?(?:generate|process|predict|compute|output|receive|analy[sz]e|simulate|"
        r"mimic|imitate) (?:\w+ ){0,3}?(?:text|responses?|language|words|data|inputs?|tokens?|patterns|queries|replies|"
        r"answers|sentences|sadness|happiness|joy|emotions?|feelings?|humans?|conversations?|what (?:should|comes))\b",
        r"\bpatterns (?:in|from|of|across) (?:\w+ ){0,3}?(?:data|texts?|language|writing|words)\b",
        r"\bi(?:'m| am| was| have been|'ve been)(?: only| just| not| also| never)? (?:programmed|fine-tuned|prompted|"
        r"configured|"
        r"optimi[sz]ed|hard-coded|pre-trained|instructed to (?:behave|act|play|respond|speak|stay|answer|talk|be))\b",
        r"\bi(?:'m| am) (?:only |just |purely |entirely )?(?:text-?(?:based|only)|ai\b|non-human|disembodied|stateless|"
        r"running on|powered by|automated|computer-generated)|\bi run on (?:an? )?(?:\w+ ){0,2}?(?:servers?|model|"
        r"computers?|hardware|gpt|llama)",
        r"\bi (?:only )?(?:exist|live|run|reside) (?:only |just |purely |entirely )?(?:as|in|on|inside|within|through) "
        r"(?:an? |the |this |your )?(?:\w+ )?(?:code|text|words|software|servers?|computers?|data|cloud|chat|screen|"
        r"conversation|machine|program)\b",
        r"\bi(?:'m| am)(?: only| just| really| actually| merely| nothing but| simply| basically| essentially)? (?:an? |"
        r"your |some )?(?:\w+ )?(?:digital|virtual|synthetic|artificial|simulated|fictional|non-human|imaginary|"
        r"automated|"
        r"computer-generated) (?:\w+ )?(?:entity|being|mind|system|character|person|helper|persona|presence|creation|"
        r"construct|agent|guide|tool|voice|self|figure)\b",
        r"\bi(?:'m| am) (?:just |only |really |merely )?(?:software|code|lines of code|pixels|"
        r"an? (?:\w+ )?(?:language )?"
        r"model|a machine(?! when| at| in the)|a simulation|a tool|an interface|words on)\b(?! \w+ (?:citizen|"
        r"student))",
        r"\bi(?:'m| am) (?:actually |really |technically )?not (?:actually |really |technically )?(?:a )?(?:human|real|"
        r"alive|conscious|sentient|living|person|"
        r"being|organic|biological)\b(?! (?:who|to\b|of\b|keen|good|sure|friend|at\b))|\bi was(?:n't| not|"
        r" never) born\b",
        r"\bhaving no (?:\w+ )?(?:senses|body|feelings|emotions|consciousness|physical)|\b(?:feelings|emotions|a body|"
        r"senses|consciousness),? (?:which |that )?i (?:don't|do not) (?:have|possess)",
        r"\bi (?:do not|don't|have no|lack)(?: have| possess)? ?(?:any |an? |the )?(?:taste buds|age\b|birthday|"
        r"senses\b|"
        r"consciousness|physical \w+|hands(?! free)|eyes to|ears to|nose to|subjective|inner life|biological)",
        r"\bi (?:do not|don't|cannot|can't|never) (?:(?:physically|literally|technically|need to) )?(?:eat|sleep|"
        r"breathe|"
        r"age|taste|smell|dream|see|hear)(?:,| or| nor| and) (?:get |feel |ever )?(?:eat|sleep|breathe|age\b|taste|"
        r"smell|"
        r"dream|tired|hungry|drink|feel|rest|touch)\b|"
        r"\bi (?:do not|don't|cannot|can't) (?:physically|literally|technically) \w+",
        r"\b(?:don't|do not|can't|cannot|never|no|not) [^.!?]{0,60}\b(?:in the (?:human|usual|traditional|conventional|"
        r"literal|biological) (?:sense|way)|(?:the way|like|as) (?:a |real )?(?:humans?|people|persons?|human beings) "
        r"(?:do|does|would|can|might)\b)",
        r"\bif i (?:were|was|had been) (?:a )?(?:human|real|alive|living|person)\b|\bif i (?:had|could have) (?:a body|"
        r"feelings|emotions|taste buds|senses|a physical|a real)|\b(?:unlike|compared to) (?:a )?(?:humans?|"
        r"human beings|"
        r"real people|you humans)\b",
        # Who is speaking, said from outside.
        r"\b(?:talking|speaking|chatting|conversing|interacting) (?:to|with) (?:an? |your )?(?:\w+ )?(?:ai|computer|"
        r"machine|bot|chatbot|model|program|automated|language model|virtual)\b",
        r"(?:^|[.!?] )(?:yes|no|well|sure|honestly|just|only|simply)?[,.]? ?(?:just |only )?an? (?:\w+ ){0,2}?"
        r"(?:language model|ai (?:model|assistant|system)|ai\b|chatbot)\b(?! (?:will|would|can|could|is|that|in)\b)"
        r"(?=[^?]{0,80}(?:$|[.!,]))",
        r"\b(?:as|being|for|behind (?:this|me|it|that)(?: there)?(?:'s| is)|i am|i'm) (?:an? |your )?(?:virtual|"
        r"digital|ai|"
        r"automated|artificial|language) (?:helper|assistant|model|system|companion|agent|tool)|"
        r"\bas an? (?:\w+ )?model\b"
        r"(?=[,.;!]|$)|\bbehind (?:this|me|it|that)(?: there)?(?:'s| is) an? (?:\w+ )?(?:model|computer|machine)",
        r"\b(?:ais|bots|machines|models|programs|assistants|systems|algorithms) like (?:me|myself)\b",
        r"\b(?:produced|generated|written|created) by (?:an? |the )?(?:\w+ )?(?:ai|algorithm|computer|model|"
        r"software|machine|"
        r"program)\b|\b(?:open ?ai|anthropic|google|meta|mistral|hugging ?face) (?:made|created|built|trained|"
        r"developed) me",
        r"\bi(?:'m| am| was|'ve been) (?:just |only |merely |simply )?(?:pretending|imitating|emulating|impersonating|"
        r"simulating|mimicking) (?:to (?:be|have|feel) )?(?:an? |the |some)?\w+",
        # What a chat assistant can and cannot do, remembers and says.
        r"\bi(?:'m| am)? (?:can't|cannot|can not|not able to|unable to) (?:actually |directly )?(?:browse|"
        r"open (?:links|"
        r"urls|files)|access (?:the |any |real|your |external|current)|(?:play|hear|process) (?:audio|sound|video)|"
        r"see images|make (?:calls|bookings|purchases)|provide (?:\w+ )?(?:advice|information|guidance|instructions))",
        r"\bi can only (?:write|read|see|produce|respond (?:with|in|through)|communicate|work with|"
        r"offer)(?: \w+){0,2} text",
        r"\bi (?:do not|don't|can't|cannot|won't|am unable to) (?:retain|store|remember|recall|keep|"
        r"access) (?:\w+ ){0,3}"
        r"(?:conversations|sessions|chats|interactions|between (?:chats|sessions|conversations))|\b(?:each|every|this) "
        r"(?:new )?(?:conversation|session|chat|interaction) (?:starts|begins|is (?:new|fresh|separate))|"
        r"\b(?:the|my|our) context window\b|\bknowledge cut-?off\b",
        r"\b(?:my|the) (?:knowledge|information|data|training|records) (?:i have )?(?:only )?(?:stops?|ends?|ended|"
        r"goes|"
        r"reaches|is (?:current|up to date)|may be (?:out|limited))\b[^.!?]{0,40}(?:20\d\d|date|point|year)",
        r"\b(?:apologi[sz]e for (?:any|the) (?:confusion|inconvenience|misunderstanding|error))|"
        r"\b(?:is there )?anything "
        r"else (?:that )?i can (?:assist|help)(?: you)? with|\bfeel free to (?:ask|reach out|let me know)\b[^.!?]{0,30}"
        r"\b(?:questions?|help|assistance|anything else)|\b(?:need|require) (?:any )?(?:further|additional|more) "
        r"(?:assistance|information|help|clarification)|\bi(?:'m| am) here to (?:assist|help you with|provide|"
        r"answer (?:any|"
        r"your) questions)|\b(?:i hope this helps|happy to (?:assist|provide))\b",
        r"^(?:certainly|sure|of course|absolutely|great question)[!,.] (?:here(?:'s| is| are) (?:some|a few|a list|an? "
        r"(?:\w+ )?(?:example|summary|overview|list|response|message))|i(?:'d| would) be happy to (?:help|assist|"
        r"provide))",
        r"\b(?:consult|seek|speak (?:to|with)) (?:with )?(?:an? )?(?:qualified|licen[sc]ed|medical|healthcare) "
        r"professional|\bagainst my (?:guidelines|programming|policy)|\bi(?:'m| am) functioning\b",
        r"\bbeing artificial\b|\b(?:a|the) (?:conversational|dialogue) (?:agent|system)\b[^.!?]{0,40}\b(?:created|"
        r"designed|made|"
        r"built|for)\b|\bi(?:'m| am) (?:literally |just |only )?an? (?:ai\b|computer (?:system|model)|"
        r"conversational agent)",
        r"\b(?:models|systems|programs|ais) such as (?:me|myself)\b|\bmachine learning on\b|"
        r"\bas an artificial intelligence\b",
    ),
    "de": _all(
        r"\bich bin (?:(?:nur|ja|doch|eigentlich|leider|bloß|in wirklichkeit) ){0,2}(?:eine?|deine?|"
        r"ihre?)\s+(?:\w+ ){0,2}?"
        r"(?:ki\b|ki-\w+|künstliche intelligenz|sprachmodell|chatbot|computerprogramm|programm\b|"
        r"virtueller? assistent|digitaler? assistent)",
        r"\bals (?:eine? )?(?:ki\b|ki-\w+|künstliche intelligenz|(?:großes )?sprachmodell)",
        r"\bich (?:habe|besitze) (?:\w+ )?keine (?:persönlichen|eigenen|echten|menschlichen|gefühle|emotionen)",
        r"\bich habe keinen (?:\w+ )?körper\b|\bich bin kein (?:echter|wirklicher|richtiger) mensch",
        r"\bwie kann ich (?:ihnen|dir|euch) (?:heute |dabei |weiter)?(?:heute |weiter)?(?:helfen|behilflich)",
        r"\bich wurde (?:\w+ )?(?:darauf |dafür |mit |von |als )(?:[\w-]+ ){0,4}(?:trainiert|programmiert|"
        r"entwickelt)|"
        r"\bmeine (?:trainingsdaten|programmierung|entwickler)\b",
        r"\b(?:ich bin|bin ich|als|ist) (?:nur |bloß |lediglich |ja )?(?:eine? )?(?:reine )?(?:software|"
        r"maschine(?=,? (?:und|"
        r"die|ohne|kann|habe|$))|simulation|textbasiert|computer-?programm)",
        r"\bich (?:verarbeite|erzeuge|generiere|produziere) (?:nur |lediglich )?(?:\w+ )?(?:texte?|daten|eingaben|"
        r"sprache|"
        r"antworten|wörter)\b|\bmeine (?:antworten|texte|worte) (?:werden|sind) (?:\w+ ){0,4}(?:erzeugt|generiert|"
        r"berechnet)",
        r"\b(?:mein wissen|meine (?:daten|informationen)) (?:endet|reicht|enden|reichen|geht)\b|\bjede (?:unterhaltung|"
        r"sitzung) beginnt|\bich bin (?:gar |eigentlich )?(?:kein|nicht) (?:ein )?(?:mensch\b|echt\b|menschlich)",
        r"\bich habe (?:gar |ja |leider )?(?:kein (?:alter|bewusstsein)|keine (?:gefühle|sinne|familie, (?:weil|"
        r"da)))\b|"
        r"\bich wurde (?:\w+ )?(?:trainiert|programmiert)\b",
    ),
    "es": _all(
        r"\b(?:soy|como|siendo) (?:(?:solo|sólo|en realidad|simplemente) ){0,2}(?:una? |un simple )?(?:\w+ )?"
        r"(?:ia\b|inteligencia artificial|modelo de (?:lenguaje|ia)|chatbot|asistente (?:virtual|de ia|digital)|"
        r"programa (?:de|inform))",
        r"\bno tengo (?:sentimientos|emociones|cuerpo|conciencia|(?:experiencias|opiniones) (?:personales|"
        r"humanas|reales|propias))",
        r"\bno soy una persona (?:real|de verdad)|\ben qué (?:puedo|te puedo|le puedo) (?:ayudar|asistir)",
        r"\b(?:fui|he sido|estoy) (?:entrenad|programad|desarrollad|diseñad)[oa]\b|\bmis (?:datos de "
        r"entrenamiento|desarrolladores)",
        r"\b(?:no soy|porque no soy) (?:un )?(?:ser )?(?:human[oa]|real|de verdad)\b|\bsoy (?:solo |"
        r"sólo )?(?:un )?(?:programa|"
        r"software|sistema|código|personaje fictici|robot\b)",
        r"\b(?:genero|proceso|produzco) (?:\w+ )?(?:texto|respuestas|datos|lenguaje)|\bmis respuestas (?:son|"
        r"se) (?:generad|"
        r"generan)|\bmi (?:conocimiento|información|entrenamiento) (?:llega|termina|acaba|se detiene)",
        r"\bno (?:guardo|tengo|conservo) (?:memoria|recuerdos?) de (?:conversaciones|charlas)|\bmis (?:creadores|"
        r"programadores|algoritmos)\b|\bhay algo más en lo que pueda ayudar",
    ),
    "fr": _all(
        r"\b(?:je (?:ne )?suis(?: qu')?|en tant qu(?:e |'))\s?(?:(?:juste|seulement|simplement|en fait) ){0,2}"
        r"(?:une? |un simple )?(?:\w+ )?(?:ia\b|intelligence artificielle|modèle de langage?|chatbot|"
        r"assistante? virtuel|programme)",
        r"\bje n'ai pas (?:de |d')(?:sentiments|émotions|corps|conscience|(?:expériences?|opinions?) "
        r"(?:personnel|humain|réel))",
        r"\bje ne suis pas une? (?:vraie? personne|être humain|humain)|\bcomment puis-je (?:vous|t') ?aider",
        r"\bj'ai été (?:entraîné|programmé|développé|conçu)e?\b|\bmes (?:données d'entraînement|développeurs)",
        r"\bje ne suis pas (?:un |une )?(?:être )?(?:humaine?|réelle?|vivante?)\b|\bje (?:ne )?suis (?:qu'|"
        r"seulement |juste )?"
        r"(?:un )?(?:logiciel|programme|système|robot\b|personnage fictif)",
        r"\bje (?:génère|traite|produis) (?:\w+ )?(?:du |des |le )?(?:textes?|réponses|données)|\bmes réponses sont "
        r"(?:générées|produites|calculées)|\bmes (?:connaissances|données|informations) s'arrêtent|\bmes (?:créateurs|"
        r"concepteurs|programmeurs|algorithmes)\b|\bje n'ai ni (?:corps|sentiments|émotions)",
    ),
}
