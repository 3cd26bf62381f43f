"""How long an app client's tokens live (AccessTokenValidity, IdTokenValidity, RefreshTokenValidity)."""

from dataclasses import dataclass
from typing import Final, Literal

from doorward.wire import errors

TimeUnit = Literal["seconds", "minutes", "hours", "days"]

_SECONDS: Final[dict[TimeUnit, int]] = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_SHORT: Final = range(300, 86400 + 1)
_LONG: Final = range(3600, 10 * 365 * 86400 + 1)


@dataclass(frozen=True, slots=True)
class TokenValidity:
    """Lifetimes in seconds. The defaults are Cognito's: an hour, an hour, 30 days."""

    access: int = 3600
    id: int = 3600
    refresh: int = 30 * 86400


def token_validity(
    *,
    access: int | None = None,
    id: int | None = None,
    refresh: int | None = None,
    access_unit: TimeUnit | None = None,
    id_unit: TimeUnit | None = None,
    refresh_unit: TimeUnit | None = None,
) -> TokenValidity:
    """Turn a client's settings into seconds.

    An absent value is the default, whatever its unit; so is a RefreshTokenValidity of 0. An absent unit means
    hours for access and ID tokens, days for refresh tokens. Raises InvalidParameterException where an access
    or ID token would live outside 5 minutes to a day or longer than the refresh token, or a refresh token
    outside an hour to ten years.
    """
    default = TokenValidity()
    validity = TokenValidity(
        access=default.access if access is None else access * _SECONDS[access_unit or "hours"],
        id=default.id if id is None else id * _SECONDS[id_unit or "hours"],
        refresh=refresh * _SECONDS[refresh_unit or "days"] if refresh else default.refresh,
    )
    if (
        validity.access not in _SHORT
        or validity.id not in _SHORT
        or validity.refresh not in _LONG
        or max(validity.access, validity.id) > validity.refresh
    ):
        raise errors.InvalidParameterException("Invalid range for token validity.")
    return validity
