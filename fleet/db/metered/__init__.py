"""Django's PostgreSQL backend with a pool that outlives a restart of the server, and with metrics of its own.

django_prometheus brings a backend too; beside a pool it wraps the cursor again with every check-out.
"""
