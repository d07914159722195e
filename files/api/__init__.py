"""Files in the API: uploading, and what hangs below a record."""
