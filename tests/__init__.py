"""The suite. Imported before anything else of it."""

import gc

# What is imported is no garbage; `tests/conftest.py` has it looked for again once everything is there.
gc.disable()
