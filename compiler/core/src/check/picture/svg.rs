//! The drawing, as an SVG that a pull request can show.
//!
//! Kinds have shapes, and what is wrong has a sign and a word as well as a colour. The drawing
//! brings its own background and follows the reader's choice of light or dark; it needs no script,
//! no font and no other file. Every card has a title with all that it stands for. (The templates of
//! the emitters fill in text; here nearly everything is numbers, so the lines are written out, each
//! text through [`escaped`].)

mod look;

use super::Picture;
use super::layout::{Block, MARGIN, Place, layout};
use super::sheet::{Card, Column, End, Frame, Kind, Link, Mark, Sheet, Way};
use super::text::Face;
use look::{LEGEND, STYLE, badge, outline, symbol};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The name of a card.
const NAME: Face = Face {
    size: 13.0,
    bold: true,
};
/// What stands below it.
const LINE: Face = Face {
    size: 11.0,
    bold: false,
};
/// What a reviewer should see.
pub(super) const BADGE: Face = Face {
    size: 11.0,
    bold: true,
};
/// The name of the server.
const TITLE: Face = Face {
    size: 18.0,
    bold: true,
};

/// How high a line of each is.
const NAME_STEP: f64 = 17.0;
const LINE_STEP: f64 = 15.0;
const BADGE_STEP: f64 = 21.0;

/// How wide text in a card is at most.
const WIDEST: f64 = 196.0;
/// The space between columns, where links run.
const BETWEEN: f64 = 104.0;
/// The space around everything.
const EDGE: f64 = 24.0;
/// How wide a picture is at least, for its title and legend.
const LEAST: f64 = 560.0;

/// A card with its text in lines.
struct Set<'s> {
    card: &'s Card,
    name: Vec<String>,
    lines: Vec<String>,
    /// Badges by row.
    badges: Vec<Vec<(&'s str, Mark)>>,
    width: f64,
    height: f64,
}

/// A frame with its title in lines.
struct Title {
    name: Vec<String>,
    note: Vec<String>,
    width: f64,
    height: f64,
}

impl Picture {
    /// The graph as an SVG document.
    pub fn svg(&self) -> String {
        let sheet = Sheet::of(self);
        let sets: Vec<Set<'_>> = sheet.cards.iter().map(set).collect();
        let titles: Vec<Title> = sheet.frames.iter().map(title).collect();
        let (columns, links) = blocks(&sheet, &sets, &titles);
        let places = layout(columns, &links);
        let drawing = Drawing {
            lanes: lanes(&sheet, &sets, &titles, &places),
            sheet: &sheet,
            sets,
            titles,
            places,
        };
        drawing.document()
    }
}

/// Text that may stand between tags or in an attribute; XML knows no control characters.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The space that a shape takes at its sides, above and below.
fn padding(kind: Kind) -> (f64, f64, f64) {
    match kind {
        Kind::Tool => (12.0, 9.0, 9.0),
        Kind::Identity => (20.0, 10.0, 10.0),
        Kind::Role | Kind::Gap => (16.0, 9.0, 9.0),
        Kind::Resource => (12.0, 18.0, 13.0),
    }
}

fn set(card: &Card) -> Set<'_> {
    let name = NAME.wrap(&card.name, WIDEST, 4);
    let lines: Vec<String> = card
        .lines
        .iter()
        .flat_map(|line| LINE.wrap(line, WIDEST, 4))
        .collect();
    let mut badges: Vec<Vec<(&str, Mark)>> = Vec::new();
    let mut room = 0.0;
    for one in &card.badges {
        let width = badge_width(&one.text, one.mark);
        if badges.is_empty() || width > room {
            badges.push(Vec::new());
            room = WIDEST;
        }
        room -= width + 6.0;
        if let Some(row) = badges.last_mut() {
            row.push((&one.text, one.mark));
        }
    }
    let (side, top, bottom) = padding(card.kind);
    let row = |row: &Vec<(&str, Mark)>| -> f64 {
        row.iter()
            .map(|(text, mark)| badge_width(text, *mark) + 6.0)
            .sum::<f64>()
            - 6.0
    };
    let widths = name.iter().map(|it| NAME.width(it));
    let widths = widths.chain(lines.iter().map(|it| LINE.width(it)));
    let width = widths.chain(badges.iter().map(row)).fold(60.0, f64::max);
    let height = name.len() as f64 * NAME_STEP
        + lines.len() as f64 * LINE_STEP
        + badges.len() as f64 * BADGE_STEP;
    Set {
        width: (width + 2.0 * side).ceil(),
        height: height + top + bottom,
        card,
        name,
        lines,
        badges,
    }
}

fn title(frame: &Frame) -> Title {
    let name = NAME.wrap(&frame.name, WIDEST, 3);
    let note = LINE.wrap(&frame.note, WIDEST, 3);
    let widths = name.iter().map(|it| NAME.width(it));
    let width = widths
        .chain(note.iter().map(|it| LINE.width(it)))
        .fold(0.0, f64::max);
    Title {
        width: (width + 2.0 * MARGIN).ceil(),
        height: name.len() as f64 * NAME_STEP + note.len() as f64 * LINE_STEP + 6.0,
        name,
        note,
    }
}

/// How wide a badge is, with its sign.
fn badge_width(text: &str, mark: Mark) -> f64 {
    let sign = if mark == Mark::Plain { 0.0 } else { 13.0 };
    (BADGE.width(text) + sign + 14.0).ceil()
}

/// What the layout calls the end of a link.
fn key(sheet: &Sheet, end: End) -> usize {
    match end {
        End::Card(at) => at,
        End::Frame(at) => sheet.cards.len() + at,
    }
}

fn blocks(
    sheet: &Sheet,
    sets: &[Set<'_>],
    titles: &[Title],
) -> (Vec<Vec<Block>>, Vec<(usize, usize)>) {
    let mut columns: Vec<Vec<Block>> = vec![Vec::new(); 4];
    for (at, frame) in sheet.frames.iter().enumerate() {
        if frame.parent.is_none()
            && let Some(column) = columns.get_mut(frame.column as usize)
        {
            column.push(framed(sheet, sets, titles, at));
        }
    }
    for (at, set) in sets.iter().enumerate() {
        if set.card.frame.is_none()
            && let Some(column) = columns.get_mut(set.card.kind.column() as usize)
        {
            column.push(Block::card(at, set.height));
        }
    }
    let link = |link: &Link| (key(sheet, link.from), key(sheet, link.to));
    (columns, sheet.links.iter().map(link).collect())
}

/// A frame with the frames and cards in it.
fn framed(sheet: &Sheet, sets: &[Set<'_>], titles: &[Title], at: usize) -> Block {
    let frames = sheet.frames.iter().enumerate();
    // A parent covers more than its child, so that no frame comes to stand in itself.
    let frames = frames.filter(|(_, frame)| frame.parent == Some(at));
    let mut inside: Vec<Block> = frames
        .map(|(child, _)| framed(sheet, sets, titles, child))
        .collect();
    let cards = sets.iter().enumerate();
    let cards = cards.filter(|(_, set)| set.card.frame == Some(at));
    inside.extend(cards.map(|(card, set)| Block::card(card, set.height)));
    Block {
        key: key(sheet, End::Frame(at)),
        height: titles.get(at).map_or(0.0, |title| title.height),
        inside,
        frame: true,
    }
}

/// Where a column begins and how wide it is.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    left: f64,
    width: f64,
}

fn lanes(
    sheet: &Sheet,
    sets: &[Set<'_>],
    titles: &[Title],
    places: &BTreeMap<usize, Place>,
) -> [Lane; 4] {
    let mut widths = [0.0f64; 4];
    let mut widen = |column: Column, end: End, width: f64| {
        let place = places.get(&key(sheet, end));
        let around = place.map_or(0.0, |place| place.depth as f64 * 2.0 * MARGIN);
        if let Some(known) = widths.get_mut(column as usize) {
            *known = known.max(width + around);
        }
    };
    for (at, set) in sets.iter().enumerate() {
        widen(set.card.kind.column(), End::Card(at), set.width);
    }
    for (at, (frame, title)) in sheet.frames.iter().zip(titles).enumerate() {
        widen(frame.column, End::Frame(at), title.width);
    }
    let mut left = EDGE;
    widths.map(|width| {
        let lane = Lane { left, width };
        if width > 0.0 {
            left += width + BETWEEN;
        }
        lane
    })
}

struct Drawing<'s> {
    sheet: &'s Sheet,
    sets: Vec<Set<'s>>,
    titles: Vec<Title>,
    places: BTreeMap<usize, Place>,
    lanes: [Lane; 4],
}

/// Left, top, right and bottom of something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Drawing<'_> {
    fn document(&self) -> String {
        let right = self.lanes.iter().filter(|lane| lane.width > 0.0);
        let right = right
            .map(|lane| lane.left + lane.width)
            .fold(LEAST, f64::max);
        let (mut head, mut body) = (String::new(), String::new());
        let mut top = EDGE + TITLE.size;
        let name = format!("Permission graph of {}", self.sheet.title);
        for line in TITLE.wrap(&name, right - EDGE, 2) {
            text(&mut head, EDGE, top, "title", &line);
            top += TITLE.size + 6.0;
        }
        let facts = self.sheet.facts.join(" · ");
        let mut told = vec![facts.clone()];
        if !self.sheet.folded.is_empty() {
            let folded = self.sheet.folded.join(", ");
            told.push(format!("Folded: {folded}; their titles have the names"));
        }
        for line in told
            .iter()
            .flat_map(|line| LINE.wrap(line, right - EDGE, 3))
        {
            text(&mut head, EDGE, top, "line", &line);
            top += LINE_STEP;
        }
        top += 18.0;
        for (lane, word) in self
            .lanes
            .iter()
            .zip(["TOOLS", "IDENTITIES", "ROLES", "RESOURCES"])
        {
            if lane.width > 0.0 {
                text(&mut head, lane.left, top, "column", word);
            }
        }
        top += 14.0;
        self.frames(top, &mut body);
        for link in &self.sheet.links {
            self.link(link, top, &mut body);
        }
        for at in 0..self.sets.len() {
            self.card(at, top, &mut body);
        }
        let bottoms = self
            .places
            .values()
            .map(|place| top + place.top + place.height);
        let bottom = self.legend(bottoms.fold(top, f64::max) + 34.0, right, &mut body);
        let (width, height) = ((right + EDGE).ceil(), (bottom + EDGE).ceil());
        let (name, facts) = (escaped(&name), escaped(&facts));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"graph-title graph-desc\">\n\
             <title id=\"graph-title\">{name}</title>\n\
             <desc id=\"graph-desc\">From left to right: tools in their apps, identities, roles, resources. {facts}.</desc>\n\
             {STYLE}\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
             {head}{body}</svg>\n"
        )
    }

    fn bounds(&self, column: Column, end: End, top: f64) -> Bounds {
        let lane = self.lanes.get(column as usize).copied().unwrap_or_default();
        let place = self.places.get(&key(self.sheet, end)).copied();
        let (from, height, depth) = place.map_or((0.0, 0.0, 0), |it| (it.top, it.height, it.depth));
        let around = depth as f64 * MARGIN;
        Bounds {
            left: lane.left + around,
            top: top + from,
            right: lane.left + lane.width - around,
            bottom: top + from + height,
        }
    }

    /// Where links leave something and where they reach it.
    fn ports(&self, end: End, top: f64) -> (f64, f64, f64) {
        let column = match end {
            End::Card(at) => self.sets.get(at).map(|set| set.card.kind.column()),
            End::Frame(at) => self.sheet.frames.get(at).map(|frame| frame.column),
        };
        let bounds = self.bounds(column.unwrap_or(Column::Tools), end, top);
        let place = self.places.get(&key(self.sheet, end));
        (
            bounds.left,
            bounds.right,
            place.map_or(0.0, |place| top + place.port),
        )
    }

    fn frames(&self, top: f64, out: &mut String) {
        let mut all: Vec<(usize, usize)> = (0..self.titles.len())
            .map(|at| {
                let place = self.places.get(&key(self.sheet, End::Frame(at)));
                (place.map_or(0, |place| place.depth), at)
            })
            .collect();
        // What holds others lies below them.
        all.sort_unstable();
        for (_, at) in all {
            let (Some(frame), Some(title)) = (self.sheet.frames.get(at), self.titles.get(at))
            else {
                continue;
            };
            let bounds = self.bounds(frame.column, End::Frame(at), top);
            let class = match frame.column {
                Column::Tools => "frame",
                _ => "frame holds",
            };
            let all = escaped(&frame.members.join(", "));
            let _ = writeln!(out, "<g><title>{all}</title>");
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>",
                bounds.left,
                bounds.top,
                bounds.right - bounds.left,
                bounds.bottom - bounds.top
            );
            let mut y = bounds.top + 4.0;
            for line in &title.name {
                y += NAME_STEP;
                text(out, bounds.left + MARGIN, y, "name", line);
            }
            for line in &title.note {
                y += LINE_STEP;
                text(out, bounds.left + MARGIN, y, "line", line);
            }
            out.push_str("</g>\n");
        }
    }

    fn link(&self, link: &Link, top: f64, out: &mut String) {
        let ((_, x1, y1), (x2, _, y2)) = (self.ports(link.from, top), self.ports(link.to, top));
        let (class, aside) = match link.way {
            Way::Power => ("power", 0.0),
            Way::Missing => ("missing", 0.0),
            // Beside the link of a tool that acts as the same identity.
            Way::Reach => ("reach", 9.0),
        };
        let (y1, y2) = (y1, y2 + aside);
        let x2 = x2 - 7.0;
        let bend = ((x2 - x1) / 2.0).max(24.0).round();
        let _ = writeln!(
            out,
            "<path class=\"link {class}\" marker-end=\"url(#to-{class})\" d=\"M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}\"/>",
            x1 + bend,
            x2 - bend
        );
    }

    fn card(&self, at: usize, top: f64, out: &mut String) {
        let Some(set) = self.sets.get(at) else { return };
        let bounds = self.bounds(set.card.kind.column(), End::Card(at), top);
        let (side, above, _) = padding(set.card.kind);
        let all = escaped(&said(set.card));
        let _ = writeln!(
            out,
            "<g><title>{all}</title>{}",
            outline(set.card.kind, bounds, set.card.state)
        );
        let (x, mut y) = (bounds.left + side, bounds.top + above - 4.0);
        for line in &set.name {
            y += NAME_STEP;
            text(out, x, y, "name", line);
        }
        for line in &set.lines {
            y += LINE_STEP;
            text(out, x, y, "line", line);
        }
        for row in &set.badges {
            y += BADGE_STEP;
            let mut x = x;
            for (text, mark) in row {
                let width = badge_width(text, *mark);
                out.push_str(&badge(*mark, text, x, y - 11.0, width));
                x += width + 6.0;
            }
        }
        out.push_str("</g>\n");
    }

    /// What the shapes and links mean that are there; gives where it ends.
    fn legend(&self, top: f64, right: f64, out: &mut String) -> f64 {
        let (mut x, mut y) = (EDGE, top);
        for (entry, words) in LEGEND {
            if !entry.is_used(self.sheet) {
                continue;
            }
            let width = 44.0 + LINE.width(words) + 18.0;
            if x + width > right && x > EDGE {
                (x, y) = (EDGE, y + 26.0);
            }
            out.push_str(&symbol(*entry, x, y));
            text(out, x + 44.0, y + 4.0, "line", words);
            x += width.ceil();
        }
        y + 8.0
    }
}

/// All that a card says, in one line.
fn said(card: &Card) -> String {
    let mut said = match card.members.as_slice() {
        [one] if *one == card.name => one.clone(),
        all => format!("{}: {}", card.name, all.join(", ")),
    };
    let lines = card.lines.iter().map(String::as_str);
    for more in lines.chain(card.badges.iter().map(|badge| badge.text.as_str())) {
        let _ = write!(said, "; {more}");
    }
    said
}

fn text(out: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let text = escaped(text);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_xml_does_not_know_is_replaced() {
        assert_eq!(
            super::escaped("a\tb <c> & \"d\" \u{1} \u{ffff} 'e'"),
            "a b &lt;c&gt; &amp; &quot;d&quot; \u{fffd} \u{fffd} &#39;e&#39;"
        );
    }
}
