"""Packs on disk: reading, validating and checking the YAML that admins own."""
