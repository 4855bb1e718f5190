//! Imports: every file that a manifest leads to becomes a tree, in one fixed order.
//!
//! The root manifest comes first, then what each file imports, in the order of its `import` nodes,
//! depth first; a file that several import is read once, where it was reached first. Paths are
//! relative to the importer and stay inside the folder of the root manifest, whatever the loader
//! could reach.

use crate::compilation::Loader;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lower;
use crate::source::{Sources, Span, Word};
use crate::syntax::{self, Tree, ValueKind};
use grantc_spec::rules;
use std::collections::{BTreeMap, BTreeSet};

/// Most files of a manifest, the root among them.
pub const MAX_FILES: usize = 32;

/// The files of a manifest.
#[derive(Debug)]
pub struct Files {
    /// The trees of those that could be read, the root first.
    pub trees: Vec<Tree>,
    /// Whether every file could be read: if not, names may be missing that are declared somewhere.
    pub complete: bool,
}

/// Reads a root manifest, whose bytes were loaded already, and everything that it imports.
pub fn read(
    path: &str,
    bytes: &[u8],
    loader: &dyn Loader,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Files {
    let cut = path.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
    let (folder, name) = path.split_at_checked(cut).unwrap_or(("", path));
    let mut reader = Reader {
        root: path,
        folder,
        loader,
        sources,
        diagnostics,
        seen: BTreeSet::new(),
        open: Vec::new(),
        files: Files {
            trees: Vec::new(),
            complete: true,
        },
    };
    reader.file(&[name.to_owned()], bytes);
    reader.files
}

/// A path within the root's folder, one part after the other.
type Parts = Vec<String>;

struct Reader<'a> {
    root: &'a str,
    /// The folder of the root manifest, with its last `/`.
    folder: &'a str,
    loader: &'a dyn Loader,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// Every file that was asked for.
    seen: BTreeSet<Parts>,
    /// The files that lead to the one being read, each with the import that left it.
    open: Vec<(Parts, Option<Span>)>,
    files: Files,
}

impl Reader<'_> {
    /// Adds a file, and all that it imports. The number of files bounds the depth.
    fn file(&mut self, parts: &[String], bytes: &[u8]) {
        self.seen.insert(parts.to_vec());
        let path = self.path(parts);
        let Some(tree) = syntax::read(&path, bytes, self.sources, self.diagnostics) else {
            self.files.complete = false;
            return;
        };
        let readable = lower::is_readable(&tree);
        self.files.complete &= readable;
        let imports = match readable {
            true => imports(&tree),
            false => Vec::new(),
        };
        self.files.trees.push(tree);
        self.open.push((parts.to_vec(), None));
        let mut here: BTreeMap<Parts, Span> = BTreeMap::new();
        for import in imports {
            match resolve(parts, &import.value) {
                Ok(target) => self.import(&import, target, &mut here),
                Err((message, help)) => {
                    self.files.complete = false;
                    self.refuse(import.span, message, help);
                }
            }
        }
        self.open.pop();
    }

    /// Follows one import of the file that was opened last.
    fn import(&mut self, import: &Word, target: Parts, here: &mut BTreeMap<Parts, Span>) {
        if let Some(first) = here.insert(target.clone(), import.span) {
            let message = format!("`{}` is imported twice", target.join("/"));
            self.diagnostics.push(
                Diagnostic::new(&rules::REPEATED, import.span, message)
                    .also(first, "it is already here"),
            );
            return;
        }
        if let Some((_, left)) = self.open.last_mut() {
            *left = Some(import.span);
        }
        if let Some(start) = self.open.iter().position(|(parts, _)| *parts == target) {
            self.cycle(import, start);
            return;
        }
        if self.seen.contains(&target) {
            return;
        }
        if self.seen.len() == MAX_FILES {
            self.files.complete = false;
            let message = format!("a manifest has at most {MAX_FILES} files");
            self.diagnostics.push(
                Diagnostic::new(&rules::TOO_LARGE, import.span, message)
                    .help("join some of them: a file of a thousand types is read at once"),
            );
            return;
        }
        let path = self.path(&target);
        match self.loader.load_import(self.root, &path) {
            Ok(bytes) => self.file(&target, &bytes),
            Err(error) => {
                self.seen.insert(target);
                self.files.complete = false;
                let message = format!("cannot import `{}`: {}", error.path, error.reason);
                let help = "the path is relative to the folder of the file that imports";
                self.refuse(import.span, message, help);
            }
        }
    }

    /// Reports an import that leads back to the file at `start` of those that are open.
    fn cycle(&mut self, import: &Word, start: usize) {
        let round = self.open.get(start..).unwrap_or_default();
        let names = round
            .iter()
            .map(|(parts, _)| format!("`{}`", parts.join("/")));
        let names: Vec<String> = names.collect();
        let first = names.first().cloned().unwrap_or_default();
        let chain = format!("{} → {first}", names.join(" → "));
        let message = format!("this import leads back to {first}");
        let mut found = Diagnostic::new(&rules::BAD_IMPORT, import.span, message)
            .note(chain)
            .help("move what both files need into a third one, and import that");
        for ((_, span), next) in round.iter().zip(names.iter().skip(1)) {
            if let Some(span) = span {
                found = found.also(*span, format!("this imports {next}"));
            }
        }
        self.diagnostics.push(found);
    }

    fn refuse(&mut self, span: Span, message: String, help: &str) {
        self.diagnostics
            .push(Diagnostic::new(&rules::BAD_IMPORT, span, message).help(help));
    }

    /// The path that the loader is asked for.
    fn path(&self, parts: &[String]) -> String {
        format!("{}{}", self.folder, parts.join("/"))
    }
}

/// What a file imports: the paths as they are written.
fn imports(tree: &Tree) -> Vec<Word> {
    let nodes = tree.nodes.iter();
    let paths = nodes
        .filter(|node| node.name.value == "import")
        .filter_map(|node| node.args.first())
        .filter_map(|value| match &value.kind {
            // An empty one has its finding from the shape check.
            ValueKind::String(path) if !path.trim().is_empty() => {
                Some(Word::new(path.clone(), value.span))
            }
            _ => None,
        });
    paths.collect()
}

/// The place of an imported path within the root's folder, or why there is none.
fn resolve(importer: &[String], path: &str) -> Result<Parts, (String, &'static str)> {
    let inside = "name a file in or below the folder of the root manifest, by a relative path";
    if path.contains('\\') {
        let message = format!("`{path}` has a `\\` in it");
        return Err((message, "write `/` between folders, on every system"));
    }
    if path.starts_with('/') || path.contains(':') {
        return Err((format!("`{path}` is not a relative path"), inside));
    }
    if path.chars().any(char::is_control) {
        let message = "the path has a control character in it".to_owned();
        return Err((message, inside));
    }
    let mut parts: Parts = importer.to_vec();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    let message = format!("`{path}` leaves the folder of the root manifest");
                    return Err((
                        message,
                        "move the file into that folder, or the root manifest up",
                    ));
                }
            }
            part => parts.push(part.to_owned()),
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compilation::{Compilation, LoadError, Outcome, compile};
    use grantc_spec::catalogue::Catalogue;

    const SERVER: &str =
        "server \"s\" version=\"1\" { description \"d\"; namespace \"com.example\" }\n";

    struct Folder(BTreeMap<String, String>);

    impl Loader for Folder {
        fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
            let text = self.0.get(path).map(|text| text.clone().into_bytes());
            text.ok_or_else(|| LoadError {
                path: path.to_owned(),
                reason: "there is no such file".to_owned(),
            })
        }
    }

    /// Compiles the first of some files, each with the language version put before it.
    fn run(files: &[(&str, &str)]) -> Compilation {
        let text = |path: &str, text: &str| match path.ends_with(".yaml") {
            true => format!("grantc: 1\n{text}"),
            false => format!("grantc version=1\n{text}"),
        };
        let all = files
            .iter()
            .map(|(path, it)| ((*path).to_owned(), text(path, it)));
        compile(files[0].0, &Folder(all.collect()), Catalogue::embedded()).unwrap()
    }

    fn read_in_order(run: &Compilation) -> Vec<&str> {
        run.sources.iter().map(|file| file.path.as_str()).collect()
    }

    fn found(run: &Compilation) -> Vec<String> {
        let found = run.diagnostics.iter();
        found
            .map(|it| {
                format!(
                    "{} {} {}",
                    run.sources.place(it.span),
                    it.rule.code,
                    it.message
                )
            })
            .collect()
    }

    #[test]
    fn files_are_read_depth_first_and_once() {
        let root = format!(
            "{SERVER}import \"a/a.kdl\"\nimport \"./b.yaml\"\ntype \"R\" {{ a A; b B; c C }}\n\
             tool \"t\" {{ description \"d\"; output \"R\" }}"
        );
        let run = run(&[
            ("x/tools.kdl", &root),
            (
                "x/a/a.kdl",
                "import \"../c.kdl\"\nimport \"../b.yaml\"\ntype \"A\" { c C }",
            ),
            (
                "x/b.yaml",
                "imports: [a/../c.kdl]\ntypes: { B: { fields: { c: C } } }",
            ),
            ("x/c.kdl", "type \"C\" { n integer }"),
        ]);
        assert_eq!(found(&run), Vec::<String>::new());
        assert_eq!(
            read_in_order(&run),
            ["x/tools.kdl", "x/a/a.kdl", "x/c.kdl", "x/b.yaml"]
        );
        let types = &run.program().unwrap().types;
        let types: Vec<_> = types.values().map(|ty| ty.name.value.as_str()).collect();
        assert_eq!(types, ["R", "A", "C", "B"]);
    }

    #[test]
    fn names_are_one_space_over_all_files() {
        let root = format!("{SERVER}import \"a.kdl\"\ntype \"T\" {{ n integer }}");
        let run = run(&[("tools.kdl", &root), ("a.kdl", "enum \"T\" { one; two }")]);
        assert_eq!(found(&run), ["a.kdl:2 G0203 type `T` is declared twice"]);
        let other = &run.diagnostics.iter().next().unwrap().related[0].0;
        assert_eq!(run.sources.place(*other), "tools.kdl:4");
    }

    #[test]
    fn a_path_stays_inside_the_folder_whatever_is_there() {
        for (path, refused) in [
            (
                "../up.kdl",
                "`../up.kdl` leaves the folder of the root manifest",
            ),
            (
                "a/../../x/a.kdl",
                "`a/../../x/a.kdl` leaves the folder of the root manifest",
            ),
            ("/etc/types.kdl", "`/etc/types.kdl` is not a relative path"),
            ("C:/types.kdl", "`C:/types.kdl` is not a relative path"),
            (r"a\\b.kdl", r"`a\b.kdl` has a `\` in it"),
            (r"a\u{7}.kdl", "the path has a control character in it"),
            (
                "none.kdl",
                "cannot import `x/none.kdl`: there is no such file",
            ),
            (".", "cannot import `x/`: there is no such file"),
        ] {
            let root = format!("{SERVER}import \"{path}\"");
            let run = run(&[("x/tools.kdl", &root), ("up.kdl", ""), ("x/a.kdl", "")]);
            assert_eq!(
                found(&run),
                [format!("x/tools.kdl:3 G0205 {refused}")],
                "{path}"
            );
            // Names may be missing that the file declares, so nothing is said about names.
            assert!(matches!(run.outcome, Outcome::Unreadable));
        }
    }

    #[test]
    fn a_cycle_shows_its_chain() {
        let root = format!("{SERVER}import \"a.kdl\"");
        let run = run(&[
            ("tools.kdl", &root),
            ("a.kdl", "import \"b.kdl\""),
            ("b.kdl", "import \"a.kdl\""),
        ]);
        assert_eq!(
            found(&run),
            ["b.kdl:2 G0205 this import leads back to `a.kdl`"]
        );
        let cycle = run.diagnostics.iter().next().unwrap();
        assert_eq!(cycle.notes, ["`a.kdl` → `b.kdl` → `a.kdl`"]);
        assert_eq!(run.sources.place(cycle.related[0].0), "a.kdl:2");
        // Everything was read, so the rest is judged.
        assert!(run.program().is_some());

        let itself = run_itself();
        assert_eq!(
            found(&itself),
            ["tools.kdl:3 G0205 this import leads back to `tools.kdl`"]
        );
    }

    fn run_itself() -> Compilation {
        run(&[("tools.kdl", &format!("{SERVER}import \"tools.kdl\""))])
    }

    #[test]
    fn thirty_two_files_are_read_and_no_more() {
        let names: Vec<String> = (1..=40).map(|n| format!("t{n}.kdl")).collect();
        let of = |count: usize| {
            let imports = names.iter().take(count);
            let root: String = imports.map(|name| format!("import \"{name}\"\n")).collect();
            let root = format!("{SERVER}{root}");
            let mut files = vec![("tools.kdl", root.as_str())];
            files.extend(names.iter().map(|name| (name.as_str(), "")));
            found(&run(&files))
        };
        assert_eq!(of(MAX_FILES - 1), Vec::<String>::new());
        let all = of(MAX_FILES);
        assert_eq!(
            all,
            [format!(
                "tools.kdl:{} G0003 a manifest has at most 32 files",
                2 + MAX_FILES
            )]
        );
    }

    #[test]
    fn a_chain_of_files_is_followed_to_the_limit() {
        let names: Vec<String> = (0..40).map(|n| format!("t{n}.kdl")).collect();
        let texts: Vec<String> = (0..40)
            .map(|n| {
                format!(
                    "{}import \"t{}.kdl\"",
                    if n == 0 { SERVER } else { "" },
                    n + 1
                )
            })
            .collect();
        let files = names
            .iter()
            .zip(&texts)
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let run = run(&files.collect::<Vec<_>>());
        assert_eq!(
            found(&run),
            ["t31.kdl:2 G0003 a manifest has at most 32 files"]
        );
    }

    #[test]
    fn an_imported_file_is_held_to_its_own_words_and_version() {
        let root = format!("{SERVER}import \"a.kdl\"\nimport \"b.yaml\"\nimport \"c.kdl\"");
        let mut files = BTreeMap::from([
            ("tools.kdl".to_owned(), format!("grantc version=1\n{root}")),
            ("a.kdl".to_owned(), "grantc version=1\nserver \"x\" version=\"1\" { description \"d\"; namespace \"n\" }\ntyp \"A\" { n integer }".to_owned()),
            ("b.yaml".to_owned(), "types: { B: { fields: { n: integer } } }".to_owned()),
            ("c.kdl".to_owned(), "grantc version=2\nnonsense".to_owned()),
        ]);
        let compiled = compile("tools.kdl", &Folder(files.clone()), Catalogue::embedded()).unwrap();
        assert_eq!(
            found(&compiled),
            [
                "a.kdl:2 G0205 `server` cannot stand in an imported file",
                "a.kdl:3 G0101 `typ` is not a word of an imported file",
                "b.yaml:1 G0005 a manifest starts with its language version",
                "c.kdl:1 G0005 this grantc reads version 1, not 2",
            ]
        );
        // What cannot be parsed is told in its own file, and no name is missed because of it.
        files.insert(
            "c.kdl".to_owned(),
            "grantc version=1\ntype \"C\" {".to_owned(),
        );
        files.insert(
            "a.kdl".to_owned(),
            "grantc version=1\ntype \"A\" { c C }".to_owned(),
        );
        files.insert("b.yaml".to_owned(), "grantc: 1".to_owned());
        let compiled = compile("tools.kdl", &Folder(files), Catalogue::embedded()).unwrap();
        let found = found(&compiled);
        assert!(!found.is_empty());
        assert!(
            found
                .iter()
                .all(|it| it.starts_with("c.kdl:") && it.contains("G0001")),
            "{found:?}"
        );
    }
}
