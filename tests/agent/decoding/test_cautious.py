"""Cautious decoding: the table of trials, a toy language walked by hand, and the real models."""

from __future__ import annotations

import math

import numpy as np
import pytest

from personae import Agent, Persona, Settings
from personae.agent.decoding import Sample
from personae.agent.decoding.cautious import Cautious, trials
from personae.agent.roles import Prompted
from personae.errors import UsageError
from personae.models import Embedded, Scripted
from personae.models.ledger import Ledger, Metered
from personae.models.mixes import Vocabulary
from personae.stats.paired import compare
from personae.types import Conversation, Message

H = (0, 0.2, 0.5, 0.755, 1.2, 1.49, 1.5)


@pytest.mark.parametrize(("variant", "wanted"), [("code", (1, 2, 3, 5, 8, 9, 10)), ("paper", (1, 1, 3, 5, 7, 9, 10))])
def test_entropy_becomes_trials_as_published(variant, wanted):
    assert tuple(trials(h, variant) for h in H) == wanted


class Toy:
    """A language of six tokens. After "go" come four equally likely ways: one leads to a sure word and a full stop, the
    others to words at random; then the answer ends."""

    pieces = ("", "go", "a", "b", "c", "d", ".")
    vocabulary = Vocabulary(lambda: Toy.pieces, frozenset({0}))
    read = 3

    def __init__(self):
        self.said, self.rows, self.left, self.reads = [], [[]], set(), 0

    def _after(self, said):
        text = "".join(self.pieces[token] for token in said)
        shares = np.full(7, 1e-9)
        if not text:
            shares[1] = 1
        elif text.endswith("."):
            shares[0] = 1
        elif text.endswith("go"):
            shares[2:6] = 0.25
        elif text.endswith("goa"):
            shares[6] = 1
        else:
            shares[2:7] = 0.2
        return np.log(shares / shares.sum())

    def logprobs(self):
        self.reads += len(self.rows) - len(self.left)
        return [None if n in self.left else self._after([*self.said, *row]) for n, row in enumerate(self.rows)]

    def fork(self, n):
        self.said += self.rows[0]
        self.rows = [[] for _ in range(n)]

    def add(self, tokens):
        for number, token in enumerate(tokens):
            if token is None:
                self.left.add(number)
            else:
                self.rows[number].append(token)

    def keep(self, row, length):
        assert len(self.rows[row]) == length
        self.said += self.rows[row]
        self.rows, self.left = [[]], set()

    def text(self, tokens):
        return "".join(self.pieces[token] for token in tokens)


SETTINGS = Settings(temperature=1.0, top_p=1.0, max_tokens=30)


def test_at_a_crossing_the_least_surprised_way_is_taken_and_the_rest_is_plain():
    done = Cautious().along(Toy(), SETTINGS)
    assert done.completion.text == "goa."
    assert done.completion.stop == "stop"
    # "go" is sure; at the crossing H = ln 4 = 1.386 makes int(1 + 9 · .9238) = 9 trials; the end is sure again
    assert done.tried == (1, 9, 1)
    assert done.entropies == pytest.approx((0, math.log(4), 0), abs=1e-6)
    assert done.perplexity == pytest.approx(math.exp(math.log(4) / 4), abs=1e-6)
    assert done.cost == done.computed / 4
    assert done.completion.usage.completion_tokens == done.computed
    assert "1.39/9" in done.note


def test_one_trial_at_most_is_plain_sampling():
    texts = {Cautious(most=1).along(Toy(), Settings(temperature=1, top_p=1, seed=seed)).completion.text
             for seed in range(30)}  # fmt: skip
    assert len(texts) > 5
    assert set(Cautious(most=1).along(Toy(), SETTINGS).tried) == {1}


def test_a_trial_never_goes_past_the_longest_answer():
    for length in (1, 2, 3, 4):
        done = Cautious().along(Toy(), Settings(temperature=1, top_p=1, max_tokens=length))
        assert len(done.logprobs) <= length
        assert done.completion.stop == "length" or done.completion.text.endswith(".")


def test_stop_strings_end_a_trial_and_are_not_part_of_the_text():
    done = Cautious().along(Toy(), Settings(temperature=1, top_p=1, stop=("a",)))
    assert (done.completion.text, done.completion.stop) == ("go", "stop")


def test_a_model_that_hides_its_distribution_is_answered_for_or_refused():
    agent = Agent(Persona(name="Ana"), Scripted(["Hi."]), decode=Cautious(otherwise=Sample()))
    import personae

    turn = personae.run(agent.reply(Conversation() + Message("user", "Hello")))
    assert "Sample answered instead of Cautious" in turn.note
    with pytest.raises(UsageError, match="Cautious needs a model that shows its logits"):
        personae.run(
            Agent(Persona(name="Ana"), Scripted(["Hi."]), decode=Cautious()).reply(
                Conversation() + Message("user", "Hello")
            )
        )
    with pytest.raises(UsageError, match="variant 'talk'"):
        Cautious(variant="talk")


class Plain:
    """One world as it is."""

    def begin(self, worlds, vocabulary):
        return self

    def scores(self, logprobs):
        return logprobs[0]

    def said(self, token):
        pass


def asked(question):
    return Prompted((Message("system", "You mend nets."), Message("user", question)))


SHORT = Settings(temperature=0.8, top_p=0.9, max_tokens=5, seed=4)


@pytest.fixture(scope="module")
def torch_model(tmp_path_factory):
    from stubs.tiny_llama import save

    from personae.models.hf import HfModel

    return HfModel(save(tmp_path_factory.mktemp("tiny")), threads=1)


class Recomputed(Toy):
    """The same network without a batch and without a cache: every row is read from its beginning."""

    def __init__(self, model, prompt):
        super().__init__()
        self.model, self.prompt, self.vocabulary = model, prompt, model.vocabulary

    def _after(self, said):
        import torch

        with torch.inference_mode():
            logits = self.model.loaded[0](torch.tensor([[*self.prompt, *said]])).logits[0, -1]
            return torch.log_softmax(logits.float(), dim=-1).numpy()

    def text(self, tokens):
        return self.model.loaded[1].decode(tokens, skip_special_tokens=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
async def test_batched_trials_are_what_each_alone_would_be(torch_model, seed):
    settings = Settings(temperature=0.4, top_p=0.95, max_tokens=50, seed=seed)
    prompted = asked("Where do you live?")
    done = await Cautious()(torch_model, prompted, settings, persona=Persona(name="Ana"))
    tokenizer = torch_model.loaded[1]
    prompt = tokenizer(await torch_model.prompt_text(prompted.messages), add_special_tokens=False)["input_ids"]
    alone = Cautious().along(Recomputed(torch_model, prompt), settings)
    assert done.completion.text == alone.completion.text
    assert done.tried == alone.tried
    assert done.logprobs == pytest.approx(alone.logprobs, abs=1e-4)
    assert len(done.tried) > 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hf", "embedded"])
async def test_with_one_trial_a_model_says_what_plain_sampling_says(torch_model, kind):
    model = torch_model if kind == "hf" else Embedded(context=512)
    prompted = asked("Where do you live?")
    done = await Cautious(most=1)(model, prompted, SHORT, persona=Persona(name="Ana"))
    plain = await model.step_worlds([prompted.messages], Plain(), SHORT)
    assert done.completion.text == plain.text
    metered = Metered(model, Ledger())
    tried = await Cautious(most=3)(metered, prompted, SHORT, persona=Persona(name="Ana"))
    again = await Cautious(most=3)(model, prompted, SHORT, persona=Persona(name="Ana"))
    assert (again.completion.text, again.tried) == (tried.completion.text, tried.tried)
    assert metered.ledger.summary()[""].usage.completion_tokens == tried.computed >= len(tried.logprobs)
    await model.close()


QUESTIONS = (
    "Where do you live?", "What do you eat?", "Who is your friend?", "Tell me of the sea.", "What is a net?",
    "Do you like rain?", "What did you do today?", "Why are you sad?",
)  # fmt: skip


@pytest.mark.slow
async def test_answers_are_less_surprised_than_plain_ones():
    """`benchmarks/cautious.py` has 50 prompts; these eight show the direction."""
    model = Embedded(context=512)
    plain, tried = {}, {}
    for number, question in enumerate(QUESTIONS):
        settings = Settings(temperature=1.0, top_p=1.0, max_tokens=5, seed=number)
        prompted = Prompted((Message("user", question),))
        for found, most in ((plain, 1), (tried, 6)):
            done = await Cautious(most=most)(model, prompted, settings, persona=Persona(name="Ana"))
            found[question] = math.log(done.perplexity)
    await model.close()
    pairs = compare(plain, tried)
    assert pairs.difference > 0
    assert pairs.p < 0.05


@pytest.mark.slow
async def test_half_letters_do_not_stop_the_embedded_model():
    """After these words the likeliest token is half a letter, which the server would rather not show."""
    import numpy as np

    from personae.models.branches import walk_branches
    from personae.types import Completion

    def walk(branches):
        for token in (61, 25275, 243, 100, 278):  # "Một b", then "ỏ" in two tokens
            branches.add([token])
        (after,) = branches.logprobs()
        assert branches.vocabulary.pieces[int(after.argmax())] == "\N{REPLACEMENT CHARACTER}"
        assert np.exp(after).sum() == pytest.approx(1, abs=1e-3)
        return Completion(branches.text([61]))

    model = Embedded(context=512)
    await walk_branches(model, [Message("user", "What do you eat?")], Settings(), walk)
    await model.close()
