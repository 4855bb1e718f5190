//! Measures how long manifests take, and draws what was measured.
//!
//! ```sh
//! cargo run --release -p grantc-core --example speed -- measure release   # release
//! cargo run -p grantc-core --example speed -- measure opt-level-0 1000    # as in build.rs
//! cargo run --release -p grantc-core --example speed -- command target/release/grantc
//! cargo run -p grantc-core --example speed -- plot <compiler/core/benches/speed.txt >compiler/core/benches/speed.svg
//! ```
//!
//! The first three print lines for `speed.txt`. Each time is the shortest of several runs, which is
//! what a quiet machine takes.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of the command line"
)]

#[path = "../benches/common/mod.rs"]
mod common;

use grantc_spec::catalogue::Catalogue;
use std::error::Error;
use std::fmt::Write;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["measure", name] => measure(name, 10_000),
        ["measure", name, most] => measure(name, most.parse()?),
        ["command", path] => command(path)?,
        ["plot"] => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            print!("{}", plot(&text));
        }
        _ => eprintln!("say `measure NAME`, `command PATH` or `plot`"),
    }
    Ok(())
}

/// The shortest of several runs, and of more while they are short.
fn shortest<T>(mut run: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    let mut best = Duration::MAX;
    let mut runs = 0;
    while runs < 5 || (runs < 500 && start.elapsed() < Duration::from_secs(2)) {
        let begin = Instant::now();
        let made = run();
        best = best.min(begin.elapsed());
        drop(made);
        runs += 1;
    }
    best
}

fn line(name: &str, part: &str, tools: usize, time: Duration) {
    println!("{name} {part} {tools} {:.3}", time.as_secs_f64() * 1e3);
}

fn measure(name: &str, most: usize) {
    let catalogue = Catalogue::embedded();
    let sizes = [10, 100, 1_000, 10_000];
    for tools in sizes.into_iter().filter(|tools| *tools <= most) {
        let text = common::manifest(tools);
        let Some(tree) = common::read(&text) else {
            continue;
        };
        line(name, "reading", tools, shortest(|| common::read(&text)));
        let rest = shortest(|| common::understand(&tree, catalogue));
        line(name, "rest", tools, rest);
    }
}

/// Start-up: the whole command on a manifest without a tool.
fn command(path: &str) -> Result<(), Box<dyn Error>> {
    let manifest = std::env::temp_dir().join("grantc-speed.kdl");
    let empty = "grantc version=1\nserver \"empty\" version=\"1.0.0\" { description \"Nothing.\"; namespace \"com.example\" }\n";
    std::fs::write(&manifest, empty)?;
    let mut failed = false;
    let time = shortest(|| {
        let mut command = Command::new(path);
        command.arg("check").arg(&manifest);
        let ran = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        failed |= !ran.is_ok_and(|status| status.success());
    });
    if failed {
        return Err(format!("{path} check {} failed", manifest.display()).into());
    }
    line("release", "command", 0, time);
    Ok(())
}

const LEFT: f64 = 70.0;
const TOP: f64 = 50.0;
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 300.0;
/// Powers of ten at the ends of the axes: tools, and milliseconds.
const TOOLS: (f64, f64) = (1.0, 4.0);
const TIMES: (f64, f64) = (-1.0, 4.0);

fn x(tools: f64) -> f64 {
    LEFT + (tools.log10() - TOOLS.0) / (TOOLS.1 - TOOLS.0) * WIDTH
}

fn y(milliseconds: f64) -> f64 {
    TOP + HEIGHT - (milliseconds.log10() - TIMES.0) / (TIMES.1 - TIMES.0) * HEIGHT
}

/// The lines of the picture: build, part, class, dash, label.
const LINES: [(&str, &str, &str, &str, &str); 3] = [
    ("opt-level-0", "rest", "c", "2 4", "all else, in build.rs"),
    ("release", "reading", "b", "7 4", "reading, release"),
    ("release", "rest", "a", "", "all else, release"),
];

/// The picture of lines `BUILD PART TOOLS MILLISECONDS`; those that begin with `#` are its caption.
fn plot(text: &str) -> String {
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420" width="640" height="420" font-family="Helvetica, Arial, sans-serif" font-size="12" role="img" aria-label="Time that grantc takes, by number of tools">
<style>
text {{ fill: #1f2328 }} .soft {{ fill: #59636e }} .grid {{ stroke: #d1d9e0 }} .page {{ fill: #ffffff }}
.a {{ stroke: #0969da; fill: #0969da }} .b {{ stroke: #8250df; fill: #8250df }} .c {{ stroke: #bc4c00; fill: #bc4c00 }} text.a, text.b, text.c {{ stroke: none }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #f0f6fc }} .soft {{ fill: #9198a1 }} .grid {{ stroke: #3d444d }} .page {{ fill: #0d1117 }}
.a {{ stroke: #4493f8; fill: #4493f8 }} .b {{ stroke: #ab7df8; fill: #ab7df8 }} .c {{ stroke: #f0883e; fill: #f0883e }}
}}
</style>
<rect class="page" width="640" height="420" rx="6"/>
<text x="{LEFT}" y="28" font-size="15" font-weight="bold">From manifest to proof</text>
"##
    );
    axes(&mut svg);
    let mut labels = Vec::new();
    for (build, part, class, dash, label) in LINES {
        let points: Vec<(f64, f64)> = text
            .lines()
            .filter_map(|line| point(line, build, part))
            .collect();
        let path: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            r#"<polyline class="{class}" points="{}" style="fill:none" stroke-width="2" stroke-dasharray="{dash}"/>"#,
            path.join(" ")
        );
        for (x, y) in &points {
            let _ = writeln!(svg, r#"{}"#, mark(class, *x, *y));
        }
        labels.extend(
            points
                .last()
                .map(|(x, y)| (*y + 4.0, *x + 12.0, class, label)),
        );
    }
    // From the top down, each below the one before.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    for (y, x, class, label) in labels {
        let at = y.max(free);
        free = at + 16.0;
        let _ = writeln!(
            svg,
            r#"<text class="{class}" x="{x:.1}" y="{at:.1}">{label}</text>"#
        );
    }
    let captions = text.lines().filter_map(|line| line.strip_prefix("# "));
    for (line, at) in captions.zip([388, 404]) {
        let _ = writeln!(
            svg,
            r#"<text class="soft" x="{LEFT}" y="{at}" font-size="11">{line}</text>"#
        );
    }
    svg + "</svg>\n"
}

fn axes(svg: &mut String) {
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    for (tools, label) in [
        (10.0, "10"),
        (100.0, "100"),
        (1e3, "1,000"),
        (1e4, "10,000 tools"),
    ] {
        let at = x(tools);
        let _ = writeln!(
            svg,
            r#"<path class="grid" d="M{at:.1} {TOP}V{bottom}"/><text class="soft" x="{at:.1}" y="{}" text-anchor="middle">{label}</text>"#,
            bottom + 18.0
        );
    }
    let times = [
        (0.1, "0.1 ms"),
        (1.0, "1 ms"),
        (10.0, "10 ms"),
        (100.0, "100 ms"),
        (1e3, "1 s"),
        (1e4, "10 s"),
    ];
    for (time, label) in times {
        let at = y(time);
        let _ = writeln!(
            svg,
            r#"<path class="grid" d="M{LEFT} {at:.1}H{right}"/><text class="soft" x="{}" y="{:.1}" text-anchor="end">{label}</text>"#,
            LEFT - 8.0,
            at + 4.0
        );
    }
}

fn point(line: &str, build: &str, part: &str) -> Option<(f64, f64)> {
    let mut words = line.split(' ');
    let known = words.next() == Some(build) && words.next() == Some(part);
    let (tools, time) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    known.then(|| (x(tools), y(time)))
}

/// A mark that is told by its shape too.
fn mark(class: &str, x: f64, y: f64) -> String {
    match class {
        "a" => format!(r#"<circle class="a" cx="{x:.1}" cy="{y:.1}" r="4"/>"#),
        "b" => format!(
            r#"<rect class="b" x="{:.1}" y="{:.1}" width="8" height="8"/>"#,
            x - 4.0,
            y - 4.0
        ),
        _ => format!(r#"<path class="c" d="M{x:.1} {:.1}l5 9h-10z"/>"#, y - 5.0),
    }
}
