"""What an agreement says is final to the last column; only where its PDF lies is filled in, once, after the commit."""

from django.db import migrations

_REFUSE = (
    "RAISE EXCEPTION '%', 'An agreement is never changed; a new version is written.' USING "
    "ERRCODE = 'check_violation', CONSTRAINT = 'agreement_immutable', TABLE = 'contracts_agreement'"
)

FINAL = f"""
CREATE OR REPLACE FUNCTION agreement_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {_REFUSE};
    END IF;
    IF (NEW.id, NEW.contract_id, NEW.number, NEW.occasion, NEW.language, NEW.snapshot, NEW.sha256,
        NEW.verification_code, NEW.signed_at, NEW.created_at, NEW.created_by_id)
        IS DISTINCT FROM
       (OLD.id, OLD.contract_id, OLD.number, OLD.occasion, OLD.language, OLD.snapshot, OLD.sha256,
        OLD.verification_code, OLD.signed_at, OLD.created_at, OLD.created_by_id)
       OR (OLD.file <> '' AND NEW.file <> OLD.file)
       OR (OLD.pdf_sha256 <> '' AND NEW.pdf_sha256 <> OLD.pdf_sha256) THEN
        {_REFUSE};
    END IF;
    RETURN NEW;
END $$;
"""

BEFORE = f"""
CREATE OR REPLACE FUNCTION agreement_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.sha256 <> OLD.sha256 OR NEW.number <> OLD.number OR NEW.contract_id <> OLD.contract_id THEN
        {_REFUSE};
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0006_agreements_keep_what_they_say")]
    operations = [migrations.RunSQL(FINAL, BEFORE)]
