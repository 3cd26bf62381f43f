"""Tags over the wire."""

import pytest
from tests.scenarios.refusals import refused
from tests.server import RunningServer


def _pool_arn(server: RunningServer, **tags: str) -> str:
    return server.administrator.create_user_pool(PoolName="Tagged", UserPoolTags=tags)["UserPool"]["Arn"]


def _tags(server: RunningServer, arn: str) -> dict[str, str]:
    return server.administrator.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_tags_come_and_go(server: RunningServer) -> None:
    arn = _pool_arn(server, team="identity", stage="test")
    server.administrator.tag_resource(ResourceArn=arn, Tags={"stage": "live", "owner: a/b@c": ""})
    assert _tags(server, arn) == {"team": "identity", "stage": "live", "owner: a/b@c": ""}
    pool = server.administrator.describe_user_pool(UserPoolId=arn.rpartition("/")[2])["UserPool"]
    assert pool["UserPoolTags"] == _tags(server, arn)
    server.administrator.untag_resource(ResourceArn=arn, TagKeys=["stage", "never was there"])
    assert _tags(server, arn) == {"team": "identity", "owner: a/b@c": ""}


def test_a_pool_has_at_most_fifty_tags(server: RunningServer) -> None:
    arn = _pool_arn(server, **{f"tag{number}": "x" for number in range(50)})
    server.administrator.tag_resource(ResourceArn=arn, Tags={"tag7": "y"})
    with refused("InvalidParameterException", "at most 50"):
        server.administrator.tag_resource(ResourceArn=arn, Tags={"one more": "x"})
    assert len(_tags(server, arn)) == 50


@pytest.mark.parametrize(
    "tags", [{"aws:a": "x"}, {"AWS:a": "x"}, {"semi;colon": "x"}, {"a": "semi;colon"}, {"a": "\x00"}]
)
def test_tags_that_no_pool_can_have(server: RunningServer, tags: dict[str, str]) -> None:
    arn = _pool_arn(server, kept="yes")
    with refused("InvalidParameterException"):
        server.administrator.tag_resource(ResourceArn=arn, Tags=tags)
    assert _tags(server, arn) == {"kept": "yes"}


def test_only_the_arn_of_a_pool_that_exists_is_tagged(server: RunningServer) -> None:
    arn = _pool_arn(server)
    for wrong in (
        arn + "x",
        arn.replace("eu-west-1", "eu-west-2", 1),
        arn.replace("000000000000", "111111111111"),
        arn.replace("userpool/", "identitypool/"),
    ):
        with refused("ResourceNotFoundException"):
            server.administrator.tag_resource(ResourceArn=wrong, Tags={"a": "b"})
        with refused("ResourceNotFoundException"):
            server.administrator.untag_resource(ResourceArn=wrong, TagKeys=["a"])
        with refused("ResourceNotFoundException"):
            server.administrator.list_tags_for_resource(ResourceArn=wrong)
    assert _tags(server, arn) == {}
