"""What this instance is: its data folder, its kind (real, demo, test) and its keys.

The kind is written once into ``instance.json`` of the data folder. Keys live in ``keys.json`` beside the
database and never inside it, so a copied database alone reveals nothing.
"""

import base64
import contextlib
import json
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from jinzhong.config import environment
from jinzhong.config.environment import BadInstance

Kind = Literal["real", "demo", "test"]
KEY_NAMES = ("vault", "index", "audit", "django")


def data_folder() -> Path:
    """The folder of database, keys and files (``JINZHONG_DATA``), made on first use, private to its owner."""
    return _made(environment.read("JINZHONG_DATA") or str(Path.home() / ".local/share/jinzhong"))


@cache
def _made(path: str) -> Path:
    folder = Path(path).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise BadInstance(
            f"JINZHONG_DATA {folder}: {problem.strerror}; name a folder that can be written"
        ) from problem
    return folder


def kind() -> Kind:
    """real, demo or test; ``JINZHONG_INSTANCE`` may say so only for a folder that has no kind yet."""
    written = data_folder() / "instance.json"
    if written.exists():
        return cast(Kind, _kept(written)["kind"])
    asked = environment.read("JINZHONG_INSTANCE")
    if asked not in ("real", "demo", "test"):
        raise BadInstance(f"JINZHONG_INSTANCE={asked}: use real, demo or test")
    return cast(Kind, asked)


def set_kind(new: Kind) -> None:
    """Write the kind of a new instance; a real instance never becomes a demo or the other way round."""
    written = data_folder() / "instance.json"
    if written.exists() and kind() != new:
        raise BadInstance(
            f"{data_folder()} holds a {kind()} instance; choose another JINZHONG_DATA for a {new} one"
        )
    replace_file(written, json.dumps({"kind": new}))


def is_demo() -> bool:
    return kind() == "demo"


def replace_file(path: Path, text: str) -> None:
    """Write the whole file or leave the old one; readable by the owner only."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)


def _kept(path: Path) -> Any:
    """What a file of the data folder says."""
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise BadInstance(f"{path}: damaged; put back the one that belongs to this database") from problem


@cache
def _keys(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "keys.json"
    if not path.exists():
        fresh = {name: {"1": base64.b64encode(secrets.token_bytes(32)).decode()} for name in KEY_NAMES}
        with contextlib.suppress(FileExistsError):
            _create_once(path, json.dumps(fresh, indent=1))
    return _kept(path)


def _create_once(path: Path, text: str) -> None:
    """Two processes that start together must agree on one key file: the second link fails."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    replace_file(draft, text)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def key(name: str, version: int | None = None) -> tuple[int, bytes]:
    """(version, 32 bytes) of the named key: vault, index, audit or django. Without version: the newest."""
    return _key(data_folder(), name, version)


@cache
def _key(folder: Path, name: str, version: int | None) -> tuple[int, bytes]:
    versions = _keys(folder)[name]
    chosen = str(version or max(map(int, versions)))
    if chosen not in versions:
        raise BadInstance(
            f"keys.json lacks version {chosen} of the {name} key; restore the key file that belongs to this database"
        )
    return int(chosen), base64.b64decode(versions[chosen])
