use crate::{
    configuration::Configuration,
    failure::{Failure, FailureKind},
    host::Host,
    upstream::Upstream,
    variable_json::VariableError,
};
use futures::future::join3;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// All servers. What it remembers is the operator's, never one caller's: a caller comes in by
/// [`open`](Registry::open).
pub struct Registry<H> {
    pub(crate) host: H,
    read: RefCell<Option<Read>>,
    upstreams: RefCell<BTreeMap<String, Rc<Upstream<H>>>>,
}

/// The configuration and the texts that it was read from.
struct Read {
    texts: [String; 3],
    configuration: Rc<Configuration>,
}

impl<H: Host> Registry<H> {
    /// A registry that knows nothing yet.
    pub fn new(host: H) -> Self {
        Self { host, read: RefCell::default(), upstreams: RefCell::default() }
    }

    /// The upstream of an alias, made anew when the way to reach it changed.
    pub(crate) fn upstream(&self, configuration: &Configuration, alias: &str) -> Result<Rc<Upstream<H>>, Failure> {
        let entry = configuration.servers.get(alias).ok_or_else(|| {
            Failure::new(FailureKind::UnknownServer, format!("There is no server \"{alias}\" in the configuration."))
        })?;
        let target = entry.target.as_ref().map_err(Failure::clone)?;
        let mut upstreams = self.upstreams.borrow_mut();
        if let Some(upstream) = upstreams.get(alias).filter(|upstream| upstream.is_of(target)) {
            return Ok(upstream.clone());
        }
        let upstream = Rc::new(Upstream::new(target, &self.host));
        upstreams.insert(alias.to_string(), upstream.clone());
        Ok(upstream)
    }

    /// The configuration as it is now; read again only when its text is another.
    pub(crate) async fn configuration(&self) -> Result<Rc<Configuration>, Failure> {
        let (servers, secrets, private) =
            join3(self.variable("servers"), self.variable("secrets"), self.variable("private_upstreams")).await;
        let texts = [servers?, secrets?, private?];
        if let Some(read) = &*self.read.borrow()
            && read.texts == texts
        {
            return Ok(read.configuration.clone());
        }
        let configuration = Rc::new(Configuration::read(&texts[0], &texts[1], &texts[2]).map_err(variable_failure)?);
        self.upstreams.borrow_mut().retain(|alias, _| configuration.servers.contains_key(alias));
        self.read.replace(Some(Read { texts, configuration: configuration.clone() }));
        Ok(configuration)
    }

    async fn variable(&self, name: &'static str) -> Result<String, Failure> {
        let value = self.host.variable(name).await;
        value
            .map(Option::unwrap_or_default)
            .map_err(|reason| variable_failure(VariableError::Unreadable { name, reason }))
    }
}

fn variable_failure(error: VariableError) -> Failure {
    Failure::new(FailureKind::Configuration, format!("{error}."))
}
