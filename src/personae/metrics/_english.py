"""English word lists behind the style vector, written for this toolkit: transparent, small, and nothing more."""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


INFORMAL = _set("i you u im i'm you're")

NEGATIONS = _set("not no never none nobody nothing neither nor without hardly barely cannot cant dont isnt wont")

INTENSIFIERS = _set("very really so too extremely truly deeply totally absolutely incredibly utterly quite most such")

FUNCTION = _set("""
a an the this that these those some any each every either neither no all both half such what which whose another
i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
we us our ours ourselves they them their theirs themselves who whom whoever one someone somebody something
anyone anybody anything everyone everybody everything nobody nothing none
am is are was were be been being do does did doing done have has had having can could may might must shall should
will would ought
i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd
we'll they're they've they'd they'll that's there's here's what's who's where's how's let's
isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't cannot couldn't won't wouldn't
shouldn't mustn't
about above across after against along among around as at before behind below beneath beside between beyond by
despite down during except for from in inside into like near of off on onto out outside over past since through
throughout till to toward towards under until up upon via with within without
and but or nor so yet if because although though while whereas unless whether than when where why how
not never also just even only still too very quite rather then there here now again ever always already
more most much many few less least other same own
""")

SOCIAL = _set("""
friend friends friendship neighbour neighbours neighbor neighbors family families mother mom mum mama father dad
papa parent parents sister sisters brother brothers son sons daughter daughters child children kid kids baby babies
aunt uncle cousin cousins grandmother grandma grandfather grandpa husband wife spouse partner boyfriend girlfriend
fiance lover couple people person everyone everybody someone somebody anyone anybody folks folk guy guys man men
woman women boy boys girl girls lady ladies gentleman colleague colleagues coworker coworkers boss team teammate
teammates group groups crowd community society public guest guests host stranger strangers member members club
we us our ours ourselves they them their theirs themselves he him his she her hers you your yours y'all
talk talks talked talking speak speaks spoke spoken speaking say says said saying tell tells told telling ask asks
asked asking answer answers answered reply replied call calls called calling chat chats chatted chatting discuss
discussed conversation conversations message messages letter letters listen listened listening share shared sharing
meet meets met meeting visit visits visited visiting invite invited party parties wedding dinner greet greeted
welcome hello hi hey goodbye bye thanks thank please sorry help helps helped helping join joined together each
other's agree agreed argue argued promise promised gossip introduce introduced marry married date dating hug hugs
""")

COGNITIVE = _set("""
think thinks thought thoughts thinking know knows knew known knowing knowledge believe believes believed belief
understand understands understood understanding realise realised realize realized reason reasons reasoning because
cause causes caused therefore hence thus since why how explain explains explained explanation mean means meant
meaning idea ideas concept consider considers considered considering decide decides decided decision choose chose
choice wonder wonders wondered wondering question questions doubt doubts doubted guess guessed suppose supposed
assume assumed assumption imagine imagined imagination remember remembers remembered memory memories recall forget
forgot forgotten learn learns learned learnt learning study studied notice noticed recognise recognised recognize
recognized figure figured solve solved solution problem problems analyse analyze analysis compare compared
different difference differences distinguish if whether maybe perhaps possibly possible probably probable likely
unlikely seem seems seemed appear appears apparently certain certainly sure surely definitely obviously clearly
actually really exactly truth true false fact facts prove proof logic logical theory evidence conclude conclusion
depend depends although though unless except instead rather almost should would could might may must hope expect
expected plan plans planned intend aware conscious insight sense perspective opinion view clear confused curious
""")

#: word → strength of its feeling, −3 … 3
SENTIMENT: dict[str, float] = {
    word: strength
    for strength, listed in {
        3.0: """love loves loved adore adored wonderful amazing awesome fantastic excellent brilliant perfect superb
            magnificent delighted thrilled ecstatic overjoyed marvellous marvelous best greatest joy bliss treasure""",
        2.0: """happy happily happiness glad great beautiful lovely good joyful cheerful excited exciting proud
            grateful thankful gratitude enjoy enjoys enjoyed enjoying fun funny delightful pleasant pleased pleasure
            delicious charming gorgeous win wins won winner victory success successful hug hugs kiss laugh laughs
            laughed laughing laughter smile smiles smiled smiling celebrate celebrated kind kindness gentle generous
            sweet warm friend friendly passion passionate inspired inspiring paradise blessed yay hooray favourite
            favorite admire admired affection caring cherish fond adorable hero""",
        1.0: """like likes liked nice fine okay ok well better calm peaceful peace relaxed relaxing comfortable cosy
            cozy safe secure interested interesting hope hopes hoped hopeful welcome thanks thank helpful help support
            useful clean fresh bright clever smart easy fair trust trusted honest polite patient satisfied content
            agree agreed free freedom healthy lucky luck ready rich strong wise worth tasty cool cute amused amusing
            playful comfort comforting encourage encouraged eager improve improved gift haha lol respect care""",
        -1.0: """sorry tired bored boring busy late slow odd strange weird difficult hard cold dull weak noisy messy
            nervous unsure confused confusing doubt doubts miss missed missing lonely alone quiet awkward annoyed
            annoying problem problems trouble mistake mistakes wrong poor lost lose losing shy uneasy restless
            complain complained risk risky warn warning shame dark dirty sick""",
        -2.0: """sad sadly sadness unhappy bad badly angry anger mad upset worried worry worries worrying afraid fear
            fears feared scared scary anxious anxiety hurt hurts pain painful ache cry cries cried crying tears ugly
            nasty mean rude cruel unfair hopeless helpless disappointed disappointing disappointment fail fails
            failed failure stress stressed stressful frustrated frustrating frustration jealous guilty guilt regret
            regrets regretted grief grieve mourn broken damage danger dangerous threat fight fights fought enemy
            lie lies lied liar steal stole stolen ill illness suffer suffered suffering gloomy bitter ashamed
            embarrassed embarrassing dislike disliked stupid idiot fool foolish rotten""",
        -3.0: """hate hates hated hating hatred awful terrible horrible dreadful disgusting disgust disgusted worst evil
            furious rage miserable misery despair devastated devastating heartbroken tragedy tragic disaster nightmare
            agony torture tortured kill kills killed killing murder murdered die dies died dying death dead destroy
            destroyed terror terrified horrified despise loathe vile""",
    }.items()
    for word in listed.split()
}

AFFECT = frozenset(SENTIMENT) - _set("well like likes liked ok okay fine hard late slow free busy ready mean") | _set(
    """feel feels felt feeling feelings emotion emotions emotional mood moods heart surprise surprised surprising
    shock shocked amazed astonished moved touched wow ugh oh ah desire longing crave tender tenderness"""
)
