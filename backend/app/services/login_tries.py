"""Guessing passwords is slow: five tries a minute for an account from one network, thirty in all.

Guessers of many networks share a hundred tries a minute at one account. Its owner isn't locked out
by them: networks that the account was ever logged in from don't count there and needn't wait.

Counted in PostgreSQL, which log-ins need anyway: the count is the same for all processes, and
neither a Redis that is away nor one that was emptied gives a guesser new tries. A network is an
IPv4 address, or the /64 of IPv6 that one customer holds. Nobody elsewhere can lock an account's
owner out, for the count belongs to account and network together.
"""

import ipaddress
from datetime import timedelta

from sqlalchemy.orm import Session

from app.core.crypto import sha256_hex
from app.domain import throttle
from app.repositories import login_tries, sessions

OF_ACCOUNT = 5
OF_NETWORK = 30
OF_ACCOUNT_ELSEWHERE = 100
_KEPT = timedelta(days=1)


def take(session: Session, account: str, address: str | None, *, at_home: bool = True) -> int:
    """Count one try before it is judged; the seconds to wait, 0 when it may be judged.

    Unless ``at_home`` it counts among those from all networks, too. A result and not an
    exception, for the count must be committed before it refuses or judges.
    """
    limits = {_of_network(address): OF_NETWORK, _of_account(account, address): OF_ACCOUNT}
    if not at_home:
        limits[_elsewhere(account)] = OF_ACCOUNT_ELSEWHERE
    # Read first: who has to wait costs neither a lock nor a write.
    known, now = login_tries.read(session, list(limits)), login_tries.now(session)
    wait = max((throttle.seconds_to_wait(tries, now) for tries in known.values()), default=0)
    if wait:
        return wait
    login_tries.forget_some_before(session, _KEPT)
    return max(_count(session, key, limit) for key, limit in limits.items())


def is_at_home(session: Session, email: str, address: str | None) -> bool:
    """Whether the person with this address of mail was ever logged in from this network."""
    return address is not None and sessions.knows_address(session, email, address)


def clear(session: Session, account: str, address: str | None) -> None:
    """Forget the tries of somebody who has just proved who they are."""
    # In the order of take: whoever locks in another order may wait for each other for ever.
    login_tries.take_back(session, _of_network(address))
    login_tries.forget(session, _of_account(account, address))
    login_tries.take_back(session, _elsewhere(account))


def _count(session: Session, key: str, limit: int) -> int:
    before = login_tries.lock(session, key)
    now = login_tries.now(session)
    if wait := throttle.seconds_to_wait(before, now):
        # Somebody was quicker since it was read.
        return wait
    after = throttle.after_one_more(before, limit, now)
    login_tries.keep(session, key, after)
    return throttle.seconds_to_wait(after, now)


def _of_account(account: str, address: str | None) -> str:
    return sha256_hex(f"account|{account.casefold()}|{_network(address)}")


def _elsewhere(account: str) -> str:
    return sha256_hex(f"elsewhere|{account.casefold()}")


def _of_network(address: str | None) -> str:
    return sha256_hex(f"network|{_network(address)}")


def _network(address: str | None) -> str:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return address or "unknown"
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
