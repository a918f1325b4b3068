from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import stop_words

ALL = [word for words in stop_words.BUILT_IN.values() for word in words]


@pytest.mark.parametrize("word", ALL)
def test_every_built_in_word_stops_however_it_is_written(word: str) -> None:
    shapes = ["{}", "  {}\n", "{}!", "“{}.”", "*{}*", "\u200f{}\u200b"]
    for shape, spelling in product(shapes, (word, word.upper(), word.title())):
        assert stop_words.is_stop(shape.format(spelling))


@pytest.mark.parametrize(
    "text", ["ARRET", "desabonner", "ＳＴＯＰ", "Stop  All", "DÁRME DE BAJA", "İptal"]
)
def test_accents_widths_and_gaps_do_not_matter(text: str) -> None:
    assert stop_words.is_stop(text, {"tr": ["iptal"]})


@pytest.mark.parametrize(
    "text",
    [
        "Don't stop",
        "stop by tomorrow",
        "stop?",
        "nonstop",
        "ok",
        "",
        "  ",
        "!!!",
        "…",
        "alto ahí",
        "cancel",
    ],
)
def test_other_messages_do_not_stop(text: str) -> None:
    assert not stop_words.is_stop(text)


def test_own_words_are_added_and_take_nothing_away() -> None:
    own = {"es": ["No más", "!"], "en": []}
    assert stop_words.is_stop("no mas.", own)
    assert stop_words.is_stop("baja", own)
    assert not stop_words.is_stop("no mas")
    assert not stop_words.is_stop("", own)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    stop_words.is_stop(text, {"xx": [text]})
