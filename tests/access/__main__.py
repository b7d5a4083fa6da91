"""Measure the access tables anew and write them, for review: ``python -m tests.access``, then ``git diff``."""

import sys

import pytest

sys.exit(pytest.main(["-n", "0", "--propose", "tests/access/test_table.py", "-k", "reviewed"]))
