"""Going through the pages as somebody of the small district would."""

import re

from django.http import HttpResponse
from django.test import Client

from jinzhong.district.models import Account


def logged_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def send(client: Client, address: str, **said: object) -> HttpResponse:
    """Send a form with a fresh key, as every page carries one, and go where it leads."""
    key = re.search(r'name="once" value="(\w+)"', text(client.get("/me")))
    return client.post(address, {"once": key[1], **said}, follow=True)
