"""Compute engines. Only this folder names one (DuckDB, Spark, numba); everything else writes neutral expressions or calls these.

cores       the threads that the others share
files       event files in, checked; result tables out
numbering   dense ids of phone numbers, handsets: whole numbers (digits) in a table of our own; ids grows one for the live watch
relational  the catalogue's expressions over Ibis, on DuckDB (default) or Spark
native      the catalogue in one compiled pass over dense ids: the daily batch and, unchanged, the live watch
"""
