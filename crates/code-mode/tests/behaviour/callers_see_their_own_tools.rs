//! Callers with other rights share what an instance keeps, and none sees what another one may see.

use crate::fake::{Fake, tool};
use crate::scripts::finished;
use code_mode::{CodeMode, DirectTools, State, settings::Settings};
use futures::future::join;
use mcp_server::{Service, ToolCall};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A way to see the tools of the server `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Direct,
    Search,
    Description,
    Servers,
    Script,
}

const WAYS: [Way; 5] = [Way::Direct, Way::Search, Way::Description, Way::Servers, Way::Script];

const ALL: [&str; 2] = ["hidden", "open"];
const PART: [&str; 1] = ["open"];

fn servers(tools: &[&str]) -> BTreeMap<String, Vec<contracts::registry::Tool>> {
    [("x".to_string(), tools.iter().map(|name| tool(name)).collect())].into()
}

/// An operator, who sees all tools, and a caller who sees a part of them.
fn callers() -> (Fake, Fake) {
    let mut operator = Fake::with_session(|_| finished("1"));
    operator.servers = servers(&ALL);
    let limited = operator.beside(servers(&PART));
    (operator, limited)
}

async fn call(caller: &Fake, state: &State<Fake>, name: &str, arguments: Value) -> Value {
    let arguments = arguments.as_object().cloned().expect("an object");
    let code_mode = CodeMode { platform: caller, state, settings: Settings::default(), samples: &caller.samples };
    let result = code_mode.call_tool(ToolCall { name: name.to_string(), arguments }, &()).await.expect("a result");
    result["structuredContent"].clone()
}

/// Which of all tools a caller sees.
async fn seen(caller: &Fake, state: &State<Fake>, way: Way) -> Vec<&'static str> {
    let shown = match way {
        Way::Direct => {
            let page = DirectTools { platform: caller, state, settings: Settings::default() }
                .list_tools(None)
                .await
                .expect("a page");
            json!(page.tools)
        }
        Way::Search => call(caller, state, "search_tools", json!({})).await,
        Way::Description => {
            let code_mode =
                CodeMode { platform: caller, state, settings: Settings::default(), samples: &caller.samples };
            json!(code_mode.list_tools(None).await.expect("a page").tools)
        }
        Way::Servers => {
            let listed = call(caller, state, "list_servers", json!({})).await;
            return ALL[ALL.len()
                - usize::try_from(listed["servers"][0]["tools"].as_u64().expect("a number")).expect("few")..]
                .to_vec();
        }
        Way::Script => {
            call(caller, state, "execute_code", json!({"code": "tools.x"})).await;
            let program = caller.program.borrow().clone().expect("a program");
            json!(program.bindings[0].tools)
        }
    };
    ALL.into_iter().filter(|name| shown.to_string().contains(name)).collect()
}

/// `first` knows its tools, asks again, and while it waits `second` asks.
fn assert_each_sees_its_own(first: (&Fake, &[&str]), second: (&Fake, &[&str])) {
    for way in WAYS {
        for other_way in WAYS {
            let state = State::default();
            assert_eq!(first.0.block_on(seen(first.0, &state, way)), first.1, "{way:?}");
            first.0.load_ms.set(20);
            second.0.load_ms.set(10);
            let both = join(seen(first.0, &state, way), seen(second.0, &state, other_way));
            let (of_first, of_second) = first.0.block_on(both);
            assert_eq!(of_first, first.1, "{way:?} while there is {other_way:?}");
            assert_eq!(of_second, second.1, "{other_way:?} while there is {way:?}");
            for (caller, expected) in [first, second, first] {
                caller.load_ms.set(0);
                assert_eq!(caller.block_on(seen(caller, &state, way)), expected, "{way:?} afterwards");
            }
        }
    }
}

#[test]
fn a_limited_caller_never_sees_what_is_hidden_from_it() {
    let (operator, limited) = callers();
    assert_each_sees_its_own((&limited, &PART), (&operator, &ALL));
}

#[test]
fn an_operator_never_gets_the_part_of_a_limited_caller() {
    let (operator, limited) = callers();
    assert_each_sees_its_own((&operator, &ALL), (&limited, &PART));
}

#[test]
fn callers_with_other_rights_do_not_cost_each_other_whole_catalogs() {
    let (operator, limited) = callers();
    let state = State::default();
    for _ in 0..3 {
        for (caller, expected) in [(&operator, &ALL[..]), (&limited, &PART[..])] {
            assert_eq!(caller.block_on(seen(caller, &state, Way::Direct)), expected);
            assert_eq!(caller.sent_catalogs.get(), 1);
        }
    }
}

#[test]
fn of_many_revisions_the_ones_that_were_wanted_last_are_known() {
    let (mut caller, state) = (callers().0, State::default());
    for number in 0..20 {
        caller.servers = servers(&[&format!("open{number}")]);
        for _ in 0..2 {
            assert_eq!(caller.block_on(seen(&caller, &state, Way::Direct)), PART);
        }
        assert_eq!(caller.sent_catalogs.get(), number + 1);
    }
    let loads = caller.loads.take();
    let (_, known) = loads.last().expect("a load");
    assert_eq!(known.len(), 8, "{known:?}");
    assert!((12..20).all(|number| known.contains(&format!("open{number}"))), "{known:?}");
}
