"""Real processes, started once for the tests that share them."""

from collections.abc import Iterator

import pytest

from devstack import trial_people
from devstack.trial import Trial
from devstack.trial_people import MOST_PEOPLE, Shop
from tests.support import shares


@pytest.fixture(scope="package")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """API, dispatch worker, default worker and simulator, on servers of their own."""
    shares.start_once(tmp_path_factory, "trial")
    with Trial(tmp_path_factory.mktemp("trial")) as trial:
        for name in ("api", "dispatch", "worker"):
            trial.start(name)
        trial.ready("api", "dispatch", "worker")
        yield trial


@pytest.fixture(scope="package")
def shop(trial: Trial) -> Shop:
    """A business with a thousand people."""
    return trial_people.open_shop(trial, people=MOST_PEOPLE)
