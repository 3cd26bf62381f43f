"""What a refused call looks like to boto3."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(name: str, part: str = "") -> Iterator[None]:
    """Check that the block ends with an error of the API, and that its message has a part."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == name
    assert part in caught.value.response["Error"]["Message"]
