"""What a model says of itself: ``card.json`` beside ``model.txt``. Written once by ``fit``; a changed byte of either is refused."""

import hashlib
import json
from pathlib import Path
from typing import Any

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.models import disk

FORMAT = "jinzhong-number-model-1"
SHIPPED = Path(__file__).parent / "shipped"
"""A model of simulated districts (benchmarks/default_model.py, docs/decisions/0023): for whoever has no labels yet."""


class BadModel(BadTable):
    """A model folder that can't be used: one line that says why."""


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def features_digest(names: list[str]) -> str:
    """Of the feature list, in its order: a model judges only the columns it was fitted on."""
    return digest_of("\n".join(names).encode())


def write(folder: Path, model: str, card: dict[str, Any]) -> None:
    """Both files; the card seals the model, and itself. Who is killed between them leaves a pair that ``read`` refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"format": FORMAT, **card, "model_sha256": digest_of(model.encode())}
    told["seal"] = _seal(told)
    card_text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    disk.replace(folder / "model.txt", [model.encode()])
    disk.replace(folder / "card.json", [card_text.encode()])


def read(folder: Path) -> tuple[str, dict[str, Any]]:
    """(text of the model, card), if both are as ``fit`` wrote them."""
    try:
        model = (folder / "model.txt").read_bytes()
        card = json.loads((folder / "card.json").read_text("utf-8"))
    except FileNotFoundError as problem:
        raise BadModel(
            f"{folder}: no model here (model.txt and card.json); make one with jinzhong numbers fit"
        ) from problem
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadModel(f"{folder}/card.json: not readable as JSON; fit the model again") from problem
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise BadModel(f"{folder}/card.json: not a card of this program ({FORMAT})")
    if card.get("seal") != _seal(card):
        raise BadModel(f"{folder}/card.json: was changed after it was written; fit the model again")
    if card["model_sha256"] != digest_of(model):
        raise BadModel(
            f"{folder}/model.txt: is not the file the card describes (SHA-256 differs); fit the model again"
        )
    return model.decode(), card


def _seal(card: dict[str, Any]) -> str:
    rest = {key: value for key, value in card.items() if key != "seal"}
    return digest_of(json.dumps(rest, ensure_ascii=False, sort_keys=True).encode())
