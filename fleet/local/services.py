"""The servers together: what the environment does not name is started here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleet.local import postgres, s3, smtp, valkey
from fleet.local.process import Child, stop_all
from fleet.local.state import named_services


@dataclass
class Services:
    """The servers that were started and the variables that lead Fleet to all of them."""

    variables: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def stop(self) -> None:
        stop_all(self.children)


def start(
    folder: Path, given: Mapping[str, str], *, throwaway: bool = False, databases: int = 16, tied: bool = True
) -> Services:
    """Start what `given` (an environment) does not name; `throwaway` trades safety of data for speed."""
    named = named_services(given)
    services = Services(named)
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    try:
        files = None
        if "FLEET_S3_ENDPOINT" not in named:
            files = s3.begin(folder / "s3", log=logs / "s3.log", keep=not throwaway, tied=tied)
            services.children.append(files.child)
            services.variables.update(files.variables)
        # Tests bring mail servers of their own, which refuse and hang on request.
        mail = None
        if "SMTP_URL" not in named and not throwaway:
            mail = smtp.begin(folder / "smtp", log=logs / "smtp.log", tied=tied)
            services.children.append(mail.child)
            services.variables.update(mail.variables)
        if "DATABASE_URL" not in named:
            settings = postgres.THROWAWAY if throwaway else {}
            database = postgres.start(folder / "postgres", log=logs / "postgres.log", settings=settings, tied=tied)
            services.children.append(database.child)
            services.variables["DATABASE_URL"] = database.url
        if "REDIS_URL" not in named:
            cache = valkey.start(
                folder / "valkey", log=logs / "valkey.log", keep=not throwaway, databases=databases, tied=tied
            )
            services.children.append(cache.child)
            services.variables["REDIS_URL"] = cache.url
        for slow in (files, mail):
            if slow:
                slow.wait()
    except BaseException:
        services.stop()
        raise
    return services
