"""Every setting: a `DOORWARD_*` environment variable, or a line of the TOML file `DOORWARD_CONFIG` names.

The environment wins over the file. `docs/settings.md` is generated from this class.
"""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

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
        description="The header in which the trusted proxies say for whom they ask. The other one is not read:"
        " a proxy passes it on as the client forged it.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",), description="Comma-separated origins whose browsers may call; `*` for all."
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
    geo_databases: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Comma-separated MMDB files (GeoLite2, DB-IP) that say where an address is. Default: the"
        " built-in country list.",
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
    messages_per_address: int = Field(
        20, ge=1, description="Codes sent to one address within an hour, whoever asks for them."
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
        "none", description="How the SMTP connection is protected."
    )
    smtp_username: str | None = Field(None, description="The SMTP user name.")
    smtp_password: SecretStr | None = Field(None, description="The SMTP password.")
    mail_from: str = Field(
        "no-reply@localhost", description="The sender of messages where the pool names none."
    )
    message_retention_hours: float = Field(
        168, gt=0, description="Hours that messages are kept readable which nothing could deliver."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe log line that is written."
    )
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")

    @field_validator("trusted_proxies", "cors_origins", "geo_databases", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

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
        file = (TomlConfigSettingsSource(settings_cls, Path(config)),) if config else ()
        return (init_settings, env_settings, *file)
