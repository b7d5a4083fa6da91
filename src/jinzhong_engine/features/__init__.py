"""What a number's calls and messages say about it: every feature is written once, in ``catalogue``.

Executors stand beside each other in ``backends``: a relational one (the readable reference, DuckDB or Spark) and a native
one (the daily batch and, unchanged, the live watch). They are tested against each other on every change.
"""
