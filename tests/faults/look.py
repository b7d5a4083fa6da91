"""What is in an instance of its own, counted from outside its processes; prints one JSON object."""

import json
from collections import Counter

import django

django.setup()

from jinzhong.agenda.models import Deadline, Outbox
from jinzhong.audit import queries as audit
from jinzhong.audit.models import Event
from jinzhong.dispatch.models import Assignment, Order
from jinzhong.intake.models import Alert, Arrival
from jinzhong.warning.models import Warning


def main() -> None:
    orders = list(Order.objects.order_by("sent_at"))
    found = {
        "arrivals": Arrival.objects.count(),
        "alerts": [str(pk) for pk in Alert.objects.values_list("pk", flat=True)],
        "warnings": Warning.objects.count(),
        "orders": [str(one.pk) for one in orders],
        "escalations": [one.escalations for one in orders],
        "asked": Assignment.objects.count(),
        "log": Counter(Event.objects.values_list("kind", flat=True)),
        "signs": sorted(
            f"{one.step} {one.outcome or 'open'} {one.due_at.astimezone().isoformat()}"
            for one in Deadline.objects.filter(kind="order.sign")
        ),
        "undelivered": Outbox.objects.filter(delivered_at=None).count(),
        "open_deadlines": Deadline.objects.filter(settled_at=None).count(),
        "broken": audit.verify().broken,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
