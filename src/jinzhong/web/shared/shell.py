"""What every page shows around itself: product, office, marks, menu, clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from jinzhong import clock
from jinzhong.config import instance
from jinzhong.district.permissions import may
from jinzhong.web.shared import pages


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: Any
    url: str
    current: bool
    count: int | None


class Shell:
    def __init__(self, request: HttpRequest):
        self.request = request
        self.product = settings.PRODUCT_NAME
        self.office = settings.OFFICE_NAME
        self.hotline = settings.HOTLINE
        self.idle_minutes = settings.IDLE_LOCK_MINUTES

    @cached_property
    def viewer(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def is_demo(self) -> bool:
        return instance.is_demo()

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @cached_property
    def clock_rate(self) -> float:
        return clock.rate()

    @cached_property
    def menu(self) -> list[Entry]:
        """The pages with a place in the menu that the viewer may open, in their order."""
        offered = [one for one in pages.PAGES if one.menu and self.viewer and may(self.viewer, one.may)]
        here = self.request.resolver_match.url_name if self.request.resolver_match else ""
        group = (here or "").split("-")[0]
        return [
            self._entry(one, here, group) for one in sorted(offered, key=lambda one: (one.menu or (0, ""))[0])
        ]

    def _entry(self, one: pages.Page, here: str | None, group: str) -> Entry:
        """A page belongs to the entry whose name begins as its own does: desk-warning to desk-queue."""
        return Entry(
            one.menu[1] if one.menu else "",
            reverse(one.name),
            here == one.name or one.name.split("-")[0] == group,
            one.count(self.viewer) if one.count else None,
        )


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
