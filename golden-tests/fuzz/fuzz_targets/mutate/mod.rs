//! Mutations that keep most of a manifest whole.

use std::ops::Range;

/// A changed manifest; none for a text that is not UTF-8, and for half of the seeds.
pub fn mutate(data: &[u8], max_size: usize, seed: u32) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(data).ok()?;
    let mut dice = Dice(u64::from(seed));
    let mut changed = match dice.below(12) {
        0 => copy(text, &mut dice)?,
        1 => drop_one(text, &mut dice)?,
        2 | 3 => replace(text, quoted(text), &mut dice)?,
        4 => replace(text, words(text), &mut dice)?,
        5 => extreme(text, &mut dice)?,
        _ => return None,
    };
    changed.truncate(max_size);
    Some(changed.into_bytes())
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end.max(1) as u64).unwrap_or(0)
    }

    fn pick(&mut self, from: &[Range<usize>]) -> Option<Range<usize>> {
        from.get(self.below(from.len())).cloned()
    }
}

/// Lines, each with what is indented below it or stands between its braces.
fn nodes(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        lines.push((at, indent, line.trim_start().starts_with('}')));
        at += line.len();
    }
    let end_of = |from: usize| {
        let (_, own, _) = lines[from];
        let after = lines[from + 1..].iter().position(|(_, indent, _)| *indent <= own);
        let next = after.map(|count| from + 1 + count);
        match next.map(|next| (next, lines[next].2)) {
            // The brace that closes it.
            Some((next, true)) => lines.get(next + 1).map_or(text.len(), |line| line.0),
            Some((next, false)) => lines[next].0,
            None => text.len(),
        }
    };
    (0..lines.len()).map(|from| lines[from].0..end_of(from)).collect()
}

fn splice(text: &str, at: Range<usize>, with: &str) -> String {
    format!("{}{with}{}", &text[..at.start], &text[at.end..])
}

fn copy(text: &str, dice: &mut Dice) -> Option<String> {
    let nodes = nodes(text);
    let (from, to) = (dice.pick(&nodes)?, dice.pick(&nodes)?);
    Some(splice(text, to.start..to.start, &text[from]))
}

fn drop_one(text: &str, dice: &mut Dice) -> Option<String> {
    let at = dice.pick(&nodes(text))?;
    Some(splice(text, at, ""))
}

/// Texts between quotes.
fn quoted(text: &str) -> Vec<Range<usize>> {
    let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
    quotes.chunks_exact(2).map(|pair| pair[0] + 1..pair[1]).collect()
}

/// Runs of letters and what names have besides.
fn words(text: &str) -> Vec<Range<usize>> {
    let inside = |c: char| c.is_alphanumeric() || "-_.#/*".contains(c);
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (inside(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn replace(text: &str, among: Vec<Range<usize>>, dice: &mut Dice) -> Option<String> {
    let (from, to) = (dice.pick(&among)?, dice.pick(&among)?);
    Some(splice(text, to, &text[from]))
}

/// What readers and checks may not be ready for.
const EXTREMES: [&str; 18] = [
    "*", "/", "/*/", "**", "in/*", "0", "-1", "1e400", "9007199254740993", "0.1", "#true", "\u{202e}",
    "", "..", "é", "Owner", "Reader", "Microsoft.Authorization/*",
];

fn extreme(text: &str, dice: &mut Dice) -> Option<String> {
    let among = match dice.below(2) {
        0 => quoted(text),
        _ => words(text),
    };
    let at = dice.pick(&among)?;
    Some(splice(text, at, EXTREMES[dice.below(EXTREMES.len())]))
}
