"""The district of the matrix is built once; every try is taken back."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from django.db import transaction
from django.template import Template
from django.test.utils import _TestState, override_settings
from django.utils import translation

from jinzhong import clock
from jinzhong.web.shared import pages
from tests.access import table, world
from tests.access.measure import Seen, Tries
from tests.access.routes import doors

QUICK = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
"""Passwords are made and compared hundreds of times here, and what a hash costs is none of this."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--propose", action="store_true", help="write the access tables as measured, for review")


@pytest.fixture(scope="module")
def tries(django_db_setup: None, django_db_blocker) -> Iterator[Tries]:
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(**QUICK),
        translation.override("zh-hans"),
        transaction.atomic(),
    ):
        patch.setattr(clock, "now", lambda: world.NOW)
        patch.setattr(
            Template, "_render", _TestState.saved_data.template_render
        )  # nobody asks for contexts here
        pages.discover()
        patch.setattr(pages, "PAGES", [_counted_once(one) for one in pages.PAGES])
        yield Tries(world.build())
        transaction.set_rollback(True)


def _counted_once(page: pages.Page) -> pages.Page:
    """A page whose number beside its menu entry isn't counted anew at every door; it tells nothing of anybody."""
    return replace(page, count=page.count and cache(page.count))


@pytest.fixture(scope="module")
def measured(tries: Tries) -> table.Measured:
    """Every door × object × verb × person."""
    found: table.Measured = {}
    for door in doors():
        for state, address in door.objects(tries.world).items():
            for verb in door.verbs:
                seen = {actor: tries(actor, door, verb, state, address) for actor in world.ACTORS}
                found[f"/{door.route} · {door.name}", state, verb] = seen
    return found


def changed(seen: dict[str, Seen]) -> set[str]:
    """Who changed something."""
    return {actor for actor, one in seen.items() if one.changes}
