"""What Optave's JavaScript SDK would have done: with a message from the tenant, for a request, at a close.

The SDK is what most clients are built on, so that a support case is often about what it made of a sound connection.
Every claim carries its reason; all are about release 3.2.3.
"""

from .known_faults import KNOWN_FAULTS, KnownFault
from .sdk_build import SDK_RELEASE, SdkBuild
from .sdk_lens_close import lens_close
from .sdk_lens_inbound import lens_inbound
from .sdk_lens_outbound import lens_outbound
from .sdk_lens_report import FaultBite, LensReport, LensStep, PromiseOutcome, PromiseState, StepKind

__all__ = [
    "KNOWN_FAULTS",
    "SDK_RELEASE",
    "FaultBite",
    "KnownFault",
    "LensReport",
    "LensStep",
    "PromiseOutcome",
    "PromiseState",
    "SdkBuild",
    "StepKind",
    "lens_close",
    "lens_inbound",
    "lens_outbound",
]
