//! `grantc roles --granting`: built-in roles that grant an operation, narrowest first.

use crate::args::{Format, Roles};
use crate::{Failure, Verdict, console};
use grantc_core::names::did_you_mean;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Mark, OpId, RoleIx};
use serde_json::json;

struct Row {
    role: RoleIx,
    conditional: bool,
    mark: Mark,
    operations: u32,
}

pub(crate) fn run(args: &Roles, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let wanted = args
        .granting
        .iter()
        .map(|name| operation(name, catalogue))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows: Vec<Row> = catalogue
        .roles()
        .filter_map(|role| row(role, &wanted, catalogue))
        .collect();
    // Unconditional first, then generally available, then fewest operations, then by name.
    rows.sort_by_key(|row| {
        let name = catalogue.role(row.role).name.to_lowercase();
        (
            row.conditional,
            row.mark != Mark::Available,
            row.operations,
            name,
        )
    });
    let total = rows.len();
    rows.truncate(args.most);
    match args.format {
        Format::Json => print_json(args, &rows, total, catalogue),
        Format::Human => print_text(&rows, total, catalogue),
    }
    Ok(Verdict::Clean)
}

/// The ids of a name: on one plane, or on both when both know it.
fn operation(name: &str, catalogue: &Catalogue) -> Result<Vec<OpId>, Failure> {
    let found: Vec<OpId> = [Plane::Control, Plane::Data]
        .into_iter()
        .filter_map(|p| catalogue.operation(p, name))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let provider = name.split('/').next().unwrap_or("");
    let near: Vec<String> = catalogue
        .operations_under(provider)
        .map(|operation| operation.name.to_string())
        .collect();
    let help = match did_you_mean(name, near.iter().map(String::as_str)) {
        Some(help) => help,
        None if near.is_empty() => format!("the catalogue has no provider `{provider}`"),
        None => format!("`{provider}` has {} others", near.len()),
    };
    Err(Failure(format!("there is no operation `{name}`; {help}")))
}

fn row(role: RoleIx, wanted: &[Vec<OpId>], catalogue: &Catalogue) -> Option<Row> {
    let grant = catalogue.grants(role);
    let any = |ids: &[OpId], holds: &dyn Fn(OpId) -> bool| ids.iter().any(|id| holds(*id));
    let sure = |id: OpId| grant.sure.contains(id);
    let at_all = |id: OpId| sure(id) || grant.conditional.contains(id);
    if !wanted.iter().all(|ids| any(ids, &at_all)) {
        return None;
    }
    Some(Row {
        role,
        conditional: !wanted.iter().all(|ids| any(ids, &sure)),
        mark: catalogue.role(role).mark,
        operations: grant.sure.len() + grant.conditional.len(),
    })
}

fn remark(row: &Row) -> &'static str {
    match (row.conditional, row.mark) {
        (true, _) => "under a condition",
        (false, Mark::Available) => "",
        (false, mark) => mark.word(),
    }
}

fn print_text(rows: &[Row], total: usize, catalogue: &Catalogue) {
    let mut out = String::new();
    if rows.is_empty() {
        out.push_str("no built-in role grants it\n");
    } else {
        out.push_str("operations  role\n");
    }
    for row in rows {
        let role = catalogue.role(row.role);
        let line = format!("{:>10}  {}  {}", row.operations, role.name, remark(row));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    if total > rows.len() {
        out.push_str(&format!(
            "and {} wider ones (--most {total})\n",
            total - rows.len()
        ));
    }
    out.push_str(&format!(
        "catalogue {} {}\n",
        catalogue.date(),
        catalogue.digest()
    ));
    console::print(&out);
}

fn print_json(args: &Roles, rows: &[Row], total: usize, catalogue: &Catalogue) {
    let list: Vec<_> = rows
        .iter()
        .map(|row| {
            let role = catalogue.role(row.role);
            json!({
                "name": role.name,
                "id": role.id,
                "operations": row.operations,
                "conditional": row.conditional,
                "mark": if row.mark == Mark::Available { "available" } else { row.mark.word() },
            })
        })
        .collect();
    let object = json!({
        "schema": 1,
        "catalogue": { "date": catalogue.date(), "digest": catalogue.digest() },
        "granting": args.granting,
        "total": total,
        "roles": list,
    });
    console::print(&format!("{object:#}\n"));
}
