"""One effect per form, however often it is sent: a double click, a reload, the same page in two tabs.

Every form carries a key (``{% once %}`` of the ``show`` tags). The address to go to next is kept under it, in the same
transaction as the effect; sent again, the form leads there and changes nothing.
"""

from collections.abc import Callable

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jinzhong import clock
from jinzhong.agenda import operations as agenda
from jinzhong.vault import seal

MAX_KEY = 64
FIELD = "once"


class KeyMissing(Exception):
    """A form came without its key: not one of our pages."""


def once(request: HttpRequest, do: Callable[[], str]) -> HttpResponse:
    """Run ``do`` unless this form was taken before, and go to the address it returned. What ``do`` raises undoes all."""
    key = request.POST.get(FIELD, "")
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise KeyMissing
    _, address, _ = agenda.answer_once(
        account=request.user.get_username(),
        key=f"page:{seal.digest(key.encode())}",
        digest=_digest(request),
        at=clock.now(),
        do=lambda: (302, do()),
    )
    return HttpResponseRedirect(address)


def _digest(request: HttpRequest) -> str:
    said = sorted(
        (name, values) for name, values in request.POST.lists() if name not in (FIELD, "csrfmiddlewaretoken")
    )
    files = [(name, _content(one)) for name, ones in sorted(request.FILES.lists()) for one in ones]
    return seal.digest(f"{request.path}\n{said}{files or ''}".encode("utf-8", "surrogatepass"))


def _content(file: UploadedFile) -> str:
    file.seek(0)
    return seal.digest(file.read())
