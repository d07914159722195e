"""REST API: authentication, paging, schema."""

from datetime import timedelta

from fleet.settings import env
from fleet.settings.base import ENVIRONMENT, VERSION

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiKeyAuthentication",
        "accounts.api.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["fleet.api.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["fleet.api.renderers.FleetJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["fleet.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "fleet.api.pagination.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["fleet.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "fleet.api.schema.FleetSchema",
    "EXCEPTION_HANDLER": "fleet.api.errors.problem",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "STRICT_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# What the kit needs from apps above it, as import strings.
FLEET_IDEMPOTENCY = "accounts.idempotency"
FLEET_SAVED_FILTER = "accounts.listing.narrowed"  # (user, queryset, slug) → what the saved filter leaves of it
FLEET_HISTORY = "audit.history.entries"  # model instance → queryset of its audit entries, newest first
FLEET_HISTORY_SERIALIZER = "audit.api.serializers.EntrySerializer"

# How often who may call the API: an address without a credential, an account, a key. `user:<role>` and
# `key:<prefix>` are tiers for some of them; `reset` counts requests for a link to a new password,
# `verify` looks at the public page that says whether an agreement is genuine.
# Tests ask more often than any person does.
FLEET_RATES = {
    "anonymous": "100/15m",
    "user": "600/1m",
    "key": "600/1m",
    "reset": "5/15m",
    "verify": "60/15m",
    **(dict.fromkeys(("anonymous", "user", "key", "reset", "verify"), "1000000/1m") if ENVIRONMENT == "test" else {}),
    **env.pairs(
        "FLEET_RATES", value=r"[1-9]\d*/([1-9]\d*)?[smhd]", expected="rates such as user=600/1m,key:3f9c0a=5000/1m"
    ),
}

# Signing and lifetimes only: rotation and revocation live in accounts/tokens.py.
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "ALGORITHM": "HS256",
    "ISSUER": "fleet",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Fleet",
    "DESCRIPTION": "The back office of a car-rental company: cars, customers, contracts.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SORT_OPERATIONS": False,
    # Several models have a `kind` or a `status`; without names of ours they would be called by a digest.
    "ENUM_NAME_OVERRIDES": {
        "ContractStatusEnum": "contracts.status.Status",
        "CustomerKindEnum": "customers.models.Customer.Kind",
        "DamageKindEnum": "cars.models.Damage.Kind",
        "HandoverKindEnum": "contracts.models.Handover.Kind",
        "LineKindEnum": "contracts.models.money.LineKind",
        "PaymentKindEnum": "contracts.models.Payment.Kind",
    },
}
