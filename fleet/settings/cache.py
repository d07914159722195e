"""Redis: one server, a database number per use."""

from fleet.settings import env

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix")).rstrip("/")

CACHES = {
    "default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": f"{REDIS_URL}/1"},
    "ratelimit": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": f"{REDIS_URL}/2"},
}
DJANGO_REDIS_IGNORE_EXCEPTIONS = True  # without Redis everything still answers, from the database
RATELIMIT_USE_CACHE = "ratelimit"
RATELIMIT_FAIL_OPEN = True
