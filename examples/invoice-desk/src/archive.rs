//! Where an invoice is kept, in which form, and the receipt for it.

use crate::types::Invoice;
use grantc_runtime::{ErrorKind, ToolError, Uuid, json};

/// The name of an invoice's blob. Nothing is ever moved, so a name that is taken is a number that
/// is taken.
pub fn path(number: &str) -> String {
    format!("incoming/{number}.json")
}

/// An invoice as its blob holds it.
///
/// # Errors
/// Never, in effect: an invoice has a JSON form.
pub fn to_bytes(invoice: &Invoice) -> Result<Vec<u8>, ToolError> {
    Ok(json::to_vec_pretty(invoice)?)
}

/// The invoice that a blob holds.
///
/// # Errors
/// When the blob holds something else.
pub fn from_bytes(bytes: &[u8]) -> Result<Invoice, ToolError> {
    Ok(json::from_slice(bytes)?)
}

/// The receipt for an invoice: a name-based UUID of what is stored.
///
/// # Errors
/// As [`to_bytes`].
pub fn receipt(invoice: &Invoice) -> Result<Uuid, ToolError> {
    Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, &to_bytes(invoice)?))
}

/// Why an invoice was not found, in the caller's words.
pub fn not_found(error: ToolError, number: &str) -> ToolError {
    match error.kind() {
        ErrorKind::NotFound => {
            let why =
                format!("there is no invoice {number}; search_invoices lists those there are");
            ToolError::of(ErrorKind::NotFound, why)
        }
        _ => error,
    }
}

/// Why an invoice was not filed when its number is taken: by itself, or by another.
///
/// # Errors
/// As [`receipt`].
pub fn taken(new: &Invoice, there: &Invoice) -> Result<ToolError, ToolError> {
    let (number, filed) = (&new.number, receipt(there)?);
    let why = if receipt(new)? == filed {
        format!("{number} was filed already, with the same content; its receipt is {filed}")
    } else {
        format!(
            "{number} is the number of another invoice, from {}",
            there.supplier
        )
    };
    Ok(ToolError::of(ErrorKind::Conflict, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../data/invoices/INV-000148.json");

    fn invoice() -> Invoice {
        from_bytes(TEXT.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_stored_is_what_was_filed() {
        let invoice = invoice();
        let bytes = to_bytes(&invoice).unwrap();
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), TEXT.trim_end());
        assert_eq!(from_bytes(&bytes).unwrap(), invoice);
    }

    #[test]
    fn a_receipt_follows_from_the_content() {
        let mut other = invoice();
        assert_eq!(receipt(&invoice()).unwrap(), receipt(&other).unwrap());
        other.supplier.push('!');
        assert_ne!(receipt(&invoice()).unwrap(), receipt(&other).unwrap());
    }

    #[test]
    fn a_number_that_is_taken_says_by_what() {
        let (first, mut other) = (invoice(), invoice());
        let again = taken(&first, &first).unwrap().to_string();
        assert!(
            again.contains(&receipt(&first).unwrap().to_string()),
            "{again}"
        );
        other.supplier = "Somebody Else Ltd".to_owned();
        let why = taken(&other, &first).unwrap();
        assert_eq!(why.kind(), ErrorKind::Conflict);
        assert_eq!(
            why.to_string(),
            "INV-000148 is the number of another invoice, from Adler Bürotechnik GmbH"
        );
    }
}
