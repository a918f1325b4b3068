"""Which Graph path goes where."""

from aiohttp import web

from simulator.graph import media, messages, nodes, numbers, templates, wabas

_BASE = r"/{version:v\d+\.\d+}/{id}"


def add(app: web.Application) -> None:
    app.add_routes(
        [
            web.post(_BASE + "/messages", messages.post),
            web.post(_BASE + "/media", media.upload),
            web.get("/media-files/{media_id}", media.download),
            web.get(_BASE + "/phone_numbers", numbers.list_of),
            web.post(_BASE + "/register", numbers.register),
            web.post(_BASE + "/deregister", numbers.deregister),
            web.get(_BASE + "/message_templates", templates.list_of),
            web.post(_BASE + "/message_templates", templates.create),
            web.delete(_BASE + "/message_templates", templates.delete),
            web.post(_BASE + "/unpause", templates.unpause),
            web.get(_BASE + "/subscribed_apps", wabas.subscriptions),
            web.post(_BASE + "/subscribed_apps", wabas.subscribe),
            web.delete(_BASE + "/subscribed_apps", wabas.unsubscribe),
            web.get(_BASE, nodes.get),
            web.post(_BASE, nodes.post),
            web.delete(_BASE, nodes.delete),
        ]
    )
