"""The limit of tries to log in, as endpoints use it."""

from app.core import walls
from app.core.db import transaction
from app.domain.errors import TooManyRequestsError
from app.services import login_tries


def take(account: str, address: str | None) -> None:
    """Count one try before it is judged. Raises TooManyRequestsError with Retry-After."""
    # A transaction of its own: the count stays when the try fails.
    with transaction(walls.AUTH) as session:
        wait = login_tries.take(session, account, address)
    _refuse_if(wait)


def take_log_in(email: str, address: str | None) -> None:
    """The same of a log-in, of which tries from many networks are counted together, too."""
    with transaction(walls.AUTH) as session:
        at_home = login_tries.is_at_home(session, email, address)
        wait = login_tries.take(session, email, address, at_home=at_home)
    _refuse_if(wait)


def _refuse_if(wait: int) -> None:
    if wait:
        raise TooManyRequestsError("Too many tries to log in; wait a little.", retry_after=wait)


def clear(account: str, address: str | None) -> None:
    """Forget the tries of somebody who has just proved who they are."""
    with transaction(walls.AUTH) as session:
        login_tries.clear(session, account, address)
