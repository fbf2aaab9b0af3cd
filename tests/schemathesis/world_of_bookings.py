"""Real things to book, and the names that stand for them in generated requests."""

import base64
import datetime
import json
from collections.abc import Callable

from world import CHATBOT_ID, PROJECT_ID, secret

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = {day: [["00:00", "24:00"]] for day in DAYS}


class Bookings:
    """A service that always has room, made with calls of a full key."""

    def __init__(self, api: Callable[..., dict]) -> None:
        self.api = api
        self.resource = self.new_resource()
        self.service = self.new_service()

    def make(self, what: str, body: dict) -> dict:
        return self.api("POST", f"/v1/booking/{what}/{PROJECT_ID}", json=body)["data"]

    def new_resource(self) -> str:
        return self.make("resources", {"name": "Maria", "timezone": "UTC", "hours": ALWAYS})["resource_id"]

    def new_service(self) -> str:
        body = {"name": "Talk", "duration_minutes": 60, "seats": 500, "resource_ids": [self.resource]}
        return self.make("services", body)["service_id"]

    def time(self) -> dict[str, object]:
        return {"service_id": self.service, "start": at(3), "resource_id": self.resource, "seats": 1}

    def new_booking(self, session: str | None) -> str:
        of = {"session_id": session, "chatbot_id": CHATBOT_ID} if session else {}
        made = self.make("bookings", self.time() | of)
        secret(made["manage_token"])
        return made["booking_id"]

    def values(self, label: str, path: str, token: Callable[[], str]) -> dict[str, object]:
        """Names and values for one request."""
        values: dict[str, object] = {"chatbotId": CHATBOT_ID, "timezone": "Europe/Berlin", "name": "Ada Brook"}
        changes = label.startswith(("PUT", "DELETE"))
        if "/services/" in path:
            values |= {"serviceId": self.new_service() if changes else self.service, "resource_ids": [self.resource]}
            values |= {"chatbot_ids": [], "questions": [], "min_notice_minutes": 0, "horizon_days": 60}
        elif "/resources/" in path:
            values |= {"resourceId": self.new_resource() if changes else self.resource, "hours": ALWAYS, "overrides": []}
        elif "/slots" in path:
            values |= {"serviceId": self.service, "resourceId": self.resource, "from": day(1), "to": day(8), "limit": 20}
        elif "/holds" in path:
            values |= self.time() | {"hold_seconds": 60}
            if changes:
                values["holdId"] = self.hold_of(path, token)
        elif "/bookings" in path:
            own = path.startswith("/v1/ai-agent/")
            if "{bookingId}" in path:
                values["bookingId"] = self.new_booking(session_of(token()) if own else None)
            if own and label.startswith("POST"):
                # A visitor has so many bookings of a service to come, and another service's need another's time.
                self.resource = self.new_resource()
                self.service = self.new_service()
            values |= {"from": day(1), "to": day(8), "serviceId": self.service, "resourceId": self.resource}
            values |= self.time() | {"start": at(4) if changes else at(3), "hold_id": None, "status": None}
            values |= {"email": "ada@example.com", "phone": "+49 30 1234567", "answers": {}, "session_id": None, "chatbot_id": None}
            if "GET" in label:
                values["status"] = "confirmed"
        return values

    def hold_of(self, path: str, token: Callable[[], str]) -> str:
        if not path.startswith("/v1/ai-agent/"):
            return self.make("holds", self.time())["hold_id"]
        headers = {"authorization": f"Bearer {token()}"}
        return self.api("POST", "/v1/ai-agent/chat/booking/holds", json=self.time(), headers=headers)["data"]["hold_id"]


def session_of(token: str) -> str:
    """The session that a client token names."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["session"]


def day(ahead: int) -> str:
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=ahead)).date().isoformat()


def at(ahead: int) -> str:
    return f"{day(ahead)}T10:00:00Z"
