"""Where a function is called. Only the operator's settings name servers: what stands in a pool names functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

INVOCATIONS: Final = "/2015-03-31/functions/{name}/invocations"
"""The path of the Lambda API's Invoke."""

_WHOLE: Final = re.compile(r"/2015-03-31/functions/[^/]+/invocations$")
_ARN: Final = re.compile(
    r"arn:[a-z0-9-]+:lambda:(?P<region>[a-z0-9-]+):[0-9]{12}:function:"
    r"(?P<name>[A-Za-z0-9_-]{1,64})(?::(?P<qualifier>[A-Za-z0-9_-]{1,128}|\$LATEST))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where one function is called: `server` is a URL of the settings, `path` what follows its own path.

    `region` is that of the function's ARN, for which the call is signed.
    """

    server: str
    path: str
    region: str


class Endpoints:
    """The servers of the settings: `default` for every function, `functions` (`function=URL`) for single ones.

    A URL that ends as an Invoke does is called as it is, for AWS's runtime interface emulator serves one function,
    by the name `function`. Into any other the function's name is put.
    """

    def __init__(self, default: str | None, functions: Iterable[str]) -> None:
        self._default = default
        self._own = {function: url for function, _, url in (pair.partition("=") for pair in functions)}

    def servers(self) -> frozenset[str]:
        """Return every server that is ever called."""
        return frozenset(filter(None, (self._default, *self._own.values())))

    def of(self, arn: str) -> Target | None:
        """Return where the function of an ARN is called; None where no server is named for it.

        A name beats the default, an ARN beats a name. An ARN that names no function is called nowhere.
        """
        found = _ARN.fullmatch(arn)
        if found is None:
            return None
        name, qualifier = found["name"], found["qualifier"]
        server = self._own.get(arn) or self._own.get(name) or self._default
        if server is None:
            return None
        if _WHOLE.search(server):
            return Target(server, "", found["region"])
        path = INVOCATIONS.format(name=name) + (f"?Qualifier={quote(qualifier)}" if qualifier else "")
        return Target(server, path, found["region"])
