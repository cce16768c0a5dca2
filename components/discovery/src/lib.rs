//! Search, TypeScript declarations and learned result types as a component that imports nothing.
//!
//! It fits `bobbin:discovery/catalogs` to the crate `tool-catalog`.

#[allow(unsafe_code, missing_docs)] // Generated: the canonical ABI is unsafe Rust.
mod bindings {
    wit_bindgen::generate!({ world: "discovery", path: "../../wit/discovery" });
}

use bindings::exports::bobbin::discovery::catalogs::{Detail, Guest, GuestCatalog, Hit, Lesson, Page, Query, Tool};

struct Discovery;

impl Guest for Discovery {
    type Catalog = Catalog;

    fn learn(known: Option<String>, results: Vec<String>, now_ms: u64) -> Lesson {
        let lesson = tool_catalog::learn(known.as_deref(), results.iter().map(String::as_str), now_ms);
        Lesson { text: lesson.text, is_news: lesson.is_news }
    }

    fn agree(known: Option<String>, callers: Vec<String>) -> Option<String> {
        tool_catalog::agree(known.as_deref(), callers.iter().map(String::as_str))
    }
}

/// The `catalog` resource.
struct Catalog(tool_catalog::Catalog);

impl GuestCatalog for Catalog {
    fn new(servers: Vec<String>, tools: Vec<Tool>) -> Self {
        Catalog(tool_catalog::Catalog::new(&servers, tools.into_iter().map(tool).collect()))
    }

    fn search(&self, query: Query) -> Page {
        let page = self.0.search(tool_catalog::Query {
            text: &query.text,
            server: query.server.as_deref(),
            detail: detail(query.detail),
            offset: query.offset as usize,
            limit: query.limit as usize,
        });
        Page {
            hits: page.hits.into_iter().map(hit).collect(),
            total: u32::try_from(page.total).unwrap_or(u32::MAX),
            advice: page.advice.map(str::to_string),
        }
    }

    fn declare(&self, shown: Detail, budget_bytes: u32) -> Option<String> {
        self.0.declare(detail(shown), budget_bytes as usize)
    }
}

fn tool(tool: Tool) -> tool_catalog::Tool {
    let Tool { server, name, title, description, input_schema, output_schema, learned_result, common_result } = tool;
    tool_catalog::Tool { server, name, title, description, input_schema, output_schema, learned_result, common_result }
}

fn hit(hit: tool_catalog::Hit) -> Hit {
    let tool_catalog::Hit { server, name, callable, text } = hit;
    Hit { server, name, callable, text }
}

fn detail(detail: Detail) -> tool_catalog::Detail {
    match detail {
        Detail::Name => tool_catalog::Detail::Name,
        Detail::Signature => tool_catalog::Detail::Signature,
        Detail::Full => tool_catalog::Detail::Full,
    }
}

#[allow(unsafe_code)] // The exports are functions of the canonical ABI.
mod exports {
    super::bindings::export!(Discovery with_types_in super::bindings);
    use super::Discovery;
}
