//! The drawing, for Mermaid: what Markdown of pull requests shows without a file.
//!
//! It is the sheet of the SVG, with Mermaid's own shapes and layout. Colours are of outlines alone,
//! so that light and dark themes stay readable; words and shapes say the same.

use super::Picture;
use super::sheet::{Card, Column, End, Frame, Kind, Mark, Sheet, Way};
use std::fmt::Write;

const CLASSES: &str = "    classDef missing stroke:#cf222e,stroke-width:3px
    classDef gap stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4
    classDef unproven stroke:#bf8700,stroke-width:2px
    classDef excess stroke:#bf8700,stroke-width:2px
    classDef unused stroke:#bf8700,stroke-width:2px,stroke-dasharray:4 3
";

impl Picture {
    /// The graph as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let sheet = Sheet::of(self);
        let mut out = "flowchart LR\n".to_owned();
        for at in top_frames(&sheet) {
            frame(&sheet, at, 1, &mut out);
        }
        for (at, card) in sheet.cards.iter().enumerate() {
            if card.frame.is_none() {
                node(at, card, 1, &mut out);
            }
        }
        let mut styles = String::new();
        for (number, link) in sheet.links.iter().enumerate() {
            let (from, to) = (end(link.from), end(link.to));
            let arrow = match link.way {
                Way::Power => "-->",
                Way::Missing => "-.-x",
                Way::Reach => "-. attached .->",
            };
            let colour = match link.way {
                Way::Power => None,
                Way::Missing => Some("#cf222e"),
                Way::Reach => Some("#8250df"),
            };
            let _ = writeln!(out, "    {from} {arrow} {to}");
            if let Some(colour) = colour {
                let _ = writeln!(styles, "    linkStyle {number} stroke:{colour}");
            }
        }
        out.push_str(&styles);
        out.push_str(CLASSES);
        let mut facts = sheet.facts.join(", ");
        if !sheet.folded.is_empty() {
            let _ = write!(facts, "; folded: {}", sheet.folded.join(", "));
        }
        let facts = facts.replace(['\n', '\r'], " ");
        let _ = writeln!(out, "    %% {}: {facts}", sheet.title);
        out
    }
}

fn top_frames(sheet: &Sheet) -> Vec<usize> {
    let frames = sheet.frames.iter().enumerate();
    frames
        .filter(|(_, frame)| frame.parent.is_none())
        .map(|(at, _)| at)
        .collect()
}

fn frame(sheet: &Sheet, at: usize, depth: usize, out: &mut String) {
    let Some(Frame {
        name, note, column, ..
    }) = sheet.frames.get(at)
    else {
        return;
    };
    let indent = "    ".repeat(depth);
    let about = match (note.as_str(), column) {
        ("", _) => escaped(name),
        (note, _) => format!("{}<br/>{}", escaped(name), escaped(note)),
    };
    let _ = writeln!(out, "{indent}subgraph f{at}[\"{about}\"]");
    let inner = sheet.frames.iter().enumerate();
    for (child, _) in inner.filter(|(_, frame)| frame.parent == Some(at)) {
        frame(sheet, child, depth + 1, out);
    }
    for (card, it) in sheet.cards.iter().enumerate() {
        if it.frame == Some(at) {
            node(card, it, depth + 1, out);
        }
    }
    let _ = writeln!(out, "{indent}end");
    if *column == Column::Resources {
        let _ = writeln!(out, "{indent}style f{at} stroke-dasharray:2 3");
    }
}

fn node(at: usize, card: &Card, depth: usize, out: &mut String) {
    let mut lines = vec![format!("<b>{}</b>", escaped(&card.name))];
    lines.extend(card.lines.iter().map(|line| escaped(line)));
    lines.extend(card.badges.iter().map(|badge| escaped(&badge.text)));
    let (open, close) = match card.kind {
        Kind::Tool => ("(", ")"),
        Kind::Identity => ("([", "])"),
        Kind::Role => ("[", "]"),
        Kind::Gap => ("{{", "}}"),
        Kind::Resource => ("[(", ")]"),
    };
    let class = match (card.kind, card.state) {
        (Kind::Gap, _) => ":::gap",
        (_, Some(Mark::Missing)) => ":::missing",
        (_, Some(Mark::Unproven)) => ":::unproven",
        (_, Some(Mark::Excess)) => ":::excess",
        (_, Some(Mark::Unused)) => ":::unused",
        (_, Some(Mark::Reach | Mark::Spare | Mark::Plain) | None) => "",
    };
    let indent = "    ".repeat(depth);
    let text = lines.join("<br/>");
    let _ = writeln!(out, "{indent}c{at}{open}\"{text}\"{close}{class}");
}

fn end(end: End) -> String {
    match end {
        End::Card(at) => format!("c{at}"),
        End::Frame(at) => format!("f{at}"),
    }
}

/// Text between quotes: every sign that Mermaid, Markdown or HTML could take for its own is written
/// as its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() => out.push(c),
            ' ' | '.' | ',' | '/' | ':' | '…' | '-' => out.push(c),
            // In the middle of a word Markdown leaves it alone.
            '_' => out.push(c),
            c if c.is_control() => out.push(' '),
            c => {
                let _ = write!(out, "#{};", u32::from(c));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_reader_could_take_for_its_own_is_escaped() {
        assert_eq!(super::escaped("say \"hi\"\nthere"), "say #34;hi#34; there");
    }
}
