"""The figures of the synthetic district: ``python3 dev.py bench world [--real TABLE.csv] [--residents N] [--days N] [--keep DIR]``.

Builds it at full size in two processes, watches memory, builds the small one, kills a build and goes on, compares both, and describes the world.
Prints what it measured with the machine's load, since that decides a timing.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "jinzhong.cli", "world"]
FULL_RESIDENTS, FULL_DAYS = 577_505, 30


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--real", type=Path)
    asked.add_argument("--residents", type=int, default=FULL_RESIDENTS)
    asked.add_argument("--days", type=int, default=FULL_DAYS)
    asked.add_argument("--keep", type=Path)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = chosen.keep or Path(folder)
        base.mkdir(parents=True, exist_ok=True)
        found: dict[str, Any] = {"small": build(base / "small", 5_000, 7)}
        found["full"] = build(base / "full", chosen.residents, chosen.days)
        found["described"] = described(base / "full", chosen.real)
        found["again"] = killed(base / "killed")
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if found["again"]["same_digest_as_at_once_with_one_worker"] else 1


def build(out: Path, residents: int, days: int) -> dict[str, Any]:
    """One world: seconds, processor seconds, rows a second and the most memory that all its processes held together."""
    load, before = os.getloadavg()[0], os.times()
    began = time.monotonic()
    process = subprocess.Popen([*_asked(out, residents, days), "--json"], stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.2)
    told = json.loads(process.stdout.read() if process.stdout else "{}")
    if process.returncode:
        raise SystemExit(f"the build of {out} ended with {process.returncode}")
    seconds, after = time.monotonic() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        **told, "residents": residents, "days": days, "wall_seconds": round(seconds, 1), "processor_seconds": round(used, 1),
        "call_rows_per_wall_second": round(told["calls"] / seconds),
        "call_rows_per_processor_second": round(told["calls"] / used), "peak_gb": round(peak / 1e9, 2),
        "bytes": sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
        "load_before": load, "load_after": os.getloadavg()[0], "processors": os.cpu_count(),
    }  # fmt: skip


def killed(out: Path) -> dict[str, Any]:
    """A build killed at its third day, gone on, and the same built at once: are they the same?"""
    process = subprocess.Popen(_asked(out, 20_000, 12), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list(out.glob("messages/2*.parquet"))) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole = len(list(out.glob("messages/2*.parquet")))
    digests = []
    for folder, workers in ((out, 2), (out.with_name("at-once"), 1)):
        run = [*_asked(folder, 20_000, 12), "--workers", str(workers), "--json"]
        done = subprocess.run(run, check=True, capture_output=True, text=True)
        digests.append(json.loads(done.stdout)["digest"])
    return {
        "days_before_the_kill": whole,
        "same_digest_as_at_once_with_one_worker": digests[0] == digests[1],
    }


def described(folder: Path, real: Path | None) -> dict[str, Any]:
    run = [*COMMAND, "describe", str(folder), "--json", *(["--real", str(real)] if real else [])]
    told = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    return {
        "inside": told["inside"], "missed": told["missed"], "classifier_auc": told["classifier_auc"],
        "went_by": told["classifier_features"][:6],
        "classes_within_3_points": all(one["inside_3_points"] for one in told["class_shares"]), "roles": told["roles"],
    }  # fmt: skip


def _asked(out: Path, residents: int, days: int) -> list[str]:
    return [
        *COMMAND, "build", "--seed", "1", "--residents", str(residents), "--days", str(days), "--out", str(out),
    ]  # fmt: skip


def _memory(process: int) -> int:
    """Bytes this process and its children hold, shared pages counted once."""
    try:
        held = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
        children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    except OSError:
        return 0
    mine = next(int(line.split()[1]) * 1024 for line in held.splitlines() if line.startswith("Pss:"))
    return mine + sum(_memory(int(child)) for child in children)


if __name__ == "__main__":
    sys.exit(main())
