use crate::support::document::Document;
use crate::support::memory::Memory;
use crate::support::{Answer, exchange, send, send_json};
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

/// Every path with every method that the document has there.
fn operations(document: &Document) -> Vec<(String, Method, Value)> {
    let mut operations = Vec::new();
    for (path, item) in document.0["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods").iter().filter(|(name, _)| *name != "parameters") {
            let method = method.to_uppercase().parse().expect("a method");
            operations.push((path.clone(), method, operation.clone()));
        }
    }
    operations
}

/// Checks an answer against the document: its status, media type, headers and body.
fn check(document: &Document, operation: &Value, answer: &Answer) {
    let id = &operation["operationId"];
    let response = document.resolved(&operation["responses"][answer.status.as_str()]);
    assert!(response.is_object(), "{id} does not have {}: {}", answer.status, answer.text);
    for (name, declared) in response["headers"].as_object().into_iter().flatten() {
        let declared = document.resolved(declared);
        let value = answer.headers.get(name.as_str());
        assert!(value.is_some() || declared["required"] == false, "{id} {} has no {name}", answer.status);
        if let Some(value) = value.filter(|_| declared["schema"]["type"] == "string") {
            let problems = document.schema(&declared["schema"]).check(&json!(value.to_str().expect("ASCII")));
            assert!(problems.is_empty(), "{id} {name}: {problems}");
        }
    }
    let Some(content) = response["content"].as_object() else {
        assert_eq!(answer.text, "", "{id} {}", answer.status);
        return;
    };
    let schema = &content.get(answer.header(header::CONTENT_TYPE)).expect("the media type is declared")["schema"];
    let problems = document.schema(schema).check(&answer.body);
    assert!(problems.is_empty(), "{id} {}: {problems} in {}", answer.status, answer.text);
}

fn fill(path: &str, alias: &str, id: &str) -> String {
    path.replace("{alias}", alias).replace("{id}", id)
}

/// A memory with servers of every kind and a key, whose id is given.
fn filled() -> (Memory, String) {
    let memory = Memory::default();
    let document = Document::read();
    let content = &document.0["paths"]["/servers"]["post"]["requestBody"]["content"]["application/json"];
    for example in ["simple", "oauth2"] {
        let made = send_json(&memory, Method::POST, "/servers", &[], &content["examples"][example]["value"]);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }
    let agents = json!({"url": "https://a.example.com", "enabled": false, "headers": {"a": "b"},
        "auth": {"type": "oauth2ClientCredentials", "clientId": "c", "method": "private_key_jwt",
            "privateKey": "-----BEGIN PRIVATE KEY-----", "algorithm": "ES256"}});
    send_json(&memory, Method::PUT, "/servers/agents", &[], &agents);
    let key = json!({"name": "ci", "servers": [], "expiresAt": "2099-01-01T00:00:00Z", "rateLimitPerMinute": 1});
    let key = send_json(&memory, Method::POST, "/keys", &[], &key);
    (memory, key.body["id"].as_str().expect("an id").to_string())
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Document, value: &Value) {
        document.resolved(value);
        match value {
            Value::Object(members) => members.values().for_each(|member| walk(document, member)),
            Value::Array(items) => items.iter().for_each(|item| walk(document, item)),
            _ => {}
        }
    }
    let document = Document::read();
    walk(&document, &document.0);
}

#[test]
fn every_component_is_used() {
    let document = Document::read();
    let text = document.0.to_string();
    for kind in ["parameters", "headers", "responses", "schemas"] {
        for name in document.0["components"][kind].as_object().expect("components").keys() {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "{kind} {name}");
        }
    }
}

#[test]
fn every_operation_is_served_as_it_is_described() {
    let document = Document::read();
    let operations = operations(&document);
    assert!(operations.len() >= 20);
    for (path, method, operation) in &operations {
        let (memory, id) = filled();
        let path = fill(path, "github", &id);
        let contents = operation["requestBody"]["content"].as_object();
        let bodies: Vec<(&str, Value)> = match contents {
            None => vec![("application/json", Value::Null)],
            Some(contents) => contents
                .iter()
                .flat_map(|(media_type, content)| {
                    let examples = content["examples"].as_object().expect("examples");
                    examples.values().map(|example| (media_type.as_str(), example["value"].clone()))
                })
                .collect(),
        };
        for (media_type, body) in bodies {
            if let Some(content) = contents.map(|contents| &contents[media_type]) {
                let problems = document.schema(&content["schema"]).check(&body);
                assert!(problems.is_empty(), "an example of {method} {path}: {problems}");
            }
            // Examples of new servers are there already.
            let memory = if path == "/servers" && *method == Method::POST { Memory::default() } else { filled().0 };
            let answer = send_json(&memory, method.clone(), &path, &[("content-type", media_type)], &body);
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.text);
            check(&document, operation, &answer);
        }
        for failing in failures(&memory, method, &path, !operation["requestBody"].is_null()) {
            assert!(failing.status.is_client_error() || failing.status.is_server_error(), "{method} {path}");
            check(&document, operation, &failing);
        }
        let known = send(&memory, method.clone(), &path, &[("if-none-match", "*")]);
        assert_eq!(known.status == StatusCode::NOT_MODIFIED, operation["responses"].get("304").is_some(), "{path}");
    }
}

/// What goes wrong with a request when it is sent wrongly.
fn failures(memory: &Memory, method: &Method, path: &str, has_body: bool) -> Vec<Answer> {
    let json = ("content-type", "application/json");
    let mut failures = vec![
        exchange(memory, method.clone(), &format!("{path}?unknown=1"), &[json], "{}".into()),
        exchange(memory, method.clone(), path, &[json, ("accept", "text/html")], "{}".into()),
    ];
    if has_body {
        failures.push(exchange(memory, method.clone(), path, &[json], "{".into()));
        failures.push(exchange(memory, method.clone(), path, &[json], vec![b' '; (1 << 20) + 1].into()));
        failures.push(exchange(memory, method.clone(), path, &[("content-type", "text/plain")], "{}".into()));
        failures.push(exchange(memory, method.clone(), path, &[json], "[]".into()));
    }
    failures
}

#[test]
fn lists_and_declared_servers_fit_as_well() {
    let document = Document::read();
    let (memory, _) = filled();
    for (path, operation) in [
        ("/servers", "/servers"),
        ("/servers?limit=1", "/servers"),
        ("/servers/declared", "/servers/{alias}"),
        ("/servers/agents", "/servers/{alias}"),
        ("/keys", "/keys"),
        ("/usage", "/usage"),
        ("/health", "/health"),
        ("/servers/nobody", "/servers/{alias}"),
        ("/keys/nobody", "/keys/{id}"),
    ] {
        let answer = send(&memory, Method::GET, path, &[]);
        check(&document, &document.0["paths"][operation]["get"], &answer);
    }
    memory.down.set(true);
    let down = send(&memory, Method::GET, "/servers", &[]);
    check(&document, &document.0["paths"]["/servers"]["get"], &down);
}

#[test]
fn only_what_is_described_is_served() {
    let document = Document::read();
    let operations = operations(&document);
    let (memory, id) = filled();
    for (path, item) in document.0["paths"].as_object().expect("paths") {
        for method in ["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY"] {
            let method: Method = method.parse().expect("a method");
            let described = operations.iter().any(|(known, of_it, _)| known == path && *of_it == method);
            let answer = send_json(&memory, method.clone(), &fill(path, "github", &id), &[], &json!(null));
            assert_eq!(answer.status != StatusCode::METHOD_NOT_ALLOWED, described, "{method} {path}");
            if !described {
                let (_, any) =
                    item.as_object().expect("methods").iter().find(|(name, _)| *name != "parameters").expect("one");
                check(&document, any, &answer);
                let allowed: Vec<&str> =
                    answer.header(header::ALLOW).split(", ").filter(|name| *name != "HEAD").collect();
                let methods: Vec<&str> = operations
                    .iter()
                    .filter(|(known, ..)| known == path)
                    .map(|(_, method, _)| method.as_str())
                    .collect();
                assert_eq!(allowed, methods, "{path}");
            }
        }
    }
}

#[test]
fn limits_are_those_of_the_code() {
    let document = Document::read();
    assert_eq!(document.0["info"]["version"], env!("CARGO_PKG_VERSION"));
    let limit = &document.0["components"]["parameters"]["limit"]["schema"];
    assert_eq!(
        (&limit["maximum"], &limit["default"]),
        (&json!(admin_api::MAX_LIMIT), &json!(admin_api::DEFAULT_LIMIT))
    );
    let schemas = &document.0["components"]["schemas"];
    let policy = &schemas["ToolPolicy"]["properties"];
    assert_eq!(policy["rules"]["maxItems"], tool_policy::MAX_RULES);
    assert_eq!(policy["annotations"]["maxProperties"], tool_policy::MAX_ANNOTATIONS);
    assert_eq!(schemas["KeyInput"]["properties"]["name"]["maxLength"], client_keys::MAX_NAME_CHARS);
    assert_eq!(schemas["KeyInput"]["properties"]["servers"]["maxItems"], client_keys::MAX_SERVERS);
    assert_eq!(schemas["KeyInput"]["properties"]["rateLimitPerMinute"]["maximum"], client_keys::MAX_RATE_PER_MINUTE);
    let too_large = document.0["components"]["responses"]["BodyTooLarge"]["description"].as_str().expect("a text");
    assert!(too_large.contains(&admin_api::MAX_BODY_BYTES.to_string()));
}
