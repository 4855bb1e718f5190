//! Where an article is kept, and what its text is. Pure.

use crate::tools::read_article::Output;
use grantc_runtime::{ErrorKind, ToolError};

/// The name of an article's blob. Drafts are elsewhere, where the manifest lets no tool look.
pub fn path(id: &str) -> String {
    format!("published/{id}.md")
}

/// The article that a blob holds: Markdown that begins with its title, `# …`.
///
/// # Errors
/// When the blob holds something else; the editors are to mend it, so the id is named.
pub fn from_bytes(id: &str, bytes: Vec<u8>) -> Result<Output, ToolError> {
    let broken = |what: &str| {
        let why = format!("the article `{id}` {what}; tell the editors");
        ToolError::of(ErrorKind::Failed, why)
    };
    let text = String::from_utf8(bytes).map_err(|_| broken("is not text"))?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let title = first.strip_prefix("# ").map(str::trim);
    let title = title
        .filter(|title| !title.is_empty())
        .ok_or_else(|| broken("does not begin with its title"))?;
    Ok(Output {
        id: id.to_owned(),
        title: title.to_owned(),
        text: rest.trim().to_owned(),
    })
}

/// Why an article was not found, in the caller's words.
pub fn not_found(error: ToolError, id: &str) -> ToolError {
    match error.kind() {
        ErrorKind::NotFound => {
            let why = format!(
                "there is no published article `{id}`; search_articles finds those there are"
            );
            ToolError::of(ErrorKind::NotFound, why)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Output, ToolError> {
        from_bytes("risk-register", text.as_bytes().to_vec())
    }

    #[test]
    fn the_title_is_apart_from_the_text() {
        for text in [
            "# Risks\n\nKeep a list.\n\n## How\n\nWeekly.\n",
            "# Risks \r\n\r\nKeep a list.\n\n## How\n\nWeekly.",
        ] {
            let article = read(text).unwrap();
            assert_eq!(article.title, "Risks");
            assert_eq!(article.text, "Keep a list.\n\n## How\n\nWeekly.");
        }
        assert_eq!(read("# Risks").unwrap().text, "");
    }

    #[test]
    fn what_is_no_article_is_said_by_its_id() {
        for text in ["", "Risks", "#Risks\n", "# \ntext", "\n# Risks"] {
            let error = read(text).unwrap_err();
            assert!(error.to_string().contains("`risk-register`"), "{error}");
        }
        let error = from_bytes("risk-register", vec![0xff, 0xfe]).unwrap_err();
        assert!(error.to_string().contains("is not text"), "{error}");
    }

    #[test]
    fn only_what_is_missing_is_said_anew() {
        let missing = ToolError::of(ErrorKind::NotFound, "404");
        let error = not_found(missing, "risk-register");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("search_articles"), "{error}");
        let busy = not_found(ToolError::of(ErrorKind::Busy, "429"), "risk-register");
        assert_eq!(
            (busy.kind(), busy.to_string()),
            (ErrorKind::Busy, "429".to_owned())
        );
    }
}
