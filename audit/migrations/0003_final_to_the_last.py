"""Entries and seals are final: no UPDATE, no TRUNCATE, and a DELETE only of what lies under an exported seal.

Retention names the seal whose entries it removes (`fleet.retention`, for one transaction); the trigger lets go of
nothing else, so that the setting alone opens no door. It may not change an entry either.
"""

from django.db import migrations

# foreign_key_violation: what ever meets it by accident is the deletion of a user whom an entry names as its actor.
ENTRIES = """
CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('fleet.retention', true) ~ '^[0-9]{1,9}$' THEN
        PERFORM FROM audit_seal
          WHERE number = current_setting('fleet.retention')::integer AND export_sha256 <> '' AND removed_at IS NULL
            AND OLD.id > after_id AND OLD.id <= last_id;
        IF FOUND THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'Entries of the audit trail are final.'
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'audit_entry_is_final', TABLE = 'auditlog_logentry';
END $$;
"""

UNDO_ENTRIES = """
CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('fleet.retention', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Entries of the audit trail are final.'
        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'audit_entry_is_final', TABLE = 'auditlog_logentry';
END $$;
"""

SEALS = """
CREATE FUNCTION audit_seal_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND OLD.removed_at IS NULL
       AND (NEW.number, NEW.previous, NEW.after_id, NEW.last_id, NEW.entries, NEW.first_at, NEW.last_at, NEW.sealed_at,
            NEW.rows, NEW.digest)
         = (OLD.number, OLD.previous, OLD.after_id, OLD.last_id, OLD.entries, OLD.first_at, OLD.last_at, OLD.sealed_at,
            OLD.rows, OLD.digest)
       AND (NEW.leaves = OLD.leaves AND NEW.removed_at IS NULL
            OR current_setting('fleet.retention', true) = OLD.number::text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Seals of the audit trail are final.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_seal_is_final', TABLE = 'audit_seal';
END $$;
CREATE TRIGGER audit_seal_is_final BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_is_final();
ALTER TABLE audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;
"""

UNDO_SEALS = """
DROP TRIGGER audit_seal_is_final ON audit_seal;
DROP FUNCTION audit_seal_is_final();
"""

EMPTYING = """
CREATE FUNCTION audit_trail_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail and its seals are final.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_trail_is_not_emptied', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON auditlog_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_not_emptied();
CREATE TRIGGER audit_seal_is_not_emptied BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_not_emptied();
"""

UNDO_EMPTYING = """
DROP TRIGGER audit_entry_is_not_emptied ON auditlog_logentry;
DROP TRIGGER audit_seal_is_not_emptied ON audit_seal;
DROP FUNCTION audit_trail_is_not_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_seal")]
    operations = [migrations.RunSQL(ENTRIES, UNDO_ENTRIES), migrations.RunSQL(SEALS, UNDO_SEALS), migrations.RunSQL(EMPTYING, UNDO_EMPTYING)]
