"""Which passwords are refused: short ones, and those that guessers try first.

Length does the work (NIST SP 800-63B-4, section 3.1.1: no rules of composition, a list of
common passwords). The list holds only stems, since nearly every leaked password of twelve or
more characters is one of these with digits around it, written twice, or run together.
"""

import re

MIN_LENGTH = 12
MAX_LENGTH = 256

_COMMON = """
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx abc abcd abcdef abcdefgh abcdefghijkl abcdefghijklm
access admin administrador administrator adminpassword alexander amor angel angelo arsenal asdf
asdfgh asdfghjkl ashley autumn azerty barcelona baseball basketball batman bienvenido blessed
buster changeit changeme changethis charlie chelsea computer contrasena contraseña corazon
correcthorsebatterystaple daniel default demo dragon estrella facebook family father football
forever freedom futbol google guest hello helloworld hockey hola hunter iloveyou internet
invierno invitado jessica jesus jesuschrist jordan killer letmein liverpool login lovely master
michael monkey motdepasse mother mustang mypassword mysecret newpassword ninja nopassword
p@ssw0rd p@ssword passw0rd password passwordpassword passwort pokemon primavera princesa
princess q1w2e3r4t5y6 qazwsx qazwsxedc qwer qwert qwerty qwertyuiop qwertz ranger realmadrid
root rootpassword samsung scheduler secret secreto senha shadow soccer spring starwars summer
sunshine superman supersecret teamo tequiero test tester testing testpassword thisisapassword
thispassword tigger trustno user userpassword usuario verano welcome whatever whatsapp
whatsappscheduler winter world yourpassword zxcv zxcvbn zxcvbnm
"""
_STEMS = frozenset(_COMMON.split())
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DIGIT_RUNS = "01234567890123456789012345678901234567890", "98765432109876543210987654321098765"


def is_common(password: str, *, email: str = "", workspace: str = "") -> bool:
    """Whether a guesser who knows the person's address and workspace would try it early."""
    folded = password.casefold()
    stem = _EDGES.sub("", folded)
    own = {part for part in (*re.split(r"[@.+]", email.casefold()), workspace.casefold()) if part}
    return (
        len(set(folded)) <= 3
        or any(folded in run for run in _DIGIT_RUNS)
        or stem in _STEMS
        or _unit(folded) in _STEMS
        or _unit(stem) in _STEMS
        or stem in own
        or folded == email.casefold()
    )


def _unit(text: str) -> str:
    """What ``text`` repeats: "qwer" for "qwerqwerqwer"."""
    position = (text + text).find(text, 1) if text else 0
    return text[:position]
