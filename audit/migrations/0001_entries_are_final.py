"""Nobody changes or removes an entry of the trail, whatever the path; `SET LOCAL fleet.retention = 'on'` may."""

from django.db import migrations

# foreign_key_violation: what ever meets it by accident is the deletion of a user whom an entry names as its actor.
FINAL = """
CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('fleet.retention', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Entries of the audit trail are final.'
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'audit_entry_is_final', TABLE = 'auditlog_logentry';
END $$;
CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OR DELETE ON auditlog_logentry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final();
"""

UNDO = "DROP TRIGGER audit_entry_is_final ON auditlog_logentry; DROP FUNCTION audit_entry_is_final();"


class Migration(migrations.Migration):
    dependencies = [("auditlog", "0017_add_actor_email")]
    operations = [migrations.RunSQL(FINAL, UNDO)]
