"""The four builds of Optave's JavaScript SDK and what they do differently (``protocol.md`` sections 0 and 3.1)."""

from enum import StrEnum

SDK_RELEASE = "3.2.3"
"""The release that every claim of the lens is about."""
REQUEST_TIMEOUT_S = 30
"""After so many seconds an unanswered ``…Async`` call rejects, unless the application says otherwise."""


class SdkBuild(StrEnum):
    """One file of the SDK's package, as an application loads it."""

    SERVER_MJS = "server.mjs"
    SERVER_UMD = "server.umd.js"
    BROWSER_MJS = "browser.mjs"
    BROWSER_UMD = "browser.umd.js"

    @property
    def runs_in_node(self) -> bool:
        """Whether Node.js is where it is meant to run. The server UMD build may run in Salesforce's pages as well."""
        return self in (SdkBuild.SERVER_MJS, SdkBuild.SERVER_UMD)

    @property
    def strict_by_default(self) -> bool:
        """``strictValidation`` where the application does not set it: on where there is no global ``process``."""
        return not self.runs_in_node

    @property
    def csp_safe(self) -> bool:
        """Whether it has the small hand-written validators in place of those made from the schemas."""
        return self is not SdkBuild.SERVER_MJS

    @property
    def validator(self) -> str:
        """What its strict validation checks with, for people."""
        return "the small CSP-safe validator" if self.csp_safe else "the validator made from the schemas (AJV)"

    @property
    def breaks_at_listener_errors(self) -> bool:
        """Whether an exception in a listener keeps the later events of the same frame from being emitted.

        Three builds carry Node's EventEmitter. ``browser.mjs`` dispatches DOM events, where each listener stands alone
        and an ``error`` that nobody listens to is no exception.
        """
        return self is not SdkBuild.BROWSER_MJS
