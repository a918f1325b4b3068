"""Media: upload, address, bytes, delete. Uploaded ids live 30 days, received ones 7."""

import hashlib
from pathlib import Path

from aiohttp import BodyPartReader, web

from simulator import access
from simulator.errors import GraphError
from simulator.graph import reading
from simulator.state import Simulator
from simulator.world import Media, Number

UPLOADED_S = 30 * 86_400
RECEIVED_S = 7 * 86_400
_MB = 1024 * 1024
LIMITS = {
    "image/jpeg": 5 * _MB, "image/png": 5 * _MB, "video/mp4": 16 * _MB, "video/3gpp": 16 * _MB,
    "audio/aac": 16 * _MB, "audio/amr": 16 * _MB, "audio/mpeg": 16 * _MB, "audio/mp4": 16 * _MB,
    "audio/ogg": 16 * _MB, "image/webp": _MB // 2, "text/plain": 100 * _MB,
    "application/pdf": 100 * _MB, "application/msword": 100 * _MB,
    "application/vnd.ms-excel": 100 * _MB, "application/vnd.ms-powerpoint": 100 * _MB,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * _MB,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * _MB,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * _MB,
}  # fmt: skip


def path_of(sim: Simulator, media_id: str) -> Path:
    return sim.folder / "media" / media_id


def store(sim: Simulator, number: Number, mime_type: str, content: bytes, lives_s: float) -> Media:
    media = Media(
        id=sim.new_id(),
        phone_number_id=number.id,
        mime_type=mime_type,
        sha256=hashlib.sha256(content).hexdigest(),
        file_size=len(content),
        expires_at=sim.clock.now() + lives_s,
    )
    path = path_of(sim, media.id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    sim.world.media[media.id] = media
    sim.save()
    return media


async def upload(request: web.Request) -> web.Response:
    """multipart with ``messaging_product``, ``type`` and ``file``."""
    sim = reading.simulator(request)
    token = access.token_of(sim, request.headers.get("Authorization"))
    number = access.number(sim, token, request.match_info["id"])
    if not request.content_type.startswith("multipart/"):
        raise GraphError(100, "multipart/form-data is required")
    fields: dict[str, bytes] = {}
    mime_type = ""
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name:
            fields[part.name] = bytes(await part.read())
            if part.name == "file":
                mime_type = part.headers.get("Content-Type", "")
    if fields.get("messaging_product") != b"whatsapp" or "file" not in fields:
        raise GraphError(100, "messaging_product and file are required")
    mime_type = (fields.get("type", b"").decode() or mime_type).split(";")[0].strip()
    if len(fields["file"]) > LIMITS.get(mime_type, 0):
        raise GraphError(100, f"{mime_type}: type not supported, or file too large")
    return web.json_response({"id": store(sim, number, mime_type, fields["file"], UPLOADED_S).id})


async def get(request: web.Request, media: Media) -> web.Response:
    if media.expires_at <= reading.simulator(request).clock.now():
        raise access.unknown_object(media.id)
    return web.json_response(
        {
            "messaging_product": "whatsapp",
            "url": str(request.url.origin() / "media-files" / media.id),
            "mime_type": media.mime_type,
            "sha256": media.sha256,
            "file_size": str(media.file_size),
            "id": media.id,
        }
    )


async def delete(request: web.Request, media: Media) -> web.Response:
    sim = reading.simulator(request)
    del sim.world.media[media.id]
    path_of(sim, media.id).unlink(missing_ok=True)
    sim.save()
    return web.json_response({"success": True})


async def download(request: web.Request) -> web.StreamResponse:
    """The bytes; needs the same header as the API."""
    sim = reading.simulator(request)
    try:
        access.token_of(sim, request.headers.get("Authorization"))
    except GraphError as error:
        return web.json_response(error.body(), status=error.status)
    media = sim.world.media.get(request.match_info["media_id"])
    if media is None:
        raise web.HTTPNotFound
    content = path_of(sim, media.id).read_bytes()
    return web.Response(body=content, content_type=media.mime_type)
