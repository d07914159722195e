"""Telling other people's programs."""

from fleet.settings import env
from fleet.settings.base import ENVIRONMENT
from fleet.settings.security import SECRET_KEY

# What every endpoint's secret is derived from: another value changes all of them, so it outlives SECRET_KEY.
WEBHOOK_KEY = env.optional("FLEET_WEBHOOK_KEY") or SECRET_KEY
# Whether an endpoint may be http:// or lie in our own network: for tries on one machine, never in production.
WEBHOOKS_TO_PRIVATE = env.flag("FLEET_WEBHOOKS_TO_PRIVATE", default=ENVIRONMENT != "production")
WEBHOOK_LEASE_SECONDS = 60  # a batch takes 20 s at most
