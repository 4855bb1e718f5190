//! T-SQL: a script for each database in which something is held, which no resource of Azure can
//! make. The templates of Bicep and Terraform put out the command that runs it.

use crate::infrastructure::{self, Target, Writer};
use crate::template::{Language, Sources};
use crate::view::{self, View};
use crate::{Emitted, Options};
use grantc_core::Verified;
use minijinja::Error;
use serde_json::json;

const TEMPLATES: Sources = &[("database", include_str!("templates/database.sql.j2"))];

/// The scripts of a program; none where nothing is held in a database.
pub fn sql(program: &Verified, options: &Options) -> Emitted {
    let target = Target {
        language: Language::Sql,
        sources: TEMPLATES,
        folder: "sql",
        layout: str::to_owned,
        write,
    };
    infrastructure::emit(&target, view::view(program, options), program)
}

fn write(view: &View, writer: &mut Writer) -> Result<(), Error> {
    for database in &view.databases {
        let all = json!({ "server": view.server, "database": database });
        let file = database.file.strip_prefix("sql/");
        writer.write(file.unwrap_or(&database.file), "database", all)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_template_quotes_an_expression() {
        crate::infrastructure::tests::no_template_quotes_an_expression(super::TEMPLATES);
    }
}
