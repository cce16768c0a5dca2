//! A server repeats the credential that it got, in forty spellings and wherever a server can say something. Nobody who
//! asks the gateway can read it in the answer, however he decodes it.

use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};
use tests::client::Client;
use tests::era::Era;
use tests::gateway::Gateway;
use tests::http::Answer;
use tests::peer::Peer;
use tests::revealing::revealed;
use tests::spelling::Spelling;
use tests::state;
use tests::upstream::{Echo, Echoing};

const CREDENTIAL: &str = "planted/key+with=\"33\"&bytes\\of=it";

/// Servers that are asked at the same time.
const AT_ONCE: usize = 8;

/// What came of a request.
struct Said {
    by: String,
    bytes: Vec<u8>,
}

fn said(by: String, answer: &Answer) -> Said {
    let headers =
        answer.headers.iter().flat_map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"]);
    let bytes = headers.chain([&answer.body[..]]).collect::<Vec<_>>().concat();
    Said { by, bytes }
}

async fn mcp(client: Client, era: Era, path: &str, method: &str, params: Value) -> Said {
    let peer = Peer::new(client, path, era, json!({"elicitation": {}}));
    let message = peer.message(method, params);
    // What a server breaks off breaks off here, too.
    let answer = peer.send_for_what_comes(&message).await;
    said(format!("{era:?} {path} {}", message["params"]), &answer)
}

async fn api(client: Client, method: &str, path: &str) -> Said {
    let answer = client.send(method, &format!("/api/v1{path}"), &[], "").await;
    said(format!("{method} {path}"), &answer)
}

/// What an agent sees of a server.
async fn asked_by_agents(client: Client, alias: &str) -> Vec<Said> {
    let caught = format!(
        "const out = [];
        for (const name of {:?}) {{
            try {{
                const value = await tools[{alias:?}][name]({{}});
                console.log(value);
                out.push(value, Object.keys(Object(value)), JSON.stringify(value));
            }} catch (error) {{
                console.log(error);
                out.push(error.name, error.message, error.stack, error.data, {{ ...error }}, String(error));
            }}
        }}
        return out;",
        Echoing::TOOLS
    );
    let uncaught = format!("return await tools[{alias:?}].structured({{}})");
    let mut all = Vec::new();
    for code in [caught, uncaught] {
        let run = json!({"name": "execute_code", "arguments": {"code": code}});
        all.push(mcp(client, Era::Modern, "/mcp", "tools/call", run).await);
    }
    let search = json!({"name": "search_tools", "arguments": {"query": "", "server": alias, "detail": "full"}});
    all.push(mcp(client, Era::Legacy, "/mcp", "tools/call", search).await);
    let direct = json!({"name": format!("{alias}__text"), "arguments": {}});
    all.push(mcp(client, Era::Legacy, "/mcp?mode=direct", "tools/call", direct).await);
    all
}

/// What passes through, in both eras.
async fn passed_through(client: Client, alias: &str, echo: Echo) -> Vec<Said> {
    let path = format!("/mcp/{alias}");
    let initialize = json!({"protocolVersion": Era::Legacy.version(), "capabilities": {"elicitation": {}},
        "clientInfo": {"name": "tests", "version": "1"}});
    let call = json!({"name": "text", "arguments": {}, "_meta": {"progressToken": "p"}});
    let mut requests = vec![(Era::Legacy, "initialize", initialize), (Era::Legacy, "tools/call", call.clone())];
    if matches!(echo, Echo::Successes | Echo::RpcErrors) {
        for era in Era::ALL {
            requests.extend([
                (era, "tools/list", json!({})),
                (era, "resources/list", json!({})),
                (era, "resources/read", json!({"uri": "x:y"})),
                (era, "prompts/get", json!({"name": "p"})),
                (
                    era,
                    "completion/complete",
                    json!({"ref": {"type": "ref/prompt", "name": "p"},
                    "argument": {"name": "a", "value": ""}}),
                ),
            ]);
        }
    }
    requests.extend([(Era::Modern, "server/discover", json!({})), (Era::Modern, "tools/call", call)]);
    let mut all = Vec::new();
    for (era, method, params) in requests {
        all.push(mcp(client, era, &path, method, params).await);
    }
    all
}

/// What the operator sees.
async fn administered(client: Client, alias: &str) -> Vec<Said> {
    let mut all = vec![api(client, "POST", &format!("/servers/{alias}/test")).await];
    for view in ["", "/tools", "/health"] {
        all.push(api(client, "GET", &format!("/servers/{alias}{view}")).await);
    }
    all.push(api(client, "POST", &format!("/servers/{alias}/refresh")).await);
    all
}

/// What is said of all servers.
async fn overviews(client: Client) -> Vec<Said> {
    let mut all = Vec::new();
    for path in ["/mcp", "/mcp?mode=direct"] {
        all.push(mcp(client, Era::Legacy, path, "tools/list", json!({})).await);
    }
    for (name, arguments) in [("list_servers", json!({})), ("search_tools", json!({"query": "planted key"}))] {
        let call = json!({"name": name, "arguments": arguments});
        all.push(mcp(client, Era::Legacy, "/mcp", "tools/call", call).await);
    }
    for view in ["/servers?limit=200", "/health?limit=200", "/export", "/usage"] {
        all.push(api(client, "GET", view).await);
    }
    all
}

fn alias(echo: Echo, spelling: Spelling) -> String {
    format!("{echo:?}-{}", spelling.name).to_lowercase()
}

#[track_caller]
fn assert_hidden(all: &[Said]) {
    let shown: Vec<String> = all
        .iter()
        .filter_map(|said| {
            let text = revealed(&said.bytes, CREDENTIAL)?;
            let at = text.find("planted").or(text.find("33")).unwrap_or_default();
            let around: String = text.chars().skip(at.saturating_sub(40)).take(120).collect();
            Some(format!("{}: …{around}…", said.by))
        })
        .collect();
    assert!(shown.is_empty(), "{} of {} answers:\n{}", shown.len(), all.len(), shown.join("\n"));
}

/// Asks one after the other, some at the same time.
async fn of_all<F: Future<Output = Vec<Said>>>(asking: impl Iterator<Item = F>) -> Vec<Said> {
    stream::iter(asking).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().flatten().collect()
}

#[test]
fn none_leads_out_of_a_server() {
    tests::run(async {
        let echoing = Echoing::start().await;
        let cases: Vec<(Echo, Spelling)> = Echo::OF_SERVERS
            .into_iter()
            .flat_map(|echo| Spelling::ALL.into_iter().map(move |spelling| (echo, spelling)))
            .collect();
        let servers: serde_json::Map<String, Value> = cases
            .iter()
            .map(|(echo, spelling)| {
                let headers = json!({"Authorization": "Bearer ${C}"});
                (alias(*echo, *spelling), json!({"url": echoing.url(*echo, *spelling), "headers": headers}))
            })
            .collect();
        let gateway = Gateway::start_with(&[
            ("servers", &json!({"mcpServers": servers}).to_string()),
            ("secrets", &json!({"C": CREDENTIAL}).to_string()),
        ])
        .await;
        let client = gateway.client();
        let all = of_all(cases.iter().map(|(echo, spelling)| {
            let alias = alias(*echo, *spelling);
            async move {
                let mut all = asked_by_agents(client, &alias).await;
                all.extend(passed_through(client, &alias, *echo).await);
                all.extend(administered(client, &alias).await);
                all
            }
        }))
        .await;
        assert!(all.len() > 5_000, "{}", all.len());
        assert_hidden(&all);
        assert_hidden(&overviews(client).await);
        let files = state::files(gateway.state());
        assert_hidden(&files.into_iter().map(|(by, bytes)| Said { by, bytes }).collect::<Vec<_>>());
        // It is taken out, and nothing else is: what was said around it is there.
        let hidden = |said: &&Said| said.bytes.windows(10).any(|part| part == b"[redacted]" || part == b"REDACTEDRE");
        assert!(all.iter().filter(hidden).count() > 2_000);
    });
}

#[test]
fn none_leads_out_of_an_authorization_server() {
    tests::run(async {
        let echoing = Echoing::start().await;
        let key = "c0ffee00".repeat(8);
        let gateway = Gateway::start_with(&[("encryption_key", &key)]).await;
        let client = gateway.client();
        for spelling in Spelling::ALL {
            let auth = json!({"type": "oauth2ClientCredentials", "clientId": "id", "method": "client_secret_basic",
                "clientSecret": CREDENTIAL, "tokenEndpoint": echoing.url(Echo::Tokens, spelling)});
            let url = echoing.url(Echo::Successes, spelling);
            gateway.api().add_server(&alias(Echo::Tokens, spelling), &url, json!({"auth": auth})).await;
        }
        let mut all = of_all(Spelling::ALL.into_iter().map(|spelling| {
            let alias = alias(Echo::Tokens, spelling);
            async move {
                let mut all = asked_by_agents(client, &alias).await;
                all.extend(passed_through(client, &alias, Echo::Tokens).await);
                all.extend(administered(client, &alias).await);
                all
            }
        }))
        .await;
        assert_hidden(&all);
        all = overviews(client).await;
        assert!(all.iter().any(|said| String::from_utf8_lossy(&said.bytes).contains("invalid_client")));
        assert_hidden(&all);
        let files = state::files(gateway.state());
        assert_hidden(&files.into_iter().map(|(by, bytes)| Said { by, bytes }).collect::<Vec<_>>());
    });
}

/// What is looked for can be found: without the gateway each answer shows the credential.
#[test]
fn each_spelling_can_be_read_where_nothing_is_taken_out() {
    tests::run(async {
        let echoing = Echoing::start().await;
        let authorization = format!("Bearer {CREDENTIAL}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        for (echo, spelling) in Echo::OF_SERVERS
            .into_iter()
            .filter(|echo| *echo != Echo::BrokenErrors)
            .flat_map(|echo| Spelling::ALL.into_iter().map(move |spelling| (echo, spelling)))
        {
            let method = if matches!(echo, Echo::Handshake | Echo::Version) { "initialize" } else { "tools/call" };
            let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"name": "structured"}});
            let path = echoing.url(echo, spelling);
            let path = path.strip_prefix(&format!("http://{}", echoing.address())).expect("a path").to_owned();
            let answer = Client::new(echoing.address()).send("POST", &path, &headers, message.to_string()).await;
            let bytes = said(path.clone(), &answer).bytes;
            assert!(revealed(&bytes, CREDENTIAL).is_some(), "{path}: {}", String::from_utf8_lossy(&bytes));
        }
    });
}
