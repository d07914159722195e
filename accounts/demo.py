"""The demo's password: the README prints it, so accounts.passwords refuses it everywhere else."""

PASSWORD = "demo-fleet-2026"  # noqa: S105 - public on purpose
