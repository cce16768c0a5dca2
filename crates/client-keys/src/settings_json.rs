use crate::settings::{MAX_NAME_CHARS, MAX_RATE_PER_MINUTE, MAX_SERVERS};
use crate::{InvalidSettings, KeySettings, Problem, Role};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use tool_names::alias;
use tool_policy::Policy;

const MEMBERS: [&str; 6] = ["name", "role", "expiresAt", "servers", "tools", "rateLimitPerMinute"];

/// Most unknown members that are named, so that an answer stays small.
const MAX_UNKNOWN: usize = 10;

impl KeySettings {
    /// Reads the JSON form. A member that is left out or null has its default: role `use`, no expiry, all servers, all
    /// tools, no rate limit. All problems are reported at once.
    pub fn from_json(value: &Value) -> Result<Self, InvalidSettings> {
        let Value::Object(members) = value else {
            return Err(InvalidSettings { problems: vec![Problem::new("", "must be a JSON object")] });
        };
        let mut reader = Reader { members, problems: Vec::new() };
        let settings = Self {
            name: reader.required("name", name),
            role: reader.optional("role", role),
            expires_at_ms: reader.optional("expiresAt", |value| expiry(value).map(Some)),
            servers: reader.optional("servers", |value| servers(value).map(Some)),
            tools: reader.optional("tools", tools),
            rate_limit_per_minute: reader.optional("rateLimitPerMinute", |value| rate(value).map(Some)),
        };
        reader.refuse_others();
        if reader.problems.is_empty() { Ok(settings) } else { Err(InvalidSettings { problems: reader.problems }) }
    }
}

/// Reads members one by one, and goes on after a problem.
struct Reader<'a> {
    members: &'a Map<String, Value>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn required<T: Default>(&mut self, member: &str, read: impl Fn(&Value) -> Result<T, Problem>) -> T {
        self.read(member, self.members.get(member).unwrap_or(&Value::Null), read)
    }

    fn optional<T: Default>(&mut self, member: &str, read: impl Fn(&Value) -> Result<T, Problem>) -> T {
        match self.members.get(member) {
            None | Some(Value::Null) => T::default(),
            Some(value) => self.read(member, value, read),
        }
    }

    /// The pointer of a problem begins at the value that is read.
    fn read<T: Default>(&mut self, member: &str, value: &Value, read: impl Fn(&Value) -> Result<T, Problem>) -> T {
        read(value).unwrap_or_else(|problem| {
            let pointer = format!("/{member}{}", problem.pointer);
            self.problems.push(Problem { pointer, ..problem });
            T::default()
        })
    }

    fn refuse_others(&mut self) {
        let unknown = self.members.keys().filter(|name| !MEMBERS.contains(&name.as_str()));
        let detail = format!("is unknown; remove it. A key has the members {}", MEMBERS.join(", "));
        let escape = |name: &String| name.replace('~', "~0").replace('/', "~1");
        self.problems.extend(unknown.take(MAX_UNKNOWN).map(|name| Problem::new(format!("/{}", escape(name)), &detail)));
    }
}

/// Control characters would let a name forge lines where it is printed.
fn name(value: &Value) -> Result<String, Problem> {
    let given = value.as_str().unwrap_or_default();
    let name = given.trim();
    let fits = !name.is_empty() && given.chars().count() <= MAX_NAME_CHARS && !name.contains(char::is_control);
    let detail = || format!("must be a text of 1 to {MAX_NAME_CHARS} characters, without control characters");
    fits.then(|| name.to_string()).ok_or_else(|| Problem::new("", detail()))
}

fn role(value: &Value) -> Result<Role, Problem> {
    match value.as_str() {
        Some("use") => Ok(Role::Use),
        Some("manage") => Ok(Role::Manage),
        _ => Err(Problem::new("", "must be \"use\" or \"manage\"")),
    }
}

fn expiry(value: &Value) -> Result<u64, Problem> {
    let detail = "must be a date and time of RFC 3339 such as \"2030-01-31T12:00:00Z\"; leave it out for no expiry";
    value.as_str().and_then(date_time::read).ok_or_else(|| Problem::new("", detail))
}

/// Servers that do not exist (yet) may be listed. None at all is a list, too: for keys that only manage.
fn servers(value: &Value) -> Result<BTreeSet<String>, Problem> {
    let aliases = value.as_array().filter(|aliases| aliases.len() <= MAX_SERVERS);
    let detail =
        || format!("must be an array of at most {MAX_SERVERS} aliases of servers; leave it out for all servers");
    let aliases = aliases.ok_or_else(|| Problem::new("", detail()))?;
    // Another name would match nothing, ever.
    let read = |(at, value): (usize, &Value)| {
        let name = value.as_str().filter(|name| alias::is_valid(name));
        let detail = || {
            format!(
                "must be the alias of a server. {} There are no patterns; leave \"servers\" out for all servers",
                alias::EXPECTED
            )
        };
        name.map(str::to_string).ok_or_else(|| Problem::new(format!("/{at}"), detail()))
    };
    aliases.iter().enumerate().map(read).collect()
}

fn tools(value: &Value) -> Result<Policy, Problem> {
    Policy::deserialize(value).map_err(|error| Problem::new("", format!("must be a tool policy: {error}")))
}

fn rate(value: &Value) -> Result<u32, Problem> {
    let rate = value.as_u64().and_then(|rate| u32::try_from(rate).ok());
    let detail = || format!("must be a whole number from 1 to {MAX_RATE_PER_MINUTE}; leave it out for no limit");
    rate.filter(|rate| (1..=MAX_RATE_PER_MINUTE).contains(rate)).ok_or_else(|| Problem::new("", detail()))
}
