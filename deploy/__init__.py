"""Runs the suite: the local runner, the demo, backup and restore, container files."""
