"""Porter's stemmer against the words of his paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.metrics.porter import stem

#: Words of the paper, whole algorithm applied.
_PAPER = """
caresses caress  ponies poni  ties ti  caress caress  cats cat  feed feed  agreed agre  plastered plaster  bled bled
motoring motor  sing sing  conflated conflat  troubled troubl  sized size  hopping hop  tanned tan  falling fall
hissing hiss  fizzed fizz  failing fail  filing file  happy happi  sky sky  relational relat  conditional condit
rational ration  valenci valenc  hesitanci hesit  digitizer digit  conformabli conform  radicalli radic
differentli differ  vileli vile  analogousli analog  vietnamization vietnam  predication predic  operator oper
feudalism feudal  decisiveness decis  hopefulness hope  callousness callous  formaliti formal  sensitiviti sensit
sensibiliti sensibl  triplicate triplic  formative form  formalize formal  electriciti electr  electrical electr
hopeful hope  goodness good  revival reviv  allowance allow  inference infer  airliner airlin  gyroscopic gyroscop
adjustable adjust  defensible defens  irritant irrit  replacement replac  adjustment adjust  dependent depend
adoption adopt  homologou homolog  communism commun  activate activ  angulariti angular  homologous homolog
effective effect  bowdlerize bowdler  probate probat  rate rate  cease ceas  controll control  roll roll
"""
PAPER = _PAPER.split()


@pytest.mark.parametrize(("word", "expected"), list(zip(PAPER[::2], PAPER[1::2], strict=True)))
def test_the_words_of_the_paper_get_the_stems_of_the_paper(word, expected):
    assert stem(word) == expected


@pytest.mark.parametrize("word", ["", "a", "is", "12th", "don't", "naïve", "Ärger"])
def test_what_is_no_plain_word_stays_as_it_is(word):
    assert stem(word) == word


@given(st.text(alphabet="abcdefghiklmnorstuyz", max_size=30))
def test_a_stem_is_never_longer_than_its_word_by_more_than_an_e(word):
    assert len(stem(word)) <= max(len(word), 3) + 1
