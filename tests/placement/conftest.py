from tests.lti.deep_linking.conftest import placing

__all__ = ["placing"]
