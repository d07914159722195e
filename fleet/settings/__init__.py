"""Fleet's settings, by topic; every value that differs between machines comes from the environment."""

from .base import *  # noqa: F403
from .security import *  # noqa: F403
from .web import *  # noqa: F403
from .database import *  # noqa: F403
from .replicas import *  # noqa: F403
from .cache import *  # noqa: F403
from .api import *  # noqa: F403
from .celery import *  # noqa: F403
from .mail import *  # noqa: F403
from .webhooks import *  # noqa: F403
from .storage import *  # noqa: F403
from .admin import *  # noqa: F403
from .audit import *  # noqa: F403
from .rental import *  # noqa: F403
from .observability import *  # noqa: F403
