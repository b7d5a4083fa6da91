"""Start-up checks of an instance."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "jinzhong.config"

    def ready(self) -> None:
        from jinzhong import clock
        from jinzhong.config import checks  # noqa: F401  registers the system checks

        clock.check()
