"""Where an address is and whose network it belongs to, as far as anybody knows."""

from dataclasses import dataclass
from typing import Literal

NetworkKind = Literal["tor", "vpn", "proxy", "hosting", "mobile", "residential", "organisation"]
"""What sort of network an address belongs to, the most telling first.

`tor`: a Tor exit; `vpn`: a VPN or a privacy relay; `proxy`: any other anonymiser; `hosting`: a data centre,
a content network or a crawler; `mobile`: a cellular network; `residential`: a consumer's line;
`organisation`: a business, a school, an authority.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What is known about an address. None everywhere means unknown, which is not a finding by itself.

    `country` is an ISO 3166-1 alpha-2 code, `region` the name of the largest subdivision (a state, a province).
    `latitude` and `longitude` are degrees (WGS 84), and the true place is taken to lie within `accuracy_km` of
    them; the three are there together or not at all. `asn` is the number of the autonomous system that announces
    the address (RFC 6793), `as_organisation` its holder.
    """

    country: str | None = None
    country_name: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_km: float | None = None
    asn: int | None = None
    as_organisation: str | None = None
    kind: NetworkKind | None = None


UNKNOWN = Place()
