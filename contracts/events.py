"""What happened to contracts, for the outbox."""

from typing import Any

from contracts.models import Contract
from notifications import outbox


def happened(event_type: str, contract: Contract, *, once_per: str = "", **payload: Any) -> None:
    """Publish an event of a contract, once per version of its row or `once_per` something else.

    `payload` holds ids and plain values only.
    """
    distinct = once_per or payload.get("charge") or payload.get("payment") or contract.version
    outbox.publish(
        event_type,
        contract,
        key=f"{event_type}:{contract.pk}:{distinct}",
        payload={"reference": contract.reference, "status": contract.status, "channel": contract.channel, **payload},
    )
