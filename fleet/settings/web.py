"""The web process: threads, limits, and how it leaves."""

from fleet.settings import env

WEB_WORKERS = env.whole("FLEET_WEB_WORKERS", 2, least=1, most=256)
WEB_THREADS = env.whole("FLEET_WEB_THREADS", 4, least=1, most=64)  # of one worker, for Django
MAX_BODY_BYTES = env.whole("FLEET_MAX_BODY_MB", 25, least=1, most=1024) * 2**20  # a file of 20 MB and its form
KEEP_ALIVE_SECONDS = env.whole("FLEET_KEEP_ALIVE", 15, least=1, most=75)
# On SIGTERM: so long /readyz says no while the door is still open, then so long for what is still being answered.
DRAIN_SECONDS = env.whole("FLEET_DRAIN_SECONDS", 0, most=60)
GRACEFUL_SECONDS = max(20, KEEP_ALIVE_SECONDS + 1)
HELD_BY = env.optional("FLEET_HELD_BY")  # while this file is there, /readyz says no: the data is still being made
# Hot reads answered without Django (fleet/lane.py): switching it off changes nothing but speed.
LANE = env.flag("FLEET_LANE", default=True)
LANE_BYTES = env.whole("FLEET_LANE_MB", 32, most=4096) * 2**20  # of one worker
# Connections of one worker's event loop, beside the pool: hot reads that are not kept (fleet/quick.py).
HOT_CONNECTIONS = 2 if LANE else 0
MOST_STREAMS = env.whole("FLEET_STREAMS", 2000, most=100_000)  # of the bell, in one worker
# A sign of life so often, below every proxy's patience; every fourth one its credential is looked at again.
STREAM_BEAT_SECONDS = env.whole("FLEET_STREAM_BEAT", 15, least=1, most=60)
