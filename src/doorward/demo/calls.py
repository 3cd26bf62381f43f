"""Calling an operation at an instant of our own choosing, as the wire would at the present one."""

from doorward.call import Call, Services
from doorward.clock import Instant, new_uuid
from doorward.demo.origin import Origin


def call_at(services: Services, operation: str, now: Instant, origin: Origin | None = None) -> Call:
    """Return the call of an operation; without an origin, that of the operator."""
    return Call(
        services=services,
        operation=operation,
        now=now,
        request_id=new_uuid(),
        address=origin.address if origin else None,
        address_source="connection" if origin else "none",
        user_agent=origin.device.user_agent if origin else None,
        access_key=None,
    )
