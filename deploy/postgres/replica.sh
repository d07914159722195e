#!/bin/bash
# Copies the primary on the first start, then follows it through its slot.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # Into a folder beside: an interrupted copy is never taken for a whole one.
    rm -rf "$PGDATA" "$PGDATA.new"
    mkdir -p "$(dirname "$PGDATA")"
    PGPASSWORD="$REPLICATION_PASSWORD" pg_basebackup --host=postgres --username=replication --pgdata="$PGDATA.new" \
        --wal-method=stream --slot=replica --checkpoint=fast --write-recovery-conf
    chmod 0700 "$PGDATA.new"
    mv "$PGDATA.new" "$PGDATA"
fi
# The same limits as the primary, or recovery refuses to begin.
exec postgres -c hot_standby_feedback=on "$@"
