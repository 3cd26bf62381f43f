"""Every setting: a `DOORWARD_*` environment variable, or a line of the TOML file `DOORWARD_CONFIG` names.

The environment wins over the file. `docs/settings.md` is generated from this class.
"""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from doorward.setting_values import comma_separated, endpoint, function_and_endpoint, printable, time_zone
from doorward.settings_file import settings_file

WINDOW = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
"""Hours of the day, from and to."""

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """The settings of one server."""

    model_config = SettingsConfigDict(env_prefix="DOORWARD_", extra="forbid")

    data: Path = Field(
        Path("doorward-data"), description="The directory that holds everything the server keeps."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(9700, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None,
        description="How clients reach the server (`https://id.example.org`): the base of the token issuer."
        " Default: the address and port it listens on.",
    )
    issuer: Literal["doorward", "cognito"] = Field(
        "doorward",
        description="`doorward`: tokens are issued by `<public URL>/<pool id>`; `cognito`: by"
        " `https://cognito-idp.<region>.amazonaws.com/<pool id>`, for verifiers that insist on that form.",
    )
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = Field(
        "eu-west-1", description="The region in pool ids and ARNs."
    )
    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")] = Field(
        "000000000000", description="The twelve-digit account in ARNs."
    )
    require_region: bool = Field(
        False, description="Refuse signatures whose scope names another region than `region`."
    )
    signature_skew: float = Field(
        900.0, ge=0, description="Seconds that a signature's date may be before or after the server's clock."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Comma-separated CIDR ranges of the proxies whose forwarding headers are believed."
    )
    forwarding_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="The header in which the trusted proxies say for whom they ask: `x-forwarded-for` or `forwarded`."
        " The other one is not read: a proxy passes it on as the client forged it.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",), description="Comma-separated origins whose browsers may call; `*` for all."
    )
    passkey_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Comma-separated origins that may use passkeys beside the pages of a pool's relying party:"
        " Android applications (`android:apk-key-hash:…`) and related origins.",
    )
    threads: int = Field(40, ge=1, le=1000, description="Requests worked on at the same time.")
    body_limit: int = Field(262_144, ge=1024, description="The largest request body, in bytes.")
    header_limit: int = Field(32_768, ge=1024, description="The largest request head, in bytes.")
    receive_timeout: float = Field(
        10.0, gt=0, description="Seconds a client has to send its head, and again its body."
    )
    connections: int = Field(2000, ge=1, description="Connections held open at the same time.")
    argon2_memory: int = Field(19_456, ge=8, description="Argon2id memory, in KiB.")
    argon2_iterations: int = Field(2, ge=1, description="Argon2id passes.")
    argon2_parallelism: int = Field(1, ge=1, description="Argon2id lanes.")
    sealing_keys: SecretStr | None = Field(
        None,
        description="The keys that seal secrets at rest, `id:base64[,id:base64…]`, the newest last."
        " Default: the file `sealing.keys` in the data directory.",
    )
    corpus: Path | None = Field(
        None,
        description="The breach corpus, as `doorward breach build` makes it. Default: `breach.corpus` in the data"
        " directory, made at the first start from the lists that come with the program.",
    )
    corpus_min_count: int = Field(
        1,
        ge=1,
        description="How often a password must have been seen in breaches to count as known. Corpora keep 1, 2, 3, 5,"
        " 10, 20, 50 and so on, rounded down.",
    )
    corpus_unreadable: Literal["open", "closed"] = Field(
        "open",
        description="When the breach corpus cannot be read: `open` lets passwords pass and records it,"
        " `closed` refuses.",
    )
    corpus_range_url: str | None = Field(
        None,
        description="Ask a range endpoint (k-anonymity protocol of the Pwned Passwords) instead of the corpus on"
        " this machine: the URL in front of the prefix, `https://api.pwnedpasswords.com/range` or another"
        " Doorward's. Five hex digits of a password's SHA-1 leave the machine.",
    )
    corpus_range_timeout: float = Field(
        2.0, gt=0, le=60, description="Seconds that a question to the range endpoint may take in all."
    )
    corpus_range_pause: float = Field(
        10.0,
        gt=0,
        description="Seconds for which a range endpoint that failed is not asked again, and counts as unreadable.",
    )
    corpus_range_cache: int = Field(
        32, ge=0, le=4096, description="MiB of memory that answers of the range endpoint may take."
    )
    corpus_range_cache_hours: float = Field(
        24.0, gt=0, description="Hours for which an answer of the range endpoint is good."
    )
    range_source: Path | None = Field(
        None,
        description="Serve ranges to others: a directory of range files (`00000.txt` to `FFFFF.txt`), or a file of"
        " `SHA-1:COUNT` lines ordered by hash. Default: none, and no endpoint.",
    )
    range_path: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$")] = Field(
        "/range", description="The path in front of the prefix under which ranges are served."
    )
    range_rate: float = Field(
        50.0,
        gt=0,
        description="Ranges a second that one address may ask for in the long run; ten seconds' worth at once.",
    )
    sweep_rate: float = Field(
        10.0,
        ge=0,
        description="Passwords that `doorward breach sweep` verifies in a second; 0: as many as the machine can.",
    )
    sweep_workers: int = Field(
        1, ge=0, le=256, description="Threads that a sweep verifies in; 0: one for each core."
    )
    sweep_niceness: int = Field(
        19, ge=0, le=19, description="How far those threads step back behind other work (nice)."
    )
    sweep_window: Annotated[str, StringConstraints(pattern=WINDOW)] | None = Field(
        None,
        description="The hours of the day in which a sweep works, `22:00-06:00`; it waits for them. Default: all.",
    )
    sweep_time_zone: str = Field("UTC", description="The time zone of those hours (`Europe/Berlin`).")
    sweep_defer_days: float = Field(
        365.0,
        gt=0,
        description="Days that what a sweep could not test waits, as keyed digests, for the user's next sign-in.",
    )
    geo_databases: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Comma-separated MMDB files (GeoLite2, DB-IP) that say where an address is. Default: the"
        " built-in country list.",
    )
    lambda_endpoint: str | None = Field(
        None,
        description="Where the functions of the pools' triggers are called: a URL in front of"
        " `/2015-03-31/functions/NAME/invocations`, or a whole URL of that kind, which then serves every function."
        " Default: none, and no function is called.",
    )
    lambda_functions: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Comma-separated `function=URL` for functions that are called elsewhere: a name or an ARN, and a"
        " URL as above.",
    )
    lambda_timeout: float = Field(
        5.0,
        gt=0,
        le=60,
        description="Seconds that a call of a function may take; it is tried three times in all.",
    )
    lambda_access_key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,128}$")] | None = Field(
        None,
        description="The access key that calls of functions are signed with (Signature Version 4, service `lambda`, the"
        " region of the function's ARN), as AWS's own Lambda wants it. Default: none, and calls are not signed.",
    )
    lambda_secret_access_key: SecretStr | None = Field(
        None,
        min_length=1,
        validate_default=True,
        description="The secret of that key; the one is not set without the other.",
    )
    event_retention_days: float = Field(731, gt=0, description="Days that auth events are kept.")
    pool_view_minutes: float = Field(
        5.0,
        gt=0,
        description="Minutes after which the pools' counts, as the risk engine holds them in memory, are kept; also"
        " when the server ends. A copy that is behind only lengthens the next start.",
    )
    mfa_setup_at_high: bool = Field(
        False,
        description="Where MFA is required and the user holds no factor: also at High risk let him set one up"
        " instead of refusing.",
    )
    unblock_address_days: float = Field(
        7.0,
        ge=0,
        description="Where a pool lets users whom risk has blocked let themselves in by a code: days for which the"
        " address that the code goes to must have been verified, unchanged.",
    )
    messages_per_address: int = Field(
        20,
        ge=1,
        description="Codes sent to one address within an hour, whoever asks for them. Half as many again go to its"
        " verified owner where no stranger can have them sent: behind his password, or as he begins at home.",
    )
    unknown_user_retention_days: float = Field(
        30, gt=0, description="Days that events of names that lead to nobody are kept."
    )
    smtp_host: str | None = Field(
        None,
        description="The SMTP server that delivers messages. Default: none; `doorward messages` shows them.",
    )
    smtp_port: int = Field(25, ge=1, le=65535, description="The SMTP server's port.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        "none", description="How the SMTP connection is protected: `none`, `starttls` or `tls`."
    )
    smtp_username: str | None = Field(None, description="The SMTP user name.")
    smtp_password: SecretStr | None = Field(None, description="The SMTP password.")
    mail_from: str = Field(
        "no-reply@localhost", description="The sender of messages where the pool names none."
    )
    message_retention_hours: float = Field(
        168, gt=0, description="Hours that messages are kept readable which nothing could deliver."
    )
    metrics: bool = Field(
        False, description="Serve what is counted at `GET /metrics`, in Prometheus' text format."
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="The bearer token that `/metrics` asks for, at least 16 characters. Default: none is asked for.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="The least severe log line that is written: `debug`, `info`, `warning` or `error`.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="How log lines look: `console`, for people, or `json`, an object a line."
    )

    @field_validator("sweep_time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return time_zone(value)

    @field_validator(
        "trusted_proxies",
        "cors_origins",
        "passkey_origins",
        "geo_databases",
        "lambda_functions",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return comma_separated(value)

    @field_validator("public_url", "corpus_range_url", "lambda_endpoint")
    @classmethod
    def _endpoint_url(cls, value: str | None) -> str | None:
        return None if value is None else endpoint(value)

    @field_validator("lambda_functions")
    @classmethod
    def _functions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(function_and_endpoint, value))

    @field_validator("lambda_secret_access_key")
    @classmethod
    def _with_its_key(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (value is None) != (others.data.get("lambda_access_key_id") is None):
            raise ValueError("the access key's id and its secret are set together")
        return None if value is None else SecretStr(printable(value.get_secret_value()))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is handed in, then the environment, then the file that `DOORWARD_CONFIG` names."""
        del dotenv_settings, file_secret_settings
        config = os.environ.get("DOORWARD_CONFIG")
        file = (settings_file(settings_cls, Path(config)),) if config else ()
        return (init_settings, env_settings, *file)


def unknown_variables() -> list[str]:
    """Return the variables of the environment that look like settings and are none: mistyped, perhaps."""
    known = {f"DOORWARD_{name.upper()}" for name in Settings.model_fields} | {"DOORWARD_CONFIG"}
    return sorted(name for name in os.environ if name.startswith("DOORWARD_") and name not in known)
