#!/usr/bin/env python3
"""Kills the server under load and looks at what is left: `kill.py sqlite|postgres [--rounds N] [--seed N]`.

In each round clients store texts, upload files and chat, all at once, each request with an `Idempotency-Key` of its
own and repeated with it until it is acknowledged: a 2xx answer, or `finish` in a stream. In the middle the server is
killed with SIGKILL (with PostgreSQL sometimes the database instead, or both) and started again on the same data.
Then everything acknowledged must be there, as it was acknowledged, and nothing twice.

The server is `$ROBOFY_PROGRAM` (default `target/debug/robofy` of this repository). PostgreSQL is one of its own, with
`fsync` on (`scripts/postgres start --durable`).
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

import clients
import state
from servers import Server, database

CLIENTS = 8
# Long enough for a start, a turn whose node died (30 s at most) and a loaded machine.
DRAIN_SECONDS = 120


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=["sqlite", "postgres"])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    arguments = parser.parse_args()
    print(f"kill {arguments.engine}: {arguments.rounds} rounds, seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="robofy-kill-") as folder, database(arguments.engine, Path(folder)) as engine:
        server = Server(engine, Path(folder))
        try:
            server.make_account()
            server.start()
            acknowledged = clients.Acknowledged()
            for number in range(1, arguments.rounds + 1):
                problems = round_of(number, server, acknowledged, chance)
                for problem in problems[:20]:
                    print(f"round {number}: {problem}")
                if problems:
                    failed += 1
                    print(f"the server's log ends\n{server.tail()}")
                else:
                    passed += 1
            print(f"acknowledged: {acknowledged.counts()}; repeated after a kill: {acknowledged.repeated}")
        finally:
            server.kill()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


def round_of(number: int, server: Server, acknowledged: "clients.Acknowledged", chance: random.Random) -> list[str]:
    enough = threading.Event()
    workers = [
        clients.Client(server, acknowledged, enough, f"r{number}c{index}", random.Random(chance.random())) for index in range(CLIENTS)
    ]
    for worker in workers:
        worker.start()
    time.sleep(chance.uniform(0.1, 1.5))
    victim = chance.choice(server.database.victims)
    if victim in ("server", "both"):
        server.kill()
    if victim in ("database", "both"):
        server.database.kill()
        time.sleep(chance.uniform(0, 0.3))
        server.database.again()
    if victim in ("server", "both"):
        server.start()
    time.sleep(chance.uniform(0.1, 0.5))
    enough.set()
    until = time.monotonic() + DRAIN_SECONDS
    for worker in workers:
        worker.join(max(0.1, until - time.monotonic()))
    problems = [f"{worker.name} got no answer to {worker.doing}" for worker in workers if worker.is_alive()]
    problems += [problem for worker in workers for problem in worker.problems]
    if not server.is_alive():
        problems.append("the server ended by itself")
    if not problems:
        problems += state.differences(server, acknowledged)
    return [f"({victim} killed) {problem}" for problem in problems]


if __name__ == "__main__":
    sys.exit(main())
