"""An odometer never runs backwards: the database compares each reading with its neighbours in time."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION odometer_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    least integer;
    most integer;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.km, NEW.taken_at, NEW.car_id) = (OLD.km, OLD.taken_at, OLD.car_id) THEN
        RETURN NEW;
    END IF;
    -- One reading of a car at a time, so that two cannot pass each other.
    PERFORM 1 FROM cars_car c WHERE c.id = NEW.car_id FOR NO KEY UPDATE;
    SELECT max(r.km) FILTER (WHERE r.taken_at <= NEW.taken_at), min(r.km) FILTER (WHERE r.taken_at > NEW.taken_at)
        INTO least, most FROM cars_odometerreading r
        WHERE r.car_id = NEW.car_id AND r.id <> NEW.id AND r.id IS DISTINCT FROM NEW.corrects_id
        AND NOT EXISTS (SELECT FROM cars_odometerreading fix WHERE fix.corrects_id = r.id);
    IF NEW.km < least OR NEW.km > most THEN
        RAISE EXCEPTION '% km does not fit between the readings before (% km) and after (% km).', NEW.km, least, most
            USING ERRCODE = 'check_violation', CONSTRAINT = 'odometerreading_forward', TABLE = 'cars_odometerreading';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER odometer_forward BEFORE INSERT OR UPDATE ON cars_odometerreading
    FOR EACH ROW EXECUTE FUNCTION odometer_forward();
"""

UNDO = "DROP TRIGGER odometer_forward ON cars_odometerreading; DROP FUNCTION odometer_forward();"


class Migration(migrations.Migration):
    dependencies = [("cars", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, UNDO)]
