"""The part of an Open edX installation that its LTI platform code calls."""
