"""A tender from the registration of everybody in it to the acceptance of the contract, by a stranger who has nothing but the
client that openapi-python-client made of the API document, a JOSE library, and the README's way to sign.

Reads {"base", "now", "operator"} as a line of JSON; prints how many days are to pass, and reads the new time, again and again.
"""

import json
import sys
import uuid
from datetime import date, datetime

import httpx
from gongshi_client import Client, models as m
from gongshi_client.api.log import get_log
from gongshi_client.api.organisations import confirm_organisation, register_organisation
from gongshi_client.api.records import get_proof
from gongshi_client.api.tenders import (
    accept_contract, announce_tender, award_lot, get_tender, list_lots, open_bids, preannounce_tender,
    publish_candidates, publish_contract,
)
from gongshi_client.types import UNSET
from jwcrypto import jwk, jws

start = json.loads(sys.stdin.readline())
client = Client(base_url=start["base"])
now = datetime.fromisoformat(start["now"])
origin = get_log.sync(client=client).origin


def days(count):
    global now
    print(count, flush=True)
    now = datetime.fromisoformat(sys.stdin.readline().strip())


def post(call, key, kind, stream, body, **path):
    """Signs exactly the bytes that the client will send."""
    token = jws.JWS(httpx.Request("POST", start["base"], json=body.to_dict()).content)
    header = {"alg": "EdDSA", "kid": key.thumbprint(), "aud": origin, "typ": kind, "sub": stream,
              "jti": str(uuid.uuid4()), "iat": int(now.timestamp())}
    token.add_signature(key, None, json.dumps(header))
    signed = json.loads(token.serialize())
    signature = f"{signed['protected']}..{signed['signature']}"
    rehearsal = call.sync(client=client, body=body, x_jws_signature=signature, dry_run=m.DryRun.VALUE_0, **path)
    assert isinstance(rehearsal, m.Rehearsal), rehearsal
    receipt = call.sync(client=client, body=body, x_jws_signature=signature, **path)
    assert isinstance(receipt, m.Receipt), receipt
    return receipt


def admit(code, name, role, by):
    key = jwk.JWK.generate(kty="OKP", crv="Ed25519")
    registration = m.Registration(id=code, name=name, key=m.Jwk(**json.loads(key.export_public())), roles=[role])
    post(register_organisation, key, "organisation.registered", f"organisation/{code}", registration)
    confirmation = m.Confirmation(kid=key.thumbprint(), roles=[role])
    post(confirm_organisation, by, "organisation.confirmed", f"organisation/{code}", confirmation, id=code)
    return key


CENTRE, FIRST, SECOND = "91410100MA0000015B", "91410105MA9ABCDE2Y", "91410100MA000004XQ"
supervisor = admit("11410100005260004Y", "郑州市公共资源交易监督局", m.Role.SUPERVISOR, jwk.JWK(**start["operator"]))
centre = admit(CENTRE, "河南某招标代理有限公司", m.Role.CENTRE, supervisor)
admit(FIRST, "甲建设有限公司", m.Role.ENTERPRISE, supervisor)
admit(SECOND, "乙建工有限公司", m.Role.ENTERPRISE, supervisor)


def yuan(amount):
    return m.PriceMoney(kind=m.PriceMoneyKind.MONEY, currency=m.Currency.CNY, amount_minor=amount * 100)


def bidder(name, code):
    return m.Bidder(members=[m.Party(name=name, id=code)])


def act(call, kind, body, **path):
    return post(call, centre, kind, "tender/HNZB-2026-0042", body, **path)


def window(count):
    return m.Window(count=count, unit=m.WindowUnit.DAY)


CODE = {"code": "HNZB-2026-0042"}
clauses = [m.Clause(id="q-1", kind=m.ClauseKind.QUALIFICATION, text="具有建筑工程施工总承包三级及以上资质")]
deadline = "2026-09-22T09:30:00+08:00"
act(preannounce_tender, "tender.preannounced", m.Preannouncement(
    title="郑州市第九中学实验楼建设工程", procuring_unit=m.Party(name="郑州市第九中学"), centre=CENTRE,
    nature=m.Nature.WORKS, method=m.Method.OPEN, region="410105", clauses=clauses,
    lots=[m.Lot(id="1", title="施工", estimate=m.Money(currency=m.Currency.CNY, amount_minor=520_000_000))],
    planned=m.PlannedDates(announce=date(2026, 8, 20), bid_deadline=deadline, open_=deadline),
    windows=m.Windows(objection=window(5), answer=window(3), escalation=window(10), candidates=window(3)),
    contact=m.Contact(office="采购一科", phone="0371-60000000")))
days(9)
act(announce_tender, "tender.announced",
    m.Announcement(clauses=clauses, bid_deadline=deadline, open_=deadline), **CODE)
days(42)
bids = [m.Bid(bidder=bidder("甲建设有限公司", FIRST), price=yuan(5_000_000)),
        m.Bid(bidder=bidder("乙建工有限公司", SECOND), price=yuan(5_100_000))]
act(open_bids, "tender.bids_opened", m.Opening(lot="1", opened_at=now, bids=bids), **CODE)
candidates = [m.Candidate(id=f"c-{rank}", rank=rank, bidder=bid.bidder, price=bid.price, score=9_300 - rank)
              for rank, bid in enumerate(bids, 1)]
act(publish_candidates, "tender.candidates_published",
    m.CandidatePublication(lot="1", candidates=candidates, channel="书面向采购中心提出"), **CODE)
days(8)
act(award_lot, "tender.awarded", m.Award(lot="1", candidate="c-1", price=yuan(5_000_000)), **CODE)
act(publish_contract, "contract.published",
    m.Contract(lot="1", number="HT-2026-001", price=yuan(5_000_000), signed=now.date()), **CODE)
days(30)
receipt = act(accept_contract, "contract.accepted",
              m.ContractAcceptance(lot="1", passed=True, inspected=now.date(), opinion="验收合格"), **CODE)
days(0)
tender = get_tender.sync(client=client, **CODE)
assert tender.status == m.TenderStatus.CLOSED and tender.lots[0].status == m.LotStatus.ACCEPTED, tender
[lot] = list_lots.sync(client=client, status=m.LotStatus.ACCEPTED, winner=FIRST).items
assert lot.awards[0].price == yuan(5_000_000) and tender.bid_deadline == deadline and tender.more is UNSET
proof = get_proof.sync_detailed(client=client, index=receipt.index).content.decode()
assert proof.startswith("c2sp.org/tlog-proof@v1\n"), proof
print("accepted", flush=True)
