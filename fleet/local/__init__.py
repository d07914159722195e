"""Local services for the demo, the tests and developers: PostgreSQL, Valkey, S3 and a mail server, no Django in here.

Settings are read from the environment when Django starts, and this package is what writes that environment: so it
must run before Django and cannot import it.
"""
