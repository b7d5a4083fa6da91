from datetime import date
from pathlib import Path

import pytest

from jinzhong_engine.world import plan
from jinzhong_engine.world.build import Built, build
from jinzhong_engine.world.profile import load

SMALL = {"seed": 7, "residents": 2_000, "days": 6, "density": 25.0}


@pytest.fixture(scope="session")
def fenghua():
    return load("fenghua")


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Built:
    """A small world, dense in fraud, drawn by one process."""
    return build(**SMALL, out=tmp_path_factory.mktemp("world") / "one", workers=1)


@pytest.fixture(scope="session")
def folder(built) -> Path:
    return built.folder


@pytest.fixture(scope="session")
def world(fenghua) -> plan.World:
    """The same world, as planned."""
    return plan.plan(fenghua, plan.Size(7, 2_000, 6, date(2021, 5, 26), 25.0))
