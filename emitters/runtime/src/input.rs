//! Arguments: JSON of a caller becomes the input type of a tool, or an error with pointers.

use crate::{ErrorKind, ToolError, Validate};
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

/// Checks arguments and reads them.
pub(crate) fn read<T: Validate + DeserializeOwned>(mut arguments: Value) -> Result<T, ToolError> {
    let wrong =
        |why: String| ToolError::of(ErrorKind::Arguments, format!("invalid arguments: {why}"));
    T::check(&arguments).map_err(|violations| wrong(violations.to_string()))?;
    plain_integers(&mut arguments);
    serde_json::from_value(arguments).map_err(|error| wrong(error.to_string()))
}

/// `2.0` is a whole number to JSON Schema and a fraction to Serde: writes it `2`.
fn plain_integers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number
                .as_f64()
                .filter(|n| n.fract() == 0.0 && n.abs() < 9.0e15);
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            if let Some(n) = whole {
                *number = Number::from(n as i64);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain_integers),
        Value::Object(members) => members.values_mut().for_each(plain_integers),
        _ => {}
    }
}
