"""Messages that mean "stop": the whole text is one stop word, in any language of the list.

Only whole messages count: "Don't stop!" or "stop by tomorrow" is no opt-out.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# Words that people use for this and hardly for anything else ("cancel" or "end" would also
# answer an appointment reminder). A language code says who put the word here, not who may use
# it: each word counts for everybody.
BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "en": ("stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "opt-out"),
    "es": ("baja", "alto", "parar", "darme de baja", "dar de baja", "desuscribir", "detener"),
    "pt": ("pare", "parar", "sair", "descadastrar", "cancelar inscrição", "remover"),
    "fr": ("arrêt", "arrêter", "arrêtez", "désabonner", "me désabonner", "se désabonner"),
    "de": ("stopp", "abmelden", "abbestellen", "austragen"),
    "it": ("ferma", "disiscrivi", "disiscrivimi", "cancellami", "annulla iscrizione"),
    "nl": ("afmelden", "uitschrijven"),
    "pl": ("wypisz", "rezygnuję"),
    "tr": ("dur", "abonelikten çık", "durdur"),
    "ru": ("стоп", "отписаться", "отписка"),
    "uk": ("відписатися",),
    "id": ("berhenti",),
    "ar": ("إيقاف", "توقف", "إلغاء الاشتراك"),
    "he": ("הסר", "הסרה"),
    "hi": ("बंद", "बंद करें", "रोकें"),
    "zh": ("退订", "退訂", "停止"),
    "ja": ("停止", "配信停止"),
    "ko": ("수신거부", "중지"),
}

# Latin, Greek and Cyrillic accents, Arabic vowel and hamza signs; in other scripts such marks
# make another word.
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655]")
_INVISIBLE = "Cf"  # zero-width and direction marks
_AROUND = " .,;!¡…\"'“”‘’«»()[]-*_~"


def is_stop(text: str, own: Mapping[str, Iterable[str]] | None = None) -> bool:
    """Whether an incoming text is an opt-out.

    Case, accents, full-width forms and punctuation around it don't matter. ``own``: the
    workspace's words by language, added to the built-in ones.
    """
    said = _fold(text)
    if said in _built_in():
        return True
    # An own word of punctuation only would fold to nothing and match every empty message.
    words = (word for group in (own or {}).values() for word in group)
    return bool(said) and any(said == _fold(word) for word in words)


@lru_cache(maxsize=1)
def _built_in() -> frozenset[str]:
    return frozenset(_fold(word) for words in BUILT_IN.values() for word in words)


def _fold(text: str) -> str:
    # NFKD turns full-width letters into plain ones and splits accents off.
    spread = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    # Turkish capitals lose the difference of i and ı.
    plain = (c for c in spread.replace("ı", "i") if unicodedata.category(c) != _INVISIBLE)
    return " ".join("".join(plain).split()).strip(_AROUND)
