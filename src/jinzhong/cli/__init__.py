"""The command line: ``jinzhong COMMAND``. Each module of this folder adds its commands with ``add(subparsers)``.

Exit 0: done. 1: ran, and found what it reports. 2: wrong use or unusable input, one line on standard error.
"""

import argparse
import getpass
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence


class Unusable(Exception):
    """Wrong use or unusable input: says what, where and what to do, in one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise Unusable(f"{self.prog}: {message}")


def parser() -> argparse.ArgumentParser:
    """The whole command line, gathered from the modules of this folder."""
    top = _Parser(
        prog="jinzhong",
        description="Golden Bell (金钟罩): a district's fight against telecom and online fraud",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        importlib.import_module(f"{__name__}.{module.name}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; never a traceback for what a person can mend."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhong.config.settings")
    from jinzhong.config.instance import BadInstance

    try:
        import django

        django.setup()
        chosen = parser().parse_args(argv)
        return chosen.run(chosen) or 0
    except (Unusable, BadInstance) as problem:
        print(problem, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as problem:
        print(f"{problem.filename or ''}: {problem.strerror or problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def add_by(command: argparse.ArgumentParser) -> None:
    """``--by``: who does it; default the operating-system account, recorded as such."""
    command.add_argument(
        "--by",
        default=f"os:{getpass.getuser()}",
        metavar="USERNAME",
        help="who does this (default: the operating-system account)",
    )


if __name__ == "__main__":
    raise SystemExit(main())
