"""Stores: the only places with SQL."""
