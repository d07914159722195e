# syntax=docker/dockerfile:1
# Fleet's image: one for web, worker, beat and commands. No compiler, no uv, no root in the one that runs.

FROM python:3.13-slim-trixie AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir --disable-pip-version-check "uv>=0.9,<1"
WORKDIR /app
# First only what changes rarely, so that a change of code does not install everything again.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --no-group local
COPY . .
# Names and hashes of static files are fixed here; the settings only need to be well formed for it.
RUN FLEET_ENVIRONMENT=production FLEET_ALLOWED_HOSTS=build.invalid \
    DATABASE_URL=postgres://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1 \
    FLEET_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    .venv/bin/python manage.py collectstatic --no-input -v 0

FROM python:3.13-slim-trixie
RUN groupadd --gid 10001 fleet && useradd --uid 10001 --gid fleet --no-create-home --home-dir /nonexistent fleet
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FLEET_BIND=0.0.0.0:8000
USER fleet
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/probe.py"]
CMD ["gunicorn", "-c", "python:fleet.gunicorn", "fleet.asgi"]
