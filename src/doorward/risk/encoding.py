"""A profile as bytes: one byte for the version, then MessagePack."""

from typing import Final

import msgspec

from doorward.risk.profile import Profile

VERSION: Final = 3
LONGEST: Final = 4096
"""More bytes than any profile has: longer input is refused unread."""

_VERSION_BYTE: Final = bytes([VERSION])
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Profile)


class ProfileUnreadable(ValueError):
    """The bytes are no profile."""


class ProfileVersionUnknown(ProfileUnreadable):
    """The bytes are a profile of a version that this engine does not know, probably a newer one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"A profile of version {version}; this engine reads version {VERSION}.")
        self.version = version


def encode(profile: Profile) -> bytes:
    """The profile in at most 1,200 bytes."""
    return _VERSION_BYTE + _encoder.encode(profile)


def decode(encoded: bytes) -> Profile:
    """The profile that `encode` wrote.

    Raises ProfileVersionUnknown for another version, ProfileUnreadable for anything else that is no profile.
    """
    if not encoded or len(encoded) > LONGEST:
        raise ProfileUnreadable(f"A profile has 1 to {LONGEST} bytes; these are {len(encoded)}.")
    if encoded[0] != VERSION:
        raise ProfileVersionUnknown(encoded[0])
    try:
        return _decoder.decode(memoryview(encoded)[1:])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProfileUnreadable("These bytes are no profile.") from error
