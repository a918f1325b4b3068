"""Who may see and do what: bearer tokens, their permissions and accounts."""

from simulator.errors import GraphError
from simulator.state import Simulator
from simulator.world import Number, Permission, Token, Waba


def token_of(sim: Simulator, authorization: str | None) -> Token:
    """Raise 104 without a token, 190 for an unknown or expired one."""
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() not in ("bearer", "oauth") or not value:
        raise GraphError(104)
    token = sim.world.tokens.get(value.strip())
    if token is None:
        raise GraphError(190)
    if token.expired:
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    return token


def require(token: Token, permission: Permission) -> None:
    if permission not in token.permissions:
        raise GraphError(200, f"The token lacks the permission {permission}")


def sees(token: Token, waba_id: str) -> bool:
    return not token.waba_ids or waba_id in token.waba_ids


def number(sim: Simulator, token: Token, number_id: str) -> Number:
    """Raise 100 with subcode 33, Meta's "doesn't exist or you can't see it"."""
    found = sim.world.numbers.get(number_id)
    if found is None or not sees(token, found.waba_id):
        raise unknown_object(number_id)
    return found


def waba(sim: Simulator, token: Token, waba_id: str) -> Waba:
    found = sim.world.wabas.get(waba_id)
    if found is None or not sees(token, waba_id):
        raise unknown_object(waba_id)
    return found


def unknown_object(object_id: str) -> GraphError:
    return GraphError(
        100,
        f"Unsupported request. Object with ID '{object_id}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation.",
        subcode=33,
    )
