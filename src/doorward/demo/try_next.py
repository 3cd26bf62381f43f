"""What to try while the server runs: commands to copy."""

import shutil
import sys
from pathlib import Path
from shlex import quote

from rich.console import Console

from doorward.demo.people import Person
from doorward.demo.setting_up import DemoPool
from doorward.demo.traffic import usual_origin
from doorward.directory.access_key import AccessKey


def show(
    to: Console,
    *,
    endpoint: str,
    region: str,
    data: Path,
    key: AccessKey,
    secret: str,
    pool: DemoPool,
    person: Person,
    heroine: Person,
) -> None:
    """Print where the server is, the access key, and commands that work with both."""
    aws, doorward = _program("aws"), _program("doorward")
    to.print(f"\n[bold]Doorward goes on listening on {endpoint}[/bold]; Ctrl-C ends it. In another shell:\n")
    sections = (
        (
            "who you are, and where the server is",
            f"export AWS_ACCESS_KEY_ID={key.id}",
            f"export AWS_SECRET_ACCESS_KEY={secret}",
            f"export AWS_DEFAULT_REGION={region} AWS_ENDPOINT_URL={endpoint}",
            f"POOL={pool.id} CLIENT={pool.web}",
        ),
        (
            f"{heroine.username}'s latest attempts, as the API shows them",
            f"{aws} cognito-idp admin-list-user-auth-events --user-pool-id $POOL"
            f" --username {heroine.username} --max-results 3",
        ),
        (
            "the same with what weighed most; events show EVENT_ID has every reason of one",
            f"{doorward} events list --data {quote(str(data))} --pool $POOL --user {heroine.username} --limit 3",
        ),
        (
            f"{person.username} signs in at home; then put 185.220.101.9 in, which is always blocked",
            f"{aws} cognito-idp admin-initiate-auth --user-pool-id $POOL --client-id $CLIENT"
            f" --auth-flow ADMIN_USER_PASSWORD_AUTH"
            f" --auth-parameters USERNAME={person.username},PASSWORD={person.password}"
            f" --context-data {quote(_context(usual_origin(person).address))}",
        ),
        (
            "a sign-up with a password known from breaches is refused, one with another is not",
            f"{aws} cognito-idp sign-up --client-id $CLIENT --username you --password iloveyou1"
            " --user-attributes Name=email,Value=you@example.com",
        ),
        ("the codes that would have been mailed", f"{doorward} messages --data {quote(str(data))}"),
        ("how the pool is guarded", f"{aws} cognito-idp describe-risk-configuration --user-pool-id $POOL"),
        ("the keys that verify its tokens", f"curl {endpoint}/{pool.id}/.well-known/jwks.json"),
    )
    for about, *commands in sections:
        to.print(f"# {about}", style="dim", markup=False)
        for command in commands:
            # Never wrapped, so that what is copied is one line.
            to.print(command, markup=False, soft_wrap=True)
    to.print()


def _context(address: str) -> str:
    return f'{{"IpAddress":"{address}","ServerName":"demo","ServerPath":"/","HttpHeaders":[]}}'


def _program(name: str) -> str:
    """Return how a program is called: by its name, or where it stands beside this one."""
    beside = Path(sys.argv[0]).with_name(name)
    return name if shutil.which(name) or not beside.exists() else quote(str(beside))
