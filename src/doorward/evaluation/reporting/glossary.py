"""What a report's names mean, for a reader who has not read the code."""

from typing import Final

ATTACKERS: Final = {
    "naive": "another user's address and client, from any country",
    "vpn": "another user's address and client, from the victim's country",
    "targeted": "an address in the victim's country, and the user agent that the victim used last",
    "targeted_asn": "the same, with an address of the victim's own carrier (AS)",
    "residential_proxy": "the same, with an address of that carrier that nobody has used yet",
    "phishing_proxy": "the victim's own client, passed on from the address of a phishing page",
    "takeover": "the sign-ins that the file itself labels as taken over; often few",
}
"""All of them know the password."""

TERMS: Final = {
    "challenged, asked": "the score reaches the threshold, so a second factor is asked for",
    "recall, caught": "share of the attacks that are challenged, at the share of legitimate sign-ins that is named",
    "TPR": "true positive rate: the share of attacks at which a threshold was set",
    "AUC": "chance that an attack scores higher than a legitimate sign-in: 1 is best, 0.5 a guess",
    "re-authentications": "how often the median user was asked in his first sign-ins",
}


def said(name: str) -> str:
    """An attacker's name as people write it: `residential_proxy` is one word for machines only."""
    return name.replace("_", " ")
