"""A salon to visit: what its agent knows, its lead form and its one service, and what a visitor says there."""

import datetime
import http.client
import json
import time
import urllib.parse

from servers import Server

ZONE = "Europe/Berlin"
# A word of the answer that each line has. `{…}` is the visitor's own.
SCRIPT = [
    ("What does a haircut cost?", ["40 euros"]),
    ("Where is the salon?", ["Mill Lane"]),
    ("Please call me back, I'm {name} and my email is {slip}", ["{name}", "{slip}"]),
    ("no, the e-mail is {email}", ["{email}"]),
    ("skip", ["send"]),
    ("yes", ["{name}"]),
    ("I'd like to book a haircut next Tuesday afternoon", ["Tuesday", "1."]),
    ("the second one", ["{email}", "Shall I book"]),
    ("yes", ["Booked"]),
    ("Can I move my appointment?", ["1."]),
    ("{day} at 10:00", ["10:00", "Shall I move"]),
    ("yes please", ["Moved"]),
    ("cancel my appointment", ["Shall I cancel"]),
    ("yes", ["Cancelled"]),
]
# What becomes of the visitor's booking, by the line after which it must be so.
HISTORY = {8: ["created"], 11: ["created", "moved"], 13: ["created", "moved", "cancelled"]}


class Salon:
    """The salon on a server, set up and looked at with the account's key."""

    def __init__(self, server: Server, seats: int):
        self.server = server
        # How often the server was killed, and what is wrong with no visitor in particular.
        self.kills = 0
        self.strays: list[str] = []
        # Another time than any that "next Tuesday afternoon" can mean, and a working day.
        day = datetime.date.today() + datetime.timedelta(days=16)
        while day.weekday() != 2:
            day += datetime.timedelta(days=1)
        self.day = day
        text = "# Salon\n\nThe salon is in Mill Lane 4.\n\n## Prices\n\nA haircut costs 40 euros.\n"
        self.call("POST", f"/v1/ai-agent/link_content/{server.project}", {"chatbot_id": server.chatbot, "content": text, "file_name": "salon.md"})
        fields = [
            {"name": "name", "label": "Name", "type": "name", "required": True},
            {"name": "email", "label": "E-mail", "type": "email", "required": True},
            {"name": "phone", "label": "Phone", "type": "phone"},
        ]
        self.call("PUT", self.of_agent("lead_form"), {"enabled": True, "when": "on_demand", "fields": fields})
        hours = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        made = self.call("POST", f"/v1/booking/resources/{server.project}", {"name": "Maria", "timezone": ZONE, "hours": hours})
        service = {"name": "Haircut", "duration_minutes": 30, "seats": seats, "resource_ids": [made["data"]["resource_id"]]}
        self.service = self.call("POST", f"/v1/booking/services/{server.project}", service)["data"]["service_id"]
        until = time.monotonic() + 60
        while not self.call("POST", self.of_agent("search"), {"query": "haircut"})["data"]["results"]:
            assert time.monotonic() < until, "the salon's text is not found"
            time.sleep(0.1)

    def of_agent(self, what: str) -> str:
        return f"/v1/ai-agent/{what}/{self.server.project}/{self.server.chatbot}"

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        """The answer of a call that must succeed. Reads are repeated when the server is killed meanwhile."""
        until = time.monotonic() + 60
        while True:
            try:
                status, answer = send(self.server, method, path, body, {"authorization": f"Bearer {self.server.key}"})
            except (OSError, http.client.HTTPException):
                status, answer = 503, b""
            if status in (200, 201):
                return json.loads(answer)
            if method != "GET" or status < 500 or time.monotonic() > until:
                raise AssertionError(f"{method} {path}: {status} {answer[:300]!r}")
            time.sleep(0.1)

    def bookings(self) -> dict[str, list[dict]]:
        """All bookings by their session."""
        found: dict[str, list[dict]] = {}
        for booking in self.call("GET", f"/v1/booking/bookings/{self.server.project}?pageSize=200")["data"]["bookings"]:
            found.setdefault(booking["session_id"], []).append(booking)
        return found

    def leads(self) -> list[dict]:
        rows = self.call("GET", f"{self.of_agent('leads')}?pageSize=200")["data"]["report"]["rows"]
        return [self.call("GET", f"{self.of_agent('leads')}/{row['id']}")["data"] for row in rows]

    def slots(self) -> dict[str, int]:
        """How many seats are left at each start of the days that the script can mean."""
        today = datetime.date.today()
        query = {"serviceId": self.service, "from": str(today + datetime.timedelta(days=1)), "to": str(self.day + datetime.timedelta(days=1)), "timezone": ZONE, "limit": 2000}
        slots = self.call("GET", f"/v1/booking/slots/{self.server.project}?{urllib.parse.urlencode(query)}")["data"]["slots"]
        return {slot["start"]: slot["seats_left"] for slot in slots}


def send(server: Server, method: str, path: str, body: dict | None, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {"content-type": "application/json"} | headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
