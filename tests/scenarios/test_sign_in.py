"""Signing in, as an application does it with boto3."""

from tests.server import RunningServer


def test_smoke(server: RunningServer) -> None:
    a = server.administrator
    pool = a.create_user_pool(PoolName="p", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})["UserPool"]
    pid = pool["Id"]
    c = a.create_user_pool_client(
        UserPoolId=pid,
        ClientName="c",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    a.admin_create_user(
        UserPoolId=pid, Username="alice", TemporaryPassword="Correct-Horse-8", MessageAction="SUPPRESS"
    )
    a.admin_set_user_password(UserPoolId=pid, Username="alice", Password="Correct-Horse-9", Permanent=True)

    r = server.anonymous.initiate_auth(
        ClientId=c["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": "Correct-Horse-9"},
    )
    t = r["AuthenticationResult"]
    print(server.anonymous.get_user(AccessToken=t["AccessToken"]))
    print(
        server.anonymous.initiate_auth(
            ClientId=c["ClientId"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": t["RefreshToken"]},
        )["AuthenticationResult"].keys()
    )
    print(a.admin_list_user_auth_events(UserPoolId=pid, Username="alice")["AuthEvents"])
    server.anonymous.revoke_token(ClientId=c["ClientId"], Token=t["RefreshToken"])
