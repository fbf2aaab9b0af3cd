"""Searches what a server wrote for secrets, in every form in which one could have come there."""

import base64
import re
import sqlite3
import urllib.parse
from pathlib import Path

# Shorter words would be found in innocent ones.
SHORTEST = 8


def forms(secret: str) -> set[str]:
    """The secret as it is, encoded for an address, in base64, in hexadecimal, and as a list of its bytes."""
    plain = secret.encode()
    spelt = [plain]
    if re.fullmatch(r"(?:[0-9a-f]{2}){16,}", secret):
        spelt.append(bytes.fromhex(secret))
    found = {secret, urllib.parse.quote(secret, safe="")}
    for raw in spelt:
        found |= {raw.hex(), raw.hex().upper(), ", ".join(map(str, raw))}
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(raw).decode().rstrip("="))
    return found


def search(logs: list[Path], secrets: list[str]) -> list[str]:
    """The lines that hold a secret, with the secret itself blotted out."""
    known = {form for secret in secrets if len(secret) >= SHORTEST for form in forms(secret)}
    if not known:
        return []
    pattern = re.compile("|".join(re.escape(form) for form in sorted(known, key=len, reverse=True)))
    found = []
    for log in logs:
        with log.open(errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if pattern.search(line):
                    found.append(f"{log.name} line {number}: {pattern.sub('<secret>', line).strip()[:300]}")
    return found[:20]


def web_sessions(data: Path) -> list[str]:
    """The ids of all visitors' sessions: whoever knows one and has a token of the agent reads on."""
    database = data / "robofy.db"
    if not database.is_file():
        return []
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute("SELECT session_id FROM chat_sessions WHERE channel = 'web'")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()
