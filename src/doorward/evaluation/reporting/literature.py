"""Figures that others have published, to stand beside ours.

Read off the plots of das-group/rba-dataset (RESULTS.md, Wiefling et al., ACM TOPS 2022), to about ± 0.02 in
the rates. They were measured on real sign-ins, so that on synthetic ones they show the order of size at most.
"""

from typing import Final

REAUTHENTICATIONS: Final[dict[str, dict[str, dict[int, int]]]] = {
    "naive": {
        "0.999": {12: 7, 39: 6},
        "0.995": {12: 3, 39: 2},
        "0.99": {12: 2, 39: 1},
        "0.98": {12: 1, 39: 1},
    },
    "vpn": {
        "0.999": {12: 7, 39: 8},
        "0.995": {12: 4, 39: 3},
        "0.99": {12: 3, 39: 2},
        "0.98": {12: 2, 39: 2},
    },
    "targeted": {
        "0.999": {12: 8, 39: 9},
        "0.995": {12: 5, 39: 4},
        "0.99": {12: 4, 39: 3},
        "0.98": {12: 2, 39: 2},
    },
}
"""Median re-authentications by attacker, TPR and number of sign-ins."""
