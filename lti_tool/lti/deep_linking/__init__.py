"""Deep Linking 2.0: a platform lets somebody choose what to place in a course, and is answered with links.

https://www.imsglobal.org/spec/lti-dl/v2p0
"""
