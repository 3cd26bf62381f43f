"""What is kept of a look-up that a sign-in made: against which corpus the password was checked, and what it said."""

import msgspec
from sqlalchemy import Connection

from doorward.directory.queries import users
from doorward.signin.sign_in import Answer, SignIn


def keep_password_check(tx: Connection, sign_in: SignIn) -> Answer | None:
    """Is there anything new to keep about the stored password? A step that refuses nobody.

    It is for the sign-ins that do not show the password (SRP).
    """
    said, user = sign_in.compromised, sign_in.known_user
    stored = user.password
    if not sign_in.checked or said.outcome != "checked" or stored is None:
        return None
    if (stored.compromised, stored.corpus_version) == (said.found, said.corpus_version):
        return None
    checked = msgspec.structs.replace(stored, compromised=said.found, corpus_version=said.corpus_version)
    sign_in.user = msgspec.structs.replace(user, password=checked)
    users.change_password(tx, sign_in.user)
    return None
