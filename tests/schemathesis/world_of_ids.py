"""Real ids for generated requests: what each parameter and field means here, and fresh things for what is destroyed."""

import itertools

import requests
from world import API_KEY, BASE_URL, CHATBOT_ID, EMAIL, PASSWORD, PROJECT_ID, ask, handshake, secret
from world_of_bookings import Bookings

TEXT = "The lantern shop is open from 9 am to 6 pm on weekdays. Gift vouchers are valid for three years."
count = itertools.count(1)


def from_elsewhere() -> dict[str, str]:
    """Another client's address for each request, so that limits by address let all of them through."""
    number = next(count)
    return {"x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


def full_key(with_key: str) -> str:
    """A full key beside the primary one, which some operations replace."""
    made = requests.post(
        f"{BASE_URL}/v1/api-keys",
        json={"name": "Fuzz", "environment": "live", "scopes": ["*"]},
        headers={"authorization": f"Bearer {with_key}"},
        timeout=30,
    )
    assert made.status_code == 201, made.text
    return secret(made.json()["data"]["key"])


OWN_KEY = full_key(API_KEY)


def api(method: str, path: str, headers: dict[str, str] | None = None, **options: object) -> dict:
    """A call that has to succeed, with a full key unless another credential is given."""
    headers = from_elsewhere() | (headers or {"authorization": f"Bearer {OWN_KEY}"})
    answer = requests.request(method, BASE_URL + path, headers=headers, timeout=30, **options)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else {}


def new_agent() -> str:
    return api("POST", f"/v1/ai-agent/chatbot/{PROJECT_ID}", json={"name": f"Scratch {next(count)}", "language": "en"})["data"]


def new_asset(chatbot_id: str = CHATBOT_ID) -> dict:
    name = f"text {next(count)}.md"
    return api(
        "POST",
        f"/v1/ai-agent/link_content/{PROJECT_ID}",
        json={"chatbot_id": chatbot_id, "content": f"{TEXT} This is {name}.", "file_name": name},
    )


def new_key() -> str:
    key = api("POST", "/v1/api-keys", json={"name": f"Scratch {next(count)}", "environment": "live", "scopes": ["chat"]})["data"]
    secret(key["key"])
    return key["id"]


def new_pair() -> str:
    body = {"question": f"What is the number {next(count)}?", "answer": "It is a number."}
    pair = api("POST", f"/v1/ai-agent/qa/{PROJECT_ID}/{CHATBOT_ID}", json=body)["data"]
    return pair["id"]


def new_tab(agent: str) -> str:
    body = {"kind": "agent", "label": f"Tab {next(count)}"}
    return api("POST", f"/v1/ai-agent/widget/integration/{PROJECT_ID}/{agent}", json=body)["data"]["id"]


WIDGET = {
    "title": "Lanterns",
    "theme_color": "#0F766E",
    "widget_bubble_icon": None,
    "loader_texts": ["One moment"],
    "tabs": [{"kind": "link", "label": "Hours", "url": "https://example.com/hours"}],
}

ACCOUNT = {
    "name": "Lantern shop",
    "email": "help@example.com",
    "company": "Lanterns Ltd",
    "phone": "+49 30 1234567",
    "website": "https://example.com/",
    "city": "Bremen",
    "line1": "Quay 1",
    "line2": None,
    "state": None,
    "postal_code": "28195",
}


def crawl_values() -> dict:
    """What a crawl needs to begin: a site of its own, since a site is crawled once at a time. Nobody answers there."""
    return {
        "start_urls": [{"url": f"https://site{next(count)}.invalid/"}],
        "max_crawl_pages": 5,
        "max_crawl_depth": 1,
        "include_urls": [],
        "exclude_urls": [],
        "use_sitemap": "0",
        "recrawl_every_hours": None,
        "vector_provider": None,
        "crawl_mode": None,
        "is_main_website": None,
    }


def new_crawl() -> str:
    body = crawl_values() | {"project_id": PROJECT_ID, "chatbot_id": CHATBOT_ID}
    return api("POST", "/v1/ai-agent/crawl_website", json=body)["run_id"]


def lead_values() -> dict[str, str]:
    return {"email": f"lead{next(count)}@example.com", "name": "Ada Brook"}


def new_lead() -> str:
    return api("POST", f"/v1/ai-agent/leads/{PROJECT_ID}/{CHATBOT_ID}", json={"values": lead_values()})["data"]["id"]


def new_user() -> tuple[str, str]:
    email, password = f"fuzz{next(count)}@example.com", secret(f"quiet lanterns {next(count)} of the harbour")
    answer = requests.post(f"{BASE_URL}/v1/auth/signup", json={"email": email, "password": password}, headers=from_elsewhere(), timeout=30)
    assert answer.status_code == 201, answer.text
    return email, password


def log_in(email: str = EMAIL, password: str = PASSWORD) -> str:
    """The cookie of a new session."""
    session = requests.Session()
    answer = session.post(f"{BASE_URL}/v1/auth/login", json={"email": email, "password": password}, headers=from_elsewhere(), timeout=30)
    assert answer.ok, answer.text
    return secret(session.cookies["robofy_session"])


def message(credential: str = OWN_KEY) -> dict:
    """A turn that was answered: its session and message."""
    answer = ask(credential, "When is the lantern shop open?")
    assert answer.ok, answer.text
    return answer.json()["data"]


def new_question() -> str:
    """A question that the agent has no answer to."""
    asked = ask(OWN_KEY, f"How many moons does planet Zorblax{next(count)} have?")
    assert asked.ok, asked.text
    listed = api("GET", f"/v1/ai-agent/unanswered/{PROJECT_ID}/{CHATBOT_ID}?pageSize=200")["data"]["questions"]
    return next(one["id"] for one in listed if one["message_id"] == asked.json()["data"]["message_id"])


class World:
    """One credential's view: which value stands for which name."""

    def __init__(self, credential: str) -> None:
        self.credential = credential
        self.scratch_agent = new_agent()
        self.user = new_user()
        self.asset = new_asset()
        self.bookings = Bookings(api)
        api("PUT", f"/v1/ai-agent/lead_form/{PROJECT_ID}/{CHATBOT_ID}", json={"enabled": True})

    def values(self, label: str, path: str) -> dict[str, object]:
        """Names and values for one request; whatever the operation ends is made for it."""
        changes = label.startswith(("PUT", "DELETE"))
        of_agent = any(part in path for part in ("/qa/", "/leads/", "/unanswered/"))
        agent = self.scratch_agent if changes and not of_agent else CHATBOT_ID
        values: dict[str, object] = {
            "projectId": PROJECT_ID,
            "projectid": PROJECT_ID,
            "project_id": PROJECT_ID,
            "pid": PROJECT_ID,
            "chatbotId": agent,
            "chatbot_id": agent,
            "assetId": self.asset["asset_id"],
            "asset_id": self.asset["asset_id"],
            "version": 2 if path.endswith("/handshake") else 1,
            "platform": "web",
            "language": "en",
            "timezone": "Europe/Berlin",
            "country": "DE",
        }
        if label == "DELETE /v1/ai-agent/chatbot/{projectId}/{chatbotId}":
            values["chatbotId"] = new_agent()
        elif label.startswith(("PUT", "DELETE")) and "{assetId}" in path:
            values["assetId"] = new_asset()["asset_id"]
        elif path.endswith("chatbot_asset_link") and label.startswith("POST"):
            values |= {"asset_id": new_asset()["asset_id"], "chatbot_id": new_agent()}
        elif path.endswith("chatbot_asset_delink"):
            made = new_asset(self.scratch_agent)
            values |= {"linkage_id": made["linkage_id"], "asset_id": made["asset_id"]}
        elif path.startswith("/v1/projects"):
            values["id"] = values["projectId"]
        elif path.startswith("/v1/api-keys"):
            values |= {"id": new_key(), "environment": "live", "scopes": ["chat"], "expires_at": None, "password": PASSWORD}
        elif path.endswith("/crawl_website"):
            values |= crawl_values()
        elif "/crawl_cancel/" in path:
            values["runId"] = new_crawl()
        elif "/widget/integration/" in path:
            values |= {"kind": "agent", "label": "Talk", "url": None}
            if not label.startswith("GET"):
                # A widget has room for some tabs only, so each request has a widget of its own.
                values["chatbotId"] = new_agent()
            if label.startswith("DELETE"):
                values["id"] = new_tab(values["chatbotId"])
        elif "/widget/" in path:
            values |= WIDGET
        elif path.startswith("/v1/account/"):
            values |= ACCOUNT
        elif path.startswith("/v1/ai-agent/chatbot/"):
            values |= {"quick_questions": ["When are you open?"], "allowed_origins": [], "test_origins": [], "avatar_url": None}
        elif "/qa/" in path:
            values["qaId"] = new_pair()
        elif "/unanswered/" in path and changes:
            values["questionId"] = new_question()
        elif "/leads/" in path:
            values |= {"leadId": new_lead(), "values": lead_values(), "ip_address": "203.0.113.7", "consent": None}
        elif path == "/v1/requests":
            values |= {"from": "2026-01-01", "to": "2036-01-01", "status": "2xx", "route": "/v1/projects/{id}", "key": "Fuzz"}
        elif "/inbox/" in path:
            values |= {"from": "2026-01-01", "to": "2036-01-01", "q": "lantern", "channel": "web", "rating": 1}
            values["sessionId"] = message()["session_id"] if "{sessionId}" in path else None
        elif path == "/v1/auth/signup":
            values |= {"email": f"new{next(count)}@example.com", "password": secret(f"quiet lanterns {next(count)} in the bay")}
        elif path == "/v1/auth/login":
            values |= {"email": self.user[0], "password": self.user[1]}
        if "/booking/" in path:
            values |= self.bookings.values(label, path, self.token)
        elif path.startswith("/v1/ai-agent/chat/"):
            values |= self.conversation(path)
        return values

    def conversation(self, path: str) -> dict[str, object]:
        if path.endswith("/chat/lead"):
            return {"values": lead_values(), "session_id": None, "consent": None}
        if "{sessionId}" not in path and "{messageId}" not in path and not path.endswith("/feedback"):
            return {}
        said = message(self.token() if self.credential == "client token" else OWN_KEY)
        ids = {"sessionId": said["session_id"], "messageId": said["message_id"]}
        return ids | {"session_id": said["session_id"], "message_id": said["message_id"], "rating": 1}

    def token(self) -> str:
        if not hasattr(self, "_token"):
            self._token = handshake()["token"]
        return self._token

    def headers(self, label: str) -> dict[str, str]:
        """What this credential sends along; a session that ends with the request is made for it."""
        if self.credential == "API key":
            return from_elsewhere() | {"authorization": f"Bearer {self.key()}"}
        if self.credential == "client token":
            return from_elsewhere() | {"authorization": f"Bearer {self.token()}"}
        cookie = log_in() if label.endswith("/v1/auth/logout") else self.cookie()
        return from_elsewhere() | {"cookie": f"robofy_session={cookie}", "x-robofy-csrf": "1", "origin": BASE_URL}

    def key(self) -> str:
        if not hasattr(self, "_key"):
            self._key = full_key(OWN_KEY)
        return self._key

    def cookie(self) -> str:
        if not hasattr(self, "_cookie"):
            self._cookie = log_in()
        return self._cookie
