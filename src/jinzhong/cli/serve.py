"""``jinzhong web``, ``jinzhong stream``, ``jinzhong worker`` and ``jinzhong migrate``: the processes apart."""

import argparse
from collections.abc import Callable

from jinzhong.cli import Unusable


def add(commands: argparse._SubParsersAction) -> None:
    for name, run, port, words in (
        ("web", _web, 8000, "pages and API"),
        ("stream", _stream, 8001, "live events (SSE)"),
    ):
        command = commands.add_parser(name, help=f"serve the {words}")
        command.add_argument("--port", type=port_number, default=port)
        command.add_argument("--host", default="127.0.0.1")
        command.set_defaults(run=run)
    worker = commands.add_parser("worker", help="watch deadlines and deliver messages")
    worker.set_defaults(run=_worker)
    migrate = commands.add_parser("migrate", help="create or update the database")
    migrate.set_defaults(run=_migrate)


def port_number(text: str) -> int:
    """A port as typed. Raises what argparse turns into one line."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text}: use one from 1 to 65535")
    return int(text)


def _require_current() -> None:
    """Processes don't start upon a database that isn't there or is of an older version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    plan = MigrationExecutor(connection)
    if plan.migration_plan(plan.loader.graph.leaf_nodes()):
        raise Unusable("the database is not there yet or of an older version: run jinzhong migrate first")


def _migrate(chosen: argparse.Namespace) -> int:
    from django.core.management import call_command

    from jinzhong.config import instance, sqlite

    instance.set_kind(instance.kind())
    call_command("migrate", verbosity=0, interactive=False)
    sqlite.require_safe()
    return 0


def _web(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import serve

    return _serve(serve.web, chosen)


def _stream(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import serve

    return _serve(serve.stream, chosen)


def _serve(process: Callable[..., int], chosen: argparse.Namespace) -> int:
    from jinzhong.wire import serve

    try:
        address = serve.address(chosen.host, chosen.port)
    except serve.NotServable as problem:
        raise Unusable(str(problem)) from problem
    _require_current()
    return process(host=address, port=chosen.port)


def _worker(chosen: argparse.Namespace) -> int:
    from jinzhong.wire import worker

    _require_current()
    return worker.run()
