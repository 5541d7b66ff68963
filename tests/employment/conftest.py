from tests.employment.lists import desk

__all__ = ["desk"]
