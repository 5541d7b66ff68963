"""LTI Dynamic Registration 1.0: a platform and this tool make each other's acquaintance on their own.

https://www.imsglobal.org/spec/lti-dr/v1p0
"""
