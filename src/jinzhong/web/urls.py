"""Addresses of all pages, as the pages declare them."""

from jinzhong.web.shared.pages import discover

urlpatterns = discover()
