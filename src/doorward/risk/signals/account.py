"""What the account's own past says: its age, its password, earlier compromise, earlier takeovers."""

from doorward.risk.reasons import Reason, because
from doorward.risk.scene import Scene

_DAY = 86_400.0


def account_age(scene: Scene) -> Reason | None:
    """An account younger than a day: its password has hardly had the time to leak."""
    created = scene.account.created_at
    if created is None or not 0.0 <= scene.circumstance.at - created < _DAY:
        return None
    return because(
        "account_age", "under a day", scene.model.young_account, "the account is younger than a day"
    )


def password_age(scene: Scene) -> Reason | None:
    """A password changed within a day, by whomever, where the device is new; or one older than two years."""
    changed = scene.account.password_changed_at
    if changed is None:
        return None
    days = (scene.circumstance.at - changed) / _DAY
    if days > 730:
        weight = scene.model.old_password
        return because("password_age", f"{days:.0f} days", weight, f"the password is {days:.0f} days old")
    if 0.0 <= days < 1.0 and scene.profile.successes and not scene.known_device:
        weight = scene.model.recent_password
        return because("password_age", "under a day", weight, "the password was changed within the last day")
    return None


def compromised(scene: Scene) -> Reason | None:
    """The present password is known to have leaked."""
    if not scene.account.compromised:
        return None
    weight = scene.model.compromised
    return because("compromised", "leaked", weight, "the password is known to have leaked")


def takeovers(scene: Scene) -> Reason | None:
    """Earlier sign-ins to this account were reported as not the user's own."""
    count = scene.account.takeovers
    if count <= 0:
        return None
    weight = min(count * scene.model.takeover, scene.model.takeovers_at_most)
    return because(
        "takeovers", str(count), weight, f"{count} earlier sign-in(s) were reported as not the user's"
    )
