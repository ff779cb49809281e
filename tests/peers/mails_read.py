"""A server of mail by aiosmtpd, and a receiver of webhooks by the cryptography package.

mails_read.py PORT: takes one mail and prints what Python's own parser reads in it, after a line that says that it listens.
Its input is a list of events, which it verifies as Standard Webhooks has it (v1a), and whose verdicts it prints as well.
"""

import base64
import email
import email.policy
import json
import queue
import sys

from aiosmtpd.controller import Controller
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Keeper:
    def __init__(self):
        self.mails = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        self.mails.put(envelope)
        return "250 taken"


def verdict(key, event):
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_"), validate=True))
    signed = f"{event['id']}.{event['timestamp']}.{event['body']}".encode()
    for one in event["signature"].split(" "):
        version, signature = one.split(",")
        if version == "v1a":
            try:
                key.verify(base64.b64decode(signature, validate=True), signed)
                return True
            except InvalidSignature:
                pass
    return False


keeper = Keeper()
controller = Controller(keeper, hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("listening", flush=True)
envelope = keeper.mails.get(timeout=60)
controller.stop()
asked = json.load(sys.stdin)
mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
assert not mail.defects, mail.defects
print(
    json.dumps(
        {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name: str(value) for name, value in mail.items()},
            "text": mail.get_content(),
            "verdicts": [verdict(asked["key"], event) for event in asked["events"]],
        }
    )
)
