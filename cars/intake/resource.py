"""The import-export resource of cars, shared by the command and the admin."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from import_export.fields import Field
from import_export.resources import ModelResource

from cars import odometer
from cars.intake import cells
from cars.models import Branch, Car, Category, OdometerReading
from cars.plates import plate_key
from fleet import actor

_YEARS = cells.Whole(1900, lambda: timezone.now().year + 1, needed=True)
_KM = cells.Whole(0, 9_999_999)


class CarResource(ModelResource):  # type: ignore[misc]
    """One row is one car, found by its plate. Prices may be converted by a factor; empty cells change nothing."""

    license_plate = Field("license_plate", "license_plate", cells.Text())
    vin = Field("vin", "vin", cells.Vin())
    manufacturer = Field("manufacturer", "manufacturer", cells.Make())
    model = Field("model", "model", cells.Text())
    year = Field("year", "year", _YEARS)
    color = Field("color", "color", cells.Text())
    category = Field("category", "category")
    fuel_type = Field("fuel_type", "fuel_type", cells.fuel())
    transmission = Field("transmission", "transmission", cells.transmission())
    seats = Field("seats", "seats", cells.Whole(1, 20))
    doors = Field("doors", "doors", cells.Whole(2, 6))
    engine_power_hp = Field("engine_power_hp", "engine_power_hp", cells.Whole(1, 5_000))
    tank_litres = Field("tank_litres", "tank_litres", cells.Whole(1, 2_000))
    daily_rate = Field("daily_rate", "daily_rate", cells.Money())
    branch = Field("branch", "branch")
    location_note = Field("location_note", "location_note", cells.Text())

    class Meta:
        model = Car
        import_id_fields = ("license_plate",)
        fields = (
            "license_plate", "vin", "manufacturer", "model", "year", "color", "category", "fuel_type", "transmission",
            "seats", "doors", "engine_power_hp", "tank_litres", "daily_rate", "branch", "location_note",
        )  # fmt: skip
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        clean_model_instances = True
        store_instance = True

    def __init__(
        self, *, branch: Branch | None = None, category: Category | None = None, factor: Decimal = Decimal(1)
    ) -> None:
        super().__init__()
        branches = list(Branch.objects.filter(is_active=True).order_by("name"))
        categories = list(Category.objects.all())
        usual = category or next((one for one in categories if one.code == "economy"), None)
        self.fields["branch"].widget = cells.Named(branches, {}, branch or next(iter(branches), None))
        self.fields["category"].widget = cells.Named(categories, cells.CATEGORIES, usual)
        self.fields["daily_rate"].widget = cells.Money(factor)
        kept = Car.objects.exclude(lifecycle=Car.Lifecycle.DISPOSED).with_desk()
        self.known = {car.plate_key: car for car in kept}
        self.vins = {car.vin: car.plate_key for car in self.known.values() if car.vin}
        self.seen: dict[str, int] = {}

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Car | None:
        """Find the car by its plate, in memory: one statement for the whole file."""
        return self.known.get(plate_key(str(row.get("license_plate") or "")))

    def before_import_row(self, row: dict[str, Any], *, row_number: int = 0, **kwargs: Any) -> None:
        key = plate_key(str(row.get("license_plate") or ""))
        if not key:
            raise ValidationError({"license_plate": gettext("is empty")})
        first = self.seen.setdefault(key, row_number)
        if first != row_number:
            raise ValidationError({"license_plate": gettext("stands already in row %(row)s") % {"row": first}})
        self._check_odometer(row, self.known.get(key))
        if not row.get("branch") and self.fields["branch"].widget.knows(row.get("location_note")):
            row["branch"] = row["location_note"]  # the city is one of our branches

    def _check_odometer(self, row: dict[str, Any], car: Car | None) -> None:
        try:
            said = _KM.clean(row.get("odometer_km"))
        except ValueError as error:
            raise ValidationError({"km": str(error)}) from error
        if said is not None and car is not None and said < car.odometer_km:
            raise ValidationError(
                {"km": gettext("is below the %(km)s km that the car has shown") % {"km": car.odometer_km}}
            )

    def import_field(
        self,
        field: Field,
        instance: Car,
        row: dict[str, Any],
        is_m2m: Any = False,  # noqa: FBT002 - the library's signature
        **kwargs: Any,
    ) -> None:
        """Leave alone what the file does not say: an empty cell is no news about a known car."""
        name = field.column_name
        says_nothing = row.get(name) in (None, "") and field.attribute not in (
            "manufacturer",
            "model",
            "year",
            "fuel_type",
        )
        if says_nothing and (name not in ("branch", "category") or not instance._state.adding):
            return
        if says_nothing:
            row = {**row, name: ""}
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def validate_instance(
        self,
        instance: Car,
        import_validation_errors: Any = None,
        validate_unique: Any = True,  # noqa: FBT002 - the library's signature
    ) -> None:
        """Check the fields here; what needs the database was read once in advance."""
        errors: dict[str, Any] = dict(import_validation_errors or {})
        instance.clean()
        try:
            instance.clean_fields(exclude={*errors, "created_by", "branch", "category"})  # those were read a moment ago
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if instance.vin and self.vins.get(instance.vin, instance.plate_key) != instance.plate_key:
            errors["vin"] = ValidationError(gettext("belongs to another car"))
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Car, is_create: Any, row: dict[str, Any], **kwargs: Any) -> None:
        instance.save()
        self.known[instance.plate_key] = instance
        if instance.vin:
            self.vins[instance.vin] = instance.plate_key

    def after_import_row(self, row: dict[str, Any], row_result: Any, **kwargs: Any) -> None:
        """Write what the odometer says as a reading, when it has moved."""
        said = _KM.clean(row.get("odometer_km"))
        car = row_result.instance
        if said is None or car is None or said == car.odometer_km:
            return
        odometer.record(car.pk, said, source=OdometerReading.Source.IMPORT, by=actor.current_user(), now=timezone.now())
        if row_result.import_type == row_result.IMPORT_TYPE_SKIP:
            row_result.import_type = row_result.IMPORT_TYPE_UPDATE
