//! What is asked of the search index, and what its documents add up to. Pure.
//!
//! An index has no exact decimals, so a document holds its total in cents. Pages follow the number,
//! which is the key: a page begins after the last number of the page before, so that invoices which
//! come in between neither shift nor repeat anything.

use crate::tools::{search_invoices, supplier_totals};
use crate::types::{InvoiceStatus, InvoiceSummary, SupplierTotal};
use grantc_runtime::search::{Query, quote};
use grantc_runtime::{Date, DateTime, Decimal, ErrorKind, ToolError};
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most documents that are fetched at once to add them up.
pub const BATCH: u32 = 1000;

/// A document of the index.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Number of the invoice; the key.
    pub number: String,
    /// Registered name of the supplier.
    pub supplier: String,
    /// Day of issue, at midnight.
    pub issued: DateTime,
    /// Day to pay, at midnight.
    pub due: DateTime,
    /// ISO 4217 code.
    pub currency: String,
    /// What is to be paid, in hundredths.
    pub total_cents: i64,
    /// Its present status.
    pub status: InvoiceStatus,
}

impl From<Entry> for InvoiceSummary {
    fn from(entry: Entry) -> Self {
        Self {
            number: entry.number,
            supplier: entry.supplier,
            issued: entry.issued.date_naive(),
            due: entry.due.date_naive(),
            currency: entry.currency,
            total: Decimal::new(entry.total_cents, 2),
            status: entry.status,
        }
    }
}

/// Asks for the document of one invoice.
pub fn by_number(number: &str) -> Query {
    Query::all()
        .filter(format!("number eq {}", quote(number)))
        .top(1)
}

/// Asks for one page of a search, and for one document more, which tells whether there is another.
///
/// # Errors
/// When the range of days or of totals is empty by itself.
pub fn page(input: &search_invoices::Input, size: u32) -> Result<Query, ToolError> {
    let (from, to) = (input.issued_from, input.issued_to);
    in_order(from, to, "issued_from", "issued_to")?;
    in_order(input.total_min, input.total_max, "total_min", "total_max")?;
    let cents = |amount: Decimal| amount.checked_mul(Decimal::ONE_HUNDRED);
    let at_least = |amount| {
        cents(amount)
            .and_then(|cents| cents.ceil().to_i64())
            .unwrap_or(i64::MAX)
    };
    let at_most = |amount| {
        cents(amount)
            .and_then(|cents| cents.floor().to_i64())
            .unwrap_or(i64::MAX)
    };
    let mut clauses = issued(from, to);
    clauses.extend(
        input
            .supplier
            .as_ref()
            .map(|name| format!("supplier eq {}", quote(name))),
    );
    clauses.extend(
        input
            .total_min
            .map(|min| format!("total_cents ge {}", at_least(min))),
    );
    clauses.extend(
        input
            .total_max
            .map(|max| format!("total_cents le {}", at_most(max))),
    );
    clauses.extend(
        input
            .status
            .map(|status| format!("status eq {}", quote(word(status)))),
    );
    clauses.extend(
        input
            .cursor
            .as_ref()
            .map(|last| format!("number gt {}", quote(last))),
    );
    Ok(in_number_order(clauses).top(size.saturating_add(1)))
}

/// Asks for a batch of what is added up: the documents after the number `last`.
///
/// # Errors
/// When the range of days is empty by itself.
pub fn batch(input: &supplier_totals::Input, last: Option<&str>) -> Result<Query, ToolError> {
    let (from, to) = (Some(input.issued_from), Some(input.issued_to));
    in_order(from, to, "issued_from", "issued_to")?;
    let mut clauses = issued(from, to);
    clauses.extend(
        input
            .supplier
            .as_ref()
            .map(|name| format!("supplier eq {}", quote(name))),
    );
    clauses.extend(last.map(|last| format!("number gt {}", quote(last))));
    Ok(in_number_order(clauses).top(BATCH))
}

/// The page that was asked for, and where the next one begins if there is one.
pub fn cut(mut entries: Vec<Entry>, size: u32) -> search_invoices::Output {
    let size = size as usize;
    let more = entries.len() > size;
    entries.truncate(size);
    let next = entries
        .last()
        .filter(|_| more)
        .map(|entry| entry.number.clone());
    search_invoices::Output {
        invoices: entries.into_iter().map(InvoiceSummary::from).collect(),
        next,
    }
}

/// Sums by supplier, status and currency, which never mix.
#[derive(Clone, Debug, Default)]
pub struct Totals(BTreeMap<(String, InvoiceStatus, String), (i64, i64)>);

impl Totals {
    /// Adds an invoice.
    ///
    /// # Errors
    /// When a sum grows past what 64 bits of cents hold.
    pub fn add(&mut self, entry: &Entry) -> Result<(), ToolError> {
        let key = (entry.supplier.clone(), entry.status, entry.currency.clone());
        let (invoices, cents) = self.0.entry(key).or_default();
        let sum = cents.checked_add(entry.total_cents);
        *cents = sum.ok_or_else(|| ToolError::new("the totals are too large to add up"))?;
        *invoices += 1;
        Ok(())
    }

    /// The sums, by supplier.
    pub fn into_rows(self) -> Vec<SupplierTotal> {
        let row = |((supplier, status, currency), (invoices, cents))| {
            let total = Decimal::new(cents, 2);
            SupplierTotal {
                supplier,
                status,
                currency,
                invoices,
                total,
            }
        };
        self.0.into_iter().map(row).collect()
    }
}

fn issued(from: Option<Date>, to: Option<Date>) -> Vec<String> {
    let from = from.map(|day| format!("issued ge {day}T00:00:00Z"));
    from.into_iter()
        .chain(to.map(|day| format!("issued le {day}T00:00:00Z")))
        .collect()
}

fn in_number_order(clauses: Vec<String>) -> Query {
    let query = Query::all().order_by("number");
    if clauses.is_empty() {
        query
    } else {
        query.filter(clauses.join(" and "))
    }
}

fn in_order<T: PartialOrd>(
    from: Option<T>,
    to: Option<T>,
    a: &str,
    b: &str,
) -> Result<(), ToolError> {
    if from.is_some() && to.is_some() && from > to {
        return Err(ToolError::of(
            ErrorKind::Arguments,
            format!("`{a}` is after `{b}`"),
        ));
    }
    Ok(())
}

fn word(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Open => "open",
        InvoiceStatus::Paid => "paid",
        InvoiceStatus::Void => "void",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_runtime::json::{self, json};

    fn search(input: json::Value) -> Result<Query, ToolError> {
        page(&json::from_value(input).unwrap(), 10)
    }

    fn entry(number: &str, status: &str, currency: &str, cents: i64) -> Entry {
        json::from_value(json!({
            "number": number, "supplier": "Adler", "issued": "2026-01-01T00:00:00Z",
            "due": "2026-01-31T00:00:00Z", "currency": currency, "status": status,
            "total_cents": cents,
        }))
        .unwrap()
    }

    #[test]
    fn every_filter_is_a_clause() {
        let query = search(json!({
            "supplier": "Délices de l'Aube SARL", "issued_from": "2025-01-01",
            "issued_to": "2025-12-31", "total_min": "10.001", "total_max": "99.999",
            "status": "void", "cursor": "INV-000117",
        }))
        .unwrap();
        assert_eq!(
            query.filter.unwrap(),
            "issued ge 2025-01-01T00:00:00Z and issued le 2025-12-31T00:00:00Z \
             and supplier eq 'Délices de l''Aube SARL' and total_cents ge 1001 \
             and total_cents le 9999 and status eq 'void' and number gt 'INV-000117'"
        );
        assert_eq!(query.top, Some(11));
        assert_eq!(search(json!({})).unwrap().filter, None);
    }

    #[test]
    fn an_amount_too_large_for_cents_is_the_largest() {
        let query = search(json!({ "total_min": "79228162514264337593543950335" })).unwrap();
        assert_eq!(
            query.filter.unwrap(),
            format!("total_cents ge {}", i64::MAX)
        );
    }

    #[test]
    fn ranges_run_forwards() {
        let error = search(json!({ "issued_from": "2026-02-01", "issued_to": "2026-01-01" }));
        assert_eq!(
            error.unwrap_err().to_string(),
            "`issued_from` is after `issued_to`"
        );
        let error = search(json!({ "total_min": "2", "total_max": "1.99" })).unwrap_err();
        assert_eq!(error.to_string(), "`total_min` is after `total_max`");
    }

    #[test]
    fn a_page_names_the_next_only_when_there_is_one() {
        let entries = |count| (0..count).map(|n| entry(&format!("INV-{n:06}"), "open", "EUR", 1));
        let full = cut(entries(11).collect(), 10);
        assert_eq!(
            (full.invoices.len(), full.next.as_deref()),
            (10, Some("INV-000009"))
        );
        let last = cut(entries(10).collect(), 10);
        assert_eq!((last.invoices.len(), last.next), (10, None));
    }

    #[test]
    fn sums_are_exact_and_currencies_never_mix() {
        let mut totals = Totals::default();
        for (currency, cents) in [("EUR", 10), ("EUR", 20), ("GBP", 1)] {
            totals
                .add(&entry("INV-000001", "paid", currency, cents))
                .unwrap();
        }
        let rows = totals.clone().into_rows();
        let seen: Vec<_> = rows
            .iter()
            .map(|row| (row.currency.as_str(), row.invoices, row.total.to_string()))
            .collect();
        assert_eq!(
            seen,
            [("EUR", 2, "0.30".to_owned()), ("GBP", 1, "0.01".to_owned())]
        );
        assert!(
            totals
                .add(&entry("INV-000002", "paid", "EUR", i64::MAX))
                .is_err()
        );
    }
}
