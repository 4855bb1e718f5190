//! The command line, as a user types it and as `--help` teaches it.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

const AFTER_HELP: &str = "\
First steps:
  grantc new desk                   make a project that builds, runs and passes its test
  grantc check                      prove what every tool of ./tools.kdl may reach
  grantc build --out out            write Bicep, Terraform and MCP documents
  grantc build --out out --check    fail when what is written is not current (CI)
  grantc explain G0301              what a finding means, with an example

Exit status: 0 nothing wrong, 1 findings at error level or files that are not current, 2 usage or files that cannot be read or written.";

/// Compiles one manifest of MCP tools, identities and permissions.
///
/// grantc reads `tools.kdl`, proves offline that every tool holds what it needs and says what it
/// holds beyond that, and writes Rust stubs, Bicep, Terraform and MCP documents.
#[derive(Debug, Parser)]
#[command(name = "grantc", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// Folder of a catalogue to use instead of the built-in one (see `grantc catalogue import`).
    #[arg(long, global = true, value_name = "DIR")]
    pub catalogue: Option<Utf8PathBuf>,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are heeded too.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        hide_possible_values = true
    )]
    pub color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a project that builds, runs and passes its own test.
    New(New),
    /// Check manifests: a proof line for each tool, then what was found.
    Check(Check),
    /// Check a manifest and write everything that follows from it.
    Build(Build),
    /// Write grantc.lock beside a manifest: what was accepted, what tools need and show.
    Lock(Lock),
    /// Print the permission graph, broken or not.
    Graph(Graph),
    /// Say why a tool or an identity needs an operation, and why it holds it or does not.
    ///
    /// An operation is a verb of the resource (`read`), a name in full, or the end of one
    /// (`blobs/read`); without a resource it is looked for on all of them. The manifest is
    /// tools.kdl or tools.yaml of this folder when none is named; of three words the first is one
    /// when it ends in .kdl, .yaml or .yml. A manifest with errors has its answers too.
    Why(Why),
    /// List every tool and identity that can do an operation on a resource, and by which path.
    ///
    /// An operation is a verb of the resource (`delete`), a name in full, or the end of one
    /// (`blobs/delete`). The manifest is tools.kdl or tools.yaml of this folder when none is named.
    /// A manifest with errors has its answers too.
    Who(Who),
    /// Print the narrowest roles that whoever deploys a manifest needs, place by place.
    Deployer(Deployer),
    /// Print what a finding means, with an example and what to write instead.
    Explain(Explain),
    /// Print what a built-in role grants, operation by operation.
    Role(Role),
    /// List the built-in roles that grant an operation, narrowest first.
    Roles(Roles),
    /// Show or refresh the catalogue of Azure roles and operations.
    Catalogue(CatalogueArgs),
    /// Print the JSON Schema of the YAML notation, for editors.
    Schema,
    /// Print completions for a shell.
    Completions(Completions),
    /// Print the manual page.
    Man,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a person.
    #[default]
    Human,
    /// One JSON object on standard output, whatever the exit status.
    Json,
}

/// How `check` and `build` report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Report {
    /// Text for a person.
    #[default]
    Human,
    /// One JSON object on standard output, whatever is found; an array for several manifests.
    Json,
    /// Text, and annotations for GitHub Actions.
    Github,
}

/// What findings weigh.
#[derive(Debug, Args)]
#[command(next_help_heading = "Levels")]
pub(crate) struct LevelArgs {
    /// Make a kind of finding an error, by code or name; `warnings` stands for them all.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// Make it a warning.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub warn: Vec<String>,
    /// Do not show it. What is an error of its own cannot be lowered.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The manifests; tools.kdl or tools.yaml of this folder when none is named.
    #[arg(value_name = "MANIFEST")]
    pub manifests: Vec<String>,
    /// Fail when grantc.lock is missing or not current.
    #[arg(long)]
    pub locked: bool,
    /// The day on which findings are accepted or no longer are; by default today, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = grantc_build::lock::day)]
    pub today: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Report,
    /// Check again whenever a manifest or what it imports changes; ctrl-c ends.
    #[arg(long)]
    pub watch: bool,
    #[command(flatten)]
    pub levels: LevelArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The manifest; tools.kdl or tools.yaml of this folder when none is named.
    pub manifest: Option<String>,
    /// Folder that everything is written to.
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: Utf8PathBuf,
    /// Write nothing; fail when a file, or grantc.lock, is missing or not current.
    #[arg(long)]
    pub check: bool,
    /// The day on which findings are accepted or no longer are; by default today, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = grantc_build::lock::day)]
    pub today: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Report,
    #[command(flatten)]
    pub levels: LevelArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The manifest; tools.kdl or tools.yaml of this folder when none is named.
    pub manifest: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Drawing,
}

#[derive(Debug, Args)]
pub(crate) struct Deployer {
    /// The manifest; tools.kdl or tools.yaml of this folder when none is named.
    pub manifest: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Drawing {
    /// A picture for a pull request, light and dark; what is many of a kind is folded and counted.
    #[default]
    Svg,
    /// The same for Markdown: a `mermaid` block.
    Mermaid,
    /// Every node, for Graphviz.
    Dot,
    /// One JSON object.
    Json,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "grantc why [OPTIONS] [MANIFEST] <TOOL-OR-IDENTITY> <OPERATION> [RESOURCE]",
    after_help = WHY_STATUS
)]
pub(crate) struct Why {
    /// The manifest if need be, a tool or an identity, an operation, a resource if need be.
    #[arg(required = true, num_args = 2..=4, value_name = "WORD")]
    pub words: Vec<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

const WHY_STATUS: &str = "\
Exit status: 0 it can, perhaps under a condition or through a neighbour in its app, 1 it cannot, 2 usage or a manifest that cannot be read.";

#[derive(Debug, Args)]
#[command(
    override_usage = "grantc who [OPTIONS] [MANIFEST] <OPERATION> <RESOURCE>",
    after_help = WHO_STATUS
)]
pub(crate) struct Who {
    /// The manifest if need be, an operation, a resource.
    #[arg(required = true, num_args = 2..=3, value_name = "WORD")]
    pub words: Vec<String>,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

const WHO_STATUS: &str = "\
Exit status: 0 somebody can, perhaps under a condition or through keys, 1 nobody can, 2 usage or a manifest that cannot be read.";

#[derive(Debug, Args)]
pub(crate) struct Completions {
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Make a project that builds, runs and passes its own test.
///
/// On a terminal it asks for what is not given; elsewhere, and with --yes, it takes the defaults.
/// No existing file is changed.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Folder of the project; it is made when it is not there.
    #[arg(default_value = ".")]
    pub dir: Utf8PathBuf,
    /// Name of the server; by default that of the folder.
    #[arg(long)]
    pub name: Option<String>,
    /// Reverse-DNS name of who publishes it, such as com.contoso.
    #[arg(long)]
    pub namespace: Option<String>,
    /// What the server is for, in at most 100 characters.
    #[arg(long)]
    pub description: Option<String>,
    /// What its first tool uses.
    #[arg(long, value_enum)]
    pub resource: Option<Using>,
    /// Write tools.yaml instead of tools.kdl.
    #[arg(long)]
    pub yaml: bool,
    /// Checkout of grantc that the project links, instead of where this grantc came from.
    #[arg(long, value_name = "PATH")]
    pub grantc: Option<Utf8PathBuf>,
    /// Ask nothing.
    #[arg(long, short)]
    pub yes: bool,
}

/// What the first tool of a new project uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Using {
    /// Nothing: it computes.
    None,
    /// A blob container.
    Blob,
    /// A search index.
    Search,
}

#[derive(Debug, Args)]
pub(crate) struct Lock {
    /// The manifest; tools.kdl or tools.yaml of this folder when none is named.
    pub manifest: Option<String>,
    /// Accept again, as they are now, findings that say something else than when they were accepted.
    #[arg(long)]
    pub update: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Code or name of the finding, such as `G0301` or `missing-permission`; none lists them all.
    pub code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Role {
    /// Name or GUID of the role, such as "Storage Blob Data Reader".
    pub role: String,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Roles {
    /// The operation, such as Microsoft.Search/searchServices/indexes/documents/read; several: a
    /// role must grant them all.
    #[arg(long, required = true, value_name = "OPERATION")]
    pub granting: Vec<String>,
    /// How many roles are listed at most.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub most: usize,
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct CatalogueArgs {
    #[command(subcommand)]
    pub command: Option<CatalogueCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// Make a catalogue from what Azure prints.
    ///
    /// What is not given is taken from the catalogue in use. Roles that were renamed and
    /// operations that are gone since then are remembered.
    Import(Import),
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Role definitions: `az role definition list -o json`.
    #[arg(long, value_name = "FILE")]
    pub roles: Option<Utf8PathBuf>,
    /// Operations: `az provider operation list -o json`.
    #[arg(long, value_name = "FILE")]
    pub operations: Option<Utf8PathBuf>,
    /// Microsoft Graph: `az ad sp show --id 00000003-0000-0000-c000-000000000000 -o json`.
    #[arg(long, value_name = "FILE")]
    pub graph: Option<Utf8PathBuf>,
    /// Operations that are gone: a list of name, dataAction and lastSeen.
    #[arg(long, value_name = "FILE")]
    pub retired: Option<Utf8PathBuf>,
    /// Former names of roles: a list of name and id.
    #[arg(long, value_name = "FILE")]
    pub renamed: Option<Utf8PathBuf>,
    /// Names of operations that hand out keys, secrets or tokens.
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<Utf8PathBuf>,
    /// The day the files were printed, YYYY-MM-DD.
    #[arg(long)]
    pub date: String,
    /// Folder that the catalogue is written to.
    #[arg(long, value_name = "DIR")]
    pub out: Utf8PathBuf,
}
