//! What makes an invoice fit to be filed. Pure: the day is an argument.

use crate::types::{Invoice, InvoiceStatus};
use grantc_runtime::{Date, Decimal};
use rust_decimal::RoundingStrategy;
use std::collections::BTreeMap;

/// What is wrong with an invoice, a sentence each; nothing when it can be filed.
pub fn problems(invoice: &Invoice, today: Date) -> Vec<String> {
    let mut problems = Vec::new();
    if invoice.status != InvoiceStatus::Open {
        problems.push("a new invoice is `open`; paying and voiding come later".to_owned());
    }
    if invoice.issued > today {
        problems.push(format!(
            "`issued` is {}, which is after today, {today}",
            invoice.issued
        ));
    }
    if invoice.due < invoice.issued {
        problems.push(format!("`due` is {}, before it was issued", invoice.due));
    }
    problems.extend(fractions_of_cents(invoice));
    match sums(invoice) {
        None => problems.push("the amounts are too large to add up".to_owned()),
        Some(sums) => problems.extend(sums.mistakes(invoice)),
    }
    problems
}

/// What the totals of an invoice must be.
#[derive(Debug, PartialEq, Eq)]
pub struct Sums {
    /// Sum of the lines.
    pub net: Decimal,
    /// VAT, rounded to cents once for each rate, half a cent up.
    pub vat: Decimal,
    /// Both together.
    pub total: Decimal,
}

/// Adds up the lines; nothing when a sum does not fit a decimal.
pub fn sums(invoice: &Invoice) -> Option<Sums> {
    let mut by_rate: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for line in &invoice.lines {
        let sum = by_rate.entry(line.vat_rate).or_default();
        *sum = sum.checked_add(line.amount)?;
    }
    let (mut net, mut vat) = (Decimal::ZERO, Decimal::ZERO);
    for (rate, amount) in by_rate {
        let exact = amount
            .checked_mul(rate)?
            .checked_div(Decimal::ONE_HUNDRED)?;
        let rounded = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        net = net.checked_add(amount)?;
        vat = vat.checked_add(rounded)?;
    }
    Some(Sums {
        net,
        vat,
        total: net.checked_add(vat)?,
    })
}

impl Sums {
    fn mistakes(&self, invoice: &Invoice) -> Vec<String> {
        let members = [
            ("net", invoice.net, self.net, "the lines add up to"),
            ("vat", invoice.vat, self.vat, "the VAT of the lines is"),
            (
                "total",
                invoice.total,
                self.total,
                "net and VAT of the lines are",
            ),
        ];
        let wrong = members
            .into_iter()
            .filter(|(_, stated, right, _)| stated != right);
        wrong
            .map(|(name, stated, right, why)| format!("`{name}` is {stated}, but {why} {right}"))
            .collect()
    }
}

fn fractions_of_cents(invoice: &Invoice) -> Option<String> {
    let amounts = invoice.lines.iter().map(|line| line.amount);
    let found = amounts
        .chain([invoice.net, invoice.vat, invoice.total])
        .find(|amount| amount.normalize().scale() > 2);
    found.map(|amount| format!("{amount} has a fraction of a cent"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_runtime::json::{self, json};

    fn invoice() -> Invoice {
        json::from_value(json!({
            "number": "INV-900001", "supplier": "Cooper & Lane Legal LLP",
            "issued": "2025-12-01", "due": "2025-12-31", "currency": "GBP", "status": "open",
            "lines": [
                {"text": "Contract review, hours", "amount": "1200.05", "vat_rate": "20"},
                {"text": "Discount", "amount": "-0.03", "vat_rate": "20.0"},
                {"text": "Court fee, passed on", "amount": "75", "vat_rate": "0"}
            ],
            "net": "1275.02", "vat": "240.00", "total": "1515.02"
        }))
        .unwrap()
    }

    fn today() -> Date {
        "2025-12-24".parse().unwrap()
    }

    fn wrong(change: impl FnOnce(&mut Invoice)) -> Vec<String> {
        let mut invoice = invoice();
        change(&mut invoice);
        problems(&invoice, today())
    }

    #[test]
    fn a_sound_invoice_has_no_problem_however_its_amounts_are_written() {
        assert_eq!(problems(&invoice(), today()), [""; 0]);
        assert_eq!(wrong(|i| i.vat = "240".parse().unwrap()), [""; 0]);
    }

    #[test]
    fn totals_must_follow_from_the_lines() {
        assert_eq!(
            wrong(|i| i.total = "1515.03".parse().unwrap()),
            ["`total` is 1515.03, but net and VAT of the lines are 1515.02"]
        );
        assert_eq!(
            wrong(|i| i.lines.truncate(2)).len(),
            2,
            "net and total; the fee has no VAT"
        );
    }

    #[test]
    fn half_a_cent_of_vat_is_rounded_up_once_for_each_rate() {
        let mut invoice = invoice();
        for line in &mut invoice.lines {
            (line.amount, line.vat_rate) = ("0.05".parse().unwrap(), Decimal::TEN);
        }
        // 0.15 at 10 % is 0.015; rounding each line first would give 0.03.
        assert_eq!(sums(&invoice).unwrap().vat, "0.02".parse().unwrap());
    }

    #[test]
    fn days_must_be_in_order() {
        assert_eq!(
            wrong(|i| i.issued = "2025-12-25".parse().unwrap()),
            ["`issued` is 2025-12-25, which is after today, 2025-12-24"]
        );
        assert_eq!(
            wrong(|i| i.due = "2025-11-30".parse().unwrap()),
            ["`due` is 2025-11-30, before it was issued"]
        );
    }

    #[test]
    fn a_new_invoice_is_open() {
        assert_eq!(wrong(|i| i.status = InvoiceStatus::Paid).len(), 1);
    }

    #[test]
    fn amounts_are_whole_cents_and_no_sum_overflows() {
        let found = wrong(|i| i.lines[2].amount = "75.001".parse().unwrap());
        assert_eq!(found[0], "75.001 has a fraction of a cent");
        let found = wrong(|i| {
            i.lines[0].amount = Decimal::MAX;
            i.lines[1].amount = Decimal::MAX;
        });
        assert_eq!(found, ["the amounts are too large to add up"]);
    }

    #[test]
    fn every_invoice_in_the_data_adds_up() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/invoices");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let invoice: Invoice = json::from_str(&text).unwrap();
            let right = sums(&invoice).unwrap();
            assert_eq!(
                (invoice.net, invoice.vat, invoice.total),
                (right.net, right.vat, right.total)
            );
            count += 1;
        }
        assert!(count > 40);
    }
}
