"""Why a login or launch was turned down, in words for people and as a reason code for the log."""

from __future__ import annotations

from lti_tool.errors import DomainError
from lti_tool.lti.state import LoginState
from lti_tool.texts import gettext as _


class LinkRefused(DomainError):
    """The platform's request lacks something or is not for us: a matter for whoever set the link up."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("This link could not be opened"),
            explanation=_("Your learning platform did not tell us what we need to know to let you in."),
            advice=_("Open the link in your course again. If that does not help, give support the reference below."),
        )


class UnknownPlatform(DomainError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("This learning platform is not connected"),
            explanation=_("The link comes from a learning platform that is not registered here."),
            advice=_("Tell whoever set up the link; they need the reference below."),
        )


class LaunchRefused(DomainError):
    """What the platform sent could not be verified."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("We could not sign you in"),
            explanation=_("What your learning platform sent did not pass our checks, so nobody was signed in."),
            advice=_("Open the link in your course again. If that does not help, give support the reference below."),
        )


class LaunchOutdated(DomainError):
    """The launch took too long or has been used: a new one will do."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("This sign-in is no longer valid"),
            explanation=_("For your safety, a sign-in works once, within five minutes, in the browser where it began."),
            advice=_("Open the link in your course again."),
        )


class KeysUnavailable(DomainError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("We could not sign you in"),
            explanation=_("Your learning platform's public keys cannot be read at the moment."),
            advice=_("Try again in a minute. If that does not help, give support the reference below."),
        )


class SignInRefused(DomainError):
    """The platform answered the login with an error instead of a token."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("Your learning platform did not sign you in"),
            explanation=_("It may be that you are no longer signed in there, or that this course is closed to you."),
            advice=_("Sign in to your learning platform, and open the link in your course again."),
        )


class MessageUnsupported(DomainError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            title=_("This kind of link is not supported"),
            explanation=_("Your learning platform asked for something this tool does not offer yet."),
            advice=_("Open the tool from a link in your course instead."),
        )


class DeploymentPending(DomainError):
    """A verified launch from a deployment that nobody has approved. The caller keeps it for the administrator."""

    status = 403

    def __init__(self, platform_id: int, deployment_id: str) -> None:
        super().__init__(
            "deployment-pending",
            title=_("Almost there: waiting for approval"),
            explanation=_(
                "The tool is installed in your learning platform, but its administrator has not approved it here yet."
            ),
            advice=_("Pass the reference below on to the tool's administrator, and open the link again after that."),
        )
        self.platform_id = platform_id
        self.deployment_id = deployment_id


class DeploymentInactive(DomainError):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "deployment-inactive",
            title=_("The tool is no longer in use here"),
            explanation=_("An administrator has closed this installation of the tool."),
            advice=_("If you think this is a mistake, pass the reference below on to the tool's administrator."),
        )


class OtherBrowser(DomainError):
    """A verified launch without proof of the browser: frames often keep its cookie back, a new window will do."""

    status = 403

    def __init__(self, state: LoginState, issuer: str, client_id: str) -> None:
        super().__init__(
            "browser-unproven",
            title=_("One more step"),
            explanation=_("Your browser keeps cookies back from pages inside other pages, so you were not signed in."),
            advice=_("Open the training in a window of its own; it goes on there by itself."),
        )
        # Begins the login again.
        self.login_parameters = state.login_parameters(issuer, client_id)
