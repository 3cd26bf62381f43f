"""A Doorward for the tests: the real server on a real socket, with fast Argon2 parameters."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.model import OperationModel
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from tests.corpus import embedded_corpus

from doorward.breach.corpus import Corpus
from doorward.call import Services
from doorward.clock import Clock
from doorward.directory.access_key import Role
from doorward.directory.access_keys import create_access_key
from doorward.messages import outbox
from doorward.messages.outbox import Message
from doorward.server import Server
from doorward.settings import Settings
from doorward.store.vault import open_vault

TRANSPORT_ERRORS = frozenset(
    {
        "AccessDeniedException",
        "IncompleteSignatureException",
        "InternalErrorException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestEntityTooLargeException",
        "SerializationException",
        "UnknownOperationException",
        "UnrecognizedClientException",
    }
)
"""What the wire answers before an operation begins; no operation's model lists it."""


_one_at_a_time = threading.Lock()


@cache
def _session() -> boto3.Session:
    """One for all clients, since each session reads the whole API again; it may be used by one thread at a time."""
    return boto3.Session()


class RunningServer:
    """A server that answers. `administrator` signs its calls, `anonymous` does not."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.endpoint = server.endpoint
        self.services: Services = server.services

    @cached_property
    def administrator(self) -> CognitoIdentityProviderClient:
        """A boto3 client with an administrator's access key."""
        return self.signed_by("administrator")

    @cached_property
    def anonymous(self) -> CognitoIdentityProviderClient:
        """A boto3 client that signs nothing, as an application has it."""
        return self._client(Config(signature_version=UNSIGNED, retries={"max_attempts": 0}))

    def signed_by(self, role: Role, pool_id: str | None = None) -> CognitoIdentityProviderClient:
        """Return a boto3 client with a new access key of a role, confined to a pool where one is given."""
        with self.services.store.writing() as tx:
            key, secret = create_access_key(
                tx, self.services.keyring, name="test", role=role, pool_id=pool_id, now=0.0
            )
        return self._client(Config(retries={"max_attempts": 0}), key.id, secret)

    def messages(self, pool_id: str) -> list[Message]:
        """Return what the outbox holds for a pool, the oldest first."""
        with self.services.store.reading() as tx:
            held = outbox.held(tx, self.services.keyring, pool_id)
        return [one.message for one in held if one.message is not None]

    def last_code(self, pool_id: str) -> str:
        """Return the code, or temporary password, of the latest message of a pool."""
        return self.messages(pool_id)[-1].code

    def _client(
        self, config: Config, key_id: str | None = None, secret: str | None = None
    ) -> CognitoIdentityProviderClient:
        with _one_at_a_time:
            client = _session().client(
                "cognito-idp",
                region_name="eu-west-1",
                endpoint_url=self.endpoint,
                config=config,
                aws_access_key_id=key_id,
                aws_secret_access_key=secret,
            )
        client.meta.events.register("after-call.cognito-idp", see_that_the_error_is_listed)
        return client


def see_that_the_error_is_listed(parsed: dict[str, Any], model: OperationModel, **_: Any) -> None:
    """Check that an answer's error, if it is one, is the transport's or among those its operation may raise."""
    error = parsed.get("Error", {}).get("Code")
    listed = {shape.name for shape in model.error_shapes}
    assert error is None or error in TRANSPORT_ERRORS or error in listed, f"{model.name} raises no {error}"


@contextmanager
def running(
    data: Path,
    clock: Clock | None = None,
    corpus: Corpus | None = None,
    *,
    ending: list[threading.Thread] | None = None,
    **settings: Any,
) -> Iterator[RunningServer]:
    """Run a server on a free port until the block ends.

    A server takes a fifth of a second to end; where nobody needs its data any more, the thread that ends it can be
    put into `ending`, to be waited for later.
    """
    quick: dict[str, Any] = {
        "port": 0,
        "argon2_memory": 64,
        "argon2_iterations": 1,
        "corpus": embedded_corpus(),
        "signature_skew": 900.0 if clock is None else 1e12,
    }
    chosen = Settings(data=data, **(quick | settings))
    server = Server(chosen, open_vault(chosen), clock, corpus)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
    try:
        yield RunningServer(server)
    finally:
        server.stop()
        if ending is None:
            thread.join(30)
        else:
            ending.append(thread)
