"""Runs the scenarios: servers on one core, load on another, medians of interleaved rounds."""
