//! Sessions of servers that are passed through: sealed for the caller who began them, with that server.

mod support;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use server_registry::{Access, NotForwarded, Purpose, Registry};
use std::rc::Rc;
use support::{MemoryHost, administer, legacy};

struct Gateway {
    host: MemoryHost,
    keys: [String; 2],
}

impl Gateway {
    /// Two servers, and the keys of two clients.
    fn new() -> Self {
        let host = MemoryHost::default();
        host.serve("x", legacy(&["a"]));
        host.serve("y", legacy(&["a"]));
        host.configure(&["x", "y"]);
        let operator = host.open(&host.registry()).expect("a configuration");
        let keys = ["one", "other"].map(|name| {
            let (_, made) = administer(&host, &operator, http::Method::POST, "/api/v1/keys", &json!({"name": name}));
            made["key"].as_str().expect("a key").to_string()
        });
        host.set_text("admin_key", "the-key-of-the-operator");
        Self { host, keys }
    }

    fn access(&self, registry: &Rc<Registry<MemoryHost>>, caller: usize) -> Access<MemoryHost> {
        self.host.sign_in(registry, Some(&self.keys[caller]), Purpose::Direct).expect("a client")
    }

    /// Passes a request through at a fresh instance; gives the session of the answer.
    fn send(
        &self,
        caller: usize,
        alias: &str,
        method: &str,
        session: Option<&str>,
    ) -> Result<Option<String>, NotForwarded> {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "c"}});
        let body = json!({"jsonrpc": "2.0", "id": 0, "method": method, "params": params});
        let mut request = Request::post("/mcp").header("content-type", "application/json");
        request = session.into_iter().fold(request, |request, session| request.header("mcp-session-id", session));
        let access = self.access(&self.host.registry(), caller);
        let request = request.body(Bytes::from(body.to_string())).expect("a request");
        let answer = self.host.run(access.forward(alias, request))?;
        Ok(answer.headers().get("mcp-session-id").map(|id| id.to_str().expect("text").to_string()))
    }

    fn begin(&self) -> String {
        self.send(0, "x", "initialize", None).expect("an answer").expect("a session")
    }
}

#[test]
fn any_instance_knows_one_for_its_caller_and_server_alone() {
    for key in ["", &"8".repeat(64)] {
        let gateway = Gateway::new();
        gateway.host.set_text("encryption_key", key);
        let session = gateway.begin();
        assert!(!session.contains("session-1"), "{session}");
        gateway.send(0, "x", "tools/list", Some(&session)).expect("it is theirs");
        for (caller, alias) in [(1, "x"), (0, "y"), (1, "y")] {
            let refused = gateway.send(caller, alias, "tools/list", Some(&session)).err();
            assert_eq!(refused, Some(NotForwarded::UnknownSession), "{caller} {alias}");
        }
        for made_up in ["", "session-1", "AAAA", &session[1..]] {
            let refused = gateway.send(0, "x", "tools/list", Some(made_up)).err();
            assert_eq!(refused, Some(NotForwarded::UnknownSession), "{made_up}");
        }
    }
}

#[test]
fn a_store_that_fails_for_a_moment_ends_none() {
    let gateway = Gateway::new();
    let session = gateway.begin();
    gateway.host.break_store("session-key");
    for session in [None, Some(session.as_str())] {
        let method = if session.is_some() { "tools/list" } else { "initialize" };
        assert!(matches!(gateway.send(0, "x", method, session), Err(NotForwarded::Failed(_))));
    }
    gateway.host.mend_store();
    gateway.send(0, "x", "tools/list", Some(&session)).expect("it goes on");
}
