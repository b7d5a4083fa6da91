"""Showing plain what is masked: what is asked before it, and showing it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.vault import operations, queries
from jinzhong.web.shared.request import Request


class NoPurpose(ValueError):
    """Nobody is shown plain without one; the message says so."""


def asking(request: Request, subject: Any) -> dict[str, Any]:
    """What ``shared/plain.html`` asks and tells: purposes, until when, how often today."""
    now = clock.now()
    return {
        "masked": queries.shown(subject),
        "purposes": queries.purposes(),
        "seen_today": queries.reveals(by=request.user.get_username(), since=clock.midnight(now.date())),
        "until": now + operations.REVEAL_FOR,
        "at": now,
    }


def show(request: Request, subject: Any, *, at: datetime, town: str = "") -> str:
    """Plain for ten minutes to whoever asks; returns what to tell them. Raises NoPurpose."""
    purpose = request.POST.get("purpose", "")
    if purpose not in dict(queries.purposes()):
        raise NoPurpose(_("先选用途"))
    operations.reveal(
        subject=subject,
        by=request.user.get_username(),
        purpose=purpose,
        at=at,
        why=request.POST.get("why", "").strip()[:200],
        town=town,
    )
    return _("明文可看 10 分钟，已留痕")
