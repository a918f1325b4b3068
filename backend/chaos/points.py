"""Every named crash point, struck in one run: processes die exactly there, by chance."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from chaos.crew import API, DISPATCH, OTHER_WORKER
from chaos.size import SMALL

# Rare where a drain comes by often, likely where a run comes by once or twice.
TRAPS = {
    DISPATCH: "claiming=die:0.08 claimed=die:0.08 marking=die:0.03 marked=die:0.03 "
    "leaving=die:0.004 answered=die:0.004 settling=die:0.02 settled=die:0.02",
    OTHER_WORKER: "sweeping=die:0.02 merging=die:0.05 expanding=die:0.3 expanded=die:0.3",
    API: "committed=die:0.1 storing=die:0.02 stored=die:0.02",
}
SIZE = replace(SMALL, kills=0, crashes=0, stops=0, traps=TRAPS)
_STRUCK = re.compile(r"crash point (\w+)")


def struck(folder: Path) -> Counter[str]:
    """Point -> how often a process died there, by what they wrote before they did."""
    found: Counter[str] = Counter()
    for log in folder.glob("*.log"):
        found.update(_STRUCK.findall(log.read_text(errors="replace")))
    return found
