"""One simulator process for all tests here; each test has a business of its own."""

from collections.abc import Iterator

import pytest

from devstack.simulator_control import SimulatorControl
from tests.simulator.graph import Graph
from tests.support import receiver, simulator
from tests.support.receiver import Receiver


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorControl]:
    with simulator.running(tmp_path_factory.mktemp("simulator") / "data") as control:
        yield control


@pytest.fixture
def control(process: SimulatorControl) -> SimulatorControl:
    process.reset()
    return process


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver.listening() as listening:
        yield listening


@pytest.fixture
def graph(control: SimulatorControl, server: Receiver) -> Iterator[Graph]:
    """A fresh business whose callbacks reach ``server``, and its Graph calls."""
    business = control.business(webhook_url=server.url)
    with Graph(control.url, business) as graph:
        yield graph
