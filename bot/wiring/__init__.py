"""Builds the parts of a bot from its settings: resources, then workers, then the jobs and the handlers' context."""
