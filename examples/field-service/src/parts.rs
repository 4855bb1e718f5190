//! When everything that an order needs is there. Pure, but for the paths of the API.

use crate::tools::check_parts::Output;
use crate::types::Part;
use grantc_runtime::{Date, ErrorKind, ToolError};

/// The path of a part in the API. A number comes from an order, which others write; it must not
/// lead anywhere else.
///
/// # Errors
/// When it is no part number.
pub fn path(number: &str) -> Result<String, ToolError> {
    let digits = number.strip_prefix("P-");
    if digits.is_some_and(|digits| digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit()))
    {
        return Ok(format!("/v1/parts/{number}"));
    }
    let why = format!("`{number}` of the order is not a part number");
    Err(ToolError::of(ErrorKind::Failed, why))
}

/// Whether an order's parts are there, and otherwise when they will be.
pub fn ready(parts: Vec<Part>) -> Output {
    let mut missing = parts.iter().filter(|part| part.in_stock == 0).peekable();
    let ready = missing.peek().is_none();
    // One that nobody knows a day for leaves the whole without a day.
    let days: Option<Vec<Date>> = missing.map(|part| part.arrives).collect();
    Output {
        ready,
        ready_on: days.and_then(|days| days.into_iter().max()),
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(in_stock: i64, arrives: Option<&str>) -> Part {
        Part {
            number: "P-10440".to_owned(),
            name: "Board".to_owned(),
            in_stock,
            arrives: arrives.map(|day| day.parse().unwrap()),
        }
    }

    fn of(parts: Vec<Part>) -> (bool, Option<String>) {
        let output = ready(parts);
        (output.ready, output.ready_on.map(|day| day.to_string()))
    }

    #[test]
    fn the_last_part_to_arrive_decides() {
        assert_eq!(of(vec![]), (true, None));
        assert_eq!(of(vec![part(1, None)]), (true, None));
        let two = vec![
            part(0, Some("2026-12-02")),
            part(5, None),
            part(0, Some("2026-11-30")),
        ];
        assert_eq!(of(two), (false, Some("2026-12-02".to_owned())));
    }

    #[test]
    fn a_part_without_a_day_leaves_none() {
        let two = vec![part(0, Some("2026-12-02")), part(0, None)];
        assert_eq!(of(two), (false, None));
    }

    #[test]
    fn only_part_numbers_become_paths() {
        assert_eq!(path("P-10440").unwrap(), "/v1/parts/P-10440");
        for number in ["../admin", "P-1044", "P-1044x", "10440", "P-10440/.."] {
            assert!(path(number).is_err(), "{number}");
        }
    }
}
