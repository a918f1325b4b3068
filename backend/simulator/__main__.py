"""``python -m simulator --port N --data DIR``: run the simulator until interrupted."""

import argparse
import gc
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from simulator import server
from simulator.control import world
from simulator.control.bodies import AppBody
from simulator.state import Simulator

DEFAULT_APP_ID = "900000000000009"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for its storage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--webhook-url", help=f"address of app {DEFAULT_APP_ID}")
    parser.add_argument("--app-secret")
    parser.add_argument("--verify-token")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    sim = Simulator(arguments.data, arguments.seed)
    if arguments.webhook_url:
        body = AppBody(
            id=DEFAULT_APP_ID,
            secret=arguments.app_secret,
            webhook_url=arguments.webhook_url,
            verify_token=arguments.verify_token,
        )
        world.make_app(sim, body)
        sim.save()
    # A full collection walks the whole ledger, and what arrives meanwhile would seem to have
    # come all at once.
    gc.freeze()
    # Nor may the journal's thread keep the loop for 5 ms at a time.
    sys.setswitchinterval(0.0005)
    gc.set_threshold(10_000, 50, 1_000)
    web.run_app(
        server.build(sim),
        loop=uvloop.new_event_loop(),
        host=arguments.host,
        port=arguments.port,
        access_log=None,
        print=None,
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
