"""PyJWT reads the client tokens of the handshake, and the server refuses every token that is not its own."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import jwt
import pytest
import requests
from world import BASE_URL, CHATBOT_ID, PROJECT_ID, ask, handshake


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sign(header: object, claims: object, secret: bytes = b"", digest: str = "sha256") -> str:
    """A token of any header at all; libraries refuse to make most of these."""
    signed = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{signed}.{encode(hmac.new(secret, signed.encode(), digest).digest())}"


@pytest.fixture(scope="module")
def token() -> str:
    return handshake()["token"]


@pytest.fixture(scope="module")
def header(token: str) -> dict:
    return jwt.get_unverified_header(token)


@pytest.fixture(scope="module")
def claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_pyjwt_reads_the_token(token: str, header: dict, claims: dict) -> None:
    print(f"PyJWT {jwt.__version__}")
    assert header["alg"] == "HS256"
    assert isinstance(header["kid"], str)
    assert {"iss", "aud", "iat", "exp", "jti"} <= claims.keys()
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["iat"] - time.time()) < 60
    assert "nbf" not in claims
    assert claims["chatbots"] == [CHATBOT_ID]
    text = json.dumps(claims)
    assert PROJECT_ID in text
    sessions = [value for value in claims.values() if isinstance(value, str) and is_uuid4(value)]
    assert sessions, "the token names the visitor's session"
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, "a secret of thirty-two bytes or so", algorithms=["HS256"], audience=claims["aud"])


def is_uuid4(value: str) -> bool:
    try:
        return uuid.UUID(value).version == 4
    except ValueError:
        return False


def test_every_handshake_has_a_token_and_a_session_of_its_own(claims: dict) -> None:
    other = jwt.decode(handshake()["token"], options={"verify_signature": False})
    assert other["jti"] != claims["jti"]
    assert {value for value in other.values() if isinstance(value, str) and is_uuid4(value)}.isdisjoint(
        {value for value in claims.values() if isinstance(value, str) and is_uuid4(value)}
    )


def test_the_servers_own_token_opens_the_chat(token: str) -> None:
    answer = ask(token)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["answer"]


def refused(credential: str) -> None:
    """401 without a hint, on the JSON call, the stream and the resume path alike."""
    headers = {"authorization": f"Bearer {credential}"}
    body = {"query": "Hello", "pid": PROJECT_ID, "chatbot_id": CHATBOT_ID, "user_context": {"platform": "web"}}
    answers = [
        requests.post(f"{BASE_URL}/v1/ai-agent/chat", json=body, headers=headers, timeout=30),
        requests.post(f"{BASE_URL}/v1/ai-agent/chat/stream", json=body, headers=headers, timeout=30),
        requests.get(f"{BASE_URL}/v1/ai-agent/chat/{uuid.uuid4()}/stream", headers=headers, timeout=30),
    ]
    for answer in answers:
        assert answer.status_code == 401, f"{answer.url}: {answer.status_code} {answer.text}"
        assert answer.json()["error"]["code"] == "UNAUTHORIZED"
        assert answer.json()["message"] == "Unauthorized"
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("keep_signature", [False, True])
def test_no_algorithm(token: str, header: dict, claims: dict, name: str, keep_signature: bool) -> None:
    signature = token.rsplit(".", 1)[1] if keep_signature else ""
    forged = sign(header | {"alg": name}, claims).rsplit(".", 1)[0]
    refused(f"{forged}.{signature}")


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("HS384", "sha384"),
        ("HS512", "sha512"),
        ("RS256", "sha256"),
        ("ES256", "sha256"),
        ("PS256", "sha256"),
        ("EdDSA", "sha256"),
        ("hs256", "sha256"),
    ],
)
def test_another_algorithm(token: str, header: dict, claims: dict, algorithm: str, digest: str) -> None:
    refused(sign(header | {"alg": algorithm}, claims, b"", digest))
    refused(sign(header | {"alg": algorithm}, claims, header["kid"].encode(), digest))
    signed, signature = sign(header | {"alg": algorithm}, claims).rsplit(".", 1)[0], token.rsplit(".", 1)[1]
    refused(f"{signed}.{signature}")


@pytest.mark.parametrize("secret", [b"", b"\0", b"secret", b"robofy", b"0" * 32, b"\0" * 32])
def test_a_guessed_secret(header: dict, claims: dict, secret: bytes) -> None:
    refused(sign(header, claims, secret))


def test_a_secret_that_the_token_itself_names(header: dict, claims: dict) -> None:
    own = b"a secret of the forger's choosing"
    refused(sign(header, claims, header["kid"].encode()))
    refused(sign(header, claims, claims["iss"].encode()))
    refused(sign(header | {"jwk": {"kty": "oct", "k": encode(own)}}, claims, own))
    refused(sign(header | {"jku": f"{BASE_URL}/keys.json"}, claims, own))
    refused(sign(header | {"x5u": f"{BASE_URL}/keys.pem"}, claims, own))
    refused(sign(header | {"crit": ["exp"]}, claims, own))


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "other",
        "../../../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "' OR 1=1 --",
        "a\0b",
        "é世界",
        "k" * 4_000,
        0,
        -1,
        1.5,
        True,
        None,
        [],
        {"a": 1},
    ],
)
def test_another_key_id(token: str, header: dict, claims: dict, kid: object) -> None:
    refused(sign(header | {"kid": kid}, claims))
    signed, signature = sign(header | {"kid": kid}, claims).rsplit(".", 1)[0], token.rsplit(".", 1)[1]
    refused(f"{signed}.{signature}")


def test_no_key_id(header: dict, claims: dict) -> None:
    refused(sign({"alg": "HS256", "typ": "JWT"}, claims))


def test_a_part_changed_under_the_servers_signature(token: str, header: dict, claims: dict) -> None:
    signature = token.rsplit(".", 1)[1]
    now = int(time.time())
    changes = [
        {"exp": claims["exp"] + 86_400},
        {"exp": now - 1},  # expired as well as forged: forged is what it is told
        {"nbf": now + 3_600},
        {"chatbots": ["A" * 42]},
        {"iss": "someone else"},
        {"aud": "something else"},
        {"jti": str(uuid.uuid4())},
    ]
    for change in changes:
        refused(f"{sign(header, claims | change).rsplit('.', 1)[0]}.{signature}")
    for name in ("iss", "aud", "iat", "exp", "jti"):
        less = {key: value for key, value in claims.items() if key != name}
        refused(f"{sign(header, less).rsplit('.', 1)[0]}.{signature}")
        refused(sign(header, less))


def test_truncated_and_misshapen(token: str) -> None:
    first, second, third = token.split(".")
    shapes = [
        *(token[:length] for length in range(1, len(token), 29)),
        token[:-1],
        f"{first}.{second}",
        f"{first}.{second}.",
        f".{second}.{third}",
        f"{first}..{third}",
        f"{token}.",
        f"{token}.{third}",
        f"{token}A",
        f"{token}=",
        f"{first}.{second}.{third[::-1]}",
        f"{first}.{second}.!!!!",
        f"{first}.{encode(b'not JSON')}.{third}",
        f"{encode(b'[]')}.{second}.{third}",
        f"{encode(b'{')}.{second}.{third}",
        f"{encode(chr(0xFF).encode('latin1'))}.{second}.{third}",
        "...",
        "e30.e30.",
    ]
    for shape in shapes:
        refused(shape)


def test_deeply_nested_and_large_tokens(header: dict, claims: dict) -> None:
    nested = f"{encode(b'[' * 4_000)}.{encode(b'{}')}.{encode(b'x')}"
    refused(nested)
    refused(sign(header | {"pad": "x" * 5_000}, claims))


def test_a_huge_header_is_refused_and_the_server_lives(header: dict, claims: dict, token: str) -> None:
    for size in (70_000, 1_000_000):
        huge = sign(header | {"pad": "x" * size}, claims)
        try:
            answer = requests.get(
                f"{BASE_URL}/v1/ai-agent/chat/{uuid.uuid4()}/stream", headers={"authorization": f"Bearer {huge}"}, timeout=30
            )
        except requests.ConnectionError:
            continue  # The server may close the connection instead of reading on.
        assert answer.status_code in (401, 431), answer.status_code
    assert ask(token).status_code == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic cm9ib2Z5OnJvYm9meQ==", "Token abc", "Bearer a b", "Bearer\tabc"])
def test_other_authorization_headers(value: str) -> None:
    answer = requests.get(f"{BASE_URL}/v1/ai-agent/chat/{uuid.uuid4()}/stream", headers={"authorization": value}, timeout=30)
    assert answer.status_code == 401, f"{value!r}: {answer.status_code} {answer.text}"
    assert answer.headers["www-authenticate"].startswith("Bearer")
