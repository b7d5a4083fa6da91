"""System checks of the house: foreign keys point left, as imports do.

A reference by name ("cases.Case") is invisible to the import contracts, so the models themselves are asked.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.checks import Error, register
from django.db.models import Model

from jinzhong.rooms import APPS

PLACE = {name: place for place, name in enumerate(APPS)}


@register()
def foreign_keys_point_left(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A room's models may refer to its own and to those on its left."""
    return list(faults(apps.get_models()))


def faults(models: Iterable[type[Model]]) -> Iterable[Error]:
    """One error for each relation that points right."""
    for model in models:
        home = model._meta.app_config.name if model._meta.app_config else ""
        for field in model._meta.get_fields():
            target = field.related_model
            if not (getattr(field, "concrete", False) and isinstance(target, type) and home in PLACE):
                continue
            goal = target._meta.app_config.name if target._meta.app_config else ""
            if PLACE.get(goal, -1) > PLACE[home]:
                yield Error(
                    f"{model._meta.label}.{field.name} points right, to {target._meta.label}",
                    hint="Put the foreign key on the model of the right-hand room; see ARCHITECTURE.md.",
                    obj=model,
                    id="house.E001",
                )
