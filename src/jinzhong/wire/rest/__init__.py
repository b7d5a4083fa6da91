"""The API for machines: ``/api/v1``."""

from jinzhong.wire.rest.api import api

__all__ = ["api"]
