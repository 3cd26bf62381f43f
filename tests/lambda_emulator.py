"""A server that plays Lambda: it speaks the Invoke protocol, and does with an event what the test wants."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Event = dict[str, Any]
Function = Callable[[Event], Any]
Behaviour = Callable[[BaseHTTPRequestHandler], None]

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:"
TRIGGERS = {
    "DefineAuthChallenge": ARN + "define",
    "CreateAuthChallenge": ARN + "create",
    "VerifyAuthChallengeResponse": ARN + "verify",
}
ANSWER = "blue"


class FunctionFailed(Exception):
    """Raised by a function that ends with an error, as a handler does that throws."""


@dataclass
class Emulator:
    """The functions by name, and what they were called with. `behaviour`, where set, answers instead of them.

    `says_so`: an error is told in the header too, as Lambda does and the runtime interface emulator does not.
    """

    functions: dict[str, Function]
    behaviour: Behaviour | None = None
    says_so: bool = True
    url: str = ""
    events: list[Event] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0

    def sources(self) -> list[str]:
        """Which triggers were called, in their order."""
        return [event["triggerSource"].partition("_")[0] for event in self.events]

    def reset(self) -> None:
        """Be the quiz again, and forget what came."""
        self.functions, self.behaviour, self.says_so = quiz(), None, True
        self.events.clear()
        self.bodies.clear()
        self.paths.clear()
        self.headers.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    emulator: ClassVar[Emulator]

    def setup(self) -> None:
        super().setup()
        self.emulator.connections += 1

    def do_POST(self) -> None:
        emulator = self.emulator
        body = self.rfile.read(int(self.headers["content-length"]))
        event = json.loads(body)
        emulator.events.append(json.loads(body))
        emulator.bodies.append(body)
        emulator.paths.append(self.path)
        emulator.headers.append({name.lower(): value for name, value in self.headers.items()})
        if emulator.behaviour is not None:
            emulator.behaviour(self)
            return
        name = self.path.split("/")[3].partition("?")[0]
        try:
            answer, failed = emulator.functions[name](event), False
        except FunctionFailed as problem:
            answer, failed = {"errorMessage": str(problem), "errorType": "Error"}, emulator.says_so
        said = {"X-Amz-Function-Error": "Unhandled"} if failed else {}
        respond(self, json.dumps(answer).encode(), headers=said)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def respond(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> None:
    """Send an answer."""
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def quiz() -> dict[str, Function]:
    """Return functions that ask for a colour, after the password where it comes first; three answers are allowed."""

    def define(event: Event) -> Event:
        session, response = event["request"]["session"], event["response"]
        custom = [one for one in session if one["challengeName"] == "CUSTOM_CHALLENGE"]
        response["issueTokens"] = bool(custom) and custom[-1]["challengeResult"] is True
        response["failAuthentication"] = len(custom) >= 3 and not response["issueTokens"]
        begun = bool(session) and session[-1]["challengeName"] == "SRP_A"
        response["challengeName"] = "PASSWORD_VERIFIER" if begun else "CUSTOM_CHALLENGE"
        return event

    def create(event: Event) -> Event:
        event["response"] = {
            "publicChallengeParameters": {"question": "Which colour is the sky?"},
            "privateChallengeParameters": {"answer": ANSWER},
            "challengeMetadata": "COLOUR",
        }
        return event

    def verify(event: Event) -> Event:
        request = event["request"]
        right = request["privateChallengeParameters"]["answer"] == request["challengeAnswer"]
        event["response"]["answerCorrect"] = right and not request.get("userNotFound")
        return event

    return {"define": define, "create": create, "verify": verify}


@contextmanager
def emulating() -> Iterator[Emulator]:
    """Run the emulator on a free port until the block ends."""
    emulator = Emulator(quiz())
    handler = type("Handler", (_Handler,), {"emulator": emulator})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        listening.daemon_threads = True
        emulator.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield emulator
        finally:
            listening.shutdown()
            thread.join(5)
