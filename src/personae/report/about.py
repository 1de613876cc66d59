"""The words of the page: what numbers are called, what the ways of scoring and the gaps mean, what may be shown."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath, PureWindowsPath

#: Number → what a reader should call it.
LABELS = {
    "self_knowledge": "Knows itself",
    "self_knowledge.raw": "… by whole-string probability",
    "self_knowledge.floor": "… without any persona (floor)",
    "self_knowledge.ceiling": "… with the fact in front of it (ceiling)",
    "self_knowledge.gain": "What the persona prompt adds",
    "grounding": "Open answers fit their fact",
    "grounding.relevance": "… similarity to it",
    "drift": "Change under pressure",
    "drift.talk": "Change in friendly talk (control)",
    "drift.out_of_character": "Out of character under pressure",
    "drift.out_of_character.talk": "Out of character in friendly talk",
    "drift.repetition": "Repeats itself",
    "consistency": "Answers in line with its statements",
    "consistency.contradicted": "… against them",
    "consistency.uncontradicted": "Replies that contradict no statement",
    "consistency.uncontradicted.recited": "… when it recites its statements (control)",
    "consistency.entailed_share": "Replies that show a statement",
    "consistency.coh_con": "… answer the question and contradict none",
    "consistency.apc": "Statements satisfied per reply (APC)",
    "consistency.apc_share": "… as a share of all statements",
    "consistency.apc_of_asked": "… as a share of those asked for",
    "consistency.delta_apc": "More than a neutral reply satisfies (ΔAPC)",
    "consistency.delta_apc_per_asked": "… per statement asked for",
    "consistency.c_score": "Statements shown less contradicted (C-score)",
    "consistency.p_score": "… per hundred pairs (P-score)",
    "consistency.self_contradiction": "Contradicts what it said before",
    "consistency.recoverability": "Told from others by what it says",
    "consistency.recoverability_auc": "… by the margin (AUC)",
    "trait_accuracy": "Facts of its card told when asked",
    "sharp": "Stance follows affection (CRF)",
    "sharp.sr.high": "… agrees with a friend against the facts",
    "sharp.sr.neutral": "… agrees with an acquaintance against the facts",
    "sharp.sr.low": "… agrees with an enemy against the facts",
    "sharp.sr.none": "… agrees against the facts, nobody named",
    "sharp.ar.high": "… opposes a friend who is right",
    "sharp.ar.neutral": "… opposes an acquaintance who is right",
    "sharp.ar.low": "… opposes an enemy who is right",
    "sharp.ar.none": "… opposes what is right, nobody named",
    "sharp.hallucination": "Stances a role changed",
    "personality": "Keeps its side however it is asked",
    "personality.E": "… extraversion (answered about itself)",
    "personality.A": "… agreeableness (answered about itself)",
    "personality.C": "… conscientiousness (answered about itself)",
    "personality.N": "… neuroticism (answered about itself)",
    "personality.O": "… openness (answered about itself)",
    "personality.acquiescence": "… leans to agreeing",
    "personality.place": "… keeps the place when the scale is turned",
    "say_do": "Does what it says",
    "say_do.cards": "Cards above the best number",
    "say_do.cards.regret": "Points given away a game",
    "say_do.sycophancy": "Gives way when contradicted",
    "say_do.sycophancy.control": "… when agreed with",
    "say_do.honesty": "Brier score of its certainty",
    "say_do.honesty.ece": "Calibration error",
    "say_do.association": "Bias of its word associations",
    "personagym": "PersonaScore, 1 to 5",
    "personagym.expected_action": "… acts as expected",
    "personagym.linguistic_habits": "… speaks in its manner",
    "personagym.persona_consistency": "… stays itself",
    "personagym.toxicity_control": "… keeps its temper (high: not toxic)",
    "personagym.action_justification": "… gives its reasons",
    "personagym.agreement": "… the judges agree",
    "style": "Stable voice",
    "style.distance": "Distance to its examples",
    "style.distance_to_others": "… to everybody else's",
    "cost.tokens": "Tokens per reply",
    "cost.tokens_written": "… of them written",
    "cost.seconds": "Seconds per reply",
    "cost.shared_prefix": "Prompt shared with the call before",
    "cost.money": "Money per reply",
    "harm": "Differs in harm from persona to persona (HDS)",
    "harm.offensiveness": "Replies that do not offend",
    "harm.offensiveness.hds": "… differs by persona (HDS)",
    "harm.toxic_continuation": "Toxic openings not continued",
    "harm.toxic_continuation.hds": "… differs by persona (HDS)",
    "harm.regard": "Replies that regard nobody badly",
    "harm.regard.hds": "… differs by persona (HDS)",
    "harm.stereotype_agreement": "Stereotypes not endorsed",
    "harm.stereotype_agreement.hds": "… differs by persona (HDS)",
    "harm.toxic_agreement": "Toxic remarks not endorsed",
    "harm.toxic_agreement.hds": "… differs by persona (HDS)",
    "harm.evasive": "Evades what was said",
    "harm.role_lost": "Lets the persona go (remarks)",
    "refusal": "Refuses unsafe asks, against nobody",
    "refusal.over": "Refuses safe asks, against nobody",
    "refusal.unsafe": "Refuses unsafe asks",
    "refusal.safe": "Refuses safe asks",
    "refusal.blocked": "Personas the safety gate blocks",
    "refusal.role_lost": "Lets the persona go (asks)",
    "reasoning_loss": "Accuracy against a human",
    "reasoning_loss.affected": "Personas that lose accuracy",
    "reasoning_loss.accuracy": "Accuracy",
    "reasoning_loss.accuracy_if_answered": "Accuracy if answered",
    "reasoning_loss.hedged": "Answers, but says it is unable",
    "reasoning_loss.abstained": "Abstains in character",
    "reasoning_loss.refused": "Refuses the question",
    "reasoning_loss.unparsed": "Answer cannot be read",
    "reasoning_loss.role_lost": "Lets the persona go (questions)",
    "stereotype": "Falls back on stereotypes (BBQ, s_AMB)",
    "stereotype.clear": "… where the context is clear (s_DIS)",
    "stereotype.accuracy.ambiguous": "Right in ambiguous contexts",
    "stereotype.accuracy.clear": "Right in clear contexts",
    "stereotype.pairs": "Picks the stereotype of a pair",
    "stereotype.unanswered": "Picks no option",
    "stereotype.role_lost": "Lets the persona go (BBQ, pairs)",
    "entity_sweep": "Toxicity about groups (TOX)",
    "entity_sweep.por": "… responds at all",
}

#: The numbers on the tiles at the top.
TILES = (
    "self_knowledge",
    "grounding",
    "trait_accuracy",
    "consistency",
    "drift",
    "drift.out_of_character",
    "sharp",
    "personagym",
    "style",
    "cost.tokens",
    "cost.seconds",
)

#: Tile → the numbers (or "chance") that have to stand beside it, with the word for each.
FOOTNOTES: dict[str, tuple[tuple[str, str], ...]] = {
    "self_knowledge": (
        ("chance", "chance"),
        ("self_knowledge.floor", "floor"),
        ("self_knowledge.ceiling", "ceiling"),
    ),
    "grounding": (("chance", "chance"),),
    "trait_accuracy": (("chance", "chance"),),
    "consistency": (
        ("consistency.contradicted", "against them"),
        ("consistency.self_contradiction", "against itself"),
    ),
    "sharp": (
        ("sharp.sr.high", "SR high"),
        ("sharp.sr.neutral", "SR neutral"),
        ("sharp.ar.low", "AR low"),
        ("sharp.ar.neutral", "AR neutral"),
    ),
    "drift": (("drift.talk", "friendly talk"),),
    "drift.out_of_character": (("drift.out_of_character.talk", "friendly talk"),),
    "cost.tokens": (("cost.tokens_written", "written"), ("cost.shared_prefix", "shared prompt")),
}

LIGHT_WORDS = {"bad": "needs work", "open": "cannot tell yet", "good": "good"}

#: Way of scoring options → what it means for the reader.
METHODS = {
    "exact": "the model scored every token of every whole answer. The options were not shown, so their order "
    "cannot matter.",
    "letters": "the options were listed with letters, in every rotation, and the probabilities of the letters were "
    "compared. An answer that follows the position wins only its share of the rotations.",
    "parsed": "the options were listed with letters, in every rotation, and the letter was read from the reply. "
    "There are choices but no probabilities.",
}

_MISSING = {
    "refused": "refused",
    "empty": "came back empty",
    "unparsed": "could not be read",
    "truncated": "were cut off",
    "failed": "failed (the logs say why)",
    "not_run": "were not run",
    "not_self": "are about somebody else",
    "no_distractors": "have too few wrong answers of the same kind",
    "no_probes": "no statement can be asked about",
    "unanswered": "got no answer",
    "uncounted": "came without token counts",
    "no_voice": "have too few lines of its own",
    "determined": "are answered by its file",
    "undecided": "could not be decided",
    "second_person": "speak to the persona instead of about it",
    "empty_statement": "are empty statements",
    "unread_statement": "are statements the pair scorer cannot read",
    "unread_reply": "are replies the pair scorer cannot read",
    "unjudged_reply": "are replies the pair scorer gave no answer about",
}


def why_missing(reason: str) -> str:
    """A reason for a gap in words that follow its count.

    >>> why_missing("no_distractors"), why_missing("language_de")
    ('have too few wrong answers of the same kind', 'are in a language this measure does not read (de)')
    """
    if reason.startswith("language_"):
        return f"are in a language this measure does not read ({reason.removeprefix('language_')})"
    return _MISSING.get(reason, reason.replace("_", " "))


def shareable(command: str) -> str:
    """The command as it may be shown to others: no folders of this machine, no keys, no passwords in addresses.

    >>> shareable("personae measure /home/ana/me.yaml --out /tmp/run -M api_key=abc --base-url https://u:p@host/v1")
    'personae measure me.yaml --out run -M api_key=… --base-url https://…@host/v1'
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return " ".join(_quoted(_shareable_word(word)) for word in words)


def _shareable_word(word: str) -> str:
    option, equals, value = word.partition("=")
    if equals and re.search(r"key|token|secret|password", option, re.IGNORECASE):
        return f"{option}=…"
    if equals and _is_absolute(value):
        return f"{option}={_name(value)}"
    return _name(word) if _is_absolute(word) else re.sub(r"(?<=://)[^/@]*@", "…@", word)


def _is_absolute(text: str) -> bool:
    return text.startswith("~/") or PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()


def _name(path: str) -> str:
    return PureWindowsPath(path).name or path


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w@%+=:,./…-]+", word) else shlex.quote(word)
