#!/usr/bin/env python3
"""Visitors whose server is killed in the middle go on where they were: `journey.py sqlite|postgres [--kills N] [--seed N]`.

Twelve visitors at once, each in a session of their own, half on the web and half on WhatsApp, ask, leave details, book,
move and cancel. Meanwhile the server is killed with SIGKILL at random moments and started again. An answer that was on
its way then is lost, whether or not the server had committed what it says; so the visitor repeats. Half of them repeat
with the request's `Idempotency-Key`, and each line must be answered once, as it should be. The others say the same words
once more as if nothing had been, and nothing may happen twice by that.

In the end each has one booking (created, moved, cancelled) and one complete lead, and no seat is taken. The one service
has just as many seats as there are visitors: one seat that stays behind, and somebody's journey stops.
"""

import argparse
import base64
import http.client
import json
import random
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from clients import AGAIN
from salon import HISTORY, SCRIPT, ZONE, Salon
from servers import Server, database

NAMES = ["Ana", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Klara", "Leo"]
# Without progress the server is killed all the same.
LONGEST_LIFE_SECONDS = 2
# Long enough for turns whose node died (30 s at most) on a loaded machine.
DRAIN_SECONDS = 150


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=["sqlite", "postgres"])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    arguments = parser.parse_args()
    print(f"journey {arguments.engine}: {len(NAMES)} visitors, seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="robofy-journey-") as folder, database(arguments.engine, Path(folder)) as engine:
        server = Server(engine, Path(folder))
        try:
            server.make_account()
            server.start()
            salon = Salon(server, len(NAMES))
            free = salon.slots()
            visitors = [Visitor(salon, number, random.Random(chance.random())) for number in range(len(NAMES))]
            begun = time.monotonic()
            for visitor in visitors:
                visitor.start()
            problems = kill_meanwhile(salon, visitors, arguments.kills, chance)
            until = time.monotonic() + DRAIN_SECONDS
            for visitor in visitors:
                visitor.join(max(0.1, until - time.monotonic()))
            if not server.is_alive():
                problems.append("the server ended by itself")
            else:
                look(salon, visitors, free)
            tell(salon, visitors, problems, time.monotonic() - begun)
        finally:
            server.kill()
    failed = sum(1 for visitor in visitors if visitor.problems) + (1 if problems else 0)
    print(f"{len(visitors) + 1 - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


class Visitor(threading.Thread):
    """One who walks through the script, with or without `Idempotency-Key`, on the web or on WhatsApp."""

    def __init__(self, salon: Salon, number: int, chance: random.Random):
        super().__init__(name=NAMES[number], daemon=True)
        self.salon, self.server, self.chance = salon, salon.server, chance
        self.on_whatsapp, self.has_key = number % 2 == 1, number % 4 < 2
        first = NAMES[number].lower()
        self.email = f"{first}.lima@acme.io"
        day = f"{salon.day.day} {salon.day:%B}"
        self.words = {"name": f"{NAMES[number]} Lima", "slip": f"{first}@acme.io", "email": self.email, "day": day}
        if self.on_whatsapp:
            self.path, self.token, self.session = "/v1/ai-agent/whatsapp/chat", self.server.key, f"4915112345{number:03}"
        else:
            hello = {"chatbot_id": self.server.chatbot, "project_id": self.server.project, "version": 2}
            self.path, self.token = "/v1/ai-agent/chat", salon.call("POST", "/v1/ai-agent/handshake", hello)["token"]
            self.session = claims(self.token)["session"]
        self.said = self.repeats = 0
        self.bookings = self.leads = self.lost = self.twice = self.heard_again = 0
        self.problems: list[str] = []

    def run(self) -> None:
        try:
            for number, (line, words) in enumerate(SCRIPT):
                answer, is_repeat = self.say(line.format(**self.words))
                wanted = [word.format(**self.words) for word in words]
                # To a "yes" that was heard already there is nothing to say; what came of it is looked at.
                if not is_repeat or self.has_key:
                    missing = [word for word in wanted if word not in answer]
                    if missing:
                        raise Stray(f"line {number}, {line!r}: no {missing} in {answer!r}")
                if number in HISTORY:
                    found = [history(booking) for booking in self.salon.bookings().get(self.session, [])]
                    if found != [HISTORY[number]]:
                        raise Stray(f"after line {number}, {line!r} (repeated: {is_repeat}): the bookings are {found}")
                self.said += 1
                time.sleep(self.chance.uniform(0, 0.05))
        except Exception as stray:  # noqa: BLE001: a thread's end must be seen
            self.problems.append(f"{stray!r}")

    def say(self, line: str) -> tuple[str, bool]:
        """Says it until there is an answer. Gives the answer, and whether it was said before in vain."""
        context = {"platform": "web", "timezone": ZONE, "locale": "en-GB", "country": "DE"}
        if self.on_whatsapp:
            context |= {"platform": "whatsapp", "session_id": self.session}
        body = {"query": line, "pid": self.server.project, "chatbot_id": self.server.chatbot, "user_context": context}
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        if self.has_key:
            headers["idempotency-key"] = secrets.token_hex(12)
        is_repeat = False
        while True:
            kills = self.salon.kills
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            try:
                try:
                    connection.connect()
                except OSError:
                    # Nobody has heard it.
                    time.sleep(0.03)
                    continue
                connection.request("POST", self.path, json.dumps(body), headers)
                response = connection.getresponse()
                status, answer = response.status, response.read()
                # The answer's way is long: it may be lost after the server has written it.
                time.sleep(self.chance.uniform(0, 0.4))
            except (OSError, http.client.HTTPException):
                status, answer = 503, b""
            finally:
                connection.close()
            if status == 200 and kills == self.salon.kills:
                return json.loads(answer)["data"]["answer"], is_repeat
            if status != 200 and status not in AGAIN:
                raise Stray(f"{line!r}: {status} {answer[:300]!r}")
            is_repeat = True
            self.repeats += 1
            time.sleep(self.chance.uniform(0, 0.1))


class Stray(Exception):
    """The journey has left its way."""


def claims(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def history(booking: dict) -> list[str]:
    return [change["event"] for change in booking["history"]]


def kill_meanwhile(salon: Salon, visitors: list[Visitor], kills: int, chance: random.Random) -> list[str]:
    """Kills the server so many times, each in its part of the journey, and starts it again."""
    lines = len(visitors) * len(SCRIPT)
    for number in range(kills):
        due, until = lines * (number + chance.random()) / (kills + 1), time.monotonic() + LONGEST_LIFE_SECONDS
        while sum(visitor.said for visitor in visitors) < due and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        if not any(visitor.is_alive() for visitor in visitors):
            return [f"the journey was over after {number} kills"]
        # First: what a visitor reads from now on was not read in time.
        salon.kills += 1
        salon.server.kill()
        salon.server.start()
    return []


def look(salon: Salon, visitors: list[Visitor], free: dict[str, int]) -> None:
    """What the server holds in the end, against what was said to each visitor."""
    bookings, leads = salon.bookings(), salon.leads()
    turns = Counter(session for (session,) in salon.server.database.rows(
        "SELECT s.session_id FROM turns t JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key WHERE t.status = 'done'"
    ))  # fmt: skip
    whole = list(HISTORY.values())[-1]
    for visitor in visitors:
        if visitor.is_alive():
            visitor.problems.append(f"still at line {visitor.said}")
        own, mine = bookings.pop(visitor.session, []), [lead for lead in leads if lead["session_id"] == visitor.session]
        visitor.bookings, visitor.leads = len(own), len(mine)
        events = Counter(event for booking in own for event in history(booking))
        visitor.twice = sum(count - 1 for count in events.values()) + max(0, len(mine) - 1)
        visitor.lost = sum(1 for event in whole if not events[event]) + (0 if mine else 1)
        visitor.heard_again = turns[visitor.session] - len(SCRIPT)
        if visitor.has_key and visitor.heard_again:
            visitor.problems.append(f"{turns[visitor.session]} lines were answered of {len(SCRIPT)}")
        start = f"{salon.day}T10:00:00"
        found = [(booking["status"], booking["start"][:19], booking["email"], history(booking)) for booking in own]
        if found != [("cancelled", start, visitor.email, whole)]:
            visitor.problems.append(f"the bookings are {found}")
        found = [(lead["complete"], {value["field_name"]: value["field_value"] for value in lead["lead_data"]}) for lead in mine]
        if found != [(True, {"name": visitor.words["name"], "email": visitor.email})]:
            visitor.problems.append(f"the leads are {found}")
        if own and mine and own[0]["lead_id"] != mine[0]["id"]:
            visitor.problems.append("the booking is another lead's")
    salon.strays = [f"bookings of nobody: {bookings}"] if bookings else []
    if len(leads) != sum(visitor.leads for visitor in visitors):
        salon.strays.append("there are leads of nobody")
    left = salon.slots()
    # Starts that have become too near meanwhile are not offered any more.
    taken = {start: (free.get(start), seats) for start, seats in left.items() if free.get(start) != seats}
    if taken or not left:
        salon.strays.append(f"seats that are not free again: {taken}")
    seats = salon.server.database.rows("SELECT COUNT(*) FROM booking_seats")
    if seats != [("0",)]:
        salon.strays.append(f"{seats[0][0]} seats are held")


def tell(salon: Salon, visitors: list[Visitor], problems: list[str], seconds: float) -> None:
    problems += salon.strays
    for visitor in visitors:
        way = ("on WhatsApp" if visitor.on_whatsapp else "on the web") + (", with keys" if visitor.has_key else ", without")
        for problem in visitor.problems:
            print(f"{visitor.name} ({way}): {problem}")
    for problem in problems:
        print(problem)
    if problems or any(visitor.problems for visitor in visitors):
        print(f"the server's log ends\n{salon.server.tail()}")

    def total(name: str) -> int:
        return sum(getattr(visitor, name) for visitor in visitors)

    print(
        f"{len(visitors)} visitors, {salon.kills} kills, {total('repeats')} repeats ({total('heard_again')} of what was heard before), "
        f"{total('bookings')} bookings, {total('leads')} leads, {total('lost')} lost, {total('twice')} twice, {seconds:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
