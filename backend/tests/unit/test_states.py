"""The tables of moves, and the page drawn from them."""

import re

import pytest

from app.domain import states
from app.domain.states import DeliveryStatus as D
from devstack import states_page
from devstack.states_page import MACHINES, Machine


def test_the_committed_page_is_up_to_date() -> None:
    assert states_page.TARGET.read_text() == states_page.render(), "run: make openapi"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.title)
def test_table_and_drawing_show_exactly_the_moves(machine: Machine) -> None:
    section = states_page.render().partition(f"## {machine.title}\n")[2].partition("\n## ")[0]
    wanted = {(str(a), str(b)) for a, to_all in machine.moves.items() for b in to_all}
    assert set(re.findall(r"^    (\w+) --> (\w+)$", section, re.M)) == wanted
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.M)
    assert {(a, b) for a, rest in rows for b in re.findall(r"`(\w+)`", rest)} == wanted
    assert [a for a, _ in rows] == [str(state) for state in machine.moves]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.title)
def test_every_state_has_its_moves_and_can_be_reached(machine: Machine) -> None:
    every = set(type(machine.start[0]))
    assert set(machine.moves) == every
    reached = set(machine.start)
    while more := {to for state in reached for to in machine.moves[state]} - reached:
        reached |= more
    assert reached == every


def test_only_three_moves_of_a_delivery_look_backwards() -> None:
    order = list(D)
    backwards = {
        (a, b)
        for a, to_all in states.DELIVERY_MOVES.items()
        for b in to_all
        if order.index(b) < order.index(a)
    }
    resolved = {(D.UNCONFIRMED, s) for s in (D.ACCEPTED, D.SENT, D.DELIVERED, D.READ, D.FAILED)}
    assert backwards - resolved == {
        (D.SENDING, D.SCHEDULED),
        (D.FAILED, D.DELIVERED),
        (D.FAILED, D.READ),
        (D.UNCONFIRMED, D.SCHEDULED),
        (D.FAILED, D.SCHEDULED),
    }
