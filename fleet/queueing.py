"""Celery's line to Redis, mended where the loss of Redis stopped a worker for good (docs/adr/0044)."""

import logging
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual

_logger = logging.getLogger(__name__)


class QoS(redis.QoS):
    """What a worker has in hand; as many as it may have, it takes no more."""

    def ack(self, delivery_tag: str) -> None:
        """Free the place of a task that is done, also when Redis cannot be told: it would stay taken for ever."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            if not self.channel.closed:
                raise

    def restore_unacked(self, client: Any = None) -> None:
        """Give back what is in hand; what cannot be given back Redis gives to somebody after the visibility timeout."""
        try:
            super().restore_unacked(client)
        except Exception as error:  # whatever it is: it must not keep the worker from connecting again
            _logger.info("could not give back what was in hand: %s", error)
        finally:
            if self._delivered is not None:
                self._delivered.clear()


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """Let every line to Redis be one of these."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:Transport"))
