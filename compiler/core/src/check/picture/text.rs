//! How wide text is, and where it breaks.
//!
//! A picture cannot ask which font it will be shown in. Widths are not below those of DejaVu Sans,
//! the widest of the common ones, so that text in any other is never clipped and never runs into
//! its neighbour.

/// What stands for what was left out.
const ELLIPSIS: char = '…';

/// A face: how high letters are, and whether they are bold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Face {
    /// Height in pixels.
    pub(super) size: f64,
    pub(super) bold: bool,
}

impl Face {
    /// How wide a text is at most, in pixels.
    pub(super) fn width(self, text: &str) -> f64 {
        let em: f64 = text.chars().map(advance).sum();
        let weight = if self.bold { 1.12 } else { 1.0 };
        em * self.size * weight
    }

    /// Text in lines of at most this width, at most so many of them; what does not fit is left out
    /// with an ellipsis.
    pub(super) fn wrap(self, text: &str, width: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        let mut pieces = pieces(text).into_iter();
        let mut rest = String::new();
        while let Some(piece) = pieces.next() {
            if self.width(format!("{line}{piece}").trim_end()) <= width {
                line.push_str(&piece);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            // A piece that is wider than a line breaks anywhere.
            for c in piece.chars() {
                if self.width(&format!("{line}{c}")) > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
            if lines.len() >= most {
                rest = format!("{line}{}", pieces.by_ref().collect::<String>());
                line = String::new();
                break;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        let left_out = lines.len() > most || !rest.is_empty();
        lines.truncate(most);
        if let (true, Some(last)) = (left_out, lines.last_mut()) {
            while !last.is_empty() && self.width(&format!("{last}{ELLIPSIS}")) > width {
                last.pop();
            }
            last.push(ELLIPSIS);
        }
        lines.iter().map(|line| line.trim().to_owned()).collect()
    }
}

/// Parts of a text between which a line may break, each with the sign that ends it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
        if matches!(c, ' ' | '-' | '_' | '.' | '/' | ',') {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// How far a letter moves on, in heights of the face.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '\'' | '|' => 0.34,
        ' ' | '.' | ',' | ':' | ';' | '/' | '\\' | '·' => 0.36,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '!' => 0.45,
        'm' => 0.99,
        'w' => 0.84,
        'M' | 'W' | 'Q' | 'O' | 'G' | '@' | '%' => 1.02,
        'a'..='z' | '0'..='9' | '_' | '*' => 0.65,
        'A'..='Z' => 0.78,
        '\u{20}'..='\u{7e}' => 0.86,
        '…' | '→' | '×' => 1.0,
        '\u{300}'..='\u{36f}' => 0.3,
        '\u{a1}'..='\u{17f}' => 1.1,
        // Other scripts: ideographs, syllables, pictures are the widest.
        _ => 1.4,
    }
}

#[cfg(test)]
mod tests {
    use super::Face;
    use proptest::prelude::*;

    const FACE: Face = Face {
        size: 13.0,
        bold: true,
    };

    #[test]
    fn lines_break_where_words_do() {
        assert_eq!(
            FACE.wrap("Storage Blob Data Contributor", 150.0, 3),
            ["Storage Blob Data", "Contributor"]
        );
        assert_eq!(FACE.wrap("find_invoice", 400.0, 2), ["find_invoice"]);
        let short = FACE.wrap("one two three four five six seven", 60.0, 2);
        assert_eq!(short.len(), 2);
        assert!(short[1].ends_with('…'), "{short:?}");
    }

    #[test]
    fn letters_are_as_wide_as_they_are_anywhere() {
        let plain = Face {
            size: 10.0,
            bold: false,
        };
        let widths = ["il", "…", "a\u{301}", "é", "漢"].map(|text| plain.width(text).round());
        assert_eq!(widths, [7.0, 10.0, 10.0, 11.0, 14.0]);
        // To the very width, and not one line too many.
        assert_eq!(plain.wrap("aaaa aaaa", 26.0, 2), ["aaaa", "aaaa"]);
        assert_eq!(plain.wrap("aaaa aaaa", 26.0, 1), ["aa…"]);
        assert_eq!(plain.wrap("aaaaaaaa", 26.0, 2), ["aaaa", "aaaa"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost_in_silence(
            text in "[ -~äß漢😀]{0,80}",
            width in 40.0..300.0f64,
            most in 1usize..4,
        ) {
            let lines = FACE.wrap(&text, width, most);
            prop_assert!(lines.len() <= most);
            for line in &lines {
                prop_assert!(FACE.width(line) <= width, "{line:?}");
            }
            let kept: String = lines.concat();
            let squeezed = |text: &str| text.replace(' ', "");
            prop_assert!(squeezed(&kept) == squeezed(&text) || kept.ends_with('…'), "{lines:?}");
        }
    }
}
