"""Signatures of calls of functions, made anew with botocore's own signer."""

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def botocores(key: str, secret: str, region: str, url: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the Authorization that botocore gives a call of Lambda with these headers, at the date they tell.

    `headers` are those that were sent, by their names in lower case.
    """
    (names,) = (
        part.partition("=")[2]
        for part in headers["authorization"].split(", ")
        if part.startswith("SignedHeaders=")
    )
    signed = {name: headers[name] for name in names.split(";")}
    request = AWSRequest("POST", url, data=body, headers=signed)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(key, secret), "lambda", region)
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
    )
