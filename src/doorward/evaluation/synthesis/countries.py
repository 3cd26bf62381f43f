"""The countries: their shares of the rows, and what people there speak and which time they keep."""

from typing import Final

from doorward.evaluation import published
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.drawing import zipf

_CODES: Final = (
    "NO US RU BR DE GB FR NL SE DK IN PL CN ES IT UA CA AU TR ID MX JP KR VN TH PH ZA FI BE CH AT CZ RO "
    "HU GR PT IE IL AE SA EG NG KE MA DZ TN PK BD LK NP IR IQ JO LB KW QA OM BH YE SY AF UZ KZ KG TJ TM "
    "AZ AM GE BY MD LT LV EE IS FO GL LU LI MC AD SM MT CY BG RS HR SI BA ME MK AL XK AR CL PE CO VE EC "
    "BO PY UY GY SR GF PA CR NI HN SV GT BZ CU DO HT JM TT BB BS BM KY AG DM GD KN LC VC AW CW SX TC VG "
    "VI PR GP MQ MF BL AI MS MY SG TW HK MO MN KH LA MM BN TL PG FJ SB VU NC PF WS TO KI TV NR FM MH PW "
    "GU MP AS CK NU NZ BT MV GH CI SN ML BF NE TD CM GA CG CD CF GQ ST AO ZM ZW MW MZ NA BW LS SZ MG MU "
    "SC KM RE YT RW BI UG TZ ET ER DJ SO SS SD LY MR GM GN GW SL LR TG BJ CV SH FK PM GI JE GG IM AX SJ "
    "VA PS IO "
)

_SPOKEN: Final = {
    "NO": ("nb-NO", "Europe/Oslo"),
    "US": ("en-US", "America/New_York"),
    "RU": ("ru-RU", "Europe/Moscow"),
    "BR": ("pt-BR", "America/Sao_Paulo"),
    "DE": ("de-DE", "Europe/Berlin"),
    "GB": ("en-GB", "Europe/London"),
    "FR": ("fr-FR", "Europe/Paris"),
    "NL": ("nl-NL", "Europe/Amsterdam"),
    "SE": ("sv-SE", "Europe/Stockholm"),
    "DK": ("da-DK", "Europe/Copenhagen"),
    "IN": ("en-IN", "Asia/Kolkata"),
    "PL": ("pl-PL", "Europe/Warsaw"),
    "CN": ("zh-CN", "Asia/Shanghai"),
    "ES": ("es-ES", "Europe/Madrid"),
    "IT": ("it-IT", "Europe/Rome"),
    "UA": ("uk-UA", "Europe/Kyiv"),
    "CA": ("en-CA", "America/Toronto"),
    "AU": ("en-AU", "Australia/Sydney"),
    "TR": ("tr-TR", "Europe/Istanbul"),
    "ID": ("id-ID", "Asia/Jakarta"),
    "MX": ("es-MX", "America/Mexico_City"),
    "JP": ("ja-JP", "Asia/Tokyo"),
    "KR": ("ko-KR", "Asia/Seoul"),
    "VN": ("vi-VN", "Asia/Ho_Chi_Minh"),
    "TH": ("th-TH", "Asia/Bangkok"),
    "FI": ("fi-FI", "Europe/Helsinki"),
}

WORLD_LANGUAGES: Final = ("en-US", "en-GB", "pl-PL", "ar", "es-ES", "lt-LT", "so", "ru-RU", "uk-UA", "de-DE")
"""What those speak who do not speak their country's first language."""

CODES: Final = tuple(_CODES.split()[: published.COUNTRIES])


def language_of(country: str) -> str:
    """Return the language a browser there is mostly set to."""
    return _SPOKEN[country][0] if country in _SPOKEN else f"en-{country}"


def time_zone_of(country: str) -> str:
    """Return the time zone a device there is mostly set to; Etc/UTC for the small ones."""
    return _SPOKEN[country][1] if country in _SPOKEN else "Etc/UTC"


def _spread(fixed: dict[str, float]) -> dict[str, float]:
    rest = [code for code in CODES if code not in fixed]
    weights = zipf(len(rest), 1.1)
    left, total = 1.0 - sum(fixed.values()), sum(weights)
    return fixed | {code: left * weight / total for code, weight in zip(rest, weights, strict=True)}


def attack_shares(choices: Choices) -> dict[str, float]:
    """Return each country's share of the attack rows."""
    return _spread(dict(choices.attackers_country))


def people_shares(choices: Choices) -> dict[str, float]:
    """Return each country's share of people, such that with the attackers the published shares of rows result."""
    attackers = attack_shares(choices)
    share = published.ATTACK_SHARE
    return _spread(
        {
            code: (whole - share * attackers[code]) / (1.0 - share)
            for code, whole in published.COUNTRY_SHARES.items()
        }
    )
