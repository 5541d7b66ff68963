"""A small, real LTI 1.3 platform with three courses and a gradebook, for the first run and for tests.

It runs in its own process with its own database, and shares no code with the tool it launches.
"""
