#!/bin/bash
# Runs once, when the primary's volume is empty: the account and the slot that the replica streams with.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE replication WITH REPLICATION LOGIN PASSWORD :'password';
SELECT pg_create_physical_replication_slot('replica');
SQL
echo "host replication replication all scram-sha-256" >> "$PGDATA/pg_hba.conf"
