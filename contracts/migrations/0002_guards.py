"""The database's own guards of a contract: legal steps, one car, a total that adds up, money within bounds.

Each raises check_violation (23514) with a constraint name, so Python tells people in the same way as for a CHECK.
"""

from django.db import migrations

_RAISE = "RAISE EXCEPTION '%', {message} USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}'"


def _refuse(name: str, message: str, table: str = "contracts_contract") -> str:
    return _RAISE.format(name=name, message=message, table=table)


STEP = f"""
CREATE FUNCTION contract_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'pending' THEN
            {_refuse("contract_starts_pending", "'A contract starts pending.'")};
        END IF;
    ELSIF OLD.status <> NEW.status AND NOT (
        (OLD.status = 'pending' AND NEW.status IN ('confirmed', 'expired', 'cancelled'))
        OR (OLD.status = 'expired' AND NEW.status = 'pending')
        OR (OLD.status = 'confirmed' AND NEW.status IN ('active', 'cancelled', 'no_show'))
        OR (OLD.status = 'active' AND NEW.status = 'returned')
        OR (OLD.status = 'returned' AND NEW.status = 'closed')
    ) THEN
        {_refuse("contract_status_step", "format('A contract cannot go from %s to %s.', OLD.status, NEW.status)")};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contract_step BEFORE INSERT OR UPDATE OF status ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION contract_step();
"""

# Runs at commit, when all rows of the verb are written.
WHOLE = f"""
CREATE FUNCTION contract_whole(contract_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    contract contracts_contract;
    cars_held integer;
    right_car boolean;
    handed_out boolean;
    handed_in boolean;
    lines numeric;
    paid numeric;
    held numeric;
BEGIN
    SELECT * INTO contract FROM contracts_contract c WHERE c.id = contract_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT count(*), coalesce(bool_and(o.car_id = contract.car_id AND o.released_at IS NULL), true)
        INTO cars_held, right_car
        FROM contracts_assignment a JOIN cars_occupancy o ON o.id = a.occupancy_id
        WHERE a.contract_id = contract.id AND a.closed_at IS NULL;
    IF (contract.status IN ('pending', 'confirmed', 'active')) <> (cars_held = 1) OR NOT right_car THEN
        {_refuse("contract_has_one_car", "'A pending, confirmed or active contract holds exactly its car; others hold none.'")};
    END IF;
    IF contract.status IN ('active', 'returned', 'closed') THEN
        SELECT bool_or(h.kind = 'out'), bool_or(h.kind = 'in') INTO handed_out, handed_in
            FROM contracts_assignment a LEFT JOIN contracts_handover h ON h.assignment_id = a.id
            WHERE a.contract_id = contract.id
            AND a.seq = (SELECT max(seq) FROM contracts_assignment b WHERE b.contract_id = contract.id);
        IF NOT coalesce(handed_out, false) OR coalesce(handed_in, false) <> (contract.status <> 'active') THEN
            {_refuse("contract_handed_over", "'A car goes out and comes back with a hand-over.'")};
        END IF;
    END IF;
    SELECT coalesce(sum(l.amount), 0) INTO lines FROM contracts_priceline l WHERE l.contract_id = contract.id;
    IF lines <> contract.total THEN
        {_refuse("contract_total_is_sum", "'The total of a contract is the sum of its lines.'")};
    END IF;
    IF contract.status = 'closed' THEN
        SELECT
            coalesce(sum(CASE WHEN p.kind IN ('payment', 'deposit_capture') THEN p.amount
                              WHEN p.kind = 'refund' THEN -p.amount ELSE 0 END), 0),
            coalesce(sum(CASE WHEN p.kind = 'deposit_hold' THEN p.amount
                              WHEN p.kind IN ('deposit_release', 'deposit_capture') THEN -p.amount ELSE 0 END), 0)
            INTO paid, held FROM contracts_payment p WHERE p.contract_id = contract.id;
        IF paid <> contract.total OR held <> 0
            OR EXISTS (SELECT FROM contracts_charge g WHERE g.contract_id = contract.id AND g.status = 'proposed')
        THEN
            {_refuse("contract_closed_is_settled", "'A closed contract is paid, holds no deposit and has no open charge.'")};
        END IF;
    END IF;
END $$;

CREATE FUNCTION contract_whole_self() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM contract_whole(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION contract_whole_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM contract_whole(OLD.contract_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM contract_whole(NEW.contract_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contract_whole AFTER INSERT OR UPDATE OF status, total, car_id ON contracts_contract
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_whole_self();
CREATE CONSTRAINT TRIGGER contract_whole AFTER INSERT OR UPDATE OR DELETE ON contracts_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_whole_part();
CREATE CONSTRAINT TRIGGER contract_whole AFTER INSERT OR UPDATE OR DELETE ON contracts_priceline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_whole_part();
"""

# Two refunds at the same moment must see each other: the contract's row is the lock.
MONEY = f"""
CREATE FUNCTION payment_bounds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid numeric;
    held numeric;
    state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        {_refuse("payment_immutable", "'A payment is never changed; refund it.'", "contracts_payment")};
    END IF;
    SELECT status INTO state FROM contracts_contract c WHERE c.id = NEW.contract_id FOR NO KEY UPDATE;
    IF state = 'closed' THEN
        {_refuse("payment_contract_open", "'The contract is closed; no money moves on it.'", "contracts_payment")};
    END IF;
    SELECT
        coalesce(sum(CASE WHEN p.kind IN ('payment', 'deposit_capture') THEN p.amount
                          WHEN p.kind = 'refund' THEN -p.amount ELSE 0 END), 0),
        coalesce(sum(CASE WHEN p.kind = 'deposit_hold' THEN p.amount
                          WHEN p.kind IN ('deposit_release', 'deposit_capture') THEN -p.amount ELSE 0 END), 0)
        INTO paid, held FROM contracts_payment p WHERE p.contract_id = NEW.contract_id;
    IF NEW.kind = 'refund' AND NEW.amount > paid THEN
        {_refuse("payment_refund_within_paid", "'More would be refunded than was paid.'", "contracts_payment")};
    END IF;
    IF NEW.kind IN ('deposit_release', 'deposit_capture') AND NEW.amount > held THEN
        {_refuse("payment_deposit_within_held", "'More would be taken from the deposit than is held.'", "contracts_payment")};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_bounds BEFORE INSERT OR UPDATE OR DELETE ON contracts_payment
    FOR EACH ROW EXECUTE FUNCTION payment_bounds();
"""

# Agreements and hand-overs are what the customer signed.
SIGNED = f"""
CREATE FUNCTION agreement_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.sha256 <> OLD.sha256 OR NEW.number <> OLD.number OR NEW.contract_id <> OLD.contract_id THEN
        {_refuse("agreement_immutable", "'An agreement is never changed; a new version is written.'", "contracts_agreement")};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreement_immutable BEFORE UPDATE OR DELETE ON contracts_agreement
    FOR EACH ROW EXECUTE FUNCTION agreement_immutable();
"""

UNDO = """
DROP TRIGGER agreement_immutable ON contracts_agreement;
DROP FUNCTION agreement_immutable();
DROP TRIGGER payment_bounds ON contracts_payment;
DROP FUNCTION payment_bounds();
DROP TRIGGER contract_whole ON contracts_priceline;
DROP TRIGGER contract_whole ON contracts_assignment;
DROP TRIGGER contract_whole ON contracts_contract;
DROP FUNCTION contract_whole_part();
DROP FUNCTION contract_whole_self();
DROP FUNCTION contract_whole(uuid);
DROP TRIGGER contract_step ON contracts_contract;
DROP FUNCTION contract_step();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial"), ("cars", "0001_initial")]
    operations = [migrations.RunSQL([STEP, WHOLE, MONEY, SIGNED], UNDO)]
