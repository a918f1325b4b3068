"""Meta's GET handshake with the business's server."""

import secrets

import aiohttp


async def verify(session: aiohttp.ClientSession, url: str, verify_token: str) -> bool:
    """True when the server answers 200 with the bare challenge."""
    challenge = str(secrets.randbelow(10**10))
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": verify_token,
    }
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with session.get(url, params=query, timeout=timeout, allow_redirects=False) as answer:
            return answer.status == 200 and (await answer.text()) == challenge
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False
