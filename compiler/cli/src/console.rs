//! Talking to the terminal: the only place that prints.

use grantc_build::report::Style;
use std::io::{IsTerminal, Write};

/// Prints a result to standard output. A reader that went away (`| head`) is no failure.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints findings or progress to standard error.
pub(crate) fn tell(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// Prints why nothing could be done.
pub(crate) fn error(message: &str) {
    tell(&format!("error: {message}\n"));
}

/// How findings are drawn on standard error: with colour on a terminal, unless `NO_COLOR` is set.
pub(crate) fn style() -> Style {
    let err = std::io::stderr();
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse::<usize>().ok());
    let width = columns
        .unwrap_or(Style::PLAIN.width)
        .clamp(40, Style::PLAIN.width);
    Style {
        colour: err.is_terminal() && !no_colour,
        width,
    }
}
