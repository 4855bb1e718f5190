//! `grantc role`: what a built-in role grants.

use crate::args::{Format, Role};
use crate::{Failure, Verdict, console};
use grantc_core::names::did_you_mean;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Mark, OpSet};
use serde_json::json;

pub(crate) fn run(args: &Role, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let wanted = args.role.as_str();
    let found = catalogue
        .role_by_name(wanted)
        .or_else(|| catalogue.role_by_id(wanted))
        .or_else(|| catalogue.renamed(wanted));
    let Some(index) = found else {
        let help = did_you_mean(wanted, catalogue.role_names()).unwrap_or_else(|| {
            "`grantc roles --granting OPERATION` finds roles by what they grant".to_owned()
        });
        return Err(Failure(format!("there is no role `{wanted}`; {help}")));
    };
    let role = catalogue.role(index);
    let grant = catalogue.grants(index);
    let names = |set: &OpSet, plane: Plane| -> Vec<String> {
        set.iter()
            .filter_map(|id| catalogue.op(id))
            .filter(|operation| operation.plane == plane)
            .map(|operation| operation.name.to_string())
            .collect()
    };
    let of = |set: &OpSet| (names(set, Plane::Control), names(set, Plane::Data));
    let ((control, data), conditional) = (of(&grant.sure), of(&grant.conditional));
    if args.format == Format::Json {
        let object = json!({
            "schema": 1,
            "name": role.name,
            "id": role.id,
            "control": control,
            "data": data,
            "conditional": { "control": conditional.0, "data": conditional.1 },
        });
        console::print(&format!("{object:#}\n"));
        return Ok(Verdict::Clean);
    }
    let mut out = format!("{}\n{}\n", role.name, role.id);
    if !role.name.eq_ignore_ascii_case(wanted) && !role.id.eq_ignore_ascii_case(wanted) {
        out.push_str(&format!("formerly {wanted}\n"));
    }
    match role.mark {
        Mark::Available => {}
        Mark::Preview => out.push_str("in preview\n"),
        Mark::Deprecated => out.push_str("deprecated\n"),
    }
    let lists = [
        ("control plane", control),
        ("data plane", data),
        ("control plane, under a condition", conditional.0),
        ("data plane, under a condition", conditional.1),
    ];
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        out.push_str(&format!("\n{title}: {}\n", list.len()));
        out.extend(list.iter().map(|name| format!("  {name}\n")));
    }
    out.push_str(&format!("\ncatalogue {} {}\n", catalogue.date(), catalogue.digest()));
    console::print(&out);
    Ok(Verdict::Clean)
}
