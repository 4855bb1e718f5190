#!/usr/bin/env python3
"""Writes the made-up invoices beside this file, and their search index; the same ones every time.

Suppliers, goods and amounts are invented. What is realistic is the arithmetic: VAT at the rates of
the supplier's country, rounded to cents once for each rate, so that lines add up to the totals.
"""

import json
import random
import shutil
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

CENT = Decimal("0.01")
COUNT = 42
FIRST, LAST = date(2025, 1, 9), date(2026, 10, 30)
# Invoices issued before this day have been paid, unless they are void.
PAID_BEFORE = date(2026, 7, 15)

# name, currency, days to pay, and goods: text, smallest and largest net amount, VAT in percent
SUPPLIERS = [
    ("Adler Bürotechnik GmbH", "EUR", 30, [
        ("Multifunction printer, lease for one month", "189.00", "249.00", "19"),
        ("Toner cartridges", "64.90", "412.35", "19"),
        ("Operating handbook, printed", "24.50", "39.80", "7"),
    ]),
    ("Bakkerij Van Dijk B.V.", "EUR", 14, [
        ("Catering, board meeting", "142.75", "388.40", "9"),
        ("Lunch for visitors", "48.20", "176.65", "9"),
        ("Hire of tableware", "35.00", "90.00", "21"),
    ]),
    ("Cooper & Lane Legal LLP", "GBP", 30, [
        ("Contract review, hours", "640.00", "4480.00", "20"),
        ("Court fee, passed on", "75.00", "255.00", "0"),
        ("Copies and couriers", "12.40", "96.35", "20"),
    ]),
    ("Délices de l'Aube SARL", "EUR", 45, [
        ("Gift baskets for clients", "311.10", "1249.90", "5.5"),
        ("Delivery", "18.33", "64.17", "20"),
        ("Engraved labels", "44.05", "131.95", "20"),
    ]),
    ("Helvetia Cloudworks AG", "CHF", 30, [
        ("Virtual machines, monthly usage", "812.43", "3957.88", "8.1"),
        ("Support contract, monthly", "450.00", "450.00", "8.1"),
        ("Outbound traffic", "12.37", "341.92", "8.1"),
        ("Training material, printed", "29.15", "88.45", "2.6"),
    ]),
    ("Nordström Logistik AB", "SEK", 30, [
        ("Freight Göteborg to Rotterdam", "8420.00", "26780.50", "25"),
        ("Customs handling", "950.00", "2315.75", "25"),
        ("Waiting time at the terminal", "410.25", "1230.75", "25"),
    ]),
    ("Pine Valley Software, Inc.", "USD", 60, [
        ("Design tool seats, yearly (reverse charge)", "1188.00", "7128.00", "0"),
        ("Onboarding workshop (reverse charge)", "950.00", "1900.00", "0"),
        ("Single sign-on add-on (reverse charge)", "240.00", "960.00", "0"),
    ]),
]

VOID_NOTES = [
    "Void: sent twice by the supplier.",
    "Void: wrong VAT number, replaced by a new invoice.",
    "Void: the goods never arrived.",
]


def money(value: Decimal) -> str:
    return str(value.quantize(CENT))


def line(rng: random.Random, goods: tuple) -> dict:
    text, low, high, rate = goods
    cents = rng.randint(int(Decimal(low) * 100), int(Decimal(high) * 100))
    return {"text": text, "amount": money(Decimal(cents) / 100), "vat_rate": rate}


def totals(lines: list) -> dict:
    by_rate: dict = {}
    for item in lines:
        by_rate.setdefault(item["vat_rate"], Decimal(0))
        by_rate[item["vat_rate"]] += Decimal(item["amount"])
    net = sum(by_rate.values(), Decimal(0))
    vat = sum(
        ((amount * Decimal(rate) / 100).quantize(CENT, ROUND_HALF_UP) for rate, amount in by_rate.items()),
        Decimal(0),
    )
    return {"net": money(net), "vat": money(vat), "total": money(net + vat)}


def invoice(rng: random.Random, index: int) -> dict:
    supplier, currency, days, goods = SUPPLIERS[(index * 5 + index // 7) % len(SUPPLIERS)]
    span = (LAST - FIRST).days
    issued = FIRST + timedelta(days=span * index // COUNT + rng.randint(0, span // COUNT))
    chosen = sorted(rng.sample(range(len(goods)), rng.randint(1, len(goods))))
    lines = [line(rng, goods[place]) for place in chosen]
    net = sum(Decimal(item["amount"]) for item in lines)
    if net > 1000 and rng.random() < 0.35:
        discount = (net * Decimal("-0.02")).quantize(CENT, ROUND_HALF_UP)
        lines.append({"text": "Discount 2 %", "amount": money(discount), "vat_rate": lines[0]["vat_rate"]})
    void = index % 11 == 6
    status = "void" if void else "paid" if issued < PAID_BEFORE else "open"
    document = {
        "number": f"INV-{101 + index * 3 + rng.randint(0, 2):06}",
        "supplier": supplier,
        "issued": issued.isoformat(),
        "due": (issued + timedelta(days=days)).isoformat(),
        "currency": currency,
        "status": status,
        "lines": lines,
        **totals(lines),
    }
    if void:
        document["note"] = VOID_NOTES[index % len(VOID_NOTES)]
    return document


def entry(document: dict) -> dict:
    """What the indexer would make of an invoice: an index has moments and integers, no decimals."""
    copied = {name: document[name] for name in ("number", "supplier", "currency", "status")}
    moments = {name: f"{document[name]}T00:00:00Z" for name in ("issued", "due")}
    return {**copied, **moments, "total_cents": int(Decimal(document["total"]) * 100)}


def write(path: Path, value) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    rng = random.Random(20260101)
    here = Path(__file__).parent
    documents = [invoice(rng, index) for index in range(COUNT)]
    for folder in ("invoices", "index"):
        shutil.rmtree(here / folder, ignore_errors=True)
        (here / folder).mkdir()
    for document in documents:
        write(here / "invoices" / f"{document['number']}.json", document)
    write(here / "index" / "invoices.json", [entry(document) for document in documents])


if __name__ == "__main__":
    main()
