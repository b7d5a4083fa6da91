"""The order of the rooms, written once. Data runs left to right, imports and foreign keys right to left."""

FOUNDATIONS = ("audit", "vault", "agenda")
"""Below every room: what happened (留痕), who it happened to (密存), what is still owed (待办)."""

ROOMS = ("district", "intake", "cases", "scoring", "warning", "dispatch", "situation", "review", "bulletin")

APPS = tuple(f"jinzhong.{name}" for name in (*FOUNDATIONS, *ROOMS))
