"""A program beside the product: it hears of new units by webhook, asks the API what they are called, and lists them.

    DANGJIAN_API=https://qingyuan.example.cn DANGJIAN_TOKEN=dj_… DANGJIAN_SECRET=whsec_… python receiver.py 8700

Nothing of it runs inside the product: whatever happens to it, the product goes on. Give the token one scope only,
``organization.unit.view``.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

from standardwebhooks import Webhook, WebhookVerificationError

SEEN: set[str] = set()  # ids of messages: one may come twice. Keep them in a table of your own.
NAMES: list[str] = []


def unit_name(href: str) -> str:
    """What the API says of the unit that a message is about."""
    headers = {"Authorization": f"Bearer {os.environ['DANGJIAN_TOKEN']}"}
    if "DANGJIAN_HOST" in os.environ:  # where the address does not say which organisation is meant
        headers["Host"] = os.environ["DANGJIAN_HOST"]
    with urlopen(Request(os.environ["DANGJIAN_API"] + href, headers=headers), timeout=10) as answer:
        return str(json.load(answer)["name"])


class Receiver(BaseHTTPRequestHandler):
    """Takes messages at any address, and shows what it has learnt."""

    def do_POST(self) -> None:
        """A message: verified, taken once, answered at once."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = Webhook(os.environ["DANGJIAN_SECRET"]).verify(body, headers)
        except WebhookVerificationError:
            return self._answer(401)
        if headers["webhook-id"] not in SEEN:
            if message["type"] == "unit.created":
                NAMES.append(unit_name(message["data"]["subject"]["href"]))
            SEEN.add(headers["webhook-id"])
        return self._answer(204)

    def do_GET(self) -> None:
        """What it has learnt, for a link on a page of the product."""
        self._answer(200, json.dumps(NAMES, ensure_ascii=False).encode())

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
