"""The test instance: its own data folder, named before Django reads its settings; gone after the run."""

import atexit
import os
import shutil
import tempfile

if "JINZHONG_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="jinzhong-test-")
    os.environ["JINZHONG_DATA"] = folder
    os.environ["JINZHONG_INSTANCE"] = "test"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
