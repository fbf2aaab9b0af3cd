"""Runs the checks of a suite, each in a folder of its own, and prints what became of each and the counts."""

import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path


def run(checks: list[Callable[[Path], None]], chosen: list[str] = ()) -> int:
    """`chosen` are parts of names; without them all run. The exit code."""
    passed = failed = 0
    for check in checks:
        if chosen and not any(word in check.__name__ for word in chosen):
            continue
        begun = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="robofy-check-") as folder:
                check(Path(folder))
        except Exception:  # noqa: BLE001: one failed check does not end the others
            failed += 1
            traceback.print_exc()
            word = "FAILED"
        else:
            passed += 1
            word = "ok"
        print(f"{word:6} {time.monotonic() - begun:5.1f} s  {check.__name__}", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0
