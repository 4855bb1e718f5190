//! The three tools: what they ask of the index, of the articles and of the caller's calendar.

use crate::calendar::{self, Page};
use crate::index::{self, Entry};
use crate::tools::{prepare_meetings, read_article, search_articles};
use crate::types::{ArticleSummary, Meeting};
use crate::{Tools, articles, permission};
use grantc_runtime::ToolError;

/// The tools of the knowledge base. They keep nothing between calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Library;

impl Tools for Library {
    async fn search_articles(
        &self,
        cx: &search_articles::Context,
        input: search_articles::Input,
    ) -> Result<search_articles::Output, ToolError> {
        let query = index::page(&input, cx.page_size)?;
        let found = cx.article_index.query::<Entry>(&query).await?;
        Ok(index::cut(found.into_documents(), &input, cx.page_size))
    }

    async fn read_article(
        &self,
        cx: &read_article::Context,
        input: read_article::Input,
    ) -> Result<read_article::Output, ToolError> {
        let read = cx.articles.read(&articles::path(&input.id)).await;
        let bytes = read.map_err(|error| articles::not_found(error, &input.id))?;
        articles::from_bytes(&input.id, bytes)
    }

    /// The calendar is read as the caller, the index as the librarian: neither can do the other's.
    async fn prepare_meetings(
        &self,
        cx: &prepare_meetings::Context,
        input: prepare_meetings::Input,
    ) -> Result<prepare_meetings::Output, ToolError> {
        let mut events = Vec::new();
        let mut next = Some(calendar::path(input.day)?);
        while let Some(path) = next {
            let page: Page = cx.graph.get(permission::Calendars_Read, &path).await?;
            events.extend(page.value);
            next = page.next;
        }
        let mut meetings = Vec::new();
        for found in calendar::on(input.day, events)? {
            let articles = match index::before(&found.subject) {
                Some(query) => cx.article_index.query(&query).await?.into_documents(),
                None => Vec::new(),
            };
            meetings.push(meeting(found, articles));
        }
        Ok(prepare_meetings::Output { meetings })
    }
}

fn meeting(found: calendar::Appointment, articles: Vec<Entry>) -> Meeting {
    Meeting {
        subject: found.subject,
        starts: found.starts,
        ends: found.ends,
        articles: articles.into_iter().map(ArticleSummary::from).collect(),
    }
}
