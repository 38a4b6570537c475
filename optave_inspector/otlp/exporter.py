"""The OpenTelemetry SDK's exporter, with an account of what became of every span."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import requests
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from ..client.trust import trust
from ..log import MASK, redact
from .answers import Verdict, answer_verdict, failure_verdict
from .settings import compression

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from .settings import Collector

_LONGEST_ANSWER = 64 * 1024
_ANSWER_S = 5.0
_SHORTEST_SECRET = 4


class CollectorExporter(SpanExporter):
    """Sends batches one after the other, with the SDK's back-off, until the collector's time limit for each.

    Unless ``patient``, a collector that cannot be reached is not tried again before it has answered once: that is how a
    wrong endpoint looks. ``delivered`` and ``not_delivered`` count spans.

    For one thread; :meth:`shutdown` may come from another, ends the waiting between two tries, and lets each later
    batch fail at once. Raises TrustError for a CA file that is gone.
    """

    def __init__(self, collector: Collector, *, patient: bool = True) -> None:
        self._collector = collector
        self._session = _Session(collector, patient=patient)
        self._inner = OTLPSpanExporter(
            collector.endpoint,
            headers=dict(collector.headers),
            timeout=collector.timeout_s,
            compression=Compression(compression()),
            session=self._session,
        )
        self._down = threading.Event()
        self.delivered = 0
        self.not_delivered = 0
        self.verdict = Verdict()
        """How the newest batch ended."""
        self.problem = ""
        """What was last in the way, in words; stays when later batches are delivered."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send one batch, again and again where that may help. Never raises."""
        self._session.forget()
        taken = self._inner.export(spans) is SpanExportResult.SUCCESS if not self._down.is_set() else False
        verdict = self._verdict(taken=taken)
        lost = min(verdict.rejected, len(spans)) if verdict.delivered else len(spans)
        self.delivered += len(spans) - lost
        self.not_delivered += lost
        self.verdict = verdict
        if verdict.sentence:
            self.problem = str(verdict)
        return SpanExportResult.FAILURE if lost else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Give up waiting; the batch on its way still may arrive."""
        if not self._down.is_set():
            self._down.set()
            self._inner.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30000) -> bool:  # noqa: ARG002 - the interface's
        """Nothing is kept here."""
        return True

    def _verdict(self, *, taken: bool) -> Verdict:
        endpoint = self._collector.endpoint
        session = self._session
        if session.answer is not None:
            status, content_type, body = session.answer
            return answer_verdict(endpoint, status, content_type, body, self._without_secrets)
        if session.error is not None:
            return failure_verdict(endpoint, session.error, self._collector.timeout_s)
        if taken:
            return Verdict()
        if self._down.is_set():
            return Verdict("Sending was ended.", delivered=False, hopeless=True)
        return Verdict("A batch cannot be written as protobuf, or is too large to be sent.", delivered=False)

    def _without_secrets(self, text: str) -> str:
        for value in self._collector.headers.values():
            for secret in (value, value.rpartition(" ")[2]):
                if len(secret) >= _SHORTEST_SECRET:
                    text = text.replace(secret, MASK)
        return redact(text)


class _GivenUpError(requests.exceptions.RequestException):
    """For the SDK: do not try again."""


class _Session(requests.Session):
    """Keeps what the newest request came to, reads no answer without bound, and takes only proxies from elsewhere."""

    def __init__(self, collector: Collector, *, patient: bool) -> None:
        super().__init__()
        # Otherwise passwords in .netrc would go to the collector, in place of the header that was given.
        self.trust_env = False
        self.proxies = dict(get_environ_proxies(collector.endpoint, no_proxy=None))
        self.mount("https://", _TrustingAdapter(trust(collector.ca_file)))
        self.answer: tuple[int, str, bytes] | None = None
        self.error: BaseException | None = None
        self._patient = patient

    def forget(self) -> None:
        """Before a new batch."""
        self.answer = self.error = None

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """As in the library; the answer's body is read up to a limit, and kept in ``answer``."""
        self.forget()
        try:
            response = super().request(*arguments, **{**options, "stream": True})
        except Exception as error:
            self.error = error
            if self._patient:
                raise
            raise _GivenUpError(str(type(error))) from error
        self._patient = True
        with response:
            body = _beginning(response)
        self.answer = (response.status_code, response.headers.get("content-type", ""), body)
        return response


class _TrustingAdapter(HTTPAdapter):
    """Trusts what the system trusts, and the user's own authorities."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002 - the interface's
        super().cert_verify(conn, url, verify=True, cert=cert)
        conn.ca_certs = conn.ca_cert_dir = None  # what is trusted stands in the context


def _beginning(response: requests.Response) -> bytes:
    """The first bytes of a body, as far as they come soon: the answer counts without them, too."""
    deadline = time.monotonic() + _ANSWER_S
    body = b""
    try:
        for chunk in response.iter_content(4096):
            body += chunk
            if len(body) >= _LONGEST_ANSWER or time.monotonic() > deadline:
                break
    except (requests.exceptions.RequestException, OSError):
        return body
    return body


def send_nothing(collector: Collector) -> Verdict:
    """Try a collector with a request without spans, which leaves nothing there. Blocks up to its time limit."""
    exporter = CollectorExporter(collector, patient=False)
    exporter.export(())
    exporter.shutdown()
    return exporter.verdict
