import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import templating
from app.domain.errors import InvalidError

ANA = {"name": "Ana", "attributes": {"city": "León", "points": 12, "due": "2026-12-01"}}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("No variables at all", "No variables at all"),
        ('Hi {{ name | default: "there" }}, {{ attributes.city }}', "Hi Ana, León"),
        ("{{ attributes.points | plus: 3 }} points", "15 points"),
        ("{{ attributes['city'] | upcase }}", "LEÓN"),
        ('{{ name | append: " Ruiz" | split: " " | last }}', "Ruiz"),
        ('{{ attributes.due | date: "%d/%m/%Y" }}', "01/12/2026"),
        ("{% if attributes.vip %}VIP{% else %}Hello{% endif %} {{ name }}", "Hello Ana"),
        ("{% assign who = name | upcase %}{{ who }}", "ANA"),
        ("{% comment %}{{ nobody }}{% endcomment %}{{ name }}", "Ana"),
        ('{{ name | replace: "A", "E" }}', "Ena"),
        ("{{ attributes.points | divided_by: 5.0 | round: 1 }}", "2.4"),
        ("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
    ],
)
def test_texts_are_filled(text: str, filled: str) -> None:
    assert templating.render(text, ANA) == templating.Rendered(filled)


@pytest.mark.parametrize("value", [None, "", "  ", [], {}])
def test_a_variable_without_value_is_missing_and_default_rescues_it(value: object) -> None:
    context = {"name": value, "attributes": {"city": value}}
    assert templating.render("Hi {{ name }}!", context).missing == ("name",)
    assert templating.render("{{ attributes.city | upcase }}", context).missing == (
        "attributes.city",
    )
    assert templating.render('Hi {{ name | default: "you" }}!', context).text == "Hi you!"
    assert templating.render('Hi {{ name | default: "you" }}!', context).missing == ()


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        '{{ nobody | append: "!" }}',
        "{{ nobody | plus: 1 }}",
        '{{ nobody | date: "%d" }}',
        "{{ name | append: nobody }}",
        "{{ nobody | default: nobody }}",
        "{% assign copy = nobody %}{{ copy }}",
        "{% if nobody %}{% else %}{{ nobody }}{% endif %}",
    ],
)
def test_no_way_of_using_a_missing_variable_leaves_a_hole(text: str) -> None:
    assert templating.render(text, ANA).missing == ("nobody",)


@pytest.mark.parametrize(
    "text",
    [
        "{% if nobody %}{{ nobody }}{% endif %}",
        '{% if nobody == "" %}x{% endif %}',
        "{% unless nobody %}x{% endunless %}",
        "{% case nobody %}{% when 'a' %}{{ nobody }}{% endcase %}",
    ],
)
def test_asking_whether_a_value_exists_is_not_using_it(text: str) -> None:
    assert templating.render(text, ANA).missing == ()


def test_zero_and_false_are_values() -> None:
    assert templating.render("{{ a }} {{ b }}", {"a": 0, "b": False}).text == "0 false"


def test_variables_are_listed_once_in_order_of_use_without_local_names() -> None:
    text = "{{ b.c }}{% assign x = a %}{{ x }}{{ b.c | default: d }}{% if e %}{% endif %}"
    assert templating.variables(text) == ["b.c", "a", "d", "e"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("Hi {{ name", 1, 1),
        ("one\ntwo {{ name | shout }}", 2, 13),
        ("a\n{% for x in y %}{% endfor %}", 2, 1),
        ("{% include 'x' %}", 1, 1),
        ("{% render 'x' %}", 1, 1),
        ("{{7*7}}", 1, 1),
        ("{% if name %}", 1, 1),
        ("{{ }}", 1, 1),
    ],
)
def test_a_bad_text_is_refused_with_its_position(text: str, line: int, column: int) -> None:
    with pytest.raises(templating.TemplateError) as refused:
        templating.check(text, "content.text")
    assert isinstance(refused.value, InvalidError)
    assert refused.value.errors[0].field == "content.text"
    assert refused.value.errors[0].code == "invalid_template"
    assert refused.value.line == line
    assert refused.value.column >= column


def test_a_value_that_a_filter_cannot_take_is_never_sent() -> None:
    got = templating.render('On {{ when | date: "%d" }}', {"when": "soon"})
    assert (got.text, got.missing) == ("", ("when",))
    assert got.problem


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{{ ''.__class__ }}", "{% for x in y %}", "${1}"])
def test_values_are_data_and_never_templates(value: str) -> None:
    assert templating.render("{{ name }}", {"name": value}).text == value


@pytest.mark.parametrize("path", ["name.__class__", "name['__class__']", "now", "today"])
def test_neither_objects_nor_the_clock_can_be_reached(path: str) -> None:
    assert templating.render("{{ " + path + " }}", ANA).missing == (
        path.replace("['", ".").rstrip("]'"),
    )


BOMBS = [
    "{% assign a = 'xxxxxxxxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}",
    "{{ name | replace: '', name" + " | replace: '', name" * 60 + " }}",
    "{% assign a = 99999 %}" + "{% assign a = a | times: a %}" * 60 + "{{ a }}",
    "{{ '1e309' | ceil }}",
    "{{ 1 | divided_by: 0 }}",
    "{{ name | date: '" + "%9999999d" * 20 + "' }}",
]


@pytest.mark.parametrize("text", BOMBS)
def test_hostile_texts_end_quickly_and_are_not_sent(text: str) -> None:
    began = time.process_time()
    got = templating.render(text, {"name": "N" * 4000})
    assert got.missing
    assert len(got.text) <= 65536
    assert time.process_time() - began < 1


def test_a_condition_nested_too_deeply_is_refused_or_not_sent() -> None:
    for terms in (100, 300, 400, 500, 800):
        text = "{% if " + " or ".join(["x"] * terms) + " %}{% endif %}{{ y }}"
        with contextlib.suppress(templating.TemplateError):
            assert templating.render(text, ANA).missing


def test_a_text_longer_than_a_message_is_refused() -> None:
    with pytest.raises(templating.TemplateError):
        templating.check("x" * 4097)


@given(st.text(max_size=60))
def test_any_text_either_renders_or_is_refused(text: str) -> None:
    try:
        templating.render(text, ANA)
        templating.render("{{" + text + "}}", ANA)
    except templating.TemplateError:
        pass


@given(st.text(alphabet=st.sampled_from("a \n\t\r\v\u2028\u00a0b"), max_size=40))
def test_cleaned_parameters_hold_no_breaks_tabs_or_long_gaps(text: str) -> None:
    clean = templating.clean_parameter(text)
    assert not {"\n", "\t", "\r", "\v", "\u2028"} & set(clean)
    assert " " * 5 not in clean
    assert clean.replace(" ", "") == "".join(text.split())
    assert templating.clean_parameter(clean) == clean


def test_many_renders_are_cheap() -> None:
    text = 'Hi {{ name | default: "there" }}, {{ attributes.city }}'
    templating.render(text, ANA)
    began = time.process_time()
    for _ in range(5000):
        templating.render(text, ANA)
    # Measured at about 50,000 a second; processor time, so that a busy machine matters little.
    assert 5000 / (time.process_time() - began) > 10_000
