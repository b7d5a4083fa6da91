"""Instances that may be killed."""

import json
from collections.abc import Iterator

import pytest

from tests import running


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Iterator[running.Template]:
    made = running.Template(tmp_path_factory.mktemp("template"))
    yield made
    made.running.close()


@pytest.fixture
def own(tmp_path, template) -> Iterator[running.Running]:
    """A fresh instance with the small district; a worker's or web's death hurts nobody else."""
    with template.copy(tmp_path / "own") as made:
        yield made


@pytest.fixture
def tokens(own) -> dict[str, str]:
    """An API token of each account of the small district."""
    return json.loads((own.folder / "tokens.json").read_text())
