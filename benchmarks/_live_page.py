"""The instance of ``bench live_list`` from within: an operator who is logged in, or the lines that were kept; prints JSON."""

import json
import sys

import django

django.setup()


def main() -> None:
    if sys.argv[1] == "kept":
        from jinzhong.scoring.models import LiveChange

        told: dict[str, object] = {str(one.pk): one.line for one in LiveChange.objects.all()}
    else:
        from jinzhong.district import operations as district
        from tests.district import at
        from tests.pages import logged_in

        early = at("07:00")
        unit = district.add_unit(code="operator-1", name="示范运营商", kind="operator", by="bench", at=early)
        risk = district.add_account(
            username="risk", password=None, role="operator", unit=unit, by="bench", at=early
        )
        told = {name: one.value for name, one in logged_in(risk).cookies.items()}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
