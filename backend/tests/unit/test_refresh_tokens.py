from pathlib import Path
from uuid import UUID, uuid4

from app.core import refresh_tokens


def test_reads_only_what_we_made(stack: Path) -> None:
    token = refresh_tokens.first(uuid4())
    assert refresh_tokens.read(token.text) == token
    session, nonce, mac = token.text.split(".")
    for forged in (
        "",
        token.text[:-1],
        f"{uuid4().hex}.{nonce}.{mac}",
        f"{session}.{mac}.{nonce}",
        token.text + "\n",
    ):
        assert refresh_tokens.read(forged) is None


def test_a_successor_is_always_the_same_and_another(stack: Path) -> None:
    token = refresh_tokens.first(UUID(int=7))
    after = token.successor()
    assert after == token.successor()
    assert after.session_id == token.session_id
    assert len({token.digest, after.digest, after.successor().digest}) == 3
    assert refresh_tokens.read(after.text) == after
