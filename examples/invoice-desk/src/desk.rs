//! The four tools: what they ask of the archive and of the index, and how they say no.

use crate::index::{self, Entry, Totals};
use crate::tools::{file_invoice, find_invoice, search_invoices, supplier_totals};
use crate::{Tools, archive, rules};
use chrono::Utc;
use grantc_runtime::{Date, ErrorKind, ToolError};
use std::time::SystemTime;

/// The tools of the invoice desk. They keep nothing between calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Desk;

impl Tools for Desk {
    /// The archive has the invoice as it was filed; the index knows what became of it since. One
    /// that was filed a moment ago is not in the index yet.
    async fn find_invoice(
        &self,
        cx: &find_invoice::Context,
        input: find_invoice::Input,
    ) -> Result<find_invoice::Output, ToolError> {
        let read = cx.archive.read(&archive::path(&input.number)).await;
        let bytes = read.map_err(|error| archive::not_found(error, &input.number))?;
        let mut invoice = archive::from_bytes(&bytes)?;
        let found = cx
            .invoice_index
            .query::<Entry>(&index::by_number(&input.number))
            .await?;
        if let Some(now) = found.into_documents().first() {
            invoice.status = now.status;
        }
        Ok(invoice)
    }

    async fn search_invoices(
        &self,
        cx: &search_invoices::Context,
        input: search_invoices::Input,
    ) -> Result<search_invoices::Output, ToolError> {
        let query = index::page(&input, cx.page_size)?;
        let found = cx.invoice_index.query(&query).await?;
        Ok(index::cut(found.into_documents(), cx.page_size))
    }

    async fn supplier_totals(
        &self,
        cx: &supplier_totals::Context,
        input: supplier_totals::Input,
    ) -> Result<supplier_totals::Output, ToolError> {
        let mut totals = Totals::default();
        let mut last: Option<String> = None;
        loop {
            let query = index::batch(&input, last.as_deref())?;
            let batch: Vec<Entry> = cx.invoice_index.query(&query).await?.into_documents();
            batch.iter().try_for_each(|entry| totals.add(entry))?;
            match batch.last() {
                Some(entry) if batch.len() >= index::BATCH as usize => {
                    last = Some(entry.number.clone())
                }
                _ => {
                    return Ok(supplier_totals::Output {
                        totals: totals.into_rows(),
                    });
                }
            }
        }
    }

    async fn file_invoice(
        &self,
        cx: &file_invoice::Context,
        input: file_invoice::Input,
    ) -> Result<file_invoice::Output, ToolError> {
        let invoice = input.invoice;
        let problems = rules::problems(&invoice, today());
        if !problems.is_empty() {
            let why = format!(
                "{} cannot be filed: {}",
                invoice.number,
                problems.join("; ")
            );
            return Err(ToolError::of(ErrorKind::Arguments, why));
        }
        let path = archive::path(&invoice.number);
        let bytes = archive::to_bytes(&invoice)?;
        match cx.archive.create(&path, bytes, "application/json").await {
            Ok(()) => Ok(file_invoice::Output {
                receipt: archive::receipt(&invoice)?,
            }),
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let there = archive::from_bytes(&cx.archive.read(&path).await?)?;
                Err(archive::taken(&invoice, &there)?)
            }
            Err(error) => Err(error),
        }
    }
}

/// The day it is, in UTC.
fn today() -> Date {
    chrono::DateTime::<Utc>::from(SystemTime::now()).date_naive()
}
