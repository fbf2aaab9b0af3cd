"""Runs a command beside a scripted provider of its own: `with_provider.py COMMAND…`, which finds PROVIDER_BASE_URL.

The provider is the program `scripted-provider` beside $ROBOFY_PROGRAM (default: this repository's debug build).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    beside = Path(os.environ.get("ROBOFY_PROGRAM", ROOT / "target/debug/robofy"))
    program = beside.with_name("scripted-provider")
    if not program.is_file():
        print(f"{program} is missing: build it with `cargo build -p robofy-testkit`", file=sys.stderr)
        return 1
    # It ends when this process does, however that comes: its standard input closes then.
    provider = subprocess.Popen([program, "--with-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        base_url = json.loads(provider.stdout.readline())["base_url"]
        return subprocess.run(sys.argv[1:], env=os.environ | {"PROVIDER_BASE_URL": base_url}, check=False).returncode
    finally:
        provider.stdin.close()
        provider.wait(10)


if __name__ == "__main__":
    sys.exit(main())
