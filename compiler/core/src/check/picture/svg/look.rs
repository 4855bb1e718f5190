//! Shapes and colours, in light and in dark.

use super::{Bounds, escaped};
use crate::check::picture::sheet::{Kind, Mark, Sheet, Way};

/// The colours, and the heads of links.
pub(super) const STYLE: &str = r##"<style>
text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
.title{font-size:18px;font-weight:600}
.name{font-size:13px;font-weight:600}
.line{font-size:11px}
.column{font-size:11px;letter-spacing:1px}
.word{font-size:11px;font-weight:600}
.paper{fill:#ffffff}
.title,.name{fill:#1f2328}
.line,.column{fill:#59636e}
.frame{fill:#f6f8fa;stroke:#d1d9e0}
.holds{stroke-dasharray:2 3;stroke:#818b98}
.card{fill:#ffffff;stroke:#818b98;stroke-width:1.2}
.card.missing{stroke:#cf222e;stroke-width:2.4}
.card.gap{fill:#ffebe9;stroke:#cf222e;stroke-width:2;stroke-dasharray:6 4}
.card.unproven,.card.excess{stroke:#9a6700;stroke-width:1.8}
.card.unused{stroke:#9a6700;stroke-width:1.6;stroke-dasharray:4 3}
.card.inner{fill:none;stroke-width:1}
.link{fill:none;stroke-width:1.4}
.link.power{stroke:#818b98}
.link.missing{stroke:#cf222e;stroke-width:2;stroke-dasharray:6 4}
.link.reach{stroke:#8250df;stroke-width:1.8;stroke-dasharray:0.1 4.5;stroke-linecap:round}
.head.power{fill:#818b98}
.head.missing{fill:#cf222e}
.head.reach{fill:#ffffff;stroke:#8250df;stroke-width:1.4}
.badge.missing{fill:#cf222e;stroke:#cf222e}
.badge.unproven,.badge.excess{fill:#fff8c5;stroke:#9a6700}
.badge.unused{fill:#ffffff;stroke:#9a6700;stroke-dasharray:3 2}
.badge.reach{fill:#fbefff;stroke:#8250df;stroke-dasharray:1.5 2}
.badge.spare,.badge.plain{fill:#f6f8fa;stroke:#d1d9e0}
.word.missing{fill:#ffffff}
.sign.missing{stroke:#ffffff}
.word.unproven,.word.excess,.word.unused{fill:#7d4e00}
.sign.unproven,.sign.excess,.sign.unused{stroke:#7d4e00}
.word.reach{fill:#6639ba}
.sign.reach{stroke:#6639ba}
.word.spare,.word.plain{fill:#59636e}
.sign.spare{stroke:#59636e}
.sign{fill:none;stroke-width:1.6}
@media (prefers-color-scheme:dark){
.paper{fill:#0d1117}
.title,.name{fill:#f0f6fc}
.line,.column{fill:#9198a1}
.frame{fill:#151b23;stroke:#3d444d}
.holds{stroke:#656c76}
.card{fill:#0d1117;stroke:#656c76}
.card.missing{stroke:#f85149}
.card.gap{fill:#2d1214;stroke:#f85149}
.card.unproven,.card.excess,.card.unused{stroke:#d29922}
.card.inner{fill:none}
.link.power{stroke:#656c76}
.link.missing{stroke:#f85149}
.link.reach{stroke:#ab7df8}
.head.power{fill:#656c76}
.head.missing{fill:#f85149}
.head.reach{fill:#0d1117;stroke:#ab7df8}
.badge.missing{fill:#b62324;stroke:#f85149}
.badge.unproven,.badge.excess{fill:#272115;stroke:#d29922}
.badge.unused{fill:#0d1117;stroke:#d29922}
.badge.reach{fill:#211a35;stroke:#ab7df8}
.badge.spare,.badge.plain{fill:#151b23;stroke:#3d444d}
.word.unproven,.word.excess,.word.unused{fill:#e3b341}
.sign.unproven,.sign.excess,.sign.unused{stroke:#e3b341}
.word.reach{fill:#d2a8ff}
.sign.reach{stroke:#d2a8ff}
.word.spare,.word.plain{fill:#9198a1}
.sign.spare{stroke:#9198a1}
}
</style>
<defs>
<marker id="to-power" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head power" d="M0 0L8 4L0 8Z"/></marker>
<marker id="to-missing" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head missing" d="M0 0L8 4L0 8Z"/></marker>
<marker id="to-reach" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head reach" d="M1 1L7 4L1 7Z"/></marker>
</defs>
"##;

/// Something that the legend explains.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    Shape(Kind),
    Line(Way),
    Badge(Mark),
}

/// What the legend says of each.
pub(super) const LEGEND: &[(Entry, &str)] = &[
    (Entry::Shape(Kind::Tool), "tool"),
    (Entry::Shape(Kind::Identity), "identity"),
    (Entry::Shape(Kind::Role), "role that is assigned"),
    (Entry::Shape(Kind::Gap), "needed, and no role grants it"),
    (Entry::Shape(Kind::Resource), "resource"),
    (Entry::Line(Way::Power), "acts as, holds, on"),
    (Entry::Line(Way::Missing), "missing"),
    (
        Entry::Line(Way::Reach),
        "attached to the app: all its tools can reach what this holds",
    ),
    (Entry::Badge(Mark::Missing), "missing: needed and not held"),
    (
        Entry::Badge(Mark::Unproven),
        "unproven: held under a condition only",
    ),
    (
        Entry::Badge(Mark::Excess),
        "excess: held and not needed, and at worst what is named",
    ),
    (
        Entry::Badge(Mark::Spare),
        "excess: held and not needed, only to read",
    ),
    (Entry::Badge(Mark::Unused), "unused: no need passes through"),
    (
        Entry::Badge(Mark::Reach),
        "reach: held by neighbours in the app only",
    ),
];

impl Entry {
    /// Whether the picture has one.
    pub(super) fn is_used(self, sheet: &Sheet) -> bool {
        let mut badges = sheet.cards.iter().flat_map(|card| &card.badges);
        match self {
            Entry::Shape(kind) => sheet.cards.iter().any(|card| card.kind == kind),
            Entry::Line(way) => sheet.links.iter().any(|link| link.way == way),
            Entry::Badge(mark) => badges.any(|badge| badge.mark == mark),
        }
    }
}

/// A small one of its kind, for the legend: 34 wide, around this height.
pub(super) fn symbol(entry: Entry, x: f64, y: f64) -> String {
    match entry {
        Entry::Shape(kind) => {
            let bounds = Bounds {
                left: x,
                top: y - 9.0,
                right: x + 34.0,
                bottom: y + 9.0,
            };
            format!("{}\n", outline(kind, bounds, None))
        }
        Entry::Badge(mark) => badge(mark, "", x + 4.0, y - 8.5, 26.0),
        Entry::Line(way) => {
            let class = class_of(way);
            format!(
                "<path class=\"link {class}\" marker-end=\"url(#to-{class})\" d=\"M{x} {y}L{} {y}\"/>\n",
                x + 27.0
            )
        }
    }
}

fn class_of(way: Way) -> &'static str {
    match way {
        Way::Power => "power",
        Way::Missing => "missing",
        Way::Reach => "reach",
    }
}

/// The outline of a card, as heavy as what is to be told of it.
pub(super) fn outline(kind: Kind, bounds: Bounds, worst: Option<Mark>) -> String {
    let Bounds {
        left,
        top,
        right,
        bottom,
    } = bounds;
    let state = match (kind, worst) {
        (Kind::Gap, _) => " gap",
        (Kind::Tool, Some(Mark::Reach)) => "",
        (_, Some(mark)) if mark < Mark::Reach => word_of(mark),
        _ => "",
    };
    let class = match state {
        "" => "card".to_owned(),
        state => format!("card {}", state.trim()),
    };
    let (width, height) = (right - left, bottom - top);
    match kind {
        Kind::Tool => rounded(&class, bounds, 6.0),
        Kind::Identity => {
            let outer = rounded(&class, bounds, (height / 2.0).min(20.0));
            if worst != Some(Mark::Excess) {
                return outer;
            }
            // Twice around: more is held than is needed.
            let inner = Bounds {
                left: left + 3.0,
                top: top + 3.0,
                right: right - 3.0,
                bottom: bottom - 3.0,
            };
            let class = format!("{class} inner");
            format!(
                "{outer}{}",
                rounded(&class, inner, (height / 2.0).min(17.0))
            )
        }
        Kind::Role => {
            let fold = 10.0f64.min(width / 3.0);
            format!(
                "<path class=\"{class}\" d=\"M{left} {top}H{}L{right} {}V{bottom}H{left}Z\"/>\
                 <path class=\"{class} inner\" d=\"M{} {top}V{}H{right}\"/>",
                right - fold,
                top + fold,
                right - fold,
                top + fold
            )
        }
        Kind::Gap => {
            let cut = 8.0;
            format!(
                "<path class=\"{class}\" d=\"M{} {top}H{}L{right} {}V{}L{} {bottom}H{}L{left} {}V{}Z\"/>",
                left + cut,
                right - cut,
                top + cut,
                bottom - cut,
                right - cut,
                left + cut,
                bottom - cut,
                top + cut
            )
        }
        Kind::Resource => {
            let (rim, wide) = (6.0f64.min(height / 4.0), width / 2.0);
            format!(
                "<path class=\"{class}\" d=\"M{left} {0}A{wide} {rim} 0 0 1 {right} {0}V{1}A{wide} {rim} 0 0 1 {left} {1}Z\"/>\
                 <path class=\"{class} inner\" d=\"M{left} {0}A{wide} {rim} 0 0 0 {right} {0}\"/>",
                top + rim,
                bottom - rim
            )
        }
    }
}

fn rounded(class: &str, bounds: Bounds, radius: f64) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>",
        bounds.left,
        bounds.top,
        bounds.right - bounds.left,
        bounds.bottom - bounds.top
    )
}

fn word_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Missing => "missing",
        Mark::Unproven => "unproven",
        Mark::Excess => "excess",
        Mark::Unused => "unused",
        Mark::Reach => "reach",
        Mark::Spare => "spare",
        Mark::Plain => "plain",
    }
}

/// A badge: a sign, then words, 17 high from this top.
pub(super) fn badge(mark: Mark, text: &str, x: f64, top: f64, width: f64) -> String {
    let class = word_of(mark);
    let radius = match mark {
        Mark::Missing | Mark::Unused => 2,
        _ => 8,
    };
    let (a, b, middle) = (x + 7.0, x + 14.0, top + 8.5);
    let sign = match mark {
        // A cross, a question, a plus, a bar, an arrow.
        Mark::Missing => format!(
            "M{a} {0}L{b} {1}M{a} {1}L{b} {0}",
            middle - 3.5,
            middle + 3.5
        ),
        Mark::Unproven => format!(
            "M{a} {}Q{a} {} {} {}T{b} {}Q{b} {} {} {middle}V{}M{} {}V{}",
            middle - 2.0,
            middle - 4.5,
            a + 3.5,
            middle - 4.5,
            middle - 2.0,
            middle - 0.5,
            a + 3.5,
            middle + 1.5,
            a + 3.5,
            middle + 3.0,
            middle + 4.5
        ),
        Mark::Excess | Mark::Spare => format!(
            "M{a} {middle}H{b}M{0} {1}V{2}",
            a + 3.5,
            middle - 3.5,
            middle + 3.5
        ),
        Mark::Unused => format!("M{a} {middle}H{b}"),
        Mark::Reach => format!(
            "M{a} {middle}H{b}M{0} {1}L{b} {middle}L{0} {2}",
            b - 3.0,
            middle - 3.0,
            middle + 3.0
        ),
        Mark::Plain => String::new(),
    };
    let (words, sign) = match mark {
        Mark::Plain => (x + 7.0, String::new()),
        _ => (
            x + 20.0,
            format!("<path class=\"sign {class}\" d=\"{sign}\"/>"),
        ),
    };
    let words = match text {
        "" => String::new(),
        text => format!(
            "<text class=\"word {class}\" x=\"{words}\" y=\"{}\">{}</text>",
            top + 12.5,
            escaped(text)
        ),
    };
    format!(
        "<rect class=\"badge {class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"17\" rx=\"{radius}\"/>{sign}{words}\n"
    )
}
