"""A synthetic district with known truth: people, their calls, gangs, money and staff, from a seed.

``profile`` says what the district is like, ``people`` settles it, ``register`` deals the cases, ``fraud`` and ``victims`` let
offenders work, ``life`` is everybody else's day, ``build`` writes the tables of ``jinzhong_engine.tables``. Everything is invented.
Its residents never travel, so calls have no ``roaming``: a flag made up would give the fraud numbers away.
"""
