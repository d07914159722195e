"""Accounts in JSON. Password hashes and key digests have no field here, in no direction."""

from typing import Any

from rest_framework import serializers

from accounts import people
from accounts.models import ApiKey, User
from accounts.models.key import is_network, is_permission
from accounts.roles import ROLES
from fleet.api.fields import InstantField
from fleet.api.serializers import StrictModelSerializer, StrictSerializer

_LONGEST_PASSWORD = 128


class LoginInput(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False, write_only=True)
    otp = serializers.CharField(
        max_length=20,
        required=False,
        write_only=True,
        help_text="Of an account with a second factor: the app's six digits, or a recovery code.",
    )


class RefreshInput(StrictSerializer):
    refresh = serializers.CharField(max_length=2000)


class RevokeInput(StrictSerializer):
    """The refresh token; without it the access token of the Authorization header counts."""

    refresh = serializers.CharField(max_length=2000, required=False)


class PairOutput(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds that `access` lives.")


class PasswordInput(StrictSerializer):
    old_password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False)
    new_password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False)


class UserSerializer(StrictModelSerializer):
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES), source="role_names", max_length=len(ROLES))
    password = serializers.CharField(
        max_length=_LONGEST_PASSWORD,
        write_only=True,
        required=False,
        trim_whitespace=False,
        help_text="On creation only; without one nobody can log in as this user.",
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = (
            "id",
            "username",
            "first_name",
            "last_name",
            "email",
            "phone",
            "language",
            "roles",
            "password",
            "is_active",
            "last_login",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = ("id", "is_active", "last_login", "created_at", "updated_at", "version")
        extra_kwargs = {"username": {"max_length": 150}}

    def create(self, validated_data: dict[str, Any]) -> User:
        roles = validated_data.pop("role_names")
        return people.add(**validated_data, roles=roles, by=self.context["request"].user)

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        if "password" in validated_data:
            raise serializers.ValidationError({"password": ["Only the user changes it."]}, code="read_only_field")
        roles = validated_data.pop("role_names", None)
        return people.change(instance.pk, roles=roles, by=self.context["request"].user, **validated_data)


class MeOutput(UserSerializer):
    """The one who asks, with everything he may do."""

    permissions = serializers.SerializerMethodField()

    class Meta(UserSerializer.Meta):
        fields = (*(name for name in UserSerializer.Meta.fields if name != "password"), "permissions")

    def get_permissions(self, user: User) -> list[str]:
        return sorted(user.get_all_permissions())


class ApiKeySerializer(StrictModelSerializer):
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=100, validators=[is_permission]),
        max_length=100,
        required=False,
        help_text="Permissions; empty: everything that the account may do.",
    )
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=43, validators=[is_network]),
        max_length=50,
        required=False,
        help_text="Addresses or networks it may be used from; empty: any.",
    )

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = (
            "id",
            "name",
            "user",
            "prefix",
            "read_only",
            "scopes",
            "addresses",
            "expires_at",
            "revoked_at",
            "last_used_at",
            "created_at",
            "created_by",
            "version",
        )
        read_only_fields = ("id", "prefix", "revoked_at", "last_used_at", "created_at", "created_by", "version")

    def get_extra_kwargs(self) -> dict[str, Any]:
        # A key never changes hands: `user` is fixed when it is issued.
        return {**super().get_extra_kwargs(), "user": {"read_only": self.instance is not None}}


class RollInput(StrictSerializer):
    overlap_hours = serializers.IntegerField(min_value=0, max_value=24 * 30, default=24)


class IssuedKeyOutput(ApiKeySerializer):
    """A new key. `key` is shown here and never again."""

    key = serializers.CharField(read_only=True)
    expires_at = InstantField(read_only=True, allow_null=True)

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")
