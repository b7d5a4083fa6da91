"""A request as a page sees it that ``@page`` has let somebody into: the user is one of our accounts."""

from django.http import HttpRequest

from jinzhong.district.queries import Account


class Request(HttpRequest):
    """For annotations only; Django makes the requests."""

    user: Account
