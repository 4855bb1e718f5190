//! `grantc role`: what a built-in role grants.

use crate::args::{Format, Role};
use crate::{Failure, Verdict, console};
use grantc_core::check::report as contract;
use grantc_core::names::did_you_mean;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Mark, OpSet};

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
    if args.format == Format::Json {
        let text = serde_json::to_string_pretty(&contract::role(index, catalogue))
            .map_err(Failure::from_error)?;
        console::print(&format!("{text}\n"));
        return Ok(Verdict::Clean);
    }
    let role = catalogue.role(index);
    let grant = catalogue.grants(index);
    let names = |set: &OpSet, plane: Plane| -> Vec<String> {
        set.iter()
            .filter_map(|id| catalogue.op(id))
            .filter(|operation| operation.plane == plane)
            .map(|operation| operation.name)
            .collect()
    };
    let mut out = format!("{}\n{}\n", role.name, role.id);
    if !role.name.eq_ignore_ascii_case(wanted) && !role.id.eq_ignore_ascii_case(wanted) {
        out.push_str(&format!("formerly {wanted}\n"));
    }
    if role.mark != Mark::Available {
        out.push_str(&format!("{}\n", role.mark.word()));
    }
    let lists = [
        ("control plane", names(&grant.sure, Plane::Control)),
        ("data plane", names(&grant.sure, Plane::Data)),
        (
            "control plane, under a condition",
            names(&grant.conditional, Plane::Control),
        ),
        (
            "data plane, under a condition",
            names(&grant.conditional, Plane::Data),
        ),
    ];
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        out.push_str(&format!("\n{title}: {}\n", list.len()));
        out.extend(list.iter().map(|name| format!("  {name}\n")));
    }
    out.push_str(&format!(
        "\ncatalogue {} {}\n",
        catalogue.date(),
        catalogue.digest()
    ));
    console::print(&out);
    Ok(Verdict::Clean)
}
