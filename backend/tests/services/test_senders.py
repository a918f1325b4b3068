"""Sealed secrets of senders: whoever may write to the database can't move them about."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.crypto import SealError
from app.domain.refs import Ref
from app.services import senders
from tests.factories import workspaces

VALUES = {"name": "A", "waba_id": "1", "access_token": "EAAB-one", "app_secret": "5ec7e7"}


def _sender(session: Session, number: str, workspace_id: object = None) -> Ref:
    workspace_id = workspace_id or workspaces.workspace(session).id
    made = senders.create(session, workspace_id, VALUES | {"phone_number_id": number}, {})  # type: ignore[arg-type]
    session.flush()
    return Ref(made.workspace_id, made.id)


def _opens(session: Session, ref: Ref) -> None:
    session.expire_all()
    sender = senders.get(session, ref)
    assert (senders.access_token(sender), senders.app_secret(sender)) == ("EAAB-one", "5ec7e7")


@pytest.mark.parametrize("same_workspace", [True, False])
def test_a_secret_copied_to_another_row_does_not_open(
    session: Session, same_workspace: bool
) -> None:
    one = _sender(session, "1")
    other = _sender(session, "2", one.workspace_id if same_workspace else None)
    _opens(session, other)
    session.execute(
        text("""UPDATE senders SET access_token_sealed =
                  (SELECT access_token_sealed FROM senders WHERE id = :one) WHERE id = :other"""),
        {"one": one.id, "other": other.id},
    )
    _opens(session, one)
    session.expire_all()
    with pytest.raises(SealError):
        senders.access_token(senders.get(session, other))


def test_secrets_swapped_between_columns_do_not_open(session: Session) -> None:
    ref = _sender(session, "1")
    _opens(session, ref)
    session.execute(
        text("""UPDATE senders SET access_token_sealed = app_secret_sealed,
                                   app_secret_sealed = access_token_sealed WHERE id = :id"""),
        {"id": ref.id},
    )
    session.expire_all()
    for reads in (senders.access_token, senders.app_secret):
        with pytest.raises(SealError):
            reads(senders.get(session, ref))
