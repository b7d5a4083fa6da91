"""``jinzhong web``, ``jinzhong stream``, ``jinzhong worker`` and ``jinzhong migrate``: the processes apart."""

import argparse


def add(commands: argparse._SubParsersAction) -> None:
    for name, run, port, words in (
        ("web", _web, 8000, "pages and API"),
        ("stream", _stream, 8001, "live events (SSE)"),
    ):
        command = commands.add_parser(name, help=f"serve the {words}")
        command.add_argument("--port", type=int, default=port)
        command.add_argument("--host", default="127.0.0.1")
        command.set_defaults(run=run)
    worker = commands.add_parser("worker", help="watch deadlines and deliver messages")
    worker.set_defaults(run=_worker)
    migrate = commands.add_parser("migrate", help="create or update the database")
    migrate.set_defaults(run=_migrate)


def _migrate(chosen: argparse.Namespace) -> int:
    from django.core.management import call_command

    from jinzhong.config import sqlite

    call_command("migrate", verbosity=0, interactive=False)
    sqlite.require_safe()
    return 0


def _web(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import serve

    return serve.web(host=chosen.host, port=chosen.port)


def _stream(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import serve

    return serve.stream(host=chosen.host, port=chosen.port)


def _worker(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import worker

    return worker.run()
