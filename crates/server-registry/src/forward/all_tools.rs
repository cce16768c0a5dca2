//! The list of those tools that a caller may see, where some are forbidden: all in one page. The pages of the server, and
//! the cursors between them, tell of the others.

use super::{Server, translate::Refused};
use crate::host::Host;
use futures::future::{Either, select};
use mcp::{RpcError, code};
use mcp_client::{Limits, TransportError};
use serde_json::{Map, Value, json};
use std::{collections::HashSet, pin::pin};
use usage::{FailureKind, Outcome};

impl<H: Host + 'static> Server<'_, H> {
    /// The result of `tools/list`, of which `page` asks for one page. Complete within the time of a call.
    pub(super) async fn permitted_tools<E: From<Refused>>(
        &self,
        params: &Map<String, Value>,
        page: impl AsyncFn(Map<String, Value>) -> Result<Value, E>,
    ) -> Result<Value, E> {
        if params.get("cursor").is_some_and(|cursor| !cursor.is_null()) {
            let message = "Invalid cursor: this list has one page.";
            return Err(Refused::here(RpcError::new(code::INVALID_PARAMS, message)).into());
        }
        let upstream = &self.usable.upstream;
        match select(pin!(self.all_pages(params, page)), pin!(upstream.call_time())).await {
            Either::Left((list, _)) => list,
            Either::Right(_) => Err(Refused::from(upstream.broke_off(TransportError::TooLate)).into()),
        }
    }

    async fn all_pages<E: From<Refused>>(
        &self,
        params: &Map<String, Value>,
        ask: impl AsyncFn(Map<String, Value>) -> Result<Value, E>,
    ) -> Result<Value, E> {
        let limits = Limits::default();
        let (mut tools, mut listed, mut bytes) = (Vec::new(), 0, 0);
        let mut list: Option<Value> = None;
        let mut cursors = HashSet::new();
        let mut params = params.clone();
        for _page in 0..limits.pages {
            let mut page = ask(params.clone()).await?;
            let Some(Value::Array(entries)) = page.get_mut("tools").map(Value::take) else {
                return Err(self.unusable("its list of tools is none").into());
            };
            listed += entries.len();
            for tool in entries.into_iter().filter(|tool| self.may_list(tool)) {
                bytes += tool.to_string().len();
                tools.push(tool);
            }
            let next = page["nextCursor"].as_str().map(str::to_string);
            let ttl_ms = page["ttlMs"].as_u64();
            let list = list.get_or_insert(page);
            if let Some(ttl_ms) = ttl_ms.filter(|ttl_ms| list["ttlMs"].as_u64().is_none_or(|known| *ttl_ms < known)) {
                list["ttlMs"] = json!(ttl_ms);
            }
            let Some(next) = next else { return Ok(whole(list.take(), tools)) };
            bytes += next.len();
            if listed > limits.tools || bytes > limits.catalog_bytes || !cursors.insert(next.clone()) {
                break;
            }
            params.insert("cursor".to_string(), next.into());
        }
        Err(self.unusable("its list of tools does not end").into())
    }

    pub(super) fn unusable(&self, what: &str) -> Refused {
        let message = format!("Server \"{}\" cannot be used: {what}.", self.alias);
        let error = RpcError::new(code::INTERNAL_ERROR, message);
        Refused { error, outcome: Outcome::Failed(FailureKind::Protocol) }
    }
}

/// The first page with all tools. It is this caller's alone.
fn whole(mut list: Value, tools: Vec<Value>) -> Value {
    if let Some(fields) = list.as_object_mut() {
        fields.shift_remove("nextCursor");
        fields.insert("tools".to_string(), tools.into());
        if let Some(scope) = fields.get_mut("cacheScope") {
            *scope = json!("private");
        }
    }
    list
}
