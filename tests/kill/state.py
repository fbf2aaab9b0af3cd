"""What the database and the server hold, against what was acknowledged."""

import hashlib
import json
import urllib.error
import urllib.request
from collections import Counter

from clients import Acknowledged
from servers import Server


def differences(server: Server, acknowledged: Acknowledged) -> list[str]:
    found = server.database.check()
    found += assets(server, acknowledged)
    found += files(server, acknowledged)
    found += turns(server, acknowledged)
    found += texts(server, acknowledged)
    return found


def assets(server: Server, acknowledged: Acknowledged) -> list[str]:
    """Every text and file is there once, linked once, with the ids that were told, and nothing else is."""
    told = {name: asset for name, (asset, _) in (acknowledged.texts | acknowledged.files).items()}
    rows = server.database.rows(
        "SELECT a.file_name, a.asset_id, (SELECT COUNT(*) FROM asset_links l WHERE l.account_id = a.account_id AND l.asset_id = a.asset_id AND NOT l.removed)"
        " FROM assets a WHERE a.version > 0"
    )
    times = Counter(name for name, _, _ in rows)
    there = {name: int(asset) for name, asset, _ in rows}
    found = [f"{name} was acknowledged and is not there" for name in told if name not in there]
    found += [f"{name} is there {count} times" for name, count in times.items() if count > 1]
    found += [f"{name} is there, and nobody was told" for name in there if name not in told]
    found += [f"{name} is asset {there[name]}, told was {asset}" for name, asset in told.items() if there.get(name, asset) != asset]
    found += [f"{name} is linked {links} times" for name, _, links in rows if links != "1"]
    return found


def files(server: Server, acknowledged: Acknowledged) -> list[str]:
    """The bytes of every file lie there whole."""
    hashes = server.database.file_hashes()
    return [
        f"the bytes of {name} are not there"
        for name, (_, content) in acknowledged.files.items()
        if hashlib.sha256(content).hexdigest() not in hashes
    ]


def turns(server: Server, acknowledged: Acknowledged) -> list[str]:
    """Every question was asked and answered once, by the message that was told, and each session counts 1, 2, 3 …"""
    rows = server.database.rows("SELECT query, message_id, status FROM turns")
    times = Counter(query for query, _, _ in rows)
    there = {query: (message, status) for query, message, status in rows}
    found = [f"{query} was answered and is not there" for query in acknowledged.turns if query not in there]
    found += [f"{query} was asked {count} times" for query, count in times.items() if count > 1]
    for query, message in acknowledged.turns.items():
        if query in there and there[query] != (message, "done"):
            found.append(f"{query}: told was {message} done, there is {' '.join(there[query])}")
    numbers = server.database.rows(
        f"SELECT {server.database.hex_id('session_key')}, COUNT(*), MIN(number), MAX(number) FROM turns GROUP BY session_key"
    )
    found += [f"session {key} counts {low} to {high} in {count}" for key, count, low, high in numbers if (low, high) != ("1", count)]
    return found


def texts(server: Server, acknowledged: Acknowledged) -> list[str]:
    """The server itself gives every text as it was sent. Only those not yet looked at are asked for."""
    found = []
    for name, (asset, content) in acknowledged.texts.items():
        if name in acknowledged.seen:
            continue
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/v1/ai-agent/assets/{server.project}/{asset}/text",
            headers={"authorization": f"Bearer {server.key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = json.load(response)["data"]["text"]
        except urllib.error.HTTPError as error:
            found.append(f"the text of {name}: {error}")
            continue
        if text.strip() != content.strip():
            found.append(f"the text of {name} is not what was sent")
        acknowledged.seen.add(name)
    return found
