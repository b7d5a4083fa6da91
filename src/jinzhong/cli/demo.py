"""``jinzhong demo``."""

import argparse

from jinzhong.cli import Unusable


def add(commands: argparse._SubParsersAction) -> None:
    demo = commands.add_parser("demo", help="run the demo district: build it, serve it, keep it alive")
    demo.add_argument("--port", type=int, default=8000, help="of the pages; the stream takes the next one")
    demo.add_argument("--no-feed", action="store_true", help="no simulated tellers and officers")
    demo.add_argument("--build-only", action="store_true", help="build and exit before serving")
    demo.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    from jinzhong.demo import run
    from jinzhong.wire import serve

    if not 1024 <= chosen.port <= 65534:
        raise Unusable(f"--port {chosen.port}: use one from 1024 to 65534")
    try:
        return run.run(port=chosen.port, with_feed=not chosen.no_feed, build_only=chosen.build_only)
    except serve.NotServable as problem:
        raise Unusable(str(problem)) from problem
