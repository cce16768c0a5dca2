//! A server's whole tool list.

use crate::{
    client::Client,
    clock::Clock,
    deadlines::Deadline,
    error::{Error, Fault},
    messages,
    request::Call,
    tools::{self, Tool},
    transport::Transport,
};
use mcp::Era;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The server's own title or name.
    pub title: Option<String>,
    /// The server's own instructions.
    pub instructions: Option<String>,
    /// The tools in the server's order, malformed ones left out.
    pub tools: Vec<Tool>,
    /// One sentence for each tool that was left out.
    pub malformed: Vec<String>,
    /// For how long the server lets the list be kept, in milliseconds: the shortest of its pages.
    pub ttl_ms: Option<u64>,
}

impl<T: Transport, C: Clock> Client<T, C> {
    /// Asks for all tools, page by page until `nextCursor` is absent.
    pub async fn list_tools(&self) -> Result<Catalog, Error> {
        self.limited(Deadline::Catalog, self.read_pages()).await
    }

    async fn read_pages(&self) -> Result<Catalog, Error> {
        let mut list = ToolList::default();
        let mut cursors = HashSet::new();
        let mut cursor = None;
        for _page in 0..self.limits.pages {
            let page = self.page(cursor.as_deref()).await?;
            self.add(&mut list, &page)?;
            // An empty cursor is a cursor.
            let Some(next) = page["nextCursor"].as_str().map(str::to_string) else {
                return Ok(self.finish(list));
            };
            list.bytes += next.len();
            self.expect_bounded(&list)?;
            if !cursors.insert(next.clone()) {
                return Err(self.protocol(METHOD, Fault::RepeatedCursor));
            }
            cursor = Some(next);
        }
        Err(self.protocol(METHOD, Fault::EndlessList { limit: self.limits.pages, what: "pages" }))
    }

    async fn page(&self, cursor: Option<&str>) -> Result<Value, Error> {
        let mut params = Map::new();
        if let Some(cursor) = cursor {
            params.insert("cursor".to_string(), cursor.into());
        }
        let page = self.ask(&Call::reading(METHOD, params)).await?;
        match page["tools"].is_array() {
            true => Ok(page),
            false => Err(self.protocol(METHOD, Fault::Result("\"tools\" is no array".to_string()))),
        }
    }

    fn add(&self, list: &mut ToolList, page: &Value) -> Result<(), Error> {
        let era = self.connection().map_or(Era::Modern, |connection| connection.era());
        for entry in page["tools"].as_array().into_iter().flatten() {
            let mut entry = entry.clone();
            self.server.redactor.redact_value(&mut entry);
            list.add(&entry, era);
            if list.entries > self.limits.tools {
                return Err(self.protocol(METHOD, Fault::EndlessList { limit: self.limits.tools, what: "tools" }));
            }
            self.expect_bounded(list)?;
        }
        if page["_meta"][messages::REPLACED] == true {
            list.malformed.push(REPLACED_SENTENCE.to_string());
        }
        if let Some(ttl_ms) = page["ttlMs"].as_u64() {
            list.ttl_ms = Some(list.ttl_ms.map_or(ttl_ms, |shortest| shortest.min(ttl_ms)));
        }
        Ok(())
    }

    fn expect_bounded(&self, list: &ToolList) -> Result<(), Error> {
        match list.bytes > self.limits.catalog_bytes {
            true => Err(self.protocol(METHOD, Fault::TooLarge { limit_bytes: self.limits.catalog_bytes })),
            false => Ok(()),
        }
    }

    fn finish(&self, list: ToolList) -> Catalog {
        let connection = self.connection();
        Catalog {
            title: connection.as_ref().and_then(|connection| connection.title.clone()),
            instructions: connection.as_ref().and_then(|connection| connection.instructions.clone()),
            tools: list.tools,
            malformed: list.malformed,
            ttl_ms: list.ttl_ms,
        }
    }
}

const METHOD: &str = "tools/list";

const REPLACED_SENTENCE: &str = "A part of its list of tools is broken text, or nested more than 100 deep, and was \
    replaced: there, any argument is accepted.";

#[derive(Default)]
struct ToolList {
    tools: Vec<Tool>,
    malformed: Vec<String>,
    names: HashSet<String>,
    /// Malformed ones, too.
    entries: usize,
    /// Of what is remembered, cursors included.
    bytes: usize,
    ttl_ms: Option<u64>,
}

impl ToolList {
    fn add(&mut self, entry: &Value, era: Era) {
        self.entries += 1;
        let tool = tools::read(entry, self.entries, era).and_then(|tool| match self.names.insert(tool.name.clone()) {
            true => Ok(tool),
            false => Err(tools::left_out(&tool.name, "its name comes twice")),
        });
        match tool {
            Ok(tool) => {
                self.bytes += tool.name.len() + tool.input_schema.len();
                let texts = [&tool.title, &tool.description, &tool.output_schema, &tool.annotations];
                self.bytes += texts.into_iter().flatten().map(String::len).sum::<usize>();
                self.tools.push(tool);
            }
            Err(sentence) => {
                self.bytes += sentence.len();
                self.malformed.push(sentence);
            }
        }
    }
}
