"""What the server counts while it runs, in CloudWatch's vocabulary and Prometheus' form.

Names and dimensions are those of the namespace `AWS/Cognito`, written as Prometheus writes names: the metric
`CompromisedCredentialRisk` with `UserPoolId` is `cognito_compromised_credential_risk_total{user_pool_id="…"}`. Labels
hold pools and app clients that were looked up, and words of this program: never what somebody sent. Counts begin at 0
with each start, as Prometheus expects of counters.
"""

from typing import Final, Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Summary,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector

from doorward.history.auth_event import AuthEvent

__all__ = ["CONTENT_TYPE", "Counts"]

CorpusOutcome = Literal["found", "not found", "unreadable"]

ADMIN: Final = "Admin"
"""What stands in place of the app client where an administrator signs a user up."""

_BY_LEVEL = ("operation", "user_pool_id", "risk_level")
_BY_OPERATION = ("operation", "user_pool_id")
_BY_CLIENT = ("user_pool", "user_pool_client")


# Of every count the library would also tell when it began, as a gauge of its own: in this text format Prometheus makes
# nothing of it but a series more for each. It can be switched for the whole process only, which is the server's.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Counts:
    """All counts of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._compromised = self._counter(
            "compromised_credential_risk", "attempts with a password that is known from breaches", _BY_LEVEL
        )
        self._takeover = self._counter(
            "account_takeover_risk", "attempts that the engine gave a risk level", _BY_LEVEL
        )
        self._blocked = self._counter("override_block", "attempts that the configuration blocked", _BY_LEVEL)
        self._risk = self._counter("risk", "attempts with any of these risks", _BY_OPERATION)
        self._no_risk = self._counter("no_risk", "attempts without", _BY_OPERATION)
        self._sign_ins = self._successes("sign_in", "sign-ins that came to their end")
        self._sign_ups = self._successes("sign_up", "sign-ups")
        self._refreshes = self._successes("token_refresh", "requests to renew tokens")
        self._corpus = Counter(
            "doorward_corpus_lookups",
            "Passwords looked up in the breach corpus, by what came of it",
            ("outcome",),
            registry=self.registry,
        )

    def add(self, collector: Collector) -> None:
        """Show also what somebody else counts."""
        self.registry.register(collector)

    def attempt(self, event: AuthEvent) -> None:
        """Count an attempt by its event, which is committed. One in progress is counted at its end.

        A compromised password without a risk level counts as high, and so does a blocked address: CloudWatch's
        default.
        """
        if event.response == "InProgress":
            return
        pool_id, operation, risk = event.pool_id, event.event_type, event.risk
        level = (risk.level or "High").lower()
        if risk.compromised:
            self._compromised.labels(operation, pool_id, level).inc()
        if risk.level is not None:
            self._takeover.labels(operation, pool_id, level).inc()
        if risk.response == "block":
            self._blocked.labels(operation, pool_id, level).inc()
        risky = risk.compromised or risk.decision != "NoRisk"
        (self._risk if risky else self._no_risk).labels(operation, pool_id).inc()

    def sign_in(self, pool_id: str, client_id: str, *, success: bool) -> None:
        """Count a sign-in: tokens were issued, or it was refused."""
        self._sign_ins.labels(pool_id, client_id).observe(success)

    def sign_up(self, pool_id: str, client_id: str | None, *, success: bool) -> None:
        """Count a user that was made, or refused; without an app client by an administrator."""
        self._sign_ups.labels(pool_id, client_id or ADMIN).observe(success)

    def token_refresh(self, pool_id: str, client_id: str, *, success: bool) -> None:
        """Count tokens that were renewed, or refused."""
        self._refreshes.labels(pool_id, client_id).observe(success)

    def corpus(self, outcome: CorpusOutcome) -> None:
        """Count a password that was looked up."""
        self._corpus.labels(outcome).inc()

    def forget_pool(self, pool_id: str) -> None:
        """Let go of what was counted for a pool that is deleted."""
        for one in (self._compromised, self._takeover, self._blocked, self._risk, self._no_risk):
            one.remove_by_labels({"user_pool_id": pool_id})
        for other in (self._sign_ins, self._sign_ups, self._refreshes):
            other.remove_by_labels({"user_pool": pool_id})

    def forget_client(self, pool_id: str, client_id: str) -> None:
        """Let go of what was counted for an app client that is deleted."""
        for one in (self._sign_ins, self._sign_ups, self._refreshes):
            one.remove_by_labels({"user_pool": pool_id, "user_pool_client": client_id})

    def text(self) -> bytes:
        """Return all counts in Prometheus' text format (CONTENT_TYPE)."""
        # Without a look at what the client would accept: the library takes that apart less carefully than it should.
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, labels: tuple[str, ...]) -> Counter:
        return Counter(f"cognito_{name}", f"{_cloudwatch(name)}: {meaning}", labels, registry=self.registry)

    def _successes(self, name: str, meaning: str) -> Summary:
        """A success counts 1 and a failure 0, so that _sum and _count are CloudWatch's Sum and SampleCount."""
        full = f"{name}_successes"
        return Summary(
            f"cognito_{full}", f"{_cloudwatch(full)}: {meaning}", _BY_CLIENT, registry=self.registry
        )


def _cloudwatch(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
