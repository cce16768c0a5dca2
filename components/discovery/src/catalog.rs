//! The `catalog` resource.

use crate::bindings::exports::bobbin::discovery::catalogs::{Detail, GuestCatalog, Hit, Page, Query, Tool};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use tool_names::{Scope, callable};
use tool_search::{Document, Index, parameter_names};
use typescript::{Declaration, Listing, ResultSchema, first_sentence};

/// Tools with the identifiers that scripts use, and an index that is made when it is first asked.
pub struct Catalog {
    tools: Vec<Tool>,
    servers: Scope,
    /// The names of each server's tools.
    names: HashMap<String, Scope>,
    index: OnceCell<Index>,
}

impl GuestCatalog for Catalog {
    fn new(tools: Vec<Tool>) -> Self {
        let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for tool in &tools {
            names.entry(&tool.server).or_default().push(&tool.name);
        }
        let servers = Scope::new(names.keys().copied());
        let names = names.iter().map(|(server, names)| ((*server).to_string(), Scope::new(names.iter().copied())));
        Catalog { servers, names: names.collect(), index: OnceCell::new(), tools }
    }

    fn search(&self, query: Query) -> Page {
        let index = self.index.get_or_init(|| index(&self.tools));
        let found = index.search(&query.text, query.server.as_deref(), query.offset as usize, query.limit as usize);
        let mut unknown = false;
        let hits = found.tools.iter().map(|&place| {
            let (hit, unknown_result) = self.hit(&self.tools[place], query.detail);
            unknown |= unknown_result;
            hit
        });
        let hits = hits.collect();
        Page { hits, total: found.total as u32, advice: unknown.then(|| typescript::UNKNOWN_RESULT.to_string()) }
    }

    fn declare(&self, detail: Detail, budget_bytes: u32) -> Option<String> {
        let mut tools: Vec<&Tool> = self.tools.iter().collect();
        tools.sort_by_key(|tool| (&tool.server, &tool.name));
        let mut listing = Listing::new(shown(detail).unwrap_or(typescript::Detail::Signature), budget_bytes as usize);
        for tool in tools {
            if !listing.add(&self.declared(tool)) {
                break;
            }
        }
        listing.text()
    }
}

impl Catalog {
    fn hit(&self, tool: &Tool, detail: Detail) -> (Hit, bool) {
        let declared = self.declared(tool);
        let callable = callable(declared.server, declared.name);
        let (text, unknown_result) = match shown(detail) {
            Some(detail) => {
                let declaration = Declaration::new(&declared, detail);
                (declaration.text(), declaration.has_unknown_result)
            }
            None => {
                let says = tool.description.as_deref().or(tool.title.as_deref()).map(first_sentence);
                match says.filter(|says| !says.is_empty()) {
                    Some(says) => (format!("{callable}: {says}"), false),
                    None => (callable.clone(), false),
                }
            }
        };
        (Hit { server: tool.server.clone(), name: tool.name.clone(), callable, text }, unknown_result)
    }

    fn declared<'a>(&'a self, tool: &'a Tool) -> typescript::Tool<'a> {
        let scope = self.names.get(&tool.server);
        typescript::Tool {
            server: self.servers.identifier(&tool.server).unwrap_or_default(),
            name: scope.and_then(|scope| scope.identifier(&tool.name)).unwrap_or_default(),
            title: tool.title.as_deref(),
            description: tool.description.as_deref(),
            input_schema: &tool.input_schema,
            result: match &tool.output_schema {
                Some(schema) => ResultSchema::Declared(schema),
                None => ResultSchema::Unknown,
            },
        }
    }
}

/// How much of a declaration is shown; `None` for a name alone.
fn shown(detail: Detail) -> Option<typescript::Detail> {
    match detail {
        Detail::Name => None,
        Detail::Signature => Some(typescript::Detail::Signature),
        Detail::Full => Some(typescript::Detail::Full),
    }
}

fn index(tools: &[Tool]) -> Index {
    let parameters: Vec<Vec<String>> = tools.iter().map(|tool| parameter_names(&tool.input_schema)).collect();
    let documents: Vec<Document> = tools
        .iter()
        .zip(&parameters)
        .map(|(tool, parameters)| Document {
            server: &tool.server,
            name: &tool.name,
            title: tool.title.as_deref(),
            description: tool.description.as_deref(),
            parameters,
        })
        .collect();
    Index::new(&documents)
}
