"""Request bodies are read whole before anything else, and never past a cap."""

from starlette.requests import Request

from app.domain.errors import TooLargeError

MAX_BODY_BYTES = 1024 * 1024
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
# Bulk bodies of 10,000 people and uploaded files need more than the rest.
_LARGE = ("/recipients/bulk", "/recipients/imports", "/media", "/members")


def _cap(path: str) -> int:
    return MAX_UPLOAD_BYTES if path.endswith(_LARGE) else MAX_BODY_BYTES


async def read(request: Request) -> bytes:
    """The raw body, kept on the request for whoever parses it next.

    Raises TooLargeError as soon as the cap is passed, whatever Content-Length said.
    """
    cap = _cap(request.url.path)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > cap:
            raise TooLargeError(f"A body here may have at most {cap} bytes.")
        chunks.append(chunk)
    body = b"".join(chunks)
    request._body = body
    return body
