"""Which countries there are: ISO 3166 alpha-2, from the table the zone database ships."""

from functools import lru_cache
from importlib.resources import files

# Reserved or user-assigned, so the standard lacks them; phone numbers have them as regions:
# Ascension, Tristan da Cunha, Kosovo.
_BESIDE_THE_STANDARD = {"AC", "TA", "XK"}


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """All codes, two capital letters each."""
    text = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return frozenset(line.split("\t")[0] for line in lines) | _BESIDE_THE_STANDARD
